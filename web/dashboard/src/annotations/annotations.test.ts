import { describe, expect, it } from "vitest";
import { draftOf, fieldsOf, marksOf, momentOf, oneLineEach, whenOf } from "./annotations.ts";

const BERLIN = "Europe/Berlin";
const known = (from_ms: number, text: string, to_ms?: number) => ({
  id: text,
  kind: "other" as const,
  text,
  from_ms,
  created_at_ms: 0,
  changed_at_ms: 0,
  ...(to_ms === undefined ? {} : { to_ms }),
});

describe("a day of a zone as a moment", () => {
  it("follows the zone, through changes of clocks", () => {
    expect(momentOf("2026-11-27", "00:00", BERLIN)).toBe(Date.parse("2026-11-26T23:00:00Z"));
    expect(momentOf("2026-07-01", "14:30", BERLIN)).toBe(Date.parse("2026-07-01T12:30:00Z"));
    expect(momentOf("2026-11-27", "00:00", "Pacific/Kiritimati")).toBe(
      Date.parse("2026-11-26T10:00:00Z"),
    );
    // In this hour no clock stood: the first moment after it.
    expect(momentOf("2026-03-29", "02:30", BERLIN)).toBe(Date.parse("2026-03-29T01:00:00Z"));
  });
});

describe("annotations on a chart", () => {
  const times = [0, 10, 20];

  it("share the line of what else is marked in their bucket", () => {
    const marks = [
      { bucket: 2, label: "a, 1 more", all: ["a", "b"] },
      { bucket: 2, label: "first seen" },
      { bucket: 1, label: "earlier" },
    ];
    expect(oneLineEach(marks)).toEqual([
      { bucket: 1, label: "earlier", all: ["earlier"] },
      { bucket: 2, label: "a, 1 more, first seen", all: ["a", "b", "first seen"] },
    ]);
  });

  it("stand in their bucket, several of one as one line, others not at all", () => {
    const all = [
      known(12, "a"),
      known(19, "b"),
      known(20, "c"),
      known(30, "late"),
      known(-5, "no"),
    ];
    expect(marksOf(all, times, 30)).toEqual([
      { bucket: 1, label: "a, 1 more", all: ["a", "b"] },
      { bucket: 2, label: "c", all: ["c"] },
    ]);
    expect(marksOf(null, times, 30)).toEqual([]);
  });

  it("stand at the beginning when they began before and are not over", () => {
    expect(marksOf([known(-9, "sale", 5), known(-9, "past", 0)], times, 30)).toEqual([
      { bucket: 0, label: "sale", all: ["sale"] },
    ]);
  });
});

describe("the form", () => {
  it("gives back what it was given", () => {
    const day = momentOf("2026-11-02", "00:00", BERLIN);
    const week = known(day, "sale", momentOf("2026-11-09", "00:00", BERLIN));
    const fields = fieldsOf(week, 0, BERLIN);
    expect(fields).toMatchObject({ day: "2026-11-02", at: "", until: "2026-11-08" });
    expect(draftOf(fields, BERLIN)).toEqual({
      kind: "other",
      text: "sale",
      from_ms: week.from_ms,
      to_ms: week.to_ms,
    });
    expect(whenOf(week, BERLIN)).toBe("2 Nov 2026 to 8 Nov 2026");
    expect(whenOf(known(day, "x"), BERLIN)).toBe("2 Nov 2026");
    expect(whenOf(known(day + 3_600_000, "x"), BERLIN)).toBe("2 Nov 2026, 01:00");
  });

  it("begins with a release today", () => {
    expect(fieldsOf(null, Date.parse("2026-11-26T23:30:00Z"), BERLIN)).toEqual({
      kind: "release",
      text: "",
      day: "2026-11-27",
      at: "",
      until: "",
    });
  });
});
