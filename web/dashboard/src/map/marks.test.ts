import { describe, expect, test } from "vitest";
import type { World } from "../../world/shapes.ts";
import { marksOf, stepTo } from "./marks.ts";
import type { Region } from "./region.ts";
import { stepsOf } from "./steps.ts";

const world: World = {
  width: 2880,
  height: 1308,
  shapes: { DE: "M0 0l9 0 0 9z", CH: "M9 0l2 0 0 2z" },
  places: { DE: [4, 4, 2650], CH: [10, 1, 310], SG: [50, 50, 0] },
};

const region = (value: string, number: number): Region => ({
  value,
  name: value,
  number,
  change: "",
  tone: "",
});
const REGIONS = [
  region("SG", 4),
  region("DE", 90),
  region("", 12),
  region("CH", 30),
  region("SE", 0),
];

function marks(scale: number) {
  const steps = stepsOf(REGIONS.map(({ number }) => number));
  return marksOf(world, REGIONS, { steps, scale });
}

describe("marks of a map", () => {
  test("come from the largest to the smallest, without what has no place or no number", () => {
    expect(marks(0.17).map((each) => [each.region.value, each.shade])).toEqual([
      ["DE", 5],
      ["CH", 4],
      ["SG", 1],
    ]);
  });

  test("are dots where a shape could not be met with a pointer", () => {
    const dots = (scale: number): string[] =>
      marks(scale)
        .filter(({ dot }) => dot)
        .map((each) => each.region.value);
    expect(dots(0.4)).toEqual(["SG"]);
    expect(dots(0.13)).toEqual(["CH", "SG"]);
  });

  test("keys go on, back, to the first and to the last, and nowhere at the ends", () => {
    const [most, middle, fewest] = marks(0.17);
    if (!most || !middle || !fewest) throw new Error("three have a place");
    const all = [most, middle, fewest];
    expect(stepTo(all, most, "ArrowRight")).toBe(middle);
    expect(stepTo(all, middle, "k")).toBe(most);
    expect(stepTo(all, most, "End")).toBe(fewest);
    expect(stepTo(all, fewest, "Home")).toBe(most);
    expect(stepTo(all, fewest, "ArrowDown")).toBeUndefined();
    expect(stepTo(all, most, "x")).toBeUndefined();
  });
});
