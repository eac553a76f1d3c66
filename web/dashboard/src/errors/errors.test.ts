import type { Answer } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import { readAsking } from "../question.ts";
import {
  findingOf,
  keyText,
  messageWords,
  peopleAt,
  peopleOf,
  placeWords,
  readKey,
  rowsOf,
  whereOf,
  within,
} from "./errors.ts";

const PLACE = { source: "https://a.test/app.….js", line: "12", column: "7" };
const KEY = { message: "pay! is ~null", place: PLACE };
const DAY_MS = 86_400_000;

function answer(rows: [string, number, number][]): Answer {
  const columns = [
    "message",
    "source",
    "line",
    "column",
    "errors",
    "sessions",
    "first_seen",
    "last_seen",
    "pages",
    "page",
    "page_share",
    "browsers",
    "browser",
    "browser_share",
  ];
  return {
    columns: columns.map((name) => ({ name, unit: "count" })),
    rows: rows.map(([message, sessions, first]) => [
      message,
      "/a.js",
      "1",
      "2",
      sessions * 2,
      sessions,
      first,
      9 * DAY_MS,
      1,
      "/cart",
      1,
      2,
      "Safari",
      0.95,
    ]),
    period: { from_ms: 5 * DAY_MS, to_ms: 10 * DAY_MS },
  } as unknown as Answer;
}

describe("a group of errors", () => {
  test("is found again by its address, whatever is in the message", () => {
    for (const key of [KEY, { message: "", place: PLACE }, { message: "a", place: null }])
      expect(readKey(keyText(key))).toEqual(key);
    for (const text of ["", "a!b", "a!b!c", "a!b!c!d!e"]) expect(readKey(text)).toBeNull();
  });

  test("is the same in any other question", () => {
    const asking = within(readAsking(new URLSearchParams("where=p.plan!is!pro")), KEY);
    expect(asking.where.map(({ operator, values }) => [operator, values[0]])).toEqual([
      ["is", "pro"],
      ["is", "error"],
      ["alike", "pay! is ~null"],
      ["alike", "https://a.test/app.….js"],
      ["is", "12"],
      ["is", "7"],
    ]);
    expect(whereOf({ message: "a", place: null })).toHaveLength(2);
  });

  test("leads to its people by place or by message alone", () => {
    const asking = readAsking(new URLSearchParams());
    expect(peopleOf(asking, KEY)).toMatchObject({
      question: { errors: { by: "place" } },
      cell: { column: "sessions", row: { message: KEY.message, ...PLACE } },
    });
    expect(peopleOf(asking, { message: "a", place: null })).toMatchObject({
      question: { errors: { by: "message" } },
      cell: { row: { message: "a" } },
    });
  });

  test("leads to its people of one interval, of the time before too", () => {
    const asking = within(readAsking(new URLSearchParams("compare=year")), KEY);
    const point = { column: "persons_previous", time: 5 * DAY_MS, interval: "week" } as const;
    expect(peopleAt(asking, point)).toMatchObject({
      question: { kind: "trend", compare: "year", interval: "week" },
      cell: { column: "persons_previous", row: { time: 5 * DAY_MS } },
    });
  });

  test("is said in few words", () => {
    expect(placeWords(KEY)).toBe("app.*.js 12:7");
    expect(placeWords({ message: "", place: { source: "", line: "0", column: "0" } })).toBe("");
    expect(messageWords("")).toMatch(/left out/);
  });
});

describe("the title", () => {
  const at = { share: 0.051, zone: "UTC" };

  test("is the new error that reached most sessions, and says how many others are new", () => {
    const rows = rowsOf(
      answer([
        ["old", 90, DAY_MS],
        ["small", 2, 6 * DAY_MS],
        ["new", 9, 7 * DAY_MS],
      ]),
      null,
    );
    const finding = findingOf(rows, at);
    expect(finding.title).toBe("“new” is new and reached 9 sessions");
    expect(finding.proof).toContain("nearly all in Safari, on /cart");
    expect(finding.proof).toContain("1 other is new");
    expect(finding.proof).toContain("5.1\u202f%");
  });

  test("on a site that is younger than the period, its first day brings nothing new", () => {
    const list = answer([
      ["first day", 90, 6 * DAY_MS + 1],
      ["later", 2, 8 * DAY_MS],
    ]);
    const fresh = (began_ms: number | null) =>
      rowsOf(list, began_ms).flatMap(({ message, isNew }) => (isNew ? [message] : []));
    expect(fresh(6 * DAY_MS)).toEqual(["later"]);
    expect(findingOf(rowsOf(list, 6 * DAY_MS), at).title).toBe(
      "“later” is new and reached 2 sessions",
    );
    expect(findingOf(rowsOf(list, 8 * DAY_MS), at).title).toBe("“first day” reached 90 sessions");
    // Where the site is older, both are new.
    expect(fresh(DAY_MS)).toEqual(["first day", "later"]);
  });

  test("is the largest when nothing is new, and says when there is none", () => {
    const rows = rowsOf(
      answer([
        ["small", 1, DAY_MS],
        ["old", 90, DAY_MS],
      ]),
      null,
    );
    expect(findingOf(rows, at).title).toBe("“old” reached 90 sessions");
    expect(findingOf(rows, at).proof).toContain("Nothing is new");
    expect(findingOf([], at).title).toBe("No JavaScript error in this period");
  });
});
