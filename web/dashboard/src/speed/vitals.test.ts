import type { Answer } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import { readAsking } from "../question.ts";
import {
  acrossQuestion,
  acrossRows,
  changeOf,
  ENOUGH,
  isChange,
  NO_SIDE,
  type Side,
  sideOf,
  splitAt,
  toldVital,
  type Vital,
  verdictOf,
  wholeQuestion,
} from "./vitals.ts";

const side = (p75: number | null, loads = 100): Side => ({ ...NO_SIDE, p75, loads, good: 0.4 });

describe("a web vital", () => {
  test("is judged by web.dev's bounds, which are good and need work themselves", () => {
    const cases: [Vital, number, string][] = [
      ["LCP", 2500, "good"],
      ["LCP", 2500.1, "needs"],
      ["LCP", 4000, "needs"],
      ["LCP", 4000.1, "poor"],
      ["INP", 201, "needs"],
      ["INP", 501, "poor"],
      ["CLS", 0.1, "good"],
      ["CLS", 0.26, "poor"],
      ["FCP", 1801, "needs"],
      ["TTFB", 1801, "poor"],
    ];
    for (const [vital, value, verdict] of cases) expect(verdictOf(vital, value)).toBe(verdict);
  });

  test("reads as people write it", () => {
    expect(toldVital("LCP", 2640)).toBe("2.6\u202fs");
    expect(toldVital("INP", 180)).toBe("180\u202fms");
    expect(toldVital("CLS", 0.084)).toBe("0.08");
    expect(toldVital("CLS", null)).toBe("–");
    expect(changeOf("LCP", 3200, 2000)).toBe("+1.2\u202fs");
    expect(changeOf("CLS", 0.05, 0.2)).toBe("−0.15");
    expect(changeOf("LCP", null, 2000)).toBe("");
  });

  test("has changed when it moved by a tenth with enough page loads on both sides", () => {
    expect(isChange(side(1100), side(1000))).toBe(true);
    expect(isChange(side(1090), side(1000))).toBe(false);
    expect(isChange(side(2000, ENOUGH - 1), side(1000))).toBe(false);
    expect(isChange(side(2000), side(null))).toBe(false);
  });
});

describe("before and since", () => {
  const days = { from: "2026-11-01", to: "2026-11-30" };
  const question = wholeQuestion(readAsking(new URLSearchParams()));

  test("a period is cut at a day that lies within it", () => {
    const [before, since] = splitAt(question, days, "2026-11-04") ?? [];
    expect(before?.period).toEqual({ from: "2026-11-01", to: "2026-11-03" });
    expect(since?.period).toEqual({ from: "2026-11-04", to: "2026-11-30" });
    expect(since?.compare).toBe("none");
    expect(splitAt(question, days, "2026-11-01")).toBeNull();
    expect(splitAt(question, days, "2026-12-01")).toBeNull();
    expect(splitAt(question, days, "2026-11-30")?.[1].period).toEqual({
      from: "2026-11-30",
      to: "2026-11-30",
    });
  });
});

test("rows have the shares of the chosen metric and what was before", () => {
  const question = acrossQuestion(readAsking(new URLSearchParams()), "LCP", "page");
  const labels = (question.trend?.series ?? []).map(({ label }) => label ?? "");
  const columns = ["time", "page", ...labels].map((name) => ({ name, unit: "count" }));
  const row = (page: string, values: Record<string, number>) =>
    columns.map(({ name }) => (name === "page" ? page : (values[name] ?? null)));
  const made = (rows: unknown[]): Answer => ({ columns, rows }) as unknown as Answer;
  const now = made([
    row("/a", { told: 9, LCP: 3000, "LCP loads": 8, "LCP over": 4, "LCP poor": 1 }),
  ]);
  const was = made([row("/b", {}), row("/a", { LCP: 1000, "LCP loads": 2 })]);
  const [found] = acrossRows(now, "LCP", "page", was);
  expect(found?.chosen).toEqual({ p75: 3000, loads: 8, good: 0.5, needs: 0.375, poor: 0.125 });
  expect(found?.before).toEqual({ p75: 1000, loads: 2, good: 1, needs: 0, poor: 0 });
  expect(sideOf(was, undefined, "LCP")).toEqual(NO_SIDE);
});
