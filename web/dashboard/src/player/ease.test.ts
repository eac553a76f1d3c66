import { describe, expect, it } from "vitest";
import { ease } from "./ease";

const interaction = (type: number) => ({ type: 3, timestamp: 1, data: { source: 2, type, id: 1 } });
const snapshot = (left: number, top: number) => ({
  type: 2,
  timestamp: 5,
  data: { node: { id: 7 }, initialOffset: { left, top } },
});

describe("ease", () => {
  it("leaves out focus, and no other interaction", () => {
    const kept = ease([0, 1, 2, 3, 4, 5, 6, 7].map(interaction)).map(({ data }) => data.type);
    expect(kept).toEqual([0, 1, 2, 3, 4, 7]);
  });

  it("scrolls by an event, where a page was scrolled", () => {
    expect(ease([snapshot(0, 0)])).toEqual([snapshot(0, 0)]);
    expect(ease([snapshot(3, 4)])).toEqual([
      snapshot(0, 0),
      { type: 3, timestamp: 5, data: { source: 3, id: 7, x: 3, y: 4 } },
    ]);
  });
});
