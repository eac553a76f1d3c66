import type { Answer } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import { csvText } from "../csv.ts";
import { attentionCsv, moveCsv, reachCsv, zonesCsv } from "./csv.ts";
import { CELL_PX, fieldOf, paintField, STEPS, stepOf, strengthOf, valueAt } from "./density.ts";
import { reachBands } from "./draw.ts";
import { heatFinding } from "./finding.ts";
import type { Kind } from "./heat.ts";
import { fitted, isClear } from "./paper.ts";
import { heightLine, zoneAt, zoneLines } from "./pointed.ts";
import { attentionBands, inViewOf, moveSpots } from "./recorded.ts";
import {
  countOf,
  deadShare,
  nothing,
  pointsOf,
  rankedBy,
  reachAt,
  reachOf,
  type Zone,
  zonesOf,
} from "./zones.ts";

function answer(columns: string[], rows: unknown[][], total = rows.length): Answer {
  const named = columns.map((name) => ({ name, unit: "count" }));
  return { columns: named, rows, rows_total: total } as unknown as Answer;
}

const ZONES = answer(
  [
    "zone",
    "text",
    "clicks",
    "rage_clicks",
    "dead_clicks",
    "click_share",
    "sessions",
    "session_share",
    "first_click",
    "page_sessions",
  ],
  [
    ["(all)", "", 100, 3, 22, 1, 40, 0.8, 6000, 50],
    ["main>img", "", 40, 3, 20, 0.4, 20, 0.4, 4000, 50],
    ["button", "Add", 35, 0, 1, 0.35, 30, 0.6, null, 50],
    ["(other)", "", 25, 0, 1, 0.25, 9, 0.18, 100, 50],
  ],
  17,
);

describe("rows of zones", () => {
  const { all, zones, pageSessions, total } = zonesOf(ZONES, false);

  test("have their numbers by name, all together first", () => {
    expect([all.clicks, all.dead, pageSessions, total]).toEqual([100, 22, 50, 16]);
    expect(zones[1]).toEqual({
      zone: "button",
      text: "Add",
      said: "",
      clicks: 35,
      rage: 0,
      dead: 1,
      sessions: 30,
      clickShare: 0.35,
      sessionShare: 0.6,
      firstMs: null,
    });
  });

  test("are ranked by what is shown, the others last", () => {
    expect(rankedBy(zones, "dead").map(({ zone }) => zone)).toEqual([
      "main>img",
      "button",
      "(other)",
    ]);
    expect(rankedBy(zones, "rage").map(({ zone }) => zone)).toEqual(["main>img"]);
    expect(countOf(all, "scroll")).toBe(100);
  });

  test("tell the share of clicks in vain", () => {
    expect(zones.map(deadShare)).toEqual([0.5, 1 / 35, 1 / 25]);
    expect(deadShare({ ...nothing("a"), dead: 2 })).toBe(1);
    expect(deadShare(nothing("a"))).toBeNull();
  });

  test("become a file in which nothing is a formula", () => {
    const label = (zone: Zone) => (zone.text ? `=cmd("${zone.text}")` : zone.zone);
    const lines = zonesCsv(zones, label).trim().split("\r\n");
    expect(lines[0]).toContain('"rank","element","path","clicks"');
    expect(lines[2]).toBe(`2,"'=cmd(""Add"")","button",35,0.35,0,1,${1 / 35},30,0.6,`);
    for (const text of ["=1", "+1", "-1", "@a", "\t=1", " =1", "＝1", '"=1'])
      expect(csvText(text)).toMatch(/^"'/);
    expect(csvText('say "hi"')).toBe('"say ""hi"""');
  });
});

test("places without a place are told as such", () => {
  const columns = ["element", "zone", "x", "y", "clicks", "rage_clicks", "dead_clicks"];
  expect(pointsOf(answer(columns, [["a>b", "a", null, null, 1, 0, 2]]))).toEqual([
    {
      element: "a>b",
      zone: "a",
      said: "",
      x: null,
      y: null,
      counts: { clicks: 1, rage: 0, dead: 2 },
    },
  ]);
});

describe("how far they scroll", () => {
  const shares = Array.from({ length: 101 }, (_, percent) =>
    percent <= 40 ? 1 : percent <= 80 ? 0.5 : 0,
  );
  const reach = reachOf(
    answer(
      ["percent", "sessions", "share"],
      shares.map((share, percent) => [percent, share * 4, share]),
    ),
  );

  test("is known at every place", () => {
    expect(reach?.sessions).toBe(4);
    if (!reach) throw new Error("known");
    expect([0, 40, 40.5, 80, 81, 100, 300].map((percent) => reachAt(reach, percent))).toEqual([
      1, 1, 0.5, 0.5, 0, 0, 0,
    ]);
    expect(reachOf(answer(["percent", "sessions", "share"], [[0, 0, null]]))).toBeNull();
  });

  test("becomes bands of steps over the whole page", () => {
    expect(reachBands(shares, 1000)).toEqual([
      { from: 0, to: 400, step: 5 },
      { from: 400, to: 800, step: 3 },
      { from: 800, to: 1000, step: 0 },
    ]);
  });
});

describe("heat", () => {
  test("is hottest where most was, and nothing far away", () => {
    const field = fieldOf(
      [
        { x: 100, y: 100, weight: 4 },
        { x: 300, y: 100, weight: 1 },
      ],
      400,
      200,
    );
    expect(valueAt(field, 100, 100)).toBeGreaterThan(3.5);
    expect(valueAt(field, 300, 100)).toBeGreaterThan(0.9);
    expect(valueAt(field, 200, 100)).toBe(0);
    expect(stepOf(valueAt(field, 100, 100), field.most)).toBe(STEPS);
    expect(stepOf(valueAt(field, 300, 100), field.most)).toBe(3);
    expect(stepOf(0, field.most)).toBe(0);
    expect(stepOf(1, 0)).toBe(0);
  });

  test("adds up, and stays within the page", () => {
    const one = fieldOf([{ x: 0, y: 0, weight: 1 }], 100, 100);
    const two = fieldOf(
      [
        { x: 0, y: 0, weight: 1 },
        { x: 0, y: 0, weight: 1 },
      ],
      100,
      100,
    );
    expect(two.most).toBeCloseTo(2 * one.most);
    expect(fieldOf([{ x: -500, y: 900, weight: 1 }], 100, 100).most).toBe(0);
    expect(fieldOf([], 100, 100).columns).toBe(Math.ceil(100 / CELL_PX));
  });

  test("is painted in one colour, stronger where it is hotter", () => {
    const field = fieldOf([{ x: 30, y: 30, weight: 1 }], 120, 60);
    const image = { width: 60, height: 30, data: new Uint8ClampedArray(60 * 30 * 4) };
    paintField(field, image, 0.5, [210, 90, 0]);
    const at = (x: number, y: number) => [
      ...image.data.slice(4 * (y * 60 + x), 4 * (y * 60 + x) + 4),
    ];
    expect(at(15, 15)).toEqual([210, 90, 0, Math.round(255 * 0.84)]);
    expect(at(15, 15)[3]).toBeGreaterThan(at(22, 15)[3] ?? 255);
    expect(at(50, 15)).toEqual([0, 0, 0, 0]);
  });

  test("has at each pixel the step of the value there, on any page", () => {
    // Numbers as good as random, and the same each time.
    let seed = 7;
    const below = (most: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % most;
    };
    for (let round = 0; round < 9; round += 1) {
      const [wide, high] = [40 + below(60), 20 + below(60)];
      const spots = Array.from({ length: below(9) }, () => ({
        x: below(wide + 20) - 10,
        y: below(high + 20) - 10,
        weight: 1 + below(50),
      }));
      const field = fieldOf(spots, wide, high);
      const scale = [0.4, 1, 1.7][round % 3] ?? 1;
      const [width, height] = [Math.round(wide * scale), Math.round(high * scale)];
      const image = { width, height, data: new Uint8ClampedArray(width * height * 4) };
      paintField(field, image, scale, [1, 2, 3]);
      const plain = new Uint8ClampedArray(width * height * 4);
      for (let at = 0; at < width * height; at += 1) {
        const [x, y] = [((at % width) + 0.5) / scale, (Math.floor(at / width) + 0.5) / scale];
        const step = stepOf(valueAt(field, x, y), field.most);
        if (step > 0) plain.set([1, 2, 3, 255 * strengthOf(step)], 4 * at);
      }
      expect(image.data.findIndex((value, index) => value !== plain[index])).toBe(-1);
    }
  });
});

describe("what recordings tell", () => {
  const recorded = {
    sessions: 4,
    window_px: 800,
    row_px: 50,
    columns: 50,
    rows: [
      { ms: 40_000, sessions: 4 },
      { ms: 20_000, sessions: 4 },
      { ms: 9_000, sessions: 1 },
      { ms: 0, sessions: 0 },
    ],
    moves: [[2, 24, 7]] as [number, number, number][],
  };
  const parts = [
    { name: "Arc", from: 0, to: 100 },
    { name: "Data", from: 100, to: 150 },
    { name: "End", from: 150, to: 900 },
  ];

  test("has its place on a page of any width", () => {
    expect(moveSpots(recorded, 1000)).toEqual([{ x: 490, y: 125, weight: 7 }]);
    expect(moveSpots(recorded, 400)).toEqual([{ x: 196, y: 125, weight: 7 }]);
  });

  test("becomes bands of the longest, within the page", () => {
    expect(attentionBands(recorded, 120)).toEqual([
      { from: 0, to: 50, step: 5 },
      { from: 50, to: 100, step: 3 },
      { from: 100, to: 120, step: 2 },
    ]);
  });

  test("is a mean of those who had the part in view", () => {
    expect(parts.map((part) => inViewOf(recorded, part))).toEqual([10_000, 9_000, null]);
  });

  test("is told as the sample that it is", () => {
    // Of a group of pages recordings are read of the one that is shown.
    const within = { scrollsWithin: false };
    const of = { reach: null, label: () => "", recorded, parts, onShown: 20, ...within };
    const found = { zones: zonesOf(ZONES, false), ...of };
    const { title, proof } = heatFinding("attention", found);
    expect(title).toBe("“Arc” is in view longest, 10\u202fs");
    expect(proof).toBe("A sample: 4 recorded sessions of 20.");
    const none = { ...found, recorded: { ...recorded, sessions: 0 } };
    expect(heatFinding("move", none).title).toBe("No recording tells of this page");
  });

  test("is none of a page in which an element scrolls: all of it was in every window", () => {
    const reach = { shares: Array.from({ length: 101 }, () => 1), sessions: 8 };
    const of = { reach, label: () => "", recorded, parts, onShown: 20, scrollsWithin: true };
    const found = { zones: zonesOf(ZONES, false), ...of };
    expect(heatFinding("scroll", found).title).toBe("How far they scroll is not known");
    expect(heatFinding("attention", found).title).toBe("What was in view is not known");
    expect(heatFinding("move", found).title).toBe("Where the pointer was");
  });
});

describe("the finding", () => {
  const zones = zonesOf(ZONES, false);
  const label = ({ zone, text }: Zone) => text || zone;
  const title = (kind: "clicks" | "rage" | "dead" | "scroll", of = zones) =>
    heatFinding(kind, {
      zones: of,
      reach: null,
      label,
      recorded: null,
      onShown: 50,
      parts: [],
      scrollsWithin: false,
    }).title;

  test("is what gets clicks and does nothing, else what gets most", () => {
    expect(title("clicks")).toBe("40\u202f% of clicks hit “main>img”, which mostly does nothing");
    const alive = { ...zones, zones: zones.zones.map((zone) => ({ ...zone, dead: 0 })) };
    expect(title("clicks", alive)).toBe("“main>img” gets 40\u202f% of clicks");
    expect(title("rage")).toBe("Most rage is on “main>img”");
    expect(title("dead")).toBe("Most clicks in vain are on “main>img”");
    expect(title("scroll")).toBe("How far they scroll is not known");
  });

  test("says when nobody did anything", () => {
    const none = { ...zones, zones: [] };
    expect(title("clicks", none)).toBe("Nobody clicked on this page");
    expect(title("rage", none)).toBe("Nobody clicked in anger on this page");
  });
});

test("a colour without blue is not a clear one", () => {
  expect(["rgb(182, 92, 0)", "rgba(0, 0, 0, 0.5)", "color(srgb 1 0 0)"].map(isClear)).toEqual([
    false,
    false,
    false,
  ]);
  expect(["transparent", "rgba(0, 0, 0, 0)", "color(srgb 1 1 1 / 0)"].map(isClear)).toEqual([
    true,
    true,
    true,
  ]);
});

test("a picture fits into its place as the page's style says", () => {
  const fit = (how: string) => {
    const { width, height } = fitted({ width: 200, height: 100 }, { width: 100, height: 100 }, how);
    return [width, height];
  };
  expect(fit("fill")).toEqual([100, 100]);
  expect(fit("cover")).toEqual([200, 100]);
  expect(fit("contain")).toEqual([100, 50]);
  expect(fit("none")).toEqual([200, 100]);
  expect(fit("scale-down")).toEqual([100, 50]);
  const small = fitted({ width: 10, height: 10 }, { width: 100, height: 100 }, "scale-down");
  expect(small).toEqual({ width: 10, height: 10 });
});

describe("what lies under the pointer", () => {
  const box = (zone: string, left: number, width: number) => ({
    zone: nothing(zone),
    rank: 1,
    box: { left, top: 0, width, height: 10 },
    isAgain: false,
  });

  test("is the smallest zone there", () => {
    const boxes = [box("main", 0, 100), box("button", 20, 10), box("figure", 10, 50)];
    expect(zoneAt(boxes, 25, 5)?.zone.zone).toBe("button");
    expect(zoneAt(boxes, 12, 5)?.zone.zone).toBe("figure");
    expect(zoneAt(boxes, 99, 5)?.zone.zone).toBe("main");
    expect(zoneAt(boxes, 25, 10)).toBeNull();
  });

  test("is said in the kind's own numbers", () => {
    const zone = {
      ...nothing("button"),
      clicks: 40,
      dead: 10,
      rage: 1,
      sessions: 20,
      sessionShare: 0.5,
      firstMs: 6000,
    };
    const plain = (lines: string[]) => lines.map((line) => line.replace(/\u202f/g, " "));
    expect(plain(zoneLines(zone, "clicks", 80))).toEqual([
      "40 clicks, 50 % of all",
      "20 sessions, 50 % of those here",
      "first after 6.0 s",
      "25 % do nothing",
    ]);
    expect(plain(zoneLines(zone, "rage", 4))[0]).toBe("1 rage click, 25 % of all");
  });

  test("is how many see this far, or how long it is in view", () => {
    const shares = Array.from({ length: 101 }, (_, percent) => (percent <= 40 ? 1 : 0.25));
    const reach = { shares, sessions: 8 };
    const recorded = {
      sessions: 2,
      window_px: 600,
      row_px: 50,
      columns: 50,
      rows: [
        { ms: 6000, sessions: 2 },
        { ms: 0, sessions: 0 },
      ],
      moves: [],
    };
    const at = (kind: Kind, y: number) =>
      heightLine(kind, { y, height: 1000 }, { reach, recorded })?.replace(/\u202f/g, " ");
    expect(at("scroll", 400)).toBe("100 % see this far, 8 of 8 sessions");
    expect(at("scroll", 401)).toBe("25 % see this far, 2 of 8 sessions");
    expect(at("attention", 20)).toBe("in view 3.0 s on average, by 2 recorded sessions");
    expect(at("attention", 60)).toBe("never in view");
    expect(at("move", 20)).toBeUndefined();
  });
});

test("scroll, attention and pointer have a table of their own", () => {
  expect(reachCsv({ shares: [1, 0.5, 0.25], sessions: 8 })).toBe(
    '"percent","sessions","share"\r\n0,8,1\r\n1,4,0.5\r\n2,2,0.25\r\n',
  );
  const recorded = {
    sessions: 2,
    window_px: 600,
    row_px: 50,
    columns: 50,
    rows: [
      { ms: 3001, sessions: 2 },
      { ms: 0, sessions: 0 },
    ],
    moves: [[1, 25, 7]] as [number, number, number][],
  };
  expect(attentionCsv(recorded).split("\r\n").slice(1, 3)).toEqual(["0,50,2,1501", "50,100,0,"]);
  expect(moveCsv(recorded).split("\r\n")[1]).toBe("50,100,0.5,0.52,7");
});
