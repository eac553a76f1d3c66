// Rare values are found by what is typed, and the server is not asked for each letter.
import type { Answer, Question } from "@hitmetrix/wire";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SeenValue } from "./explore/seen.ts";
import { USUAL } from "./question.ts";
import { findTyped, isCut, withFound } from "./typed.ts";

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
