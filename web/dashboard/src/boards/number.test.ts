import type { Question } from "@hitmetrix/wire";
import { expect, test } from "vitest";
import { numberQuestion } from "./number.ts";

const period = { last: "30d" } as const;
const kept = { kind: "funnel", period, filters: [{ segment: "a1" }] } as const;

test("the question of a number is undivided, also where no sentence asks it", () => {
  const steps = [{ events: ["a"] }, { events: ["b"] }];
  const funnel: Question = {
    ...kept,
    filters: [...kept.filters],
    funnel: { steps, breakdown: { dimension: "device" }, top: 5 },
  };
  expect(numberQuestion(funnel)).toEqual({ ...funnel, funnel: { steps } });
  const series = [{ events: ["order"] }];
  const trend: Question = {
    kind: "trend",
    period,
    trend: { series, breakdown: [{ dimension: "page" }], top: 6, moving_average: 7 },
  };
  expect(numberQuestion(trend)).toEqual({ ...trend, trend: { series, cumulative: true } });
});

test("what has no number is asked as it was saved", () => {
  for (const kind of ["trend", "totals", "retention"] as const)
    expect(numberQuestion({ kind, period })).toBeNull();
});
