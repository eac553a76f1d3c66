import type { Answer, Question, SavedGoal } from "@hitmetrix/wire";
import { expect, test } from "vitest";
import { USUAL } from "../question.ts";
import { conversionsIn, type PanelRows } from "./inPanel.ts";
import { countOne, headTile, rateLines } from "./one.ts";

const answer = (columns: string[], rows: (string | number | null)[][]): Answer =>
  ({
    columns: columns.map((name) => ({
      name,
      unit: name === "time" ? "time_ms" : name === "conversion_rate" ? "share" : "count",
    })),
    rows,
    rows_total: rows.length,
    period: { from_ms: 0, to_ms: 10 },
    missing: [],
  }) as unknown as Answer;

const panel = (of: Partial<PanelRows>): PanelRows => ({
  asking: { ...USUAL, compare: "previous" },
  dimension: "source",
  measure: "sessions",
  rows: [
    ["letter", 40],
    ["Direct", 60],
  ],
  ...of,
});
const order = { id: "9f", name: "Order", filters: [], sessions: 2 } as unknown as SavedGoal;
const counted = async (goal: SavedGoal, of: Partial<PanelRows>, found: Answer) => {
  const asked: Question[] = [];
  const api = {
    ask: async (_: number, question: Question) => {
      asked.push(question);
      return found;
    },
  };
  const wanted = { site: 1, goal, panel: panel(of) };
  return { asked, ...(await conversionsIn(api, wanted, new AbortController().signal)) };
};

test("rows of sessions are counted as the goal's tile is, also one of several sessions", async () => {
  const columns = ["source", "goal", "sessions", "reached", "persons", "conversion_rate"];
  const found = await counted(order, {}, answer(columns, [["letter", "9f", 40, 3, 3, 0.075]]));
  expect(found.asked[0]).toMatchObject({
    kind: "goals",
    goals: { goals: [{ label: "9f", sessions: 2 }], breakdown: { dimension: "source" } },
  });
  expect(found.by.get("letter")).toEqual({ reached: 3, rate: 0.075 });
  expect(found.by.get("Direct")).toBeUndefined();
  expect(found.people("letter").cell).toEqual({
    column: "reached",
    row: { source: "letter", goal: "9f" },
  });
});

test("rows of persons are asked once more, of those who reached the goal", async () => {
  const goal = { ...order, sessions: 1 };
  const rows = answer(["source", "persons"], [["letter", 10]]);
  const { asked, by, people } = await counted(goal, { measure: "persons" }, rows);
  expect(asked[0]?.filters).toEqual([
    { dimension: "source", operator: "is", values: ["letter", "Direct"] },
    { goal: "9f" },
  ]);
  expect(asked[0]?.compare).toBe("none");
  expect([by.get("letter"), by.get("Direct")]).toEqual([
    { reached: 10, rate: 0.25 },
    { reached: 0, rate: 0 },
  ]);
  expect(people("letter").cell).toEqual({ column: "persons", row: { source: "letter" } });
});

test("one goal is counted now, over time and before, as a tile and as lines", async () => {
  const goal = { id: "9f", name: "Order", filters: [] } as unknown as SavedGoal;
  const COLUMNS = ["goal", "sessions", "reached", "persons", "conversion_rate"];
  const api = {
    ask: async (_: number, question: Question) => {
      const isBefore = "from_ms" in question.period;
      if (question.kind === "totals")
        return { ...answer(["sessions"], [[1]]), previous: { from_ms: -10, to_ms: 0 } };
      if (question.goals && "over_time" in question.goals)
        return answer(
          ["time", ...COLUMNS],
          [
            [isBefore ? -10 : 0, "9f", 100, 10, 9, 0.1],
            [isBefore ? -5 : 5, "9f", 100, 20, 18, 0.2],
          ],
        );
      return answer(COLUMNS, [["9f", 200, isBefore ? 10 : 30, 27, isBefore ? 0.05 : 0.15]]);
    },
  };
  const found = await countOne(
    api,
    { site: 1, asking: { ...USUAL, compare: "previous" }, goal },
    new AbortController().signal,
  );
  const tile = headTile(goal, found, 20);
  expect([tile.name, tile.from]).toEqual(["Conversion: Order", "from 5.0\u202f%"]);
  expect([tile.number, tile.unit, tile.change, tile.tone]).toEqual([
    "15.0",
    "%",
    "+10.0\u202fpt",
    "good",
  ]);
  expect(rateLines(found).map(({ values }) => values)).toEqual([
    [0.1, 0.2],
    [0.1, 0.2],
  ]);
});
