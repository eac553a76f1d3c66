import { describe, expect, it } from "vitest";
import type { Chunk } from "./player/index.ts";
import { recordingFacts, stopWords, toldIn } from "./recordingTold.ts";

const line = (tag: string, payload: object) =>
  JSON.stringify({ type: 5, timestamp: 1, data: { tag, payload } });
const chunk = (window: string, sequence: number, first_ms: number, last_ms: number): Chunk => ({
  window,
  sequence,
  last_sequence: sequence,
  first_ms,
  last_ms,
  events: 1,
  snapshot: sequence === 0,
  keyframe: false,
  path: "/",
});

describe("what the recorder says of itself", () => {
  it("is read from its own remarks, the last of each, and from nothing that looks like them", () => {
    const lines = [
      line("hm-cost", { total_ms: 100, longest_ms: 9, bytes: 1000 }),
      JSON.stringify({ type: 3, data: { texts: [{ id: 1, value: '"hm-stop"' }] } }),
      line("hm-cost", { total_ms: 250, longest_ms: 30, packing_ms: 7, bytes: 5000 }),
      line("hm-stop", { reason: "cost" }),
      '{"hm-stop" cut off',
    ].join("\n");
    expect(toldIn(lines)).toEqual({
      cost: { total_ms: 250, longest_ms: 30, packing_ms: 7, bytes: 5000 },
      stop: stopWords("cost"),
    });
    expect(toldIn("")).toEqual({ cost: null, stop: "" });
  });

  it("is added up over page loads, and told as milliseconds a minute", async () => {
    const chunks = [
      chunk("a", 0, 0, 30_000),
      chunk("a", 1, 30_000, 60_000),
      chunk("b", 0, 60_000, 180_000),
      chunk("b", 1, 180_000, 180_000),
    ];
    const lines: Record<string, string> = {
      a0: line("hm-cost", { total_ms: 1, longest_ms: 1, bytes: 1 }),
      a1: line("hm-cost", { total_ms: 300, longest_ms: 12, packing_ms: 60, bytes: 20_000 }),
      b0: line("hm-cost", { total_ms: 900, longest_ms: 40, bytes: 60_000 }),
      b1: line("hm-stop", { reason: "bytes" }),
    };
    const asked: string[] = [];
    const load = async ({ window, sequence }: Chunk) => {
      asked.push(window + sequence);
      return lines[window + sequence] ?? "";
    };
    const { cost, stop } = await recordingFacts(chunks, load);
    expect(cost).toBe(
      "400\u202fms a minute of the page's time, 40\u202fms at most at once, up to 20\u202fms a minute for packing, 80\u202fKB before compression",
    );
    expect(stop).toBe(stopWords("bytes"));
    expect(asked).toEqual(["a1", "b1", "b0"]);
  });

  it("is empty where nothing was said or nothing can be loaded", async () => {
    const chunks = [chunk("a", 0, 0, 30_000)];
    expect(await recordingFacts(chunks, async () => "")).toEqual({ cost: "", stop: "" });
    expect(await recordingFacts(chunks, () => Promise.reject(new Error()))).toEqual({
      cost: "",
      stop: "",
    });
    expect(stopWords("over")).toBe("");
    expect(stopWords("refused", 413)).toMatch(/refused three pieces of it, the last as too large$/);
    expect(toldIn(line("hm-stop", { reason: "refused", status: 400 })).stop).toMatch(
      /as not understood$/,
    );
  });
});
