import type { StoragePlan } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import { eventsNote, goesNow, going, storageNotes, storageTitle } from "./storage.ts";

const DAY = 24 * 3_600_000;
/** Thursday, 1 January 2026, noon UTC. */
const NOW = Date.UTC(2026, 0, 1, 12);
const TODAY = Date.UTC(2026, 0, 1);

function plan(coming: [days: number, count: number, bytes: number][]): StoragePlan {
  return {
    now: { recordings: 0, recording_bytes: 0, events: 0, event_bytes: 0 },
    recordings: {
      days: 30,
      count: 1 + coming.reduce((sum, [, count]) => sum + count, 0),
      bytes: 5000,
      pinned: 1,
      pinned_bytes: 2000,
      unplayable: 0,
      shared_bytes: 0,
      own_bytes: 0,
      coming: coming.map(([days, count, bytes]) => ({ at_ms: TODAY + days * DAY, count, bytes })),
    },
    events: { days: 0, count: 10, bytes: 100, coming: [] },
    disk: { used_percent: 41, mark_percent: 90 },
  };
}

describe("storage", () => {
  test("what goes is told by days, then weeks, then months", () => {
    const { recordings } = plan([
      [-1, 1, 10],
      [0, 2, 20],
      [1, 3, 30],
      [5, 4, 40],
      [7, 5, 50],
      [13, 6, 60],
      [14, 7, 70],
      [60, 8, 80],
      [70, 9, 90],
    ]);
    expect(going(recordings.coming, NOW)).toEqual([
      { when: "Today", count: 3, bytes: 30 },
      { when: "Tomorrow", count: 3, bytes: 30 },
      { when: "Tue 6 Jan", count: 4, bytes: 40 },
      { when: "8 Jan – 14 Jan", count: 11, bytes: 110 },
      { when: "15 Jan – 21 Jan", count: 7, bytes: 70 },
      { when: "Mar 2026", count: 17, bytes: 170 },
    ]);
  });

  test("the title is what the next week takes", () => {
    const title = (coming: [number, number, number][]) => storageTitle(plan(coming), NOW);
    expect(title([[9, 1, 1]])).toBe("No recording goes within a week");
    expect(title([[1, 1, 1500]])).toBe("1 recording goes within a week and frees 1.5\u202fKB");
    expect(
      title([
        [1, 2, 1000],
        [3, 3, 1000],
      ]),
    ).toBe("5 recordings go within a week and free 2.0\u202fKB");
    const none = plan([]);
    none.recordings.count = 0;
    expect(storageTitle(none, NOW)).toBe("No recordings are kept yet");
  });

  test("what stays is said, and what is not there is not", () => {
    const notes = storageNotes(plan([]));
    expect(notes[0]).toMatch(/^1 recording is pinned .* and stays/);
    expect(notes).toHaveLength(2);
    expect(notes[1]).toContain("41 % full");
  });

  test("events stay for ever unless there is a limit", () => {
    const all = plan([]);
    expect(eventsNote(all)).toContain("kept until you set a limit");
    all.events = {
      days: 90,
      count: 10,
      bytes: 100,
      coming: [{ at_ms: TODAY, count: 4, bytes: 1 }],
    };
    expect(eventsNote(all)).toContain("the first 4 go by 1 Jan 2026");
  });

  test("what goes as soon as it is saved is said with its bytes, or that nothing does", () => {
    const all = plan([]);
    expect(goesNow(all)).toBe("Nothing that is stored now goes at once.");
    const now = { recordings: 1, recording_bytes: 2048, events: 1200, event_bytes: 10_240 };
    expect(goesNow({ ...all, now }).replaceAll(/\s/g, " ")).toBe(
      "Erased for good within ten minutes: 1 recording (2.0 KB) and 1,200 events (about 10 KB).",
    );
  });
});
