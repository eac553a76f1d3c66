import type { Answer } from "@hitmetrix/wire";
import { expect, test } from "vitest";
import { answerCsv, csvText, fileName } from "./csv.ts";

const NOON = Date.UTC(2026, 10, 5, 12);
const answer = {
  columns: [
    { name: "time", unit: "time_ms" },
    { name: "page", unit: "text" },
    { name: "A", unit: "count" },
    { name: "A_previous", unit: "count" },
    { name: "engaged_time", unit: "ms" },
    { name: "bounced", unit: "boolean" },
  ],
  rows: [
    [NOON, "/lamps", 3, 2, 4200, true],
    [NOON, '=HYPERLINK("http://evil.test")', 0.5, null, null, false],
  ],
  rows_total: 2,
  missing: [],
  time_zone: "Pacific/Auckland",
  period: { from_ms: NOON, to_ms: NOON + 2 * 86_400_000 },
} as unknown as Answer;

test("an answer is its columns and rows, with times, units and names; no text is a formula", () => {
  expect(answerCsv(answer, new Map([["A", "Persons: order"]])).split("\r\n")).toEqual([
    '"time","page","Persons: order","Persons: order_previous","engaged_time_ms","bounced"',
    '"2026-11-05T12:00:00.000Z","/lamps",3,2,4200,"true"',
    `"2026-11-05T12:00:00.000Z","'=HYPERLINK(""http://evil.test"")",0.5,,,"false"`,
    "",
  ]);
});

test("where a spreadsheet splits at other marks, no formula begins either", () => {
  expect(csvText('Lamps; "=cmd|1"')).toBe(`"Lamps; ""'=cmd|1"""`);
  expect(csvText("a;b; c-d")).toBe('"a;b; c-d"');
});

test("what is cut or could not be read is said in the last lines and in the name", () => {
  const cut = { ...answer, rows_total: 1234, missing: ["part 7: broken"] };
  expect(answerCsv(cut).split("\r\n").slice(3)).toEqual([
    '"Only the first 2 of 1,234 rows"',
    '"Not everything could be read: part 7: broken"',
    "",
  ]);
  expect(fileName("Entry pages", cut)).toBe(
    "entry-pages-2026-11-06-to-2026-11-08-first-2-of-1234.csv",
  );
});

test("a file is called by what it is of and its days, in the site's zone", () => {
  expect(fileName("“Käufe” by channel", answer)).toBe(
    "käufe-by-channel-2026-11-06-to-2026-11-08.csv",
  );
  const day = { ...answer, period: { from_ms: NOON, to_ms: NOON + 3_600_000 } } as Answer;
  expect(fileName("…", day)).toBe("answer-2026-11-06.csv");
});
