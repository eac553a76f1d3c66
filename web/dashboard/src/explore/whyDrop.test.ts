// What is asked about those who leave a funnel.
import { expect, test } from "vitest";
import { type Explore, usualExplore } from "./explore.ts";
import { cameBy, stepsUpTo } from "./whyDrop.ts";

const funnel = (...steps: [event: string, optional?: boolean][]): Explore => {
  const usual = usualExplore("funnel");
  return {
    ...usual,
    funnel: {
      ...usual.funnel,
      window: "3d",
      steps: steps.map(([event, optional = false]) => ({
        events: [event],
        where: [],
        label: "",
        optional,
      })),
    },
  };
};

test("who leaves before a later step came by the steps before, without those that can be left out", () => {
  const bought = funnel(["cart"], ["coupon", true], ["pay"], ["order"]);
  expect(stepsUpTo(bought, 3)).toEqual([0, 2]);
  expect(cameBy(bought, 3)).toEqual({
    did: { sequence: [{ events: ["cart"] }, { events: ["pay"] }], within: "3d" },
  });
});

test("of the first two steps nothing more is asked than the first", () => {
  expect(cameBy(funnel(["cart"], ["pay"], ["order"]), 1)).toBeNull();
  expect(cameBy(funnel(["cart"], ["coupon", true], ["order"]), 2)).toBeNull();
});
