// @vitest-environment jsdom
// A page of one version, and clicks of another.
import { describe, expect, test } from "vitest";
import { placePoints, zoneBoxes } from "./places.ts";
import { isMasked, lettersOf } from "./said.ts";
import { type Clicked, createFinder } from "./stands.ts";
import { clickedOf, nothing, type Point } from "./zones.ts";

function page(html: string): Document {
  document.body.innerHTML = html;
  // jsdom lays nothing out: each element is ten pixels below the one before.
  for (const [index, element] of [...document.querySelectorAll("*")].entries()) {
    const box = { left: 0, top: index * 10, width: 100, height: 10 } as DOMRect;
    element.getBoundingClientRect = () => box;
  }
  return document;
}

const MENU = `<ul id="menu"><li><a href="/new">News</a></li><li><a href="/p">Prices</a></li>
<li><a href="/d">Docs</a><img></li></ul>`;
const link = (place: number) => `ul#menu>li:nth-of-type(${place})>a`;

/** By what an element is found, and what it then says. */
function found(html: string, path: string, said = "", clicked: Clicked[] = []) {
  const { element, by } = createFinder(page(html), clicked)(path, said);
  return [by, element?.textContent?.trim() ?? null];
}

describe("an element of another version of the page", () => {
  test("is where its words are, when something came before it", () => {
    expect(found(MENU, link(1), "Prices")).toEqual(["elsewhere", "Prices"]);
    expect(found(MENU, link(2), "Docs")).toEqual(["elsewhere", "Docs"]);
    expect(found(MENU, link(9), "Docs")).toEqual(["elsewhere", "Docs"]);
  });

  test("is never drawn on what has come into its place", () => {
    expect(found(MENU, link(1), "Jobs")).toEqual(["moved", null]);
    // The one that is left of two is not the other.
    expect(found("<ul id='menu'><li><a>Docs</a></li></ul>", link(1), "Prices")).toEqual([
      "moved",
      null,
    ]);
    // An element that has no words any more.
    expect(found("<p><a><img></a><a>Docs</a></p>", "p>a:nth-of-type(1)", "Jobs")).toEqual([
      "moved",
      null,
    ]);
  });

  test("that says only a number or a sign is it in its own place", () => {
    const pages = "<p><a>1</a></p><p><a>Next</a></p>";
    expect(found(pages, "p:nth-of-type(2)>a", "2")).toEqual(["moved", null]);
    expect(found(pages, "p:nth-of-type(1)>a", "2")).toEqual(["words", "1"]);
  });

  test("is found through a banner that came before everything", () => {
    const html = "<div><a>Sale</a></div><div><p><a>Help</a></p><a>Docs</a></div>";
    expect(found(html, "html>body>div>a", "Docs")).toEqual(["elsewhere", "Docs"]);
    // It was the only one, and one of two is not surely it.
    expect(found(html, "html>body>div>a")).toEqual(["gone", null]);
    expect(found(html, "html>body>div>p>a")).toEqual(["path", "Help"]);
  });

  test("that stands there more than once is where its path leads, or moved", () => {
    const buy = "<p>x<a>Buy</a></p><p>y<a>Buy</a></p><p>z<a>Ask</a></p>";
    expect(found(buy, "p:nth-of-type(2)>a", "Buy")).toEqual(["path", "Buy"]);
    expect(found(buy, "p:nth-of-type(3)>a", "Buy")).toEqual(["moved", null]);
  });

  test("takes along what told no words", () => {
    const image = "ul#menu>li:nth-of-type(3)>img";
    expect(found(MENU, image)[0]).toBe("path");
    const clicked = [
      { element: link(3), said: "Jobs", times: 5 },
      { element: link(3), said: "Docs", times: 2 },
    ];
    expect(found(MENU, image, "", clicked)[0]).toBe("moved");
    const fewer = clicked.map((each) => ({ ...each, times: 7 - each.times }));
    expect(found(MENU, image, "", fewer)[0]).toBe("path");
    // Who moved within the list did not leave the list.
    const within = [{ element: link(2), said: "Docs", times: 9 }];
    expect(found(MENU, image, "", within)[0]).toBe("path");
  });
});

describe("an unchanged page loses nothing", () => {
  test("its words are where they were", () => {
    expect(found(MENU, link(2), "Prices")).toEqual(["words", "Prices"]);
    expect(found(MENU, link(2), "PRICES")).toEqual(["words", "Prices"]);
    expect(found(MENU, "ul#menu>li:nth-of-type(3)>img")[0]).toBe("path");
  });

  test("counters go up, and numbers of a series do not", () => {
    const cart = "<nav><a>Home</a><a>Cart (1)</a><a>Help</a></nav>";
    expect(found(cart, "nav>a:nth-of-type(2)", "Cart (12)")).toEqual(["words", "Cart (1)"]);
    const sizes = "<nav><a>Size 41</a><a>Size 42</a></nav>";
    expect(found(sizes, "nav>a:nth-of-type(2)", "Size 42")).toEqual(["words", "Size 42"]);
    expect(found(sizes, "nav>a:nth-of-type(2)", "Size 40")).toEqual(["moved", null]);
  });

  test("the only one of its kind may call itself otherwise", () => {
    const form = "<form id='add'><button>Buy now</button></form>";
    expect(found(form, "form#add>button", "Add to cart")).toEqual(["path", "Buy now"]);
  });

  test("another width shows other parts of the same words", () => {
    const cart = "<p><a>Home</a><a><i>Cart</i> <b>Shopping cart</b></a></p>";
    expect(found(cart, "p>a:nth-of-type(2)", "Cart")[0]).toBe("path");
  });

  test("what the recording masks tells nothing", () => {
    const masked = "<p><a>xxxx</a><a>xxxxxx xx 00</a></p>";
    expect(found(masked, "p>a:nth-of-type(2)", "Prices in 12")[0]).toBe("path");
    expect(isMasked("xxxx")).toBe(true);
    expect(isMasked("•••••")).toBe(true);
    expect(["Max", "x 2", "Boxx it", ""].some(isMasked)).toBe(false);
  });

  test("a control is told by its role, through shadow roots", () => {
    const host = page("<my-tab role='tab'></my-tab><my-tab role='tab'></my-tab>");
    const tabs = [...host.querySelectorAll("my-tab")];
    for (const [at, tab] of tabs.entries()) {
      tab.attachShadow({ mode: "open" }).innerHTML = "<i></i>";
      tab.append(at === 0 ? "Old" : "New");
    }
    const find = createFinder(host);
    const icon = (place: number) => `html>body>my-tab:nth-of-type(${place})>>>i`;
    expect(find(icon(1), "New")).toEqual({
      element: tabs[1]?.shadowRoot?.querySelector("i"),
      by: "elsewhere",
    });
  });
});

test("letters are told whatever the language", () => {
  expect(lettersOf("Über 12 Öfen (3)")).toBe("über öfen");
  expect(lettersOf("価格 12")).toBe("価格");
  expect(lettersOf(null)).toBe("");
});

describe("clicks of two versions on one picture", () => {
  const point = (place: number, said: string, clicks: number): Point => ({
    element: link(place),
    zone: link(place),
    said,
    x: 0.5,
    y: 0.5,
    counts: { clicks, rage: 0, dead: 0 },
  });
  const points = [point(1, "Prices", 4), point(2, "Prices", 3), point(1, "Jobs", 2)];

  test("are drawn on the element that they were on, and what is gone is told", () => {
    const find = createFinder(page(MENU), clickedOf(points));
    const placed = placePoints(find, points, "clicks");
    const prices = document.querySelectorAll("a")[1]?.getBoundingClientRect();
    const at = { x: 50, y: (prices?.top ?? 0) + 5 };
    expect(placed.spots).toEqual([
      { ...at, weight: 4 },
      { ...at, weight: 3 },
    ]);
    expect(placed).toMatchObject({ placed: 7, elsewhere: 4, byPath: 0 });
    expect(placed.unplaced).toMatchObject([{ said: "Jobs", count: 2, reason: "moved" }]);
  });

  test("their zones have one outline where they are one element", () => {
    const zones = points.map(({ zone, said }) => ({ ...nothing(zone), said }));
    const boxes = zoneBoxes(createFinder(page(MENU)), zones, 9);
    expect(boxes.map(({ rank, isAgain }) => [rank, isAgain])).toEqual([
      [1, false],
      [2, true],
    ]);
  });
});
