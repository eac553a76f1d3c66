/** What recording costs, and when that is too much. */
import { describe, expect, it } from "vitest";
import { createCost } from "../src/cost";

describe("the recorder's own time", () => {
  it("counts work once, however deep it is nested", () => {
    let time = 0;
    const cost = createCost(() => time);
    cost.during(() => {
      time += 5;
      cost.during(() => {
        time += 7;
      });
    });
    expect(cost.report(0)).toMatchObject({ total_ms: 12, longest_ms: 12 });
  });

  it("tells packing apart, which the browser does in its own time", () => {
    let time = 0;
    const cost = createCost(() => time);
    time = 15_000;
    cost.packed(9000.4);
    cost.packed(0.4);
    expect(cost.report(0)).toMatchObject({ total_ms: 0, packing_ms: 9001 });
    expect(cost.isTooHigh()).toBe(false);
  });

  it("is too high after fifteen seconds with more than a fifth, and is asked anew then", () => {
    let time = 0;
    const cost = createCost(() => time);
    const second = (busy_ms: number) => {
      cost.during(() => {
        time += busy_ms;
      });
      time += 1000 - busy_ms;
      return cost.isTooHigh();
    };
    const seconds = (count: number, busy_ms: number) =>
      Array.from({ length: count }, () => second(busy_ms)).indexOf(true);
    expect(seconds(15, 190)).toBe(-1);
    expect(seconds(14, 900)).toBe(-1);
    expect(second(900)).toBe(true);
    // A snapshot of two seconds alone is not.
    expect(second(2000)).toBe(false);
    expect(seconds(20, 10)).toBe(-1);
  });
});
