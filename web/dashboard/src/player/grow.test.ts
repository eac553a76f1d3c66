import { describe, expect, it } from "vitest";
import { grow } from "./grow";
import { plan } from "./plan";
import type { Chunk } from "./types";

function chunk(
  window: string,
  [sequence, last_sequence]: [number, number],
  [first_ms, last_ms]: [number, number],
): Chunk {
  const snapshot = sequence === 0;
  const path = `/${window}`;
  return { window, sequence, last_sequence, first_ms, last_ms, snapshot, events: 1, path } as Chunk;
}

const START = [chunk("a", [0, 0], [0, 10]), chunk("a", [1, 1], [10, 20])];
const after = (more: Chunk[]) => {
  const before = plan(START);
  const first = before.views[0]?.segment.chunks[0];
  return { before, first, ...grow(before, START, more, []) };
};
const shown = (of: ReturnType<typeof plan>) =>
  of.views.map(({ from_ms, to_ms, segment }) => [from_ms, to_ms, segment.window]);

describe("grow", () => {
  it("keeps what is known as it is, so that what is loaded and shown of it stays", () => {
    const { before, first, plan: now, chunks } = after([chunk("a", [2, 2], [20, 30])]);
    expect(now.duration).toBe(30);
    expect(now.views[0]?.segment).toBe(before.views[0]?.segment);
    expect(now.views[0]?.segment.chunks.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
    expect(now.views[0]?.segment.chunks[0]).toBe(first);
    expect(chunks).toHaveLength(3);
  });

  it("takes nothing in twice, and nothing from before the beginning", () => {
    const { chunks } = after([...START, chunk("b", [0, 0], [-5, 3])]);
    expect(chunks).toBe(START);
  });

  it("goes on to the next page load", () => {
    const { before, plan: now } = after([chunk("b", [0, 0], [21, 40])]);
    expect(shown(now)).toEqual([
      [0, 21, "a"],
      [21, 41, "b"],
    ]);
    expect(now.views[0]?.segment).toBe(before.views[0]?.segment);
  });

  it("takes of chunks that the server put together the part that is new", () => {
    const { chunks, plan: now } = after([chunk("a", [0, 4], [0, 50])]);
    expect(chunks.at(-1)).toMatchObject({ sequence: 2, last_sequence: 4, first_ms: 20 });
    expect(chunks.at(-1)?.snapshot).toBe(false);
    expect(now.gaps).toEqual([]);
    expect(now.duration).toBe(50);
  });
});
