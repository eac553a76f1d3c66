import type { Answer, Question, SavedGoal } from "@hitmetrix/wire";
import { expect, test } from "vitest";
import { USUAL } from "../question.ts";
import { reachedIn } from "./inPanel.ts";
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

test("a panel's rows are asked once more, of those who reached the goal", async () => {
  const asked: Question[] = [];
  const api = {
    ask: async (_: number, question: Question) => {
      asked.push(question);
      return answer(["source", "sessions"], [["letter", 3]]);
    },
  };
  const question: Question = {
    kind: "breakdown",
    dimension: "source",
    measures: ["sessions"],
    period: { last: "30d" },
    compare: "previous",
    filters: [{ dimension: "device", operator: "is", values: ["phone"] }],
  };
  const of = { dimension: "source" as const, measure: "sessions" as const };
  const { reached } = await reachedIn(
    api,
    1,
    { question, goal: "9f", of },
    new AbortController().signal,
  );
  expect(asked[0]?.filters).toEqual([...(question.filters ?? []), { goal: "9f" }]);
  expect(asked[0]?.compare).toBe("none");
  expect(reached.get("letter")).toBe(3);
  expect(reached.get("Direct")).toBeUndefined();
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
