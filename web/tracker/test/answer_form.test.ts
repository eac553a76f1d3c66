import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PageSurvey } from "../src/core.ts";
import { type Answer, answerForm } from "../src/feedback/answer_form.ts";
import { openPanel } from "../src/feedback/open_panel.ts";

const NATIVE = Element.prototype.attachShadow;

const survey = (more: Partial<PageSurvey>): PageSurvey => ({
  id: "a1",
  kind: "rating",
  moment: "exit",
  share_percent: 100,
  words: { question: "How was it?", follow_up: "Why?", low: "Bad", high: "Good" },
  ...more,
});

const formOf = (more: Partial<PageSurvey>) => {
  const sent: Answer[] = [];
  const made = answerForm(survey(more), "Send", (answer) => sent.push(answer));
  document.body.append(made.form);
  const all = <T extends HTMLElement>(selector: string) => [
    ...made.form.querySelectorAll<T>(selector),
  ];
  const button = all<HTMLButtonElement>("button")[0] as HTMLButtonElement;
  const choose = (value: string) =>
    all<HTMLInputElement>("input")
      .find((input) => input.value === value)
      ?.click();
  const write = (text: string) => {
    const [area] = all<HTMLTextAreaElement>("textarea");
    if (!area) throw new Error("there is no text area");
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const submit = () => made.form.dispatchEvent(new Event("submit", { cancelable: true }));
  return { ...made, sent, all, button, choose, write, submit };
};

describe("the form of a survey", () => {
  afterEach(() => document.body.replaceChildren());

  it("has the scores of its kind, and asks for a comment once one is chosen", () => {
    const nps = formOf({ kind: "nps" });
    expect(nps.all<HTMLInputElement>("input").map(({ value }) => value)).toEqual(
      Array.from({ length: 11 }, (_, at) => String(at)),
    );
    const { all, button, choose, write, submit, sent } = formOf({});
    expect(
      all<HTMLInputElement>("input")
        .map(({ value }) => value)
        .join(""),
    ).toBe("12345");
    expect(all(".more")[0]?.hidden).toBe(true);
    expect(button.disabled).toBe(true);
    submit();
    expect(sent).toEqual([]);
    choose("4");
    expect(all(".more")[0]?.hidden).toBe(false);
    write("  too slow ");
    submit();
    expect(sent).toEqual([{ score: 4, comment: "too slow" }]);
  });

  it("tells a choice as a text, and several as a list", () => {
    const one = formOf({ kind: "choice", choices: ["Price", "Delivery"] });
    one.choose("Delivery");
    one.submit();
    expect(one.sent).toEqual([{ choice: "Delivery" }]);
    const both = formOf({ kind: "choice", choices: ["Price", "Delivery"], several: true });
    both.choose("Price");
    both.choose("Delivery");
    both.submit();
    expect(both.sent).toEqual([{ choice: ["Price", "Delivery"] }]);
  });

  it("counts a score that was made when it is left, and never words that nobody sent", () => {
    const text = formOf({ kind: "text", words: { question: "What is missing?" } });
    text.write("I was only thinking");
    expect(text.answer()).toBeUndefined();
    text.submit();
    expect(text.sent).toEqual([{ comment: "I was only thinking" }]);
    const rating = formOf({});
    rating.choose("2");
    rating.write("I was only thinking");
    expect(rating.answer()).toEqual({ score: 2 });
  });
});

describe("the panel of a survey", () => {
  const open = (more: Partial<PageSurvey> = {}, tab = false) => {
    let root: ShadowRoot | undefined;
    vi.spyOn(Element.prototype, "attachShadow").mockImplementation(function (this: Element, init) {
      expect(init.mode).toBe("closed");
      root = NATIVE.call(this, init);
      return root;
    });
    const settled: (Answer | undefined)[] = [];
    const panel = openPanel(survey(more), {
      dark: false,
      language: "en",
      tab,
      shown: () => {},
      settled: (answer) => settled.push(answer),
    });
    const find = (selector: string) => {
      const found = root?.querySelector<HTMLElement>(selector);
      if (!found) throw new Error(`there is no ${selector}`);
      return found;
    };
    return { ...panel, settled, find };
  };

  beforeEach(() => {
    vi.stubGlobal(
      "CSSStyleSheet",
      class {
        replaceSync(): void {}
      },
    );
  });
  afterEach(() => {
    document.body.replaceChildren();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  it("stands in a marked box without a style of its own, and leaves the focus where it is", () => {
    const field = document.createElement("input");
    document.body.append(field);
    field.focus();
    const { host } = open();
    expect(host.getAttribute("data-hm-block")).toBe("survey");
    expect(host.hasAttribute("style")).toBe(false);
    expect(document.activeElement).toBe(field);
  });

  it("is dismissed by Escape and by its button, and a chosen score counts all the same", () => {
    const one = open();
    const composed = new KeyboardEvent("keydown", { key: "Escape", isComposing: true });
    one.find(".panel").dispatchEvent(composed);
    expect(one.settled).toEqual([]);
    one.find(".panel").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    expect(one.settled).toEqual([undefined]);
    expect(one.host.isConnected).toBe(false);
    const two = open();
    two.find("input[value='5']").click();
    two.find(".close").click();
    expect(two.settled).toEqual([{ score: 5 }]);
  });

  it("comes back to its tab when it is closed without an answer", () => {
    const { find, host, settled } = open({}, true);
    find(".tab").click();
    find(".close").click();
    expect(settled).toEqual([undefined]);
    expect(host.isConnected).toBe(true);
    find(".tab").click();
    find("input[value='3']").click();
    find("form").dispatchEvent(new Event("submit", { cancelable: true }));
    expect(settled).toEqual([undefined, { score: 3 }]);
    expect(find("[role=status]").textContent).toBe("Thank you.");
  });

  it("reads from right to left where its language does", () => {
    const { find, host } = open({ language: "ar" });
    expect(find(".all").dir).toBe("rtl");
    expect(host.hasAttribute("data-turned")).toBe(true);
    expect(find(".send").textContent).toBe("إرسال");
  });

  it("keeps the page's shortcuts out of what is typed", () => {
    const heard = vi.fn();
    document.addEventListener("keydown", heard);
    const { find } = open();
    find("textarea").dispatchEvent(
      new KeyboardEvent("keydown", { key: "n", bubbles: true, composed: true }),
    );
    document.removeEventListener("keydown", heard);
    expect(heard).not.toHaveBeenCalled();
  });
});
