import { describe, expect, it } from "vitest";
import type { Loaded } from "./loading";
import { plan } from "./plan";
import { nextOfInterest } from "./skip";
import type { Chunk, RecordedEvent } from "./types";

const BEGAN_MS = 1_790_000_000_000;

const chunk = (window: string, sequence: number, from: number, to: number): Chunk => ({
  window,
  sequence,
  last_sequence: sequence,
  first_ms: BEGAN_MS + from,
  last_ms: BEGAN_MS + to,
  snapshot: sequence === 0,
  keyframe: false,
  events: 1,
  path: "/",
});
const move = (at: number): RecordedEvent => ({
  type: 3,
  timestamp: BEGAN_MS + at,
  data: { source: 1 },
});
/** What the recorder says of itself each minute, which nobody did. */
const cost = (at: number): RecordedEvent => ({
  type: 5,
  timestamp: BEGAN_MS + at,
  data: { tag: "hm-cost", payload: {} },
});

/** A minute of looking, four minutes in which the page stays open, and another look. */
const PAUSE = [
  chunk("a", 0, 0, 60_000),
  chunk("a", 1, 120_000, 120_000),
  chunk("a", 2, 180_000, 180_000),
  chunk("a", 3, 240_000, 240_000),
  chunk("a", 4, 300_000, 310_000),
];

/** What is next of these chunks, of which some are loaded, and which would have to be. */
function next(chunks: Chunk[], at: number, loaded: Record<string, RecordedEvent[]>): unknown {
  const { views, started_ms } = plan(chunks);
  const all = new Map<object, Loaded>();
  const of = (segment: (typeof views)[number]["segment"]): Loaded => {
    const known = all.get(segment);
    if (known) return known;
    const has = segment.chunks.flatMap((each): [Chunk, RecordedEvent[]][] => {
      const events = loaded[`${each.window}${each.sequence}`];
      return events ? [[each, events]] : [];
    });
    const made = { segment, chunks: new Map(has), broken: new Set<Chunk>() };
    all.set(segment, made);
    return made;
  };
  const found = nextOfInterest(views, at, { started_ms, of });
  return "chunk" in found ? `load ${found.chunk.sequence}` : [found.is, found.at_ms];
}

describe("what a player skips to", () => {
  it("is the next thing that the visitor did, over chunks in which nobody did anything", () => {
    const all = {
      a0: [move(1000), move(59_000)],
      a1: [cost(120_000)],
      a2: [cost(180_000)],
      a3: [cost(240_000)],
      a4: [cost(300_000), move(305_000)],
    };
    expect(next(PAUSE, 2000, all)).toEqual(["act", 59_000]);
    expect(next(PAUSE, 59_000, all)).toEqual(["act", 305_000]);
    expect(next(PAUSE, 306_000, all)).toEqual(["end", 310_001]);
  });

  it("is unknown until every chunk before it has come, which is to be loaded then", () => {
    const some = { a0: [move(1000)], a1: [cost(120_000)], a4: [move(305_000)] };
    expect(next(PAUSE, 2000, some)).toBe("load 2");
    expect(next(PAUSE, 2000, { ...some, a2: [cost(180_000)] })).toBe("load 3");
    expect(next(PAUSE, 500, {})).toBe("load 0");
  });

  it("goes on over rows that the server has put together, and stops at the next page", () => {
    const rows = [
      chunk("a", 0, 0, 60_000),
      { ...chunk("a", 1, 60_000, 200_000), keyframe: true },
      chunk("b", 0, 250_000, 260_000),
    ];
    const keyframe: RecordedEvent = { ...move(60_000), made: true };
    const all = { a0: [move(1000)], a1: [keyframe, cost(150_000)], b0: [] };
    expect(next(rows, 2000, all)).toEqual(["page", 250_000]);
    expect(next(rows, 2000, { ...all, a1: [keyframe, move(130_000)] })).toEqual(["act", 130_000]);
  });
});
