import type { Answer, Cell, Column } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import { usualExplore } from "./explore.ts";
import { findingFor, gapOf, lossOf, oddsText } from "./findings.ts";
import { edgesOf, NODE_WIDTH, sankeyOf } from "./sankey.ts";
import { foldersOf, typedFolder } from "./seen.ts";
import {
  funnelShape,
  middleOf,
  oddsPlace,
  oddsSpan,
  retentionShape,
  trendShape,
} from "./shapes.ts";

function answer(columns: Record<string, Column["unit"]>, rows: Cell[][], more = {}): Answer {
  return {
    columns: Object.entries(columns).map(([name, unit]) => ({ name, unit })),
    rows,
    rows_total: rows.length,
    period: { from_ms: 0, to_ms: 1000 },
    time_zone: "UTC",
    data_version: "1",
    rows_scanned: 1,
    bot_events: 0,
    lost_events: 0,
    took_us: 1,
    missing: [],
    ...more,
  };
}

const STEPS = {
  step: "count",
  label: "text",
  persons: "count",
  share: "share",
  share_of_previous: "share",
  dropped: "count",
  median_time: "ms",
  average_time: "ms",
} as const;
const whole = answer(STEPS, [
  [1, "Saw", 1000, 1, 1, 0, null, null],
  [2, "Bought", 500, 0.5, 0.5, 500, 60_000, 70_000],
]);

/** Two browsers of the given sizes, and the rest of the whole as a third row. */
const divided = (safari: number, bought: number): Answer =>
  answer({ browser: "text", ...STEPS }, [
    ["Chrome", 1, "Saw", 1000 - safari, 1, 1, 0, null, null],
    ["Chrome", 2, "Bought", 500 - bought, 0, 0, 0, null, null],
    ["Safari", 1, "Saw", safari, 1, 1, 0, null, null],
    ["Safari", 2, "Bought", bought, 0, 0, 0, null, null],
  ]);

describe("trend", () => {
  test("rows of values become lines, in the order of the answer, missing times as nothing", () => {
    const shape = trendShape(
      answer({ time: "time_ms", device: "text", A: "count" }, [
        [1, "phone", 5],
        [1, "(other)", 2],
        [2, "phone", 7],
      ]),
    );
    expect(shape.times).toEqual([1, 2]);
    expect(shape.groups.map(({ values, other }) => [values[0], other])).toEqual([
      ["phone", false],
      ["(other)", true],
    ]);
    expect(shape.groups.map(({ columns }) => columns[0]?.values)).toEqual([
      [5, 7],
      [2, null],
    ]);
    expect(shape.groups[0]?.keys[1]).toEqual({ time: 2, device: "phone" });
  });

  test("the period before is no line of its own", () => {
    const shape = trendShape(
      answer({ time: "time_ms", time_previous: "time_ms", A: "count", A_previous: "count" }, [
        [1, 0, 5, 4],
      ]),
    );
    expect(shape.groups[0]?.columns).toEqual([
      { name: "A", unit: "count", values: [5], before: [4] },
    ]);
  });
});

describe("funnel", () => {
  test("each step stands beside that of the period before, where it was asked for", () => {
    const { persons, share, share_of_previous, ...others } = STEPS;
    const held = answer(
      {
        step: others.step,
        label: others.label,
        persons,
        persons_previous: persons,
        share,
        share_previous: share,
        share_of_previous,
        share_of_previous_previous: share,
      },
      [[1, "Saw", 1000, 800, 1, 1, 1, 1]],
    );
    const [step] = funnelShape(held, null).all.steps;
    expect(step).toMatchObject({ count: 1000, before: 1 });
    expect(step?.earlier).toEqual({ count: 800, share: 1, before: 1 });
    expect(funnelShape(whole, null).all.steps[0]?.earlier).toBeNull();
  });

  test("a value that converts otherwise than chance allows is the finding", () => {
    const gap = gapOf(funnelShape(whole, divided(400, 100)));
    expect(gap).toMatchObject({ step: 1, value: "Safari", share: 0.25 });
    expect(gap?.others).toBeCloseTo(400 / 600);
    const explore = usualExplore("funnel");
    const title = findingFor(
      { explore, answer: whole, divided: divided(400, 100) },
      "UTC",
      0,
    )?.title;
    expect(title).toBe("At “Bought”, Safari goes on with 25\u202f%, all others with 67\u202f%");
  });

  test("few cases and small differences are none", () => {
    expect(gapOf(funnelShape(whole, divided(9, 0)))).toBeNull();
    expect(gapOf(funnelShape(whole, divided(30, 0)))?.share).toBe(0);
    expect(gapOf(funnelShape(whole, divided(400, 190)))).toBeNull();
    // 40 against 51 %, but of 60 only: that may be chance.
    expect(gapOf(funnelShape(whole, divided(60, 24)))).toBeNull();
  });

  test("who left is of the value that stands out, else of the step that loses most", () => {
    const explore = usualExplore("funnel");
    const lossIn = (by: Answer | null) => lossOf({ explore, answer: whole, divided: by });
    const dropped = (row: object) => ({ column: "dropped", row });
    expect(lossIn(divided(400, 100))).toEqual({
      of: "main",
      cell: dropped({ browser: "Safari", step: 2 }),
    });
    expect(lossIn(divided(400, 190))).toEqual({ of: "whole", cell: dropped({ step: 2 }) });
    expect(lossIn(null)).toEqual({ of: "main", cell: dropped({ step: 2 }) });
  });

  test("undivided it says how many get through and where most are lost", () => {
    const finding = findingFor(
      { explore: usualExplore("funnel"), answer: whole, divided: null },
      "UTC",
      0,
    );
    expect(finding).toEqual({
      title: "50\u202f% of 1,000 persons get from “Saw” to “Bought”",
      proof: "Most are lost before “Bought”: 500 of 1,000 left.",
    });
  });
});

test("what is lacked most often is not taken for a value", () => {
  const explore = usualExplore("distribution");
  const named = { ...explore.distribution, fact: { dimension: "campaign" } as const };
  const rows = answer({ campaign: "text", sessions: "count", share: "share" }, [
    ["", 80, 0.8],
    ["may", 20, 0.2],
  ]);
  const finding = findingFor(
    { explore: { ...explore, distribution: named }, answer: rows, divided: null },
    "UTC",
    0,
  );
  expect(finding?.title).toBe("Most frequent campaign: No campaign, 80\u202f% of sessions");
});

test("the mean of retention leaves out what is not over", () => {
  const grid = answer(
    { cohort: "time_ms", persons: "count", interval_1: "count", interval_2: "count" },
    [
      [1, 100, 50, 10],
      [2, 300, 30, null],
      [3, 50, null, null],
    ],
  );
  expect(retentionShape(grid, 2000).mean).toEqual([80 / 400, 0.1]);
  const running = retentionShape(grid, 500);
  expect(running.cohorts.map((each) => each.running)).toEqual([1, 0, -1]);
  expect(running.mean).toEqual([0.5, null]);
});

test("retention is held against the cohorts that stand beside it, where this time is over", () => {
  const units = {
    cohort: "time_ms",
    cohort_previous: "time_ms",
    persons: "count",
    persons_previous: "count",
    interval_1: "count",
    interval_1_previous: "count",
    interval_2: "count",
    interval_2_previous: "count",
  } as const;
  const grid = answer(units, [
    [1, -9, 100, 80, 50, 20, 10, 8],
    [2, -8, 300, 120, 30, 60, null, 12],
    [3, -7, 50, null, null, null, null, null],
  ]);
  const shape = retentionShape(grid, 2000);
  expect(shape.mean).toEqual([80 / 400, 0.1]);
  expect(shape.before).toEqual([80 / 200, 0.1]);
  expect(shape.cohorts[0]?.earlier).toEqual({ persons: 80, back: [20, 8] });
  // What runs is held against nothing, and is not in the mean before.
  expect(retentionShape(grid, 500).before).toEqual([20 / 80, null]);
});

test("the middle of bars is where half of all is reached", () => {
  const bar = (count: number) => ({
    label: "",
    title: "",
    count,
    share: null,
    before: null,
    key: {},
  });
  expect(middleOf([bar(1), bar(2), bar(9), bar(1)])).toBe(2);
  expect(middleOf([bar(0), bar(0)])).toBe(-1);
});

test("odds stand on both sides of one alike", () => {
  expect(oddsPlace(1, 10)).toBe(0.5);
  expect(oddsPlace(2, 10) - 0.5).toBeCloseTo(0.5 - oddsPlace(0.5, 10));
  expect(oddsPlace(1e9, 10)).toBe(1);
  expect(oddsPlace(0, 10)).toBe(0);
  const odds = { index: 0, kind: "", value: "", persons: 1, converted: 1, rate: 1, rateWithout: 1 };
  const one = { ...odds, low: 1, high: 1, p: 1, significant: true };
  expect(oddsSpan([{ ...one, ratio: 0.1 }])).toBeCloseTo(16);
});

describe("paths", () => {
  const rows: Cell[][] = [
    [1, "/", "/a", 60, 50, 0.6],
    [1, "/", "", 40, 40, 0.4],
    [2, "/a", "/b", 45, 40, 0.75],
    [2, "/a", "", 15, 15, 0.25],
  ];
  const units = {
    step: "count",
    source: "text",
    target: "text",
    sessions: "count",
    persons: "count",
    share: "share",
  } as const;

  test("columns stand by position, ends are stubs, and nothing lies on each other", () => {
    const drawn = sankeyOf(edgesOf(answer(units, rows)), 800, 400);
    expect(drawn.positions).toBe(3);
    expect(
      drawn.nodes.map(({ name, position, sessions, ended }) => [name, position, sessions, ended]),
    ).toEqual([
      ["/", 1, 100, 40],
      ["/a", 2, 60, 15],
      ["/b", 3, 45, 0],
    ]);
    expect(drawn.bands.map(({ edge }) => edge.target)).toEqual(["/a", "/b"]);
    expect(drawn.stubs.map(({ node, begins }) => [node.name, begins])).toEqual([
      ["/", false],
      ["/a", false],
    ]);
    const [first, second, third] = drawn.nodes;
    expect(first?.x).toBe(0);
    expect((second?.x ?? 0) - NODE_WIDTH).toBeGreaterThan(0);
    expect((third?.x ?? 0) + NODE_WIDTH).toBeLessThanOrEqual(800);
    expect((first?.height ?? 0) / (second?.height ?? 1)).toBeCloseTo(100 / 60);
  });
});

describe("what was seen", () => {
  const page = (value: string, count = 1) => ({ value, count });
  const pages = [
    page("/p/a", 5),
    page("/p/b", 6),
    page("/p/c"),
    page("/x/a"),
    page("/x/b"),
    page("/"),
  ];

  test("folders with several pages are offered whole", () => {
    expect(foldersOf(pages)).toEqual([{ prefix: "/p/", pages: 3, count: 12 }]);
  });

  test("what is typed is a folder as soon as two seen pages begin like that", () => {
    expect(typedFolder(pages, "/x/")).toEqual({ prefix: "/x/", pages: 2, count: 2 });
    expect(typedFolder(pages, "/x/a")).toBeNull();
    expect(typedFolder(pages, "p/")).toBeNull();
  });
});

test.each([
  [2.345, "2.3 ×"],
  [0.041, "0.041 ×"],
  [999, "1,000 ×"],
  [3_900_000, "over 1,000 ×"],
  [0.000_2, "under 0.001 ×"],
])("odds of %d are told as %s", (ratio, text) => {
  expect(oddsText(ratio)).toBe(text);
});
