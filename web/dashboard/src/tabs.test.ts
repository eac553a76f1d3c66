import type { ChunkRow, SessionEvent } from "@hitmetrix/wire";
import { describe, expect, it } from "vitest";
import { actsOf, tabsOf } from "./tabs.ts";

function chunk(window: string, first_ms: number, last_ms: number, sequence = 0): ChunkRow {
  return {
    window,
    sequence,
    last_sequence: sequence,
    first_ms,
    last_ms,
    snapshot: sequence === 0,
    events: 1,
    path: `/${window}`,
    recorder: "",
    stored_bytes: 1,
  } as ChunkRow;
}

const words = (chunks: ChunkRow[], acts: Parameters<typeof tabsOf>[1] = []) =>
  tabsOf(chunks, acts).map(({ pages, shown }) => [
    pages.map(({ label, from, to }) => `${label} ${from * 100}-${to * 100}`).join(", "),
    shown.map(({ from, to }) => `${from * 100}-${to * 100}`).join(", "),
  ]);

describe("tabs", () => {
  it("are none where one page followed the other", () => {
    const chunks = [chunk("a", 0, 5000), chunk("b", 4000, 9000), chunk("c", 9000, 10_000)];
    expect(words(chunks)).toEqual([]);
    expect(words([])).toEqual([]);
  });

  it("are told apart where pages lasted at the same time, and the next page is of the free one", () => {
    const chunks = [chunk("a", 0, 10_000), chunk("b", 2000, 5000), chunk("c", 6000, 8000)];
    expect(words(chunks)).toEqual([
      ["/a 0-100", "0-20, 50-60, 80-100"],
      ["/b 20-50, /c 60-80", "20-50, 60-80"],
    ]);
  });

  it("are in front from the last thing that the visitor did in them", () => {
    const chunks = [chunk("a", 0, 10_000), chunk("b", 2000, 10_000)];
    const acts = [
      { window: "a", time_ms: 4000 },
      { window: "a", time_ms: 5000 },
      { window: "b", time_ms: 7000 },
    ];
    expect(words(chunks, acts)).toEqual([
      ["/a 0-100", "0-20, 40-70"],
      ["/b 20-100", "20-40, 70-100"],
    ]);
  });

  it("are in front since the one before was left, though nobody did anything in them", () => {
    const chunks = [chunk("a", 0, 10_000), chunk("b", 2000, 10_000)];
    const acts = [
      left("a", 1900),
      { window: "b", time_ms: 3000 },
      left("b", 4000),
      left("a", 7000),
      left("b", 9000),
      left("a", 9500),
    ];
    expect(words(chunks, acts)).toEqual([
      ["/a 0-100", "0-20, 40-70, 90-95"],
      ["/b 20-100", "20-40, 70-90, 95-100"],
    ]);
  });

  it("stay behind while the page that opened them is read on", () => {
    const chunks = [chunk("a", 0, 10_000), chunk("b", 2000, 10_000)];
    expect(words(chunks, [left("a", 6000)])).toEqual([
      ["/a 0-100", "0-60"],
      ["/b 20-100", "60-100"],
    ]);
  });
});

const left = (window: string, time_ms: number) => ({ window, time_ms, left: true as const });

describe("what tells which tab is in front", () => {
  it("is what was done there, pages after the first one, and that it was left", () => {
    const event = (name: string, window: string, time_ms: number) =>
      ({ name, window, time_ms }) as SessionEvent;
    const acts = actsOf([
      event("pageview", "a", 0),
      event("web_vital", "a", 1),
      event("click", "a", 2),
      event("pageview", "b", 3),
      event("page_leave", "a", 4),
      event("pageview", "a", 5),
    ]);
    expect(acts).toEqual([{ window: "a", time_ms: 2 }, left("a", 4), { window: "a", time_ms: 5 }]);
  });
});
