import { expect, test } from "vitest";
import { releasesIn } from "./releases.ts";

const DAYS = { from: "2026-11-01", to: "2026-11-27" };
const noted = (text: string, day: string, kind: "release" | "campaign" = "release") => ({
  id: text,
  kind,
  text,
  from_ms: Date.parse(`${day}T09:00:00Z`),
  created_at_ms: 0,
  changed_at_ms: 0,
});

test("speed is held against releases that have days before them in the period", () => {
  const all = [
    noted("before", "2026-10-30"),
    noted("on the first day", "2026-11-01"),
    noted("a sale", "2026-11-05", "campaign"),
    noted("4.2", "2026-11-06"),
    noted("today's", "2026-11-27"),
  ];
  expect(releasesIn(all, DAYS, "UTC")).toEqual([
    { day: "2026-11-06", text: "4.2" },
    { day: "2026-11-27", text: "today's" },
  ]);
  expect(releasesIn(all, { ...DAYS, to: "2026-11-26" }, "UTC")).toHaveLength(1);
  expect(releasesIn(null, DAYS, "UTC")).toEqual([]);
});

test("of many releases the latest are offered", () => {
  const all = ["02", "03", "04", "05"].map((day) => noted(day, `2026-11-${day}`));
  expect(releasesIn(all, DAYS, "UTC").map(({ text }) => text)).toEqual(["03", "04", "05"]);
});
