import type { SessionDetail } from "@hitmetrix/wire";
import { expect, it } from "vitest";
import { lastSign, paceOf } from "./runs.ts";

const MINUTE = 60_000;
const IDLE = 30 * MINUTE;
const session = (ended_ms: number, recorded_ms?: number) =>
  ({
    ended_ms,
    recording: recorded_ms === undefined ? null : { ended_ms: recorded_ms },
  }) as SessionDetail;

it("a session happens while its events or its recorder say so", () => {
  expect(lastSign(session(5), [])).toBe(5);
  expect(lastSign(session(5, 9), [])).toBe(9);
  expect(lastSign(session(5, 9), [{ last_ms: 7 }, { last_ms: 12 }])).toBe(12);
  expect(lastSign(session(20, 9), [{ last_ms: 12 }])).toBe(20);
});

it("it is looked at more slowly while it may go on, and no more when it is over", () => {
  const at = (minutes: number) => paceOf(0, minutes * MINUTE, IDLE);
  expect([0, 4.9, 5, 29, 30, 90].map(at)).toEqual([
    "runs",
    "runs",
    "may-go-on",
    "may-go-on",
    "over",
    "over",
  ]);
  expect(at(-600)).toBe("over");
});
