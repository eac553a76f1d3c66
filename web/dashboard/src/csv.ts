// Files for spreadsheets: lines of cells, and whole answers.
import type { Answer } from "@hitmetrix/wire";
import { count, isoDay } from "./format.ts";

type Value = string | number | null;

/** Lines of a file for spreadsheets. */
export function csvOf(lines: readonly (readonly Value[])[]): string {
  return lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

function cell(value: Value): string {
  if (value === null) return "";
  return typeof value === "number" ? String(value) : csvText(value);
}

/**
 * A text in quotes. One that a spreadsheet would take for a formula gets an apostrophe before it,
 * as the command line does: what visitors send must not run on the desk of who reads it.
 */
export function csvText(text: string): string {
  const begins = text.replace(/^[ \u00a0%"']+/, "").charAt(0);
  const guard = "=+-@\t\r\n＝＋－＠".includes(begins) && begins !== "" ? "'" : "";
  const early = /^[\t\r\n]/.test(text) ? "'" : guard;
  // Some split at these too, whatever stands around them.
  const inside = text.replace(/([;\t][\s"']*)(?=[=+\-@＝＋－＠])/g, "$1'");
  return `"${early}${inside.replaceAll('"', '""')}"`;
}

/** Lets the browser save a file. */
export function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * The rows of an answer, as many as it has, under the names of its columns: times in UTC, lengths of
 * time in milliseconds, shares from 0 to 1. Lines after them say what is not in it.
 */
export function answerCsv(answer: Answer, names: ReadonlyMap<string, string> = new Map()): string {
  const head = answer.columns.map(({ name, unit }) => {
    const before = name.endsWith("_previous");
    const called = names.get(before ? name.slice(0, -"_previous".length) : name);
    const title = called === undefined ? name : `${called}${before ? "_previous" : ""}`;
    return unit === "ms" ? `${title}_ms` : title;
  });
  const lines = answer.rows.map((row) =>
    answer.columns.map(({ unit }, at): Value => {
      const value = row[at] ?? null;
      if (unit === "time_ms" && typeof value === "number") return new Date(value).toISOString();
      return typeof value === "boolean" ? String(value) : value;
    }),
  );
  const notes = lackingIn(answer).map((note): Value[] => [note]);
  return csvOf([head, ...lines, ...notes]);
}

/** What an answer has not, in words; nothing where it is whole. */
function lackingIn({ rows, rows_total, missing }: Answer): string[] {
  const cut =
    rows_total > rows.length
      ? [`Only the first ${count(rows.length)} of ${count(rows_total)} rows`]
      : [];
  return missing.length > 0 ? [...cut, `Not everything could be read: ${missing.join("; ")}`] : cut;
}

/** What the file of an answer is called: what it is of, its days, and whether it is cut. */
export function fileName(name: string, { period, time_zone, rows, rows_total }: Answer): string {
  const days = [period.from_ms, period.to_ms - 1].map((ms) => isoDay(ms, time_zone));
  const span = days[0] === days[1] ? days[0] : days.join("-to-");
  const cut = rows_total > rows.length ? `-first-${rows.length}-of-${rows_total}` : "";
  const plain = name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  return `${plain.slice(0, 80) || "answer"}-${span}${cut}.csv`;
}

/** Saves an answer as a file; the mark before it tells spreadsheets that it is UTF-8. */
export function saveAnswer(
  name: string,
  answer: Answer,
  names?: ReadonlyMap<string, string>,
): void {
  const text = `\ufeff${answerCsv(answer, names)}`;
  save(fileName(name, answer), new Blob([text], { type: "text/csv" }));
}
