import { describe, expect, test } from "vitest";
import { buyingSteps } from "../explore/buying.ts";
import { NOTHING_SEEN, type Seen } from "../explore/seen.ts";
import { selectionName } from "../explore/selection.ts";
import { compact } from "./grid.ts";
import { draftsOf, panelsOf, templates } from "./templates.ts";

const values = (names: string[]) => names.map((value, at) => ({ value, count: 100 - at }));
const shop: Seen = {
  ...NOTHING_SEEN,
  pending: false,
  events: values(["pageview", "click", "add_to_cart", "order", "form_submit"]),
  pages: values(["/", "/product/a", "/product/b", "/product/c", "/cart", "/checkout", "/thanks"]),
  properties: [{ name: "value", rows: 10, numeric: true }],
};
const named = (seen: Seen): string[] => buyingSteps(seen).map(selectionName);

describe("the steps of buying are those that were seen", () => {
  test.each<[string, Partial<Seen>, string[]]>([
    ["a whole shop", {}, ["/product/…", "add_to_cart", "/cart", "/checkout", "order"]],
    [
      "no events of its own",
      { events: values(["pageview", "click"]) },
      ["/product/…", "/cart", "/checkout", "/thanks"],
    ],
    [
      "things in a folder that has another name",
      { pages: values(["/boats/a", "/boats/b", "/boats/c"]) },
      ["/boats/…", "add_to_cart", "order"],
    ],
    ["no pages", { pages: [] }, ["add_to_cart", "order"]],
    [
      "a checkout that is an event",
      { pages: values(["/"]), events: values(["begin_checkout", "purchase"]) },
      ["begin_checkout", "purchase"],
    ],
    ["a magazine", { pages: values(["/", "/news/a"]), events: values(["pageview"]) }, []],
  ])("%s", (_, change, steps) => {
    expect(named({ ...shop, ...change })).toEqual(steps);
  });
});

describe("a template becomes a board", () => {
  test.each(templates(shop).map((each) => [each.title, each] as const))("%s", (_, template) => {
    const drafts = draftsOf(template);
    const names = drafts.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const saved = new Map(names.map((name) => [name, { id: `id of ${name}`, name }]));
    const panels = panelsOf(template, saved);
    expect(panels).toHaveLength(template.placed.length);
    expect(compact(panels)).toEqual(panels);
    for (const { place } of panels) expect(place.x + place.width).toBeLessThanOrEqual(12);
  });

  test("a part whose name was taken keeps it on the board", () => {
    const [, acquisition] = templates(shop);
    if (!acquisition) throw new Error("no template");
    const saved = new Map([
      ["Pageviews by source", { id: "a", name: "Pageviews by source, copy" }],
    ]);
    const found = panelsOf(acquisition, saved).find(({ shows }) => "insight" in shows);
    expect(found?.title).toBe("Pageviews by source");
  });

  test("what could not be saved leaves no panel behind", () => {
    const acquisition = templates(shop)[1];
    if (!acquisition) throw new Error("no template");
    expect(panelsOf(acquisition, new Map())).toHaveLength(4);
  });

  test("the checkout says what it found, and what it lacks", () => {
    const of = (seen: Seen) => templates(seen).find(({ name }) => name === "checkout");
    expect(of(shop)?.found).toBe("/product/… → add_to_cart → /cart → /checkout → order");
    expect(of(shop)?.lacks).toBe("");
    expect(draftsOf(of(shop) ?? templates(shop)[0]!).map(({ name }) => name)).toContain(
      "Value of orders",
    );
    expect(of({ ...NOTHING_SEEN })?.lacks).toMatch(/^Nothing was seen/);
  });
});
