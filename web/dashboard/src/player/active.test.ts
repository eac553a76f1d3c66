import { expect, it } from "vitest";
import { activeIn } from "./active";
import type { RecordedEvent } from "./types";

const at = (timestamp: number, more: Partial<RecordedEvent> = {}): RecordedEvent => ({
  type: 3,
  timestamp,
  data: { source: 1 },
  ...more,
});

it("finds when anything was recorded, and no pause in what the recorder says of itself", () => {
  const cost = { type: 5, data: { tag: "hm-cost", payload: {} } };
  const events = [
    at(0, { made: true }),
    at(1000),
    at(9000),
    at(30_000, cost),
    at(50_000),
    at(59_999),
  ];
  expect(activeIn(events, 10_000)).toEqual([
    [1000, 9000],
    [50_000, 59_999],
  ]);
  expect(activeIn([at(5, cost)], 10_000)).toEqual([]);
});
