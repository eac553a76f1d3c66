import type { Answer, Panel } from "@hitmetrix/wire";
import { expect, test } from "vitest";
import { type FirstAnswer, firstOf } from "./firstAnswer.ts";

const at = (id: string, y: number): Panel => ({
  id,
  place: { x: 0, y, width: 6, height: 8 },
  shows: { measure: "sessions" },
});
const PANELS = [at("below", 8), at("above", 0)];
const of = (panel: string, part: FirstAnswer["part"], lost_events: number): FirstAnswer => ({
  panel,
  part,
  answer: { lost_events } as Answer,
  bots: "exclude",
});

test("the panel that stands first speaks for the board, whichever was answered first", () => {
  const [below, above] = [of("below", "number", 1), of("above", "number", 2)];
  expect(firstOf(null, below, PANELS)).toBe(below);
  expect(firstOf(below, above, PANELS)).toBe(above);
  expect(firstOf(above, below, PANELS)).toBe(above);
});

test("it is said as it is now, and of one part of it", () => {
  const [old, now] = [of("above", "number", 1), of("above", "number", 2)];
  expect(firstOf(old, now, PANELS)).toBe(now);
  expect(firstOf(old, of("above", "line", 3), PANELS)).toBe(old);
});

test("what is asked beside a panel does not speak for it", () => {
  const [answer, beside] = [of("above", "answer", 1), of("above", null, 2)];
  expect(firstOf(null, beside, PANELS)).toBeNull();
  expect(firstOf(answer, beside, PANELS)).toBe(answer);
  expect(firstOf(of("below", "answer", 3), beside, PANELS)?.panel).toBe("below");
});

test("what was taken off the board speaks no more", () => {
  const next = of("below", "number", 2);
  expect(firstOf(of("gone", "number", 1), next, PANELS)).toBe(next);
});
