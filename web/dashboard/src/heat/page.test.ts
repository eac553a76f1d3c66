// @vitest-environment jsdom
import { beforeEach, describe, expect, test, vi } from "vitest";
import { freezeHeights, inPixels } from "../player/freeze.ts";
import { findElement } from "./find.ts";
import { labelOf } from "./label.ts";
import { boxOf, partsOf, placePoints, zoneBoxes } from "./places.ts";
import { createFinder } from "./stands.ts";
import { nothing, type Point } from "./zones.ts";

const PAGE = `<header><a href="/">glimt</a><a href="/help"><b>Help</b></a></header>
<main id="shop"><h1>Arc</h1><figure><img alt="Drawing of Arc"></figure>
<p>One</p><p>Two</p><button>Add <b>to cart</b></button><shop-card></shop-card></main>`;

beforeEach(() => {
  document.body.innerHTML = PAGE;
  const root = document.querySelector("shop-card")?.attachShadow({ mode: "open" });
  if (root) root.innerHTML = "<button>Less</button><button>More</button>";
});

const found = (path: string) => findElement(document, path)?.textContent?.trim();

describe("finding an element by its path", () => {
  test.each([
    ["main#shop>button", "Add to cart"],
    ["main#shop>button>b", "to cart"],
    ["html>body>header>a:nth-of-type(2)>b", "Help"],
    ["main#shop>p:nth-of-type(2)", "Two"],
    ["main#shop>shop-card>>>button:nth-of-type(2)", "More"],
    ["html>body>main>h1", "Arc"],
  ])("%s", (path, text) => {
    expect(found(path)).toBe(text);
  });

  test.each([
    ["main#shop>p:nth-of-type(3)"],
    ["main#gone>button"],
    ["section#shop>button"],
    ["main#shop>shop-card>button"],
    ["main#shop>>>button"],
    ["html>body>aside"],
    [""],
    ["a[href]"],
    ["main#shop>p:nth-of-type(0"],
    ["*"],
  ])("none for %s", (path) => {
    expect(findElement(document, path)).toBeNull();
  });

  test("a path that was cut at its beginning is found where it leads to one", () => {
    expect(found("header>a:nth-of-type(2)>b")).toBe("Help");
    document.body.insertAdjacentHTML(
      "beforeend",
      "<div><header><a></a><a><b>No</b></a></header></div>",
    );
    expect(found("header>a:nth-of-type(2)>b")).toBeUndefined();
  });
});

const boxes = new Map<string, [left: number, top: number, width: number, height: number]>();

function withBoxes(of: Record<string, [number, number, number, number]>): void {
  boxes.clear();
  for (const [selector, box] of Object.entries(of)) boxes.set(selector, box);
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockImplementation(function (this: Element) {
    const [left, top, width, height] = [...boxes].find(([selector]) =>
      this.matches(selector),
    )?.[1] ?? [0, 0, 0, 0];
    return { left, top, width, height, right: left + width, bottom: top + height } as DOMRect;
  });
}

describe("placing clicks", () => {
  const at = (element: string, x: number | null, y: number | null, clicks: number): Point => ({
    element,
    zone: element,
    said: "",
    x,
    y,
    counts: { clicks, rage: 0, dead: 1 },
  });

  test("each is at its share of its element, and what is not there is told with why", () => {
    withBoxes({ "main button": [100, 200, 80, 40], img: [0, 0, 0, 0] });
    const points = [
      at("main#shop>button", 0.25, 0.5, 3),
      at("main#shop>button", null, null, 1),
      at("main#shop>figure>img", 0.5, 0.5, 2),
      at("main#shop>aside", 0.5, 0.5, 4),
      at("main#shop>aside", 0.1, 0.5, 5),
    ];
    const placed = placePoints(createFinder(document), points, "clicks");
    expect(placed.spots).toEqual([
      { x: 120, y: 220, weight: 3 },
      { x: 140, y: 220, weight: 1 },
    ]);
    expect(placed.placed).toBe(4);
    expect(placed.unplaced).toMatchObject([
      { element: "main#shop>aside", count: 9, reason: "gone" },
      { element: "main#shop>figure>img", count: 2, reason: "hidden" },
    ]);
    const dead = placePoints(createFinder(document), points.slice(0, 1), "dead");
    expect(dead.spots).toEqual([{ x: 120, y: 220, weight: 1 }]);
    expect(placePoints(createFinder(document), points, "rage").spots).toEqual([]);
  });

  test("what is in a closed menu, or cut off by what it is in, is hidden", () => {
    document.body.innerHTML = `<div id="slides" style="overflow-x: hidden; overflow-y: hidden; position: relative">
<p id="first"></p><p id="second"></p><p id="above" style="position: fixed"></p></div>
<div id="menu"><a></a></div>
<div id="loose" style="overflow-x: hidden; overflow-y: hidden"><i style="position: absolute"></i></div>`;
    withBoxes({
      "#slides": [0, 0, 100, 50],
      "#first": [0, 0, 100, 50],
      "#second": [100, 0, 100, 50],
      "#above": [300, 0, 100, 50],
      "#menu, #menu a": [0, 100, 100, 50],
      "#loose": [0, 200, 100, 50],
      "#loose i": [0, 400, 100, 50],
    });
    const boxIn = (selector: string) => {
      const element = document.querySelector(selector);
      return element && boxOf(element);
    };
    expect(boxIn("#first")).not.toBeNull();
    expect(boxIn("#second")).toBeNull();
    // What is fixed, or hangs on something further out, is not cut.
    expect(boxIn("#above")).not.toBeNull();
    expect(boxIn("#loose i")).not.toBeNull();
    expect(boxIn("#menu a")).not.toBeNull();
    // jsdom has no such method.
    Object.assign(Element.prototype, {
      checkVisibility(this: Element, asked: CheckVisibilityOptions) {
        return !(this.matches("#menu a") && asked.visibilityProperty && asked.opacityProperty);
      },
    });
    expect(boxIn("#menu a")).toBeNull();
    Reflect.deleteProperty(Element.prototype, "checkVisibility");
  });

  test("what a list would show if it were scrolled there is not drawn on what is under the list", () => {
    document.body.innerHTML = `<ul style="overflow-x: hidden; overflow-y: auto"><li></li><li></li></ul>`;
    withBoxes({
      ul: [0, 0, 100, 50],
      "li:first-child": [0, 0, 100, 80],
      "li:last-child": [0, 80, 100, 40],
    });
    const [first, last] = ["html>body>ul>li:nth-of-type(1)", "html>body>ul>li:nth-of-type(2)"];
    const points = [at(first, 0.5, 0.25, 3), at(first, 0.5, 0.9, 2), at(last, 0.5, 0.5, 1)];
    const placed = placePoints(createFinder(document), points, "clicks");
    expect(placed.spots).toEqual([{ x: 50, y: 20, weight: 3 }]);
    expect(placed.placed).toBe(3);
    expect(placed.unplaced).toMatchObject([
      { element: first, count: 2, reason: "scrolled" },
      { element: last, count: 1, reason: "scrolled" },
    ]);
    // Outlined is what is seen of it.
    const [box] = zoneBoxes(createFinder(document), [nothing(first)], 9);
    expect(box?.box).toEqual({ left: 0, top: 0, width: 100, height: 50 });
  });

  test("zones keep their number in the table where others are not shown", () => {
    withBoxes({ "main button": [1, 2, 3, 4] });
    const zones = ["main#shop>aside", "main#shop>button", ""].map(nothing);
    expect(zoneBoxes(createFinder(document), zones, 9)).toEqual([
      { zone: zones[1], rank: 2, box: { left: 1, top: 2, width: 3, height: 4 }, isAgain: false },
    ]);
  });
});

test("parts of the page go from heading to heading", () => {
  document.body.innerHTML = "<h1>Arc</h1><h2>Data</h2><h3>Near</h3><h2></h2><h2>Reviews</h2>";
  withBoxes({
    h1: [0, 60, 9, 9],
    "h2:nth-of-type(1)": [0, 400, 9, 9],
    h3: [0, 450, 9, 9],
    "h2:last-of-type": [0, 900, 9, 9],
  });
  expect(partsOf(document, 1500)).toEqual([
    { name: "Arc", from: 0, to: 400 },
    { name: "Data", from: 400, to: 900 },
    { name: "Reviews", from: 900, to: 1500 },
  ]);
});

describe("what an element is called", () => {
  const label = (zone: string, text = "") =>
    labelOf({ zone, text }, zone ? findElement(document, zone) : null);

  test("by the words that were clicked, else its own, else what it is", () => {
    expect(label("main#shop>button", "Add to cart")).toBe("Add to cart");
    expect(label("main#shop>figure>img")).toBe("Drawing of Arc");
    expect(label("main#shop>p:nth-of-type(1)")).toBe("One");
    expect(label("html>body>div#menu")).toBe("<div> “menu”");
    expect(label("html>body>nav")).toBe("Menu");
    expect(label("")).toBe("Element unknown");
    expect(label("(other)")).toBe("All other elements");
  });

  test("masked words are none", () => {
    document.querySelector("img")?.setAttribute("alt", "***** ***");
    expect(label("main#shop>figure>img")).toBe("Picture");
  });
});

describe("a page as high as itself", () => {
  const window = { width: 1200, height: 800 };

  test("has no window any more: its heights are pixels", () => {
    expect(inPixels("calc(100vh - 2rem)", window)).toBe("calc(800px - 2rem)");
    expect(inPixels("50dvh 10vmin 10vmax -5svh", window)).toBe("400px 80px 120px -40px");
    expect(inPixels("100vw 2vhs url(a.vh)", window)).toBe("100vw 2vhs url(a.vh)");
  });

  test("in sheets, in their groups, and in the elements themselves", () => {
    document.body.innerHTML = `<style>.a{min-height:100vh}@media all{.b{height:50vh!important}}.c{height:5px}</style><p style="height: 25vh">x</p>`;
    freezeHeights(document, window);
    const rules = [...(document.styleSheets[0]?.cssRules ?? [])].map(({ cssText }) => cssText);
    const text = rules.join(" ").replace(/\s+/g, " ");
    expect(text).toContain("min-height: 800px");
    expect(text).toContain("height: 400px !important");
    expect(text).not.toContain("vh");
    expect(document.querySelector("p")?.style.height).toBe("200px");
  });
});
