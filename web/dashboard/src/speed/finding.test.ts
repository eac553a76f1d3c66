import { describe, expect, test } from "vitest";
import { type Across, findingOf, type Held, type Sides, whenBefore } from "./finding.ts";
import { type AcrossRow, NO_SIDE, type Side, VITALS, type Vital } from "./vitals.ts";

const side = (p75: number | null, loads = 100): Side => ({ ...NO_SIDE, p75, loads, good: 0.4 });
const all = (given: Partial<Sides>): Sides =>
  Object.fromEntries(VITALS.map((vital) => [vital, given[vital] ?? NO_SIDE])) as Sides;
const before = (given: Partial<Sides>, since = ""): Held => ({
  sides: all(given),
  since,
  previous: whenBefore("previous 30 days"),
});
const rows = (vital: Vital, given: Record<string, [now: number, was: number]>): Across => ({
  vital,
  dimension: "page",
  rows: Object.entries(given).map(
    ([value, [now, was]]): AcrossRow => ({
      value,
      other: value === "(other)",
      told: 100,
      p75: { LCP: now, INP: null, CLS: null, FCP: null, TTFB: null },
      chosen: side(now),
      before: side(was),
      row: [],
    }),
  ),
});

test("since a day the title says what moved most, or that nothing did, or that it cannot be told", () => {
  const title = (now: Side, was: Side): string =>
    findingOf(
      all({ LCP: now, INP: side(100) }),
      before({ LCP: was, INP: side(100) }, "4 Nov"),
      null,
    ).title;
  expect(title(side(3200), side(1600))).toBe(
    "Largest paint (LCP) is slower since 4 Nov: 3.2\u202fs after 1.6\u202fs, ×2.0",
  );
  expect(title(side(1600), side(3200))).toContain("is better since");
  expect(title(side(1600), side(1590))).toBe("No slower and no faster since 4 Nov");
  const few = findingOf(all({ LCP: side(9, 3) }), before({ LCP: side(1, 3) }, "4 Nov"), null);
  expect(few.title).toContain("Too few page loads");
});

test("it says of which metric the title is, for the way to it", () => {
  const vital = (now: Partial<Sides>, held: Held | null) => findingOf(all(now), held, null).vital;
  const quick = { LCP: side(1200) };
  expect(vital({ ...quick, INP: side(700) }, null)).toBe("INP");
  expect(vital({ ...quick, INP: side(180) }, before({ ...quick, INP: side(90) }))).toBe("INP");
  expect(vital({ ...quick, CLS: side(0.05) }, before({ ...quick, CLS: side(0.02) }, "4 Nov"))).toBe(
    "CLS",
  );
  expect(vital(quick, null)).toBeUndefined();
});

describe("without a day the title is", () => {
  test("what is worst, with what it was", () => {
    const now = all({ LCP: side(2600), CLS: side(0.5) });
    const finding = findingOf(now, null, null);
    expect(finding.title).toContain("Layout shift (CLS) is poor: 0.50");
    expect(finding.proof).toContain("60\u202f% of page loads are over it. Not good either: LCP");
    expect(findingOf(all({}), null, null).title).toBe("No page told how fast it was");
    expect(findingOf(now, before({ CLS: side(0.2) }), null).proof).toContain(
      "It was 0.20 in the previous 30 days.",
    );
  });

  test("what got slower, however good it is still", () => {
    const now = all({ LCP: side(1800), TTFB: side(300) });
    const finding = findingOf(now, before({ LCP: side(1200), TTFB: side(400) }), null);
    expect(finding.title).toBe(
      "Largest paint (LCP) got slower: 1.8\u202fs after 1.2\u202fs in the previous 30 days",
    );
    expect(finding.proof).toBe(
      "Still good: the bound is 2.5\u202fs. Moved too: TTFB 400\u202fms → 300\u202fms.",
    );
  });

  test("what got slower on some pages, where the whole hides it", () => {
    const now = all({ LCP: side(1200) });
    const held = before({ LCP: side(1190) });
    const one = rows("LCP", { "/": [1000, 1000], "/cart": [2000, 1000], "(other)": [9000, 1000] });
    expect(findingOf(now, held, one).title).toBe(
      "The site is quick, but Largest paint (LCP) got slower on /cart: 2.0\u202fs after 1.0\u202fs",
    );
    const two = rows("LCP", { "/": [1200, 1000], "/cart": [2000, 1000], "/b": [900, 1000] });
    expect(findingOf(now, held, two).title).toContain("on 2 of 3 pages, most on /cart: 2.0");
    expect(findingOf(now, null, two).title).toMatch(/^The site is quick: every metric is good/);
  });

  test("that it is quick, and what got better", () => {
    const now = all({ LCP: side(900) });
    expect(findingOf(now, before({ LCP: side(890) }), null).title).toMatch(/^The site is quick:/);
    expect(findingOf(now, before({ LCP: side(1800) }), null).title).toContain(
      "is quick, and Largest paint (LCP) got better: 900\u202fms after 1.8\u202fs",
    );
  });
});
