import { describe, expect, test } from "vitest";
import {
  ago,
  axis,
  bytes,
  change,
  clock,
  duration,
  isoDay,
  joined,
  measured,
  range,
  told,
  took,
} from "./format.ts";

const berlin = "Europe/Berlin";
const at = (text: string): number => Date.parse(text);

describe("durations", () => {
  test.each([
    [0, "0.0\u202fs"],
    [4200, "4.2\u202fs"],
    [9960, "10\u202fs"],
    [45_000, "45\u202fs"],
    [134_000, "2:14\u202fmin"],
    [59_700, "1:00\u202fmin"],
    [3_720_000, "1:02\u202fh"],
    [86_400_000 * 3, "3\u202fdays"],
  ])("%d ms reads %s", (ms, expected) => {
    expect(joined(duration(ms))).toBe(expected);
  });

  test.each([
    [0, "under 1\u202fms"],
    [999, "under 1\u202fms"],
    [1_000, "1.0\u202fms"],
    [4_240, "4.2\u202fms"],
    [9_960, "10\u202fms"],
    [1_320_400, "1,320\u202fms"],
  ])("counting that took %d µs reads %s", (us, expected) => {
    expect(took(us)).toBe(expected);
  });

  test("a position counts hours only when there are some", () => {
    expect(clock(292_999)).toBe("4:52");
    expect(clock(3_892_000)).toBe("1:04:52");
    expect(clock(-5)).toBe("0:00");
  });
});

describe("numbers", () => {
  test("each unit has its own digits", () => {
    expect(told(128_440, "count")).toBe("128,440");
    expect(told(0.3844, "share")).toBe("38.4\u202f%");
    expect(told(1.5, "ratio")).toBe("1.50");
    expect(told(null, "share")).toBe("–");
    expect(measured(Number.NaN, "count").number).toBe("–");
  });

  test("axis labels are short", () => {
    expect(axis(12_500, "count")).toBe("12.5k");
    expect(axis(2_000_000, "count")).toBe("2M");
    expect(axis(0.4, "share")).toBe("40\u202f%");
    expect(axis(120_000, "ms")).toBe("2:00\u202fmin");
    expect(axis(0, "ms")).toBe("0");
  });

  test("bytes keep two digits at most", () => {
    expect(bytes(999)).toBe("999\u202fB");
    expect(bytes(1_200_000)).toBe("1.2\u202fMB");
    expect(bytes(41_000_000_000)).toBe("41\u202fGB");
  });
});

describe("changes", () => {
  test.each([
    [112, 100, "count", "+12\u202f%"],
    [94, 100, "count", "−6.0\u202f%"],
    [5, 0, "count", "new"],
    [0, 0, "count", "±0"],
    [3000, 100, "count", "×30.0"],
    [0.384, 0.395, "share", "−1.1\u202fpt"],
    [0.0455, 0.0458, "share", "±0.0\u202fpt"],
    [99_999, 100_000, "count", "±0.0\u202f%"],
    [134_000, 128_000, "ms", "+6.0\u202fs"],
  ] as const)("%d after %d as %s is %s", (now, before, unit, expected) => {
    expect(change(now, before, unit).text).toBe(expected);
  });

  test("nothing is said of what is not known", () => {
    expect(change(null, 4, "count").text).toBe("–");
    expect(change(4, null, "count").relative).toBeNull();
  });
});

describe("dates are those of the site's zone", () => {
  test("the calendar day turns at the zone's midnight", () => {
    expect(isoDay(at("2026-11-22T23:30:00Z"), berlin)).toBe("2026-11-23");
    expect(isoDay(at("2026-11-22T23:30:00Z"), "UTC")).toBe("2026-11-22");
  });

  test("whole days are named by their first and last day", () => {
    const now = at("2026-11-23T12:00:00Z");
    const from = at("2026-10-24T22:00:00Z");
    const to = at("2026-11-23T23:00:00Z");
    expect(range(from, to, berlin, now)).toBe("25 Oct – 23 Nov");
    expect(range(at("2025-12-31T23:00:00Z"), at("2026-01-01T23:00:00Z"), berlin, now)).toBe(
      "1 Jan",
    );
    expect(range(at("2025-12-30T23:00:00Z"), at("2026-01-01T23:00:00Z"), berlin, now)).toBe(
      "31 Dec 2025 – 1 Jan 2026",
    );
  });

  test("spans inside a day are named by their times", () => {
    const now = at("2026-11-23T12:00:00Z");
    expect(range(at("2026-11-23T08:15:00Z"), at("2026-11-23T09:00:00Z"), berlin, now)).toBe(
      "23 Nov, 09:15 – 10:00",
    );
  });

  test("what is young is told by its age, what is old by its time", () => {
    const now = at("2026-11-23T12:00:00Z");
    expect(ago(now - 500, now, berlin)).toBe("just now");
    expect(ago(now - 12_000, now, berlin)).toBe("12\u202fs ago");
    expect(ago(now - 240_000, now, berlin)).toBe("4\u202fmin ago");
    expect(ago(now - 7_200_000, now, berlin)).toBe("11:00");
    expect(ago(now - 86_400_000, now, berlin)).toBe("22 Nov 13:00");
  });
});
