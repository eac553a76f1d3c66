import { describe, expect, test } from "vitest";
import { shadeOf, stepsOf } from "./steps.ts";

const bounds = (numbers: readonly number[]): [number, number][] =>
  stepsOf(numbers).map(({ from, to }) => [from, to]);

describe("steps of a map", () => {
  test("grow by the same factor, with round bounds", () => {
    expect(bounds([1, 17, 40_000, 100_000])).toEqual([
      [1, 9],
      [10, 99],
      [100, 999],
      [1000, 9999],
      [10_000, 100_000],
    ]);
    expect(bounds([612, 8040])).toEqual([
      [600, 999],
      [1000, 1499],
      [1500, 2999],
      [3000, 4999],
      [5000, 8040],
    ]);
  });

  test("are the numbers themselves where there are few", () => {
    expect(bounds([1, 3, 3])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(stepsOf([7])).toEqual([{ from: 7, to: 7, shade: 5 }]);
    expect(stepsOf([0, 0])).toEqual([]);
    expect(stepsOf([])).toEqual([]);
  });

  test("take in every number, the largest always in the strongest shade", () => {
    for (let most = 1; most < 3000; most += 7) {
      for (let least = 1; least <= most; least += 1 + Math.floor(most / 9)) {
        const steps = stepsOf([most, least]);
        expect(steps.length).toBeGreaterThan(0);
        expect(steps.length).toBeLessThanOrEqual(5);
        expect(steps[0]?.from).toBeLessThanOrEqual(least);
        expect(steps.at(-1)?.to).toBe(most);
        expect(shadeOf(steps, most)).toBe(5);
        steps.forEach(({ from, to }, at) => {
          expect(from).toBeLessThanOrEqual(to);
          if (at > 0) expect(from).toBe((steps[at - 1]?.to ?? 0) + 1);
        });
        for (const number of [least, Math.ceil((least + most) / 2), most])
          expect(shadeOf(steps, number)).toBeGreaterThan(0);
      }
    }
  });

  test("have no shade for nothing", () => {
    expect(shadeOf(stepsOf([3, 900]), 0)).toBe(0);
  });
});
