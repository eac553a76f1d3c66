import { describe, expect, test } from "vitest";
import { checkoutSteps, manyName, stepsTo } from "./buying.ts";
import { NOTHING_SEEN, type Seen } from "./seen.ts";
import { eventSelection, pageSelection, selectionName } from "./selection.ts";

const values = (counts: Record<string, number>) =>
  Object.entries(counts).map(([value, count]) => ({ value, count }));
const shop: Seen = {
  ...NOTHING_SEEN,
  pending: false,
  events: values({ pageview: 900, add_to_cart: 90, order: 20, signup: 5 }),
  pages: values({
    "/": 500,
    "/product/a": 200,
    "/product/b": 150,
    "/product/c": 140,
    "/cart": 80,
    "/checkout/payment": 30,
    "/checkout": 60,
    "/checkout/address": 50,
    "/shipping": 40,
    "/checkout/a1b2c3": 1,
    "/thanks": 20,
  }),
};
const CHECKOUT = ["/cart", "/checkout", "/checkout/address", "/checkout/payment", "order"];

test("a checkout has all its pages in the order in which they empty, and no page about it", () => {
  expect(checkoutSteps(shop).map(selectionName)).toEqual(CHECKOUT);
});

describe("the way to a goal", () => {
  test.each([
    ["an order: the checkout", eventSelection("order"), CHECKOUT],
    [
      "another kind of order",
      { ...eventSelection("purchase") },
      [...CHECKOUT.slice(0, -1), "purchase"],
    ],
    ["a page of the checkout", pageSelection("/checkout/address"), CHECKOUT.slice(0, 3)],
    [
      "the first page of the checkout: what comes before",
      pageSelection("/checkout"),
      ["/product/…", "add_to_cart", "/cart", "/checkout"],
    ],
    ["what has no known way: all who came", eventSelection("signup"), ["Pageview", "signup"]],
  ])("%s", (_, goal, steps) => {
    expect(stepsTo(goal, shop).map(selectionName)).toEqual(steps);
  });
});

test("the numbers of a step are called as a person would", () => {
  expect(manyName(eventSelection("order"))).toBe("Orders");
  expect(manyName(eventSelection("checkout_completed"))).toBe("Completed checkouts");
  expect(manyName(pageSelection("/thanks"))).toBe("Views of /thanks");
  expect(manyName(eventSelection("booked_a_table"))).toBe("Times of booked_a_table");
});
