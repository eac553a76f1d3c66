import type { ChunkRow } from "@hitmetrix/wire";
import { describe, expect, it } from "vitest";
import { tabsOf } from "./tabs.ts";

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

const words = (chunks: ChunkRow[], acts: { window: string; time_ms: number }[] = []) =>
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
});
