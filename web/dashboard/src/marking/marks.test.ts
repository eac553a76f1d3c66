// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { isBare, MARKS, matching, reached, selectorsOf } from "./marks";

beforeEach(() => {
  vi.stubGlobal("CSS", { escape: (text: string) => text.replace(/[^\w-]/g, "\\$&") });
  // Nothing is laid out here: each element is a row of its own.
  Element.prototype.getBoundingClientRect = function () {
    const top = [...this.ownerDocument.querySelectorAll("*")].indexOf(this) * 10;
    return new DOMRect(0, top, this.hasAttribute("hidden") ? 0 : 100, 10);
  };
  document.body.innerHTML = `
    <main id="order"><p class="name css-1x2y3">A name</p><p class="note">A note</p><p class="note wide">More</p>
    <div><span>Deep</span><span>Deeper</span></div><input type="text"><input type="submit"><b hidden class="name">x</b><i data-hm-mask>y</i><u data-hm-block></u></main>`;
});

const first = (selector: string) => document.querySelector(selector) as Element;

describe("what an element is called", () => {
  it("is its id, and nothing that a build makes", () => {
    expect(selectorsOf(first("main"))).toEqual(["#order"]);
    expect(selectorsOf(first("p"))).toEqual([".name", "#order .name", "#order > p:nth-of-type(1)"]);
  });

  it("is its rarest class first, and its place where it shares its names", () => {
    expect(selectorsOf(first(".wide"))).toEqual([".wide", ".note", ".wide.note", "#order .wide"]);
    expect(selectorsOf(first("span + span"))).toEqual(["#order > div > span:nth-of-type(2)"]);
  });

  it("always means the element", () => {
    for (const element of document.querySelectorAll("main, main *"))
      for (const how of MARKS)
        for (const selector of selectorsOf(element, how))
          expect([...document.querySelectorAll(selector)], selector).toContain(element);
  });

  it("is never a bare class where it is to be shown: other pages have it too", () => {
    expect(selectorsOf(first(".wide"), "show")).toEqual([
      "#order .wide",
      "#order > p:nth-of-type(3)",
    ]);
    expect([".a", ".a.b", ".sm\\:b", " .a "].map(isBare)).toEqual([true, true, true, true]);
    expect(["#a", "#a .b", "input.b", ".a > .b", ".a[href]", ".a:hover"].filter(isBare)).toEqual(
      [],
    );
  });

  it("is found at once, however many classes a recording gives an element", () => {
    const element = first("i");
    element.className = Array.from(
      { length: 5000 },
      (_, index) => `a${index % 100}-${"b".repeat(index / 100)}`,
    ).join(" ");
    const asked = vi.spyOn(Document.prototype, "querySelectorAll");
    selectorsOf(element);
    expect(asked.mock.calls.length).toBeLessThan(20);
    asked.mockRestore();
  });
});

describe("what rules reach", () => {
  it("is fields on every page, and what each kind names and shows", () => {
    const { marked, wrong } = reached(document, {
      mask: [".name", "..["],
      block: ["#order > div"],
      show: ["input"],
    });
    expect(wrong).toEqual(["..["]);
    expect(marked.map(({ how, selector }) => [how, how === "field" ? "" : selector])).toEqual([
      ["field", ""],
      ["mask", "[data-hm-mask]"],
      ["block", "[data-hm-block]"],
      ["mask", ".name"],
      ["block", "#order > div"],
      ["show", "input"],
      ["show", "input"],
    ]);
  });

  it("tells how many a selector means", () => {
    expect(matching(document, ".note")).toBe(2);
    expect(matching(document, "..[")).toBeNull();
  });
});
