import type { ChunkRow, SessionDetail, SessionEvent } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import { noteMarks, timelineOf } from "./timeline.ts";

const T = 1_790_000_000_000;

function event(
  at: number,
  name: string,
  path = "/",
  properties: Record<string, unknown> = {},
): SessionEvent {
  return {
    time_ms: T + at,
    name,
    sequence: at,
    window: "w",
    page: { host: "a.example", path, query: "", title: "" },
    properties,
    unverified: false,
    origin: "browser",
  };
}

function chunk(sequence: number, from: number, to: number, window = "w"): ChunkRow {
  return {
    window,
    sequence,
    last_sequence: sequence,
    first_ms: T + from,
    last_ms: T + to,
    events: 1,
    snapshot: sequence === 0,
    keyframe: false,
    stored_bytes: 1,
    path: "/",
    recorder: "r",
  };
}

function session(events: SessionEvent[]): SessionDetail {
  return {
    session: "s",
    visitor: "v",
    person: "p",
    started_ms: T,
    ended_ms: T + 100_000,
    mode: "cookieless",
    events,
    recording: null,
  } as SessionDetail;
}

describe("timeline", () => {
  test("pages follow each other without a hole", () => {
    const { pages } = timelineOf(
      session([event(0, "pageview", "/a"), event(25_000, "pageview", "/b")]),
      [],
    );
    expect(pages.map(({ label, from, to }) => [label, from, to])).toEqual([
      ["/a", 0, 0.25],
      ["/b", 0.25, 1],
    ]);
  });

  test("marks keep their kinds; measurements are none", () => {
    const { marks } = timelineOf(
      session([
        event(0, "pageview"),
        event(10_000, "click"),
        event(20_000, "rage_click"),
        event(30_000, "error", "/", { message: "boom" }),
        event(40_000, "web_vital"),
        event(50_000, "bought"),
      ]),
      [],
    );
    expect(marks.map((mark) => mark.kind)).toEqual(["click", "rage", "error", "own"]);
    expect(marks[2]?.at).toBeCloseTo(0.3);
    expect(marks[2]?.label).toBe("0:30 boom");
  });

  test("a hole in a window's numbers is a gap, named in seconds", () => {
    const { gaps } = timelineOf(session([]), [
      chunk(0, 0, 40_000),
      chunk(2, 44_000, 100_000),
      chunk(0, 10_000, 20_000, "x"),
    ]);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.label).toBe("4.0\u202fs lost, 1 chunk never came");
    expect(gaps[0]?.from).toBeCloseTo(0.4);
  });

  test("chunks that lie together leave no hole between their numbers", () => {
    const together = { ...chunk(0, 0, 60_000), last_sequence: 11 };
    const { gaps } = timelineOf(session([]), [
      together,
      chunk(12, 60_000, 65_000),
      chunk(15, 80_000, 85_000),
    ]);
    expect(gaps.map((each) => each.label)).toEqual(["15\u202fs lost, 2 chunks never came"]);
  });

  test("quiet is idle unless something was lost there", () => {
    const quiet = timelineOf(session([]), [chunk(0, 0, 10_000), chunk(1, 60_000, 100_000)]);
    expect(quiet.idle.map((each) => each.label)).toEqual(["50\u202fs idle"]);
    const lost = timelineOf(session([]), [chunk(0, 0, 10_000), chunk(2, 60_000, 100_000)]);
    expect(lost.idle).toEqual([]);
    expect(lost.gaps).toHaveLength(1);
  });

  test("a pause inside a row is idle as soon as the row is loaded", () => {
    const rows = [{ ...chunk(0, 0, 60_000), last_sequence: 11 }, chunk(12, 60_000, 100_000)];
    expect(timelineOf(session([]), rows).idle).toEqual([]);
    const active = new Map([
      [
        "w 0",
        [
          [T, T + 9000],
          [T + 50_000, T + 60_000],
        ] as const,
      ],
    ]);
    const { idle } = timelineOf(session([]), rows, active);
    expect(idle.map(({ from, to, label }) => [from, to, label])).toEqual([
      [0.09, 0.5, "41\u202fs idle"],
    ]);
    const clicked = timelineOf(session([event(30_000, "click")]), rows, active);
    expect(clicked.idle.map(({ label }) => label)).toEqual(["21\u202fs idle", "20\u202fs idle"]);
  });

  test("with a recording the timeline is the recording's", () => {
    const { from_ms, to_ms, marks } = timelineOf(session([event(5000, "click")]), [
      chunk(0, 10_000, 30_000),
    ]);
    expect([from_ms - T, to_ms - T]).toEqual([10_000, 30_000]);
    expect(marks[0]?.at).toBe(0);
  });

  test("notes stand at their seconds, and those of a moment that is cut off at the edge", () => {
    const line = timelineOf(session([]), [chunk(0, 0, 100_000)]);
    const notes = [
      { time_ms: T + 25_000, text: "here" },
      { time_ms: T + 130_000, text: "later" },
    ];
    expect(noteMarks(notes, line)).toEqual([
      { at: 0.25, label: "0:25 here" },
      { at: 1, label: "2:10 later" },
    ]);
  });
});
