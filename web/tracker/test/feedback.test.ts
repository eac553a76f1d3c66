import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Base, Core, PageSurvey, Rules } from "../src/core.ts";
import { deviceClass } from "../src/feedback/device_class.ts";
import { feedback } from "../src/feedback/feedback.ts";
import { fitsPage, pathOf } from "../src/feedback/fits_page.ts";
import { isChosen } from "../src/feedback/is_chosen.ts";
import { keepAsked } from "../src/feedback/keep_asked.ts";
import { pageIsDark } from "../src/feedback/page_is_dark.ts";
import { usualWords } from "../src/feedback/usual_words.ts";
import { keepBatches } from "../src/keep_batches.ts";
import { loadSurveys } from "../src/load_surveys.ts";
import type { Watched } from "../src/watched.ts";
import { baseOf, rulesOf } from "./fixtures.ts";

const survey = (more: Partial<PageSurvey> = {}): PageSurvey => ({
  id: "a1",
  kind: "rating",
  moment: { seconds: 5 },
  share_percent: 100,
  words: { question: "How was it?", follow_up: "Why?" },
  ...more,
});
const PHONE =
  "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36";
const AGENTS: [string, number, string][] = [
  [PHONE, 5, "phone"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) Mobile/15E148", 5, "phone"],
  ["Mozilla/5.0 (Linux; Android 15; SM-X710) Chrome/141.0.0.0 Safari/537.36", 5, "tablet"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.3 Safari/605.1", 5, "tablet"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.3 Safari/605.1", 0, "desktop"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0.0.0", 10, "desktop"],
];

/** jsdom has no constructed style sheets; what is painted is looked at in a browser. */
class Sheet {
  replaceSync(): void {}
}

describe("where a survey is asked", () => {
  it("is a page that fits one of its patterns as a whole", () => {
    const fits = (pages: string[], path: string) => fitsPage(survey({ pages }), path, "desktop");
    expect(fits([], "/anything")).toBe(true);
    expect(fits(["/cart"], "/cart")).toBe(true);
    expect(fits(["/cart"], "/cart/2")).toBe(false);
    expect(fits(["/product/*"], "/product/dusk")).toBe(true);
    expect(fits(["/product/*", "*checkout"], "/en/checkout")).toBe(true);
    expect(fits(["/a.b"], "/axb")).toBe(false);
    expect(fits(["/ä😀*"], "/ä😀x")).toBe(true);
    // As browsers say it, in the address and by those who copied a pattern from there.
    expect(fits(["/ä😀*"], encodeURI("/ä😀x"))).toBe(true);
    expect(fits([encodeURI("/ä*")], encodeURI("/äx"))).toBe(true);
    expect(fits(["/100%"], "/100%")).toBe(true);
  });

  it("knows the route behind # only where the site says that it is one", () => {
    const at = { pathname: "/app", hash: "#/cart?x=1" } as Location;
    expect(pathOf(at, rulesOf())).toBe("/app");
    expect(pathOf(at, rulesOf({ hash_routes: true }))).toBe("/app#/cart");
  });

  it("is one of its devices", () => {
    for (const [userAgent, maxTouchPoints, device] of AGENTS) {
      expect(deviceClass({ userAgent, maxTouchPoints } as Navigator), userAgent).toBe(device);
    }
    expect(fitsPage(survey({ devices: ["phone"] }), "/", "desktop")).toBe(false);
    expect(fitsPage(survey({ devices: ["phone"] }), "/", "phone")).toBe(true);
  });

  it("is decided for each visitor for good, and evenly", () => {
    const visitors = Array.from({ length: 4000 }, (_, at) =>
      (at * 7919).toString(16).padStart(32, "0"),
    );
    const chosen = visitors.filter((visitor) => isChosen(visitor, "a1", 25));
    expect(chosen.length / visitors.length).toBeCloseTo(0.25, 1);
    expect(chosen.every((visitor) => isChosen(visitor, "a1", 25))).toBe(true);
    expect(chosen.every((visitor) => isChosen(visitor, "a1", 60))).toBe(true);
    const both = chosen.filter((visitor) => isChosen(visitor, "b2", 25));
    expect(both.length / chosen.length).toBeCloseTo(0.25, 1);
    expect(visitors.every((visitor) => isChosen(visitor, "a1", 100))).toBe(true);
  });
});

describe("what is remembered of surveys", () => {
  afterEach(() => localStorage.clear());

  it("stands on the device of a persistent visitor, and goes with the consent", () => {
    const { base } = baseOf();
    keepAsked(base).add("a1");
    expect(keepAsked(base).has("a1")).toBe(true);
    expect(keepAsked(base).has("b2")).toBe(false);
    keepBatches({ base } as Watched);
    expect(base.queue.lost).toBe(0);
    expect(keepAsked(base).has("a1")).toBe(true);
    base.hooks.forget?.();
    expect(keepAsked(base).has("a1")).toBe(false);
    expect(localStorage.length).toBe(0);
  });

  it("is nothing on the device of a visitor without a cookie", () => {
    const { base } = baseOf({ identity: {} });
    const asked = keepAsked(base, ["before"]);
    asked.add("a1");
    expect(asked.has("a1")).toBe(true);
    expect(asked.has("before")).toBe(true);
    expect(keepAsked(base).has("a1")).toBe(false);
    expect(localStorage.length).toBe(0);
  });
});

describe("words and colours", () => {
  it("come in the language of the survey, or in English", () => {
    expect(usualWords("de-AT").close).toBe("Schließen");
    expect(usualWords("xx").send).toBe("Send");
    expect(usualWords("").thanks).toBe("Thank you.");
  });

  it("follow what is painted behind the page's text", () => {
    for (const [color, isDark] of [
      ["rgb(255, 255, 255)", false],
      ["rgb(16, 18, 22)", true],
      ["rgba(0, 0, 0, 0)", false],
      ["oklch(0.97 0.01 250)", false],
      ["oklch(0.2 0.01 250)", true],
      ["lab(90 1 2)", false],
      ["color(srgb 0.1 0.1 0.1)", true],
    ] as const) {
      vi.spyOn(window, "getComputedStyle").mockReturnValue({
        backgroundColor: color,
        colorScheme: "normal",
      } as CSSStyleDeclaration);
      expect(pageIsDark(), color).toBe(isDark);
    }
    vi.restoreAllMocks();
  });
});

describe("when a survey opens", () => {
  let rules: Rules;

  const run = (more: Partial<Core> = {}, of: Parameters<typeof baseOf>[0] = {}) => {
    const found = baseOf({ rules, ...of });
    const { base } = found;
    const core = {
      ...base,
      mode: () => (base.identity.visitor ? "persistent" : "cookieless"),
      onNewSession: () => () => {},
      send: vi.fn().mockResolvedValue({ session: "2".repeat(32) }),
      ...more,
    } as unknown as Core;
    feedback(core, base);
    return { ...found, core };
  };
  const after = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const names = (told: readonly [string, unknown][]) => told.map(([name]) => name);
  const hosts = () => document.querySelectorAll("[data-hm-block]");

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("CSSStyleSheet", Sheet);
    vi.stubGlobal("matchMedia", () => ({ matches: false }));
    rules = rulesOf({ surveys: [survey()] });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    document.body.replaceChildren();
    localStorage.clear();
  });

  it("is after its seconds, once, and is told", async () => {
    const { told } = run();
    await after(4999);
    expect(hosts()).toHaveLength(0);
    await after(1);
    expect(hosts()).toHaveLength(1);
    expect(told).toEqual([["survey_shown", { survey: "a1", question: "How was it?" }]]);
    document.body.replaceChildren();
    const again = run();
    await after(10_000);
    expect(again.told).toEqual([]);
  });

  it("is after its event, also one that came before this file did", async () => {
    rules.surveys = [survey({ moment: { event: "order" } })];
    const early = run({}, { seen: { order: 1 } });
    await after(2000);
    expect(names(early.told)).toEqual(["survey_shown"]);
    localStorage.clear();
    const { base, told } = run();
    await after(5000);
    base.seen.click = 1;
    await after(5000);
    expect(told).toEqual([]);
    base.seen.order = 1;
    await after(2000);
    expect(names(told)).toEqual(["survey_shown"]);
  });

  it("is when the pointer leaves over the top, not in the first seconds or at another edge", async () => {
    rules.surveys = [survey({ moment: "exit" })];
    const { told, clock } = run();
    await after(0);
    const out = (clientY: number) => {
      document.dispatchEvent(new MouseEvent("mouseout", { clientY, relatedTarget: null }));
    };
    out(-1);
    expect(told).toEqual([]);
    clock.time += 5000;
    out(300);
    expect(told).toEqual([]);
    out(-1);
    expect(names(told)).toEqual(["survey_shown"]);
  });

  it("is one at a time", async () => {
    rules.surveys = [survey(), survey({ id: "b2" })];
    const { told } = run();
    await after(10_000);
    expect(names(told)).toEqual(["survey_shown"]);
  });

  it("is never on a blocked page, nor after the tracker was stopped", async () => {
    rules.blocked = [location.pathname];
    const blocked = run();
    await after(10_000);
    expect(blocked.told).toEqual([]);
    rules.blocked = [];
    const { base, told } = run();
    await after(1000);
    base.hooks.stop?.();
    await after(10_000);
    expect(told).toEqual([]);
    expect(hosts()).toHaveLength(0);
  });

  it("is not by itself for those who refuse, who still may open a tab", async () => {
    rules.surveys = [survey(), survey({ id: "b2", moment: "tab" })];
    const { told } = run({}, { refused: () => true });
    await after(10_000);
    expect(told).toEqual([]);
    expect(hosts()).toHaveLength(1);
  });

  it("asks the server first where the browser keeps nothing, and nobody when it does not know", async () => {
    const seen = run(
      { send: vi.fn().mockResolvedValue({ session: "2".repeat(32), surveys: ["a1"] }) },
      { identity: {} },
    );
    await after(10_000);
    expect(seen.told).toEqual([]);
    const failed = run({ send: vi.fn().mockResolvedValue(-3) }, { identity: {} });
    await after(10_000);
    expect(failed.told).toEqual([]);
    const { told, core } = run({}, { identity: {} });
    await after(10_000);
    expect(core.send).toHaveBeenCalledWith("/e/", {}, "");
    expect(names(told)).toEqual(["survey_shown"]);
    expect(localStorage.length).toBe(0);
  });

  it("is when a finger goes fast back up after some reading, not slowly or at once", async () => {
    rules.surveys = [survey({ moment: "exit" })];
    const { told, clock } = run();
    await after(0);
    const scroll = (y: number, ms: number) => {
      clock.time += ms;
      vi.stubGlobal("scrollY", y);
      window.dispatchEvent(new Event("scroll"));
    };
    vi.stubGlobal("innerHeight", 800);
    window.dispatchEvent(new Event("touchstart"));
    // Fast, but before anything was read.
    scroll(600, 4000);
    scroll(0, 200);
    // After reading, but slowly.
    scroll(2000, 4000);
    for (let y = 2000; y > 1000; y -= 100) scroll(y, 300);
    // By a link to the top.
    scroll(2000, 1000);
    scroll(0, 1000);
    expect(told).toEqual([]);
    scroll(2000, 1000);
    scroll(1700, 150);
    scroll(1400, 150);
    expect(names(told)).toEqual(["survey_shown"]);
  });

  it("has one tab, also after a new session", async () => {
    rules.surveys = [survey({ moment: "tab" })];
    const sessions: (() => void)[] = [];
    run({ onNewSession: (callback) => sessions.push(callback) as unknown as () => void });
    await after(0);
    expect(hosts()).toHaveLength(1);
    for (const begins of sessions) begins();
    await after(1000);
    expect(hosts()).toHaveLength(1);
  });

  describe("with what stands there already", () => {
    let roots: ShadowRoot[];
    const native = Element.prototype.attachShadow;
    beforeEach(() => {
      roots = [];
      vi.spyOn(Element.prototype, "attachShadow").mockImplementation(function (
        this: Element,
        init,
      ) {
        const root = native.call(this, init);
        roots.push(root);
        return root;
      });
    });
    afterEach(() => vi.restoreAllMocks());
    const click = (selector: string, at = 0) => {
      const found = roots[at]?.querySelector<HTMLElement>(selector);
      if (!found) throw new Error(`there is no ${selector}`);
      found.click();
    };
    const submit = (at = 0) =>
      roots[at]
        ?.querySelector("form")
        ?.dispatchEvent(new Event("submit", { cancelable: true, bubbles: true }));
    const seen = () => [...hosts()].filter((host) => !(host as HTMLElement).hidden);
    const tab = (id = "t1") => survey({ id, moment: "tab" });

    it("has one tab, the first that fits", async () => {
      rules.surveys = [tab(), tab("t2")];
      run();
      await after(0);
      expect(hosts()).toHaveLength(1);
    });

    it("hides the tab while it stands, and shows it again", async () => {
      rules.surveys = [tab(), survey()];
      run();
      await after(6000);
      expect(hosts()).toHaveLength(2);
      expect(seen()).toEqual([roots[1]?.host]);
      click(".close", 1);
      expect(seen()).toEqual([roots[0]?.host]);
    });

    it("does not open over another", async () => {
      rules.surveys = [tab(), survey()];
      const { told } = run();
      await after(1000);
      click(".tab");
      await after(10_000);
      expect(hosts()).toHaveLength(1);
      expect(told.map(([, properties]) => properties?.survey)).toEqual(["t1"]);
    });

    it("does not come back on the next page of an app once it was answered", async () => {
      rules.surveys = [tab()];
      const { base } = run({}, { identity: {} });
      await after(0);
      click(".tab");
      click("input[value='3']");
      submit();
      base.hooks.page?.();
      await after(100);
      expect(hosts()).toHaveLength(0);
    });

    it("tells an answer of the page on which it came", async () => {
      const told: [string, string | undefined][] = [];
      const there = location.href;
      const { base } = run({}, { emit: (name, _, url) => told.push([name, url]) });
      await after(6000);
      click("input[value='3']");
      history.pushState({}, "", "/next");
      base.hooks.page?.();
      history.replaceState({}, "", there);
      expect(told).toEqual([
        ["survey_shown", there],
        ["survey_answered", there],
      ]);
    });

    it("stays on a page that is kept for the way back, and goes with that", async () => {
      rules.surveys = [tab()];
      const { base } = run();
      await after(0);
      window.dispatchEvent(new Event("pagehide"));
      base.hooks.page?.();
      await after(0);
      expect(hosts()).toHaveLength(1);
    });
  });

  it("is remembered on the device from the consent on, also what came before", async () => {
    const sessions: (() => void)[] = [];
    const identity: Base["identity"] = { session: "2".repeat(32) };
    run(
      { onNewSession: (callback) => sessions.push(callback) as unknown as () => void },
      { identity },
    );
    await after(6000);
    expect(localStorage.length).toBe(0);
    identity.visitor = "1".repeat(32);
    for (const begins of sessions) begins();
    await after(0);
    expect(localStorage["hm_key.s"]).toBe("a1");
  });

  it("lets nothing reach the page when there is no session", async () => {
    const failed = vi.fn();
    process.on("unhandledRejection", failed);
    const { told } = run({ session: () => Promise.reject(new Error("no session")) });
    await after(10_000);
    vi.useRealTimers();
    await new Promise((resolve) => setTimeout(resolve, 0));
    process.off("unhandledRejection", failed);
    expect(failed).not.toHaveBeenCalled();
    expect(told).toEqual([]);
  });

  it("goes with its page", async () => {
    const { base } = run();
    await after(6000);
    expect(hosts()).toHaveLength(1);
    base.hooks.page?.();
    expect(hosts()).toHaveLength(0);
  });
});

describe("the file of surveys", () => {
  it("remembers so many names of events, and no more", () => {
    const { base } = baseOf({ seen: { order: 1 } });
    loadSurveys({ onNewSession: () => () => {} } as unknown as Core, base);
    for (let at = 0; at < 1000; at += 1) base.seen[`made up ${at}`] = at;
    base.seen.order = 2;
    expect(Object.keys(base.seen)).toHaveLength(200);
    expect(base.seen.order).toBe(2);
  });

  it("is not asked for where the page has none", () => {
    const loads = (surveys: PageSurvey[] | undefined) => {
      const { base } = baseOf({ rules: rulesOf(surveys ? { surveys } : {}) });
      const before = base.hooks.page;
      loadSurveys({ onNewSession: () => () => {} } as unknown as Core, base);
      // It waits for another page, or has begun to load and waits for nothing any more.
      return base.hooks.page === before;
    };
    expect(loads(undefined)).toBe(false);
    expect(loads([survey({ pages: ["/elsewhere"] })])).toBe(false);
    expect(loads([survey()])).toBe(true);
  });
});
