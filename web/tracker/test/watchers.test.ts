import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Base, Properties } from "../src/core.ts";
import { baseOf, rulesOf, seenOf } from "./fixtures.ts";

const PAGE = `<main>
  <button id="buy">Buy <b>now</b></button>
  <p>Some <i>text</i></p>
  <button data-hm-mask>4711</button>
  <a href="https://other.example/x?utm_source=a&token=1">Away</a>
  <a href="/manual.pdf">Manual</a>
  <form name="contact"><label for="mail">Mail</label><input id="mail" name="mail"><input type="password" name="pin"><button>Send</button></form>
</main>`;

describe("watchers", () => {
  let base: Base;
  let told: [string, Properties | undefined][];
  let clock: { time: number };
  const pick = (selector: string) => document.querySelector(selector);
  const see = (type: string, selector: string, more: Record<string, unknown> = {}) =>
    base.hooks.seen(seenOf(type, pick(selector), more, clock.time));
  const names = () => told.map(([name]) => name);

  const startWith = async (more: Partial<Base> = {}) => {
    vi.resetModules();
    const { start } = await import("../src/start.ts");
    ({ base, told, clock } = baseOf(more));
    start(base);
  };

  /** Of every element. */
  let rect: { left: number; top: number; width: number; height: number };

  beforeEach(async () => {
    vi.useFakeTimers();
    rect = { left: 0, top: 0, width: 20, height: 10 };
    vi.spyOn(Element.prototype, "getBoundingClientRect").mockImplementation(() => rect as DOMRect);
    document.body.innerHTML = PAGE;
    history.replaceState({}, "", "/");
    Object.defineProperty(HTMLElement.prototype, "innerText", {
      configurable: true,
      get(this: HTMLElement) {
        return this.textContent;
      },
    });
    await startWith();
  });
  afterEach(() => {
    base.hooks.stop?.();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it("leave to a survey what is done in it", () => {
    const host = document.createElement("div");
    host.setAttribute("data-hm-block", "survey");
    document.body.append(host);
    for (let times = 0; times < 3; times += 1) see("click", "[data-hm-block=survey]");
    vi.advanceTimersByTime(5000);
    expect(told).toEqual([]);
    // Another blocked part of the page is one that the page has.
    host.setAttribute("data-hm-block", "");
    see("click", "[data-hm-block]");
    expect(names()).toEqual(["click"]);
  });

  describe("clicks", () => {
    it("tell path and words of a button", () => {
      see("click", "#buy b");
      expect(told).toEqual([
        ["click", expect.objectContaining({ path: "button#buy>b", text: "Buy now" })],
      ]);
    });

    it("tell no words of other elements", () => {
      see("click", "p i");
      expect(told[0]?.[1]?.path).toBe("html>body>main>p>i");
      expect(told[0]?.[1]?.text).toBeUndefined();
    });

    it.each([
      ["a list", "<button>Choose <select><option>4711</option></select></button>"],
      ["editable text", "<button>Write <i contenteditable>4711</i></button>"],
      ["a field made of other elements", "<button>Write <i role='textbox'>4711</i></button>"],
    ])("tell no words of a button with %s in it", (_what, html) => {
      document.body.innerHTML = html;
      see("click", "button");
      expect(told).toEqual([["click", expect.objectContaining({ path: "html>body>button" })]]);
      expect(JSON.stringify(told)).not.toContain("4711");
    });

    it("tell no words under a mask, and none without rules", async () => {
      see("click", "[data-hm-mask]");
      expect(told[0]?.[1]?.text).toBeUndefined();
      await startWith({ rules: null });
      see("click", "#buy");
      expect(told[0]?.[1]?.text).toBeUndefined();
    });

    it("tell no words where the site masks all text, but for what it shows", async () => {
      await startWith({ rules: rulesOf({ mask_text: true, show: ["#buy"] }) });
      see("click", "form button");
      see("click", "#buy");
      expect(told.map(([, properties]) => properties?.text)).toEqual([undefined, "Buy now"]);
    });

    it("tell no words when a selector of the rules cannot be read", async () => {
      await startWith({ rules: rulesOf({ mask: ["[["] }) });
      see("click", "#buy");
      expect(told[0]?.[1]?.text).toBeUndefined();
    });

    it("tell no words that repeat what was typed", () => {
      const field = pick("#mail") as HTMLInputElement;
      field.value = "buy now";
      see("input", "#mail");
      see("click", "#buy");
      expect(told[0]?.[1]?.text).toBeUndefined();
    });

    it("tell links that lead away and files apart", () => {
      see("click", "a");
      see("click", "a + a");
      expect(names()).toEqual(["click", "outbound", "click", "download"]);
    });

    it("leave out what scripts, labels and Enter click", () => {
      see("click", "#buy", { isTrusted: false });
      see("click", "form button", { detail: 0 });
      see("click", "label");
      see("click", "#mail");
      expect(names()).toEqual(["click"]);
    });

    it("go through open shadow roots", () => {
      const root = (pick("p") as Element).attachShadow({ mode: "open" });
      root.innerHTML = "<button>In</button>";
      base.hooks.seen(seenOf("click", root.querySelector("button")));
      expect(told[0]?.[1]).toMatchObject({ path: "html>body>main>p>>>button", text: "In" });
    });

    it("survive a form whose fields are named like its properties", () => {
      document.body.innerHTML =
        '<form><input name="matches"><input name="getAttribute"><input name="id"><input name="children"></form>';
      see("click", "form");
      expect(told[0]?.[1]).toMatchObject({ path: "html>body>form" });
    });
  });

  describe("typed values", () => {
    it("are masked in addresses and titles", () => {
      (pick("#mail") as HTMLInputElement).value = "Joe@Example.com";
      see("input", "#mail");
      expect(base.hooks.mask("https://a.de/u/joe%40example.com/x?ref=1", true)).toBe(
        "https://a.de/u/*/x?ref=1",
      );
      expect(base.hooks.mask("Hello joe@example.com!")).toBe("");
      expect(base.hooks.mask("Hello joe")).toBe("Hello joe");
    });

    it("count only whole, from four characters on", () => {
      const field = pick("#mail") as HTMLInputElement;
      for (const value of ["abc", "pend"]) {
        field.value = value;
        see("input", "#mail");
      }
      expect(base.hooks.mask("abc pendant")).toBe("abc pendant");
    });

    it("stay known when the field is emptied", () => {
      const field = pick("#mail") as HTMLInputElement;
      for (const value of ["s", "se", "secret", "secre", "", "other"]) {
        field.value = value;
        see("input", "#mail");
      }
      expect(base.hooks.mask("my secret")).toBe("");
      expect(base.hooks.mask("my other")).toBe("");
    });
  });

  describe("forms", () => {
    it("tell names, never values", () => {
      (pick("#mail") as HTMLInputElement).value = "joe@example.com";
      for (const type of ["focusin", "change"]) see(type, "#mail");
      see("focusin", "[name=pin]");
      see("submit", "form");
      const at = { form: "contact", field: "mail" };
      expect(told).toEqual([
        ["form_focus", at],
        ["form_change", at],
        ["form_focus", { form: "contact", field: "pin" }],
        ["form_submit", { form: "contact" }],
      ]);
    });

    it("have the fields that name them, wherever these stand", () => {
      document.body.insertAdjacentHTML(
        "beforeend",
        '<form id="pay"><input name="form"></form><label><input name="code" form="pay"></label><form id="around"><input name="other" form="pay"></form>',
      );
      see("focusin", "[name=code]");
      see("focusin", "#pay [name=form]");
      see("change", "[name=other]");
      see("submit", "#pay");
      expect(told).toEqual([
        ["form_focus", { form: "pay", field: "code" }],
        ["form_focus", { form: "pay", field: "form" }],
        ["form_change", { form: "pay", field: "other" }],
        ["form_submit", { form: "pay" }],
      ]);
    });

    it("tell the place of what is marked instead of its name, and of all without rules", async () => {
      pick("form")?.setAttribute("data-hm-block", "");
      see("focusin", "#mail");
      see("submit", "form");
      expect(told).toEqual([
        ["form_focus", { form: "html>body>main>form", field: "input#mail" }],
        ["form_submit", { form: "html>body>main>form" }],
      ]);
      await startWith({ rules: null });
      pick("form")?.removeAttribute("data-hm-block");
      see("submit", "form");
      expect(told).toEqual([["form_submit", { form: "html>body>main>form" }]]);
    });

    it("count as abandoned when the page is left after a change", () => {
      see("change", "#mail");
      window.dispatchEvent(new Event("pagehide"));
      window.dispatchEvent(new Event("pagehide"));
      expect(told.slice(1)).toEqual([["form_abandon", { form: "contact", field: "mail" }]]);
    });

    it("do not count as abandoned when they were sent or only entered", () => {
      see("focusin", "#mail");
      see("change", "#mail");
      see("submit", "form");
      see("focusin", "[name=pin]");
      window.dispatchEvent(new Event("pagehide"));
      expect(names()).not.toContain("form_abandon");
    });
  });

  describe("what forms show", () => {
    /** Stands for the browser's: the test says what comes into view. */
    let seenBy: ((entries: { target: Element; isIntersecting: boolean }[]) => void)[];
    let looked: Set<Element>;
    const show = (selector: string, isIntersecting = true) => {
      const target = pick(selector) as Element;
      if (looked.has(target)) seenBy.at(-1)?.([{ target, isIntersecting }]);
    };
    const look = () => vi.advanceTimersByTimeAsync(500);
    const told_of = (wanted: string) => told.filter(([name]) => name === wanted);

    beforeEach(async () => {
      seenBy = [];
      looked = new Set();
      vi.stubGlobal(
        "IntersectionObserver",
        class {
          constructor(callback: (typeof seenBy)[number]) {
            seenBy.push(callback);
          }
          observe = (target: Element) => looked.add(target);
          unobserve = (target: Element) => looked.delete(target);
          disconnect = () => looked.clear();
        },
      );
      base.hooks.stop?.();
      await startWith();
      await look();
    });
    afterEach(() => {
      vi.unstubAllGlobals();
      Reflect.deleteProperty(Element.prototype, "checkVisibility");
    });

    it("a form that comes into view is told once, untouched", async () => {
      show("form", false);
      expect(told).toEqual([]);
      show("form");
      show("form");
      expect(told).toEqual([["form_view", { form: "contact" }]]);
      for (const type of ["focusin", "change"]) see(type, "#mail");
      expect(names()).toEqual(["form_view", "form_focus", "form_change"]);
    });

    it("a form that is entered was seen, whatever the browser tells", () => {
      see("focusin", "#mail");
      expect(names()).toEqual(["form_view", "form_focus"]);
      show("form");
      expect(told_of("form_view")).toHaveLength(1);
    });

    it("fields outside of a form are no form, nor is one of nothing but buttons", async () => {
      document.body.innerHTML =
        '<input name="q"><form name="out"><input type="hidden"><button>Sign out</button></form>';
      await look();
      expect([...looked].filter(({ isConnected }) => isConnected)).toEqual([]);
      see("focusin", "input");
      expect(names()).toEqual(["form_focus"]);
    });

    it("a form whose fields stand elsewhere is where the first of them is", async () => {
      document.body.innerHTML =
        '<form id="far"><button>Send</button></form><main><input name="mail" form="far"></main>';
      await look();
      show("#far");
      expect(told).toEqual([]);
      show("[name=mail]");
      expect(told).toEqual([["form_view", { form: "far" }]]);
      see("focusin", "[name=mail]");
      expect(told[1]).toEqual(["form_focus", { form: "far", field: "mail" }]);
    });

    it("a form that is put in later is found, and one in a page that comes later told again", async () => {
      (pick("form") as Element).remove();
      pick("main")?.insertAdjacentHTML("beforeend", '<form id="news"><input name="mail"></form>');
      await look();
      show("#news");
      expect(told).toEqual([["form_view", { form: "news" }]]);
      history.pushState({}, "", "/next");
      base.hooks.page?.();
      await look();
      show("#news");
      expect(told_of("form_view")).toHaveLength(2);
      history.pushState({}, "", "/");
      base.hooks.page?.();
      await look();
      show("#news");
      expect(told_of("form_view")).toHaveLength(2);
    });

    it("a form still in view is told to the session that begins", async () => {
      show("form");
      base.hooks.session?.();
      await look();
      show("form");
      expect(told_of("form_view")).toHaveLength(2);
    });

    it("a form that nobody can see is none until it can be seen", async () => {
      let isVisible = false;
      Element.prototype.checkVisibility = () => isVisible;
      base.hooks.stop?.();
      await startWith();
      await look();
      show("form");
      expect(told).toEqual([]);
      isVisible = true;
      see("click", "#buy");
      await look();
      show("form");
      expect(told_of("form_view")).toHaveLength(1);
    });

    it("a form without a box is where its first field is", async () => {
      document.body.innerHTML =
        '<form name="flat" style="display: contents"><input type="hidden" name="token"><input name="mail"></form>';
      await look();
      show("[name=mail]");
      expect(told).toEqual([["form_view", { form: "flat" }]]);
    });

    it("the place of a marked form is told, and its slot is part of the place", async () => {
      pick("form")?.setAttribute("data-hm-mask", "");
      show("form");
      expect(told).toEqual([["form_view", { form: "html>body>main>form" }]]);
      document.body.innerHTML = "<x-box><form><input></form></x-box>";
      const box = pick("x-box") as Element;
      box.attachShadow({ mode: "open" }).innerHTML = "<div><slot></slot></div>";
      await look();
      show("form");
      expect(told.at(-1)?.[1]).toEqual({ form: "html>body>x-box>>>div>slot>form" });
    });

    it("survives a form whose fields are named like what it has", async () => {
      document.body.innerHTML =
        '<form name="odd"><input name="parentNode"><input name="checkVisibility"><input name="querySelectorAll"></form>';
      await look();
      show("form");
      expect(told).toEqual([["form_view", { form: "odd" }]]);
    });

    it("what the browser finds wrong is told by its kind, without a value", () => {
      const mail = pick("#mail") as HTMLInputElement;
      mail.type = "email";
      mail.required = true;
      see("click", "form button");
      mail.dispatchEvent(new Event("invalid"));
      clock.time += 2000;
      mail.value = "4711@";
      mail.dispatchEvent(new Event("invalid"));
      const at = { form: "contact", field: "mail" };
      expect(told_of("form_error")).toEqual([
        ["form_error", { ...at, kind: "valueMissing" }],
        ["form_error", { ...at, kind: "typeMismatch" }],
      ]);
      expect(JSON.stringify(told)).not.toContain("4711");
    });

    it("is an error only when somebody tries to send, and one where it is asked for twice", async () => {
      const mail = pick("#mail") as HTMLInputElement;
      mail.required = true;
      const ask = () => mail.dispatchEvent(new Event("invalid"));
      // What scripts ask with a key, when a field is entered or left, or when a text is clicked.
      for (const type of ["focusin", "input", "change", "click"]) {
        see(type, "#mail");
        ask();
      }
      expect(told_of("form_error")).toEqual([]);
      mail.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
      ask();
      ask();
      mail.setAttribute("aria-invalid", "true");
      await look();
      expect(told_of("form_error")).toHaveLength(1);
      clock.time += 2000;
      ask();
      expect(told_of("form_error")).toHaveLength(1);
      see("click", "form button");
      ask();
      expect(told_of("form_error")).toHaveLength(2);
    });

    it.each([
      ["a password", "<input name=a type=password>"],
      ["what was a password", "<input name=a data-rr-is-password=true>"],
      ["a card", "<input name=a autocomplete='section-x cc-number'>"],
      ["a code", "<input name=a autocomplete=one-time-code>"],
      ["what is called a card", "<input name=a placeholder='Card number'>"],
      ["a marked field", "<p data-hm-mask><input name=a></p>"],
      ["a field of a rule", "<input name=a class=own>"],
    ])("of %s not even the kind of error is told", async (_what, html) => {
      await startWith({ rules: rulesOf({ mask: [".own"] }) });
      document.body.innerHTML = `<form name="in">${html}<button></button></form>`;
      const field = pick("input") as HTMLInputElement;
      field.required = true;
      see("click", "button");
      field.dispatchEvent(new Event("invalid"));
      expect(told_of("form_error").map(([, told]) => told?.kind)).toEqual(["invalid"]);
      clock.time += 2000;
      field.setAttribute("aria-invalid", "true");
      await look();
      expect(told_of("form_error").map(([, told]) => told?.kind)).toEqual(["invalid", "invalid"]);
    });

    it("within a block no error is told, by a mark or by a rule", async () => {
      await startWith({ rules: rulesOf({ block: [".own"] }) });
      document.body.innerHTML =
        '<form name="in"><p data-hm-block><input name="a" aria-invalid="true"></p><p class="own"><input name="b" required></p><button></button></form>';
      await look();
      see("click", "button");
      pick("[name=b]")?.dispatchEvent(new Event("invalid"));
      expect(told_of("form_error")).toEqual([]);
    });

    it("a page of rows is told up to a hundred forms and errors, and what is entered", async () => {
      const row = (_: unknown, at: number) =>
        `<form name="row${at}"><input name="cell" aria-invalid="true"></form>`;
      document.body.innerHTML = Array.from({ length: 120 }, row).join("");
      await look();
      for (let at = 0; at < 120; at += 1) show(`[name=row${at}]`);
      expect(told_of("form_view")).toHaveLength(100);
      expect(told_of("form_error")).toHaveLength(100);
      for (const value of ["false", "true"]) {
        for (const field of document.querySelectorAll("input")) {
          field.setAttribute("aria-invalid", value);
        }
        clock.time += 2000;
        await look();
      }
      expect(told_of("form_error")).toHaveLength(100);
      see("focusin", "[name=row110] input");
      see("change", "[name=row111] input");
      expect(told_of("form_view").slice(100)).toEqual([
        ["form_view", { form: "row110" }],
        ["form_view", { form: "row111" }],
      ]);
    });

    it("a page load is told up to a thousand forms", () => {
      for (let page = 0; page < 1010; page += 1) {
        history.replaceState({}, "", `/${page}`);
        see("change", "#mail");
      }
      expect(told_of("form_view")).toHaveLength(1000);
    });

    it("a form that fades in is told when it can be seen, and is not waited for without end", async () => {
      let isVisible = false;
      const asked = vi.fn(() => isVisible);
      Element.prototype.checkVisibility = asked;
      base.hooks.stop?.();
      await startWith();
      // As a browser does: of what is observed it tells at once whether it is in view.
      const pass = async (ms: number) => {
        for (let at = 0; at < ms; at += 500) {
          await look();
          show("form");
        }
      };
      await pass(60_000);
      expect(told).toEqual([]);
      expect(asked.mock.calls).toHaveLength(7);
      base.hooks.page?.();
      await pass(3000);
      isVisible = true;
      await pass(5000);
      expect(told_of("form_view")).toHaveLength(1);
    });

    it("a field that is replaced while it stays wrong is no new error", async () => {
      const html = '<form name="in"><input name="user" aria-invalid="true"></form>';
      for (let times = 0; times < 3; times += 1) {
        document.body.innerHTML = html;
        clock.time += 2000;
        await look();
      }
      expect(told_of("form_error")).toHaveLength(1);
    });

    it("what the page marks as wrong is told each time it does so", async () => {
      const mark = async (value: string) => {
        pick("#mail")?.setAttribute("aria-invalid", value);
        clock.time += 2000;
        await look();
      };
      for (const value of ["false", "true", "true", "false", "true"]) await mark(value);
      const error = ["form_error", { form: "contact", field: "mail", kind: "aria" }];
      expect(told).toEqual([error, error]);
    });

    it("a page that comes with errors tells them, and only those of fields", async () => {
      document.body.innerHTML =
        '<form name="in"><fieldset aria-invalid="true"><input name="user"><input name="zip" aria-invalid="true"></fieldset></form>';
      await look();
      expect(told).toEqual([["form_error", { form: "in", field: "zip", kind: "aria" }]]);
    });

    it("end with the tracker", async () => {
      base.hooks.stop?.();
      pick("#mail")?.setAttribute("aria-invalid", "true");
      pick("#mail")?.dispatchEvent(new Event("invalid"));
      await look();
      expect(looked.size).toBe(0);
      expect(told).toEqual([]);
    });
  });

  describe("rage and dead clicks", () => {
    it("three quick clicks in one place are rage, told once with their number", () => {
      for (let index = 0; index < 4; index += 1) {
        see("click", "#buy");
        clock.time += 200;
      }
      vi.advanceTimersByTime(1000);
      expect(told.filter(([name]) => name === "rage_click")).toEqual([
        ["rage_click", { path: "button#buy", x: 0.25, y: 0.5, text: "Buy now", clicks: 4 }],
      ]);
    });

    it("slow clicks and clicks apart are no rage", () => {
      for (const [x, pause] of [
        [0, 1100],
        [0, 100],
        [100, 100],
        [100, 100],
      ] as const) {
        clock.time += pause;
        see("click", "#buy", { clientX: x });
      }
      vi.advanceTimersByTime(5000);
      expect(names()).not.toContain("rage_click");
    });

    it("a button without any effect is a dead click", () => {
      see("click", "#buy");
      vi.advanceTimersByTime(1500);
      const place = { path: "button#buy", x: 0.25, y: 0.5 };
      expect(told.at(-1)).toEqual(["dead_click", { ...place, text: "Buy now" }]);
    });

    it("tell the place in the element of the first of them, as the click does", () => {
      rect = { left: 100, top: 40, width: 300, height: 20 };
      for (const clientX of [175, 176, 177]) see("click", "#buy", { clientX, clientY: 45 });
      rect = { left: 0, top: 0, width: 0, height: 0 };
      vi.advanceTimersByTime(1500);
      const places = (name: string) =>
        told.filter(([each]) => each === name).map(([, at]) => [at?.x, at?.y]);
      expect(places("click")).toEqual([
        [0.25, 0.25],
        [0.253, 0.25],
        [0.257, 0.25],
      ]);
      expect(places("rage_click")).toEqual([[0.25, 0.25]]);
      expect(places("dead_click")).toEqual([[0.257, 0.25]]);
    });

    it("keys click the middle", () => {
      (pick("#buy") as HTMLElement).focus();
      see("click", "#buy", { detail: 0 });
      expect(told[0]?.[1]).toMatchObject({ x: 0.5, y: 0.5 });
    });

    it("a change of the page, a focus or a scroll keeps a click alive", async () => {
      const effects = [
        () => pick("p")?.setAttribute("class", "open"),
        () => window.dispatchEvent(new Event("scroll")),
        () => pick("#mail")?.dispatchEvent(new Event("focusin", { bubbles: true })),
      ];
      for (const effect of effects) {
        see("click", "#buy");
        effect();
        await vi.advanceTimersByTimeAsync(1500);
      }
      expect(names()).not.toContain("dead_click");
    });

    it("links elsewhere and fields are never dead", () => {
      see("click", "a");
      see("click", "#mail");
      vi.advanceTimersByTime(1500);
      expect(names()).not.toContain("dead_click");
    });
  });

  describe("errors", () => {
    it("are told with their addresses cut", () => {
      base.address = (url) => url.split("?")[0] ?? "";
      base.hooks.seen(
        seenOf("error", null, {
          message: "no answer from https://a.de/x?token=1",
          filename: "https://a.de/app.js?v=2",
          lineno: 3,
          colno: 9,
        }),
      );
      expect(told).toEqual([
        [
          "error",
          {
            message: "no answer from https://a.de/x",
            source: "https://a.de/app.js",
            line: 3,
            column: 9,
          },
        ],
      ]);
    });

    it.each([
      ["cannot load /api/user?token=4711", "cannot load /api/user"],
      ["no https://joe:4711@a.de/x#4711 (/y?4711)", "no https://a.de/x (/y)"],
      ["wrong: a/b or c? 1#2", "wrong: a/b or c? 1#2"],
    ])("tell of %s only what is no query, fragment or name", (message, kept) => {
      base.hooks.seen(seenOf("error", null, { message, filename: "", lineno: 1, colno: 1 }));
      expect(told).toEqual([["error", expect.objectContaining({ message: kept })]]);
    });

    it("are told once in a row, and not for images", () => {
      const event = { message: "bad", filename: "", lineno: 1, colno: 1 };
      base.hooks.seen(seenOf("error", null, event));
      base.hooks.seen(seenOf("error", null, event));
      base.hooks.seen(seenOf("error", pick("p")));
      base.hooks.seen(seenOf("unhandledrejection", null, { reason: new Error("late") }));
      expect(told.map(([, properties]) => properties?.message)).toEqual(["bad", "late"]);
    });
  });

  describe("navigation", () => {
    it("several signs of one moment lead to one look at the address", () => {
      const before = vi.mocked(base.settle).mock.calls.length;
      history.pushState({}, "", "/a");
      history.replaceState({}, "", "/b");
      window.dispatchEvent(new PopStateEvent("popstate"));
      vi.advanceTimersByTime(100);
      expect(vi.mocked(base.settle).mock.calls.length).toBe(before + 1);
    });

    it("a page from the back-forward cache counts anew", () => {
      window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
      expect(base.settle).toHaveBeenLastCalledWith(clock.time, true);
      window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: false }));
      expect(base.settle).toHaveBeenLastCalledWith(clock.time, true);
    });
  });

  describe("attention", () => {
    it("counts no pause over half a minute", () => {
      clock.time += 100_000;
      expect(base.hooks.left(true)?.engaged_ms).toBe(30_000);
    });

    it("tells a page as left once, and again after more attention", () => {
      clock.time += 1000;
      expect(base.hooks.left()).toMatchObject({ engaged_ms: 1000 });
      expect(base.hooks.left()).toBeUndefined();
      clock.time += 2000;
      expect(base.hooks.left()).toMatchObject({ engaged_ms: 2000 });
    });

    it("lets events wait longer when the visitor rests", () => {
      expect(base.delay).toBe(500);
      vi.advanceTimersByTime(10_000);
      expect(base.delay).toBe(5000);
      window.dispatchEvent(new Event("keydown"));
      expect(base.delay).toBe(500);
    });
  });

  it("replays what happened before the second file came", async () => {
    await startWith({ early: [seenOf("click", pick("#buy")), seenOf("submit", pick("form"))] });
    expect(names()).toEqual(["click", "form_submit"]);
  });

  it("takes over what an earlier page left, and drops what is too old", async () => {
    const old = clock.time - 604_800_001;
    localStorage["hm_key.900000.1"] = '"window":"w"\n{"sequence":4}';
    localStorage[`hm_key.${old}.2`] = '"window":"v"\n{"sequence":1}\n{"sequence":2}';
    await startWith();
    expect([...base.queue.batches]).toEqual([{ sender: '"window":"w"', lines: '{"sequence":4}' }]);
    expect(base.queue.lost).toBe(2);
    expect(localStorage).toHaveLength(0);
  });

  it("leaves nothing on the device without consent", async () => {
    localStorage["hm_key.900000.1"] = '"window":"w"\n{"sequence":4}';
    await startWith({ identity: {} });
    expect(localStorage).toHaveLength(0);
    expect(base.queue.batches.size).toBe(0);
  });
});
