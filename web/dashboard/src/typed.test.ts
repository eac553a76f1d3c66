// Rare values are found by what is typed, and the server is not asked for each letter.
import type { Answer, Question } from "@hitmetrix/wire";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SeenValue } from "./explore/seen.ts";
import { USUAL } from "./question.ts";
import { askTyped, findTyped, isCut, withFound, withRows } from "./typed.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const answer = {
  columns: [
    { name: "page", unit: "text" },
    { name: "pageviews", unit: "count" },
  ],
  rows: [
    ["/thank-you/2291", 3],
    ["", 1],
  ],
  rows_total: 2,
} as unknown as Answer;

function asked() {
  const questions: Question[] = [];
  let found: readonly SeenValue[] = [];
  const api = {
    ask: (_: number, question: Question) => {
      questions.push(question);
      return Promise.resolve(answer);
    },
  };
  const type = (text: string) =>
    findTyped(api, { site: 1, asking: USUAL, dimension: "page", text }, (next) => {
      found = next;
    });
  return { type, questions, found: () => found };
}

test("the last of what was typed is looked for, once", async () => {
  const { type, questions, found } = asked();
  type("th")();
  type(" thank ");
  await vi.advanceTimersByTimeAsync(1000);
  expect(questions.map(({ filters }) => filters)).toEqual([
    [{ dimension: "page", operator: "contains", values: ["thank"] }],
  ]);
  expect(found()).toEqual([{ value: "/thank-you/2291", count: 3 }]);
});

test("a single letter is no question", async () => {
  const { type, questions } = asked();
  type("t");
  await vi.advanceTimersByTimeAsync(1000);
  expect(questions).toEqual([]);
});

test("what is known stands first, and nothing twice", () => {
  const known = [{ value: "/a", count: 9 }];
  const more = [
    { value: "/rare", count: 1 },
    { value: "/a", count: 9 },
  ];
  expect(withFound(known, more).map(({ value }) => value)).toEqual(["/a", "/rare"]);
  expect(isCut(answer)).toBe(false);
  expect(isCut({ ...answer, rows_total: 501 })).toBe(true);
});

test("a search that fails is said to those who want to know", async () => {
  const api = { ask: () => Promise.reject(new Error("unreachable")) };
  const told = vi.fn();
  const failed = vi.fn();
  const question: Question = { kind: "breakdown", period: { last: "30d" } };
  const stop = askTyped(api, { site: 1, text: "thank", question }, told, failed);
  await vi.advanceTimersByTimeAsync(1000);
  expect(failed).toHaveBeenCalledOnce();
  stop();
  askTyped(api, { site: 1, text: "thanks", question }, told, failed)();
  await vi.advanceTimersByTimeAsync(1000);
  expect(failed).toHaveBeenCalledOnce();
});

test("rows that are wanted stand first, then those that were found beyond them", () => {
  const rows = (...values: string[]): Answer =>
    ({ ...answer, rows: values.map((value) => [value, 1]) }) as unknown as Answer;
  const wanted = (value: string): boolean => value.includes("thank");
  const known = rows("/", "/thank-you/1", "/lamps");
  const pages = (of: Answer) => of.rows.map(([page]) => page);
  expect(pages(withRows(known, null, "page", wanted))).toEqual(["/thank-you/1"]);
  const found = rows("/thank-you/1", "/thank-you/2291");
  expect(pages(withRows(known, found, "page", wanted))).toEqual([
    "/thank-you/1",
    "/thank-you/2291",
  ]);
});
