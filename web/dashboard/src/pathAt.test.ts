import type { SessionEvent } from "@hitmetrix/wire";
import { expect, test } from "vitest";
import { pathAt } from "./pathAt.ts";

const T = 1_790_000_000_000;
const event = (at: number, name: string, path: string, window = "w"): SessionEvent => ({
  time_ms: T + at,
  name,
  sequence: at,
  window,
  page: { host: "a.example", path, query: "", title: "" },
  properties: {},
  unverified: false,
  origin: "browser",
});

test("the page of a moment is that of the last pageview of its window", () => {
  const events = [
    event(0, "pageview", "/lamps"),
    event(500, "pageview", "/other", "x"),
    event(9000, "click", "/lamps"),
    event(10_000, "pageview", "/cart"),
    event(20_000, "pageview", "/checkout"),
  ];
  const at = (ms: number, window = "w") => pathAt(events, window, T + ms);
  expect([-50, 0, 9800, 10_000, 19_000, 60_000].map((ms) => at(ms))).toEqual([
    "/lamps",
    "/lamps",
    "/lamps",
    "/cart",
    "/cart",
    "/checkout",
  ]);
  expect(at(60_000, "x")).toBe("/other");
  expect(at(60_000, "nobody")).toBe("");
});
