import type { Answer, Cell, Column } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import { findingOf, isUnusual, isUnusualShare } from "./finding.ts";

function answer(columns: Column[], rows: Cell[][]): Answer {
  return {
    columns,
    rows,
    rows_total: rows.length,
    period: { from_ms: 0, to_ms: 1 },
    time_zone: "UTC",
    data_version: "1",
    rows_scanned: 1,
    bot_events: 0,
    lost_events: 0,
    took_us: 1,
    missing: [],
  };
}

function totals(now: number, before: number, bounce = 0.4, bounceBefore = 0.4): Answer {
  return answer(
    [
      { name: "persons", unit: "count" },
      { name: "sessions", unit: "count" },
      { name: "sessions_previous", unit: "count" },
      { name: "bounce_rate", unit: "share" },
      { name: "bounce_rate_previous", unit: "share" },
    ],
    [[now, now, before, bounce, bounceBefore]],
  );
}

function channels(rows: [string, number, number][]): Answer {
  return answer(
    [
      { name: "channel", unit: "text" },
      { name: "sessions", unit: "count" },
      { name: "sessions_previous", unit: "count" },
    ],
    rows,
  );
}

describe("what is unusual", () => {
  test("small counts move by chance and are no finding", () => {
    expect(isUnusual(8, 5)).toBe(false);
    expect(isUnusual(800, 500)).toBe(true);
    expect(isUnusual(10_300, 10_000)).toBe(false);
    expect(isUnusual(10, 0)).toBe(false);
  });

  test("a share needs enough behind it", () => {
    expect(isUnusualShare(0.6, 0.4, 20, 20)).toBe(false);
    expect(isUnusualShare(0.45, 0.4, 5000, 5000)).toBe(true);
    expect(isUnusualShare(0.41, 0.4, 50_000, 50_000)).toBe(false);
  });
});

describe("the title is the finding", () => {
  const previous = "previous 30 days";

  test("an ordinary period is called by the screen's name", () => {
    const finding = findingOf({ totals: totals(1020, 1000), channels: null, previous });
    expect(finding.title).toBe("Overview");
    expect(finding.found).toBe(false);
    expect(finding.proof).toContain("Much as in the previous 30 days");
  });

  test("a rise names the channel that carries it", () => {
    const rows = channels([
      ["Paid social", 900, 100],
      ["Direct", 1100, 1000],
    ]);
    const finding = findingOf({ totals: totals(2000, 1100), channels: rows, previous });
    expect(finding.title).toBe("Sessions rose 82\u202f%, most of it in Paid social");
    expect(finding.channel).toBe("Paid social");
    expect(finding.proof).toContain("from 100 to 900");
  });

  test("a fall that all channels share names none", () => {
    const rows = channels([
      ["Paid social", 500, 700],
      ["Direct", 500, 700],
      ["E-mail", 500, 700],
    ]);
    const finding = findingOf({ totals: totals(1500, 2100), channels: rows, previous });
    expect(finding.title).toBe("Sessions fell 29\u202f%");
    expect(finding.channel).toBeNull();
  });

  test("one channel that moves while the whole holds is told", () => {
    const rows = channels([
      ["Paid social", 553, 231],
      ["Direct", 1447, 1769],
    ]);
    const finding = findingOf({ totals: totals(2000, 2000), channels: rows, previous });
    expect(finding.title).toBe("Paid social rose 139\u202f%, the whole holds");
  });

  test("a bounce rate outside its range is told with both values", () => {
    const finding = findingOf({ totals: totals(5000, 5000, 0.48, 0.4), channels: null, previous });
    expect(finding.title).toBe("Bounce rate rose 8.0\u202fpt to 48.0\u202f%");
    expect(finding.proof).toContain("40.0\u202f%");
  });

  test("it never says because", () => {
    const rows = channels([["Direct", 2000, 1000]]);
    const finding = findingOf({ totals: totals(2000, 1000), channels: rows, previous });
    expect(`${finding.title} ${finding.proof}`.toLowerCase()).not.toContain("because");
  });
});
