import { describe, expect, test } from "vitest";
import {
  type Asking,
  hasValue,
  intervalsFor,
  narrowed,
  periodName,
  presets,
  previousName,
  questionOf,
  readAsking,
  searchOf,
  toggled,
  USUAL,
  withFilter,
  without,
} from "./question.ts";

const read = (search: string): Asking => readAsking(new URLSearchParams(search));
const now = Date.parse("2026-11-23T12:00:00Z");

describe("address and question are the same thing", () => {
  test("the usual question has an empty address", () => {
    expect(searchOf(USUAL)).toBe("");
    expect(read("")).toEqual(USUAL);
  });

  const askings: Asking[] = [
    { ...USUAL, period: { last: "90d" } },
    { ...USUAL, period: { from: "2026-01-01", to: "2026-01-31" }, compare: "none" },
    { ...USUAL, period: { from_ms: 1_790_000_000_000, to_ms: 1_790_000_060_000 } },
    { ...USUAL, measure: "bounce_rate", interval: "week", bots: "include" },
    {
      ...USUAL,
      segment: "3b6162ee78fa8bf8",
      where: [
        { fact: { property: "a.b!c", of: "person" }, operator: "between", values: ["1", "20~"] },
        { fact: { dimension: "page" }, operator: "starts", values: ["/product/"] },
        { fact: { property: "plan", of: "event" }, operator: "not_set", values: [] },
      ],
    },
    {
      ...USUAL,
      filters: [
        { dimension: "page", operator: "contains", values: ["/product/", "a&b=c"] },
        { dimension: "channel", operator: "is", values: ["Paid social", ""] },
        { dimension: "country", operator: "is_not", values: ["DE"] },
        { dimension: "title", operator: "does_not_contain", values: ["100 %?#"] },
      ],
    },
  ];
  test.each(askings)("%j reads back as it was written", (asking) => {
    const again = read(searchOf(asking));
    expect({ ...again, filters: again.filters.length }).toEqual({
      ...asking,
      filters: asking.filters.length,
    });
    for (const filter of asking.filters) expect(again.filters).toContainEqual(filter);
  });

  test("what an address says wrongly falls back to the usual", () => {
    expect(read("last=soon&metric=money&by=decade&bots=maybe").period).toEqual({ last: "30d" });
    expect(read("metric=money").measure).toBe("sessions");
    expect(read("from=2026-02-01&to=2026-01-01").period).toEqual({
      from: "2026-01-01",
      to: "2026-02-01",
    });
    expect(read("from_ms=5&to_ms=4").period).toEqual({ last: "30d" });
  });

  test("paths stay readable", () => {
    const asking = toggled(USUAL, "page", "/product/lamp");
    expect(searchOf(asking)).toBe("?page=/product/lamp");
  });
});

describe("rows are filters", () => {
  test("a row's name adds its filter, and again removes it", () => {
    const once = toggled(USUAL, "country", "DE");
    expect(hasValue(once, "country", "DE")).toBe(true);
    const both = toggled(once, "country", "AT");
    expect(both.filters).toEqual([{ dimension: "country", operator: "is", values: ["DE", "AT"] }]);
    expect(toggled(toggled(both, "country", "DE"), "country", "AT").filters).toEqual([]);
  });

  test("a number narrows to its row alone", () => {
    const two = toggled(toggled(USUAL, "country", "DE"), "country", "AT");
    expect(narrowed(two, "country", "FR").filters).toEqual([
      { dimension: "country", operator: "is", values: ["FR"] },
    ]);
  });

  test("the same dimension and operator are one filter", () => {
    const one = withFilter(USUAL, { dimension: "page", operator: "contains", values: ["a"] });
    const two = withFilter(one, { dimension: "page", operator: "contains", values: ["a", "b"] });
    expect(two.filters).toEqual([{ dimension: "page", operator: "contains", values: ["a", "b"] }]);
    expect(without(two, "page", "contains").filters).toEqual([]);
  });
});

test("a question carries only what its kind needs", () => {
  expect(questionOf(USUAL, { kind: "totals", measures: ["persons"] })).toEqual({
    kind: "totals",
    period: { last: "30d" },
    compare: "previous",
    filters: [],
    bots: "exclude",
    measures: ["persons"],
  });
});

test("a comparison with the year before stands in the address and in the question", () => {
  const asking = read("?last=7d&compare=year");
  expect(searchOf(asking)).toBe("?last=7d&compare=year");
  expect(questionOf(asking, { kind: "totals" }).compare).toBe("year");
});

describe("words for periods", () => {
  test("presets follow the site's calendar", () => {
    const late = Date.parse("2026-11-22T23:30:00Z");
    const yesterday = presets(late, "Europe/Berlin").find((each) => each.name === "Yesterday");
    expect(yesterday?.period).toEqual({ from: "2026-11-22", to: "2026-11-22" });
    expect(periodName({ from: "2026-11-22", to: "2026-11-22" }, late, "Europe/Berlin")).toBe(
      "Yesterday",
    );
  });

  test("spans are named in words", () => {
    expect(periodName({ last: "1d" }, now, "UTC")).toBe("Today");
    expect(periodName({ last: "12mo" }, now, "UTC")).toBe("Last 12 months");
    expect(periodName({ from: "2026-01-01", to: "2026-01-31" }, now, "UTC")).toBe("");
    expect(previousName({ last: "90d" })).toBe("previous 90 days");
    expect(previousName({ last: "1d" })).toBe("yesterday");
    expect(previousName({ last: "1d" }, "year")).toBe("year before");
    expect(previousName({ from: "2026-01-01", to: "2026-01-31" })).toBe("previous 31 days");
  });

  test("intervals fit the length of the period", () => {
    expect(intervalsFor(3_600_000)).toEqual(["minute", "hour"]);
    expect(intervalsFor(30 * 86_400_000)).toEqual(["day", "week", "month"]);
  });
});
