import { describe, expect, it } from "vitest";
import { plan, viewAt } from "./plan";
import type { Chunk } from "./types";

const chunk = (
  window: string,
  sequence: number,
  first_ms: number,
  last_ms: number,
  snapshot = false,
): Chunk => ({
  window,
  sequence,
  last_sequence: sequence,
  first_ms,
  last_ms,
  snapshot,
  keyframe: false,
  events: 1,
  path: `/${window}`,
});
const shown = (chunks: Chunk[]) =>
  plan(chunks).views.map(({ from_ms, to_ms, segment }) => [
    from_ms,
    to_ms,
    segment.window,
    segment.chunks.length,
  ]);

describe("plan", () => {
  it("has nothing of nothing", () => {
    expect(plan([])).toEqual({ started_ms: 0, duration: 0, views: [], gaps: [], pages: [] });
  });

  it("orders by page load and number, whatever the order and however often they came", () => {
    const chunks = [
      chunk("b", 0, 200, 250, true),
      chunk("a", 1, 120, 180),
      chunk("a", 0, 100, 120, true),
      chunk("a", 1, 120, 180),
    ];
    expect(shown(chunks)).toEqual([
      [0, 100, "a", 2],
      [100, 151, "b", 1],
    ]);
    expect(plan(chunks).pages.map(({ path }) => path)).toEqual(["/a", "/b"]);
    expect(plan(chunks).duration).toBe(150);
  });

  it("begins a new stretch with each snapshot", () => {
    expect(
      shown([chunk("a", 0, 0, 10, true), chunk("a", 1, 10, 20), chunk("a", 2, 20, 30, true)]),
    ).toEqual([
      [0, 20, "a", 2],
      [20, 31, "a", 1],
    ]);
  });

  it("begins a new stretch with each keyframe of the server", () => {
    const chunks = [
      chunk("a", 0, 0, 60, true),
      chunk("a", 1, 60, 120),
      { ...chunk("a", 2, 120, 180), keyframe: true },
      chunk("a", 3, 180, 240),
    ];
    expect(shown(chunks)).toEqual([
      [0, 120, "a", 2],
      [120, 241, "a", 2],
    ]);
  });

  it("marks holes and what comes before the first snapshot", () => {
    const { gaps, views } = plan([
      chunk("a", 0, 0, 10),
      chunk("a", 1, 10, 20, true),
      chunk("a", 4, 50, 60),
    ]);
    expect(gaps).toEqual([
      { reason: "start", missing: 0, from_ms: 0, to_ms: 10 },
      { reason: "hole", missing: 2, from_ms: 20, to_ms: 50 },
    ]);
    expect(views.map(({ segment }) => segment.chunks.length)).toEqual([2]);
  });

  it("counts what is missing behind the last of chunks that lie together", () => {
    const together = { ...chunk("a", 0, 0, 60, true), last_sequence: 11 };
    const { gaps, views } = plan([together, chunk("a", 12, 60, 65), chunk("a", 15, 80, 85)]);
    expect(gaps).toEqual([{ reason: "hole", missing: 2, from_ms: 65, to_ms: 80 }]);
    expect(views.map(({ segment }) => segment.chunks.length)).toEqual([3]);
  });

  it("has no view of a recording without snapshot", () => {
    const { views, gaps } = plan([chunk("a", 3, 0, 10)]);
    expect(views).toEqual([]);
    expect(gaps.map(({ reason }) => reason)).toEqual(["start"]);
  });

  it("counts nothing as lost before the first of a session that begins in the middle of a window", () => {
    const { gaps, views } = plan([
      chunk("a", 57, 0, 10, true),
      chunk("a", 58, 10, 20),
      chunk("a", 60, 30, 40),
    ]);
    expect(gaps).toEqual([{ reason: "hole", missing: 1, from_ms: 20, to_ms: 30 }]);
    expect(views.map(({ segment }) => segment.chunks.length)).toEqual([3]);
  });

  it("puts the tab in front that began later, while it lasts", () => {
    const chunks = [
      chunk("a", 0, 0, 10, true),
      chunk("a", 1, 10, 100),
      chunk("b", 0, 40, 60, true),
    ];
    expect(shown(chunks)).toEqual([
      [0, 40, "a", 2],
      [40, 60, "b", 1],
      [60, 101, "a", 2],
    ]);
  });

  it("holds times that step back from one chunk to the next", () => {
    const { views, duration } = plan([
      chunk("a", 0, 100, 150, true),
      chunk("a", 1, 140, 145),
      chunk("a", 2, 149, 200, true),
    ]);
    const times = views.flatMap(({ segment }) =>
      segment.chunks.map(({ first_ms, last_ms }) => [first_ms, last_ms]),
    );
    expect(times).toEqual([
      [100, 150],
      [150, 150],
      [150, 200],
    ]);
    expect(duration).toBe(100);
  });

  it("finds the view at any moment, and the last one beyond the end", () => {
    const { views } = plan([chunk("a", 0, 0, 10, true), chunk("b", 0, 50, 60, true)]);
    const at = (ms: number) => viewAt(views, ms)?.segment.window;
    expect([0, 10, 49, 50, 60, 1000].map(at)).toEqual(["a", "a", "a", "b", "b", "b"]);
    expect(viewAt([], 0)).toBeUndefined();
  });
});
