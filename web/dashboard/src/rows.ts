// Reads answers by column name, so that no screen counts columns.
import type { Answer, Cell, Unit } from "@hitmetrix/wire";

export function columnOf(answer: Answer, name: string): number {
  return answer.columns.findIndex((column) => column.name === name);
}

export function unitOf(answer: Answer, name: string): Unit {
  return answer.columns[columnOf(answer, name)]?.unit ?? "count";
}

export function numberAt(row: readonly Cell[] | undefined, column: number): number | null {
  const cell = column < 0 ? null : row?.[column];
  return typeof cell === "number" ? cell : null;
}

export function textAt(row: readonly Cell[] | undefined, column: number): string {
  const cell = column < 0 ? null : row?.[column];
  return typeof cell === "string" ? cell : cell === null || cell === undefined ? "" : String(cell);
}

/** All values of one column. */
export function numbers(answer: Answer, name: string): (number | null)[] {
  const column = columnOf(answer, name);
  return answer.rows.map((row) => numberAt(row, column));
}

/** The first column that holds times. */
export function timeColumn(answer: Answer): number {
  return answer.columns.findIndex((column) => column.unit === "time_ms");
}

/** One value of the first row, as a totals answer has it. */
export function total(answer: Answer, name: string): number | null {
  return numberAt(answer.rows[0], columnOf(answer, name));
}

/** Without the bucket that is not over, which would always fall. */
export function finished(answer: Answer, values: (number | null)[]): (number | null)[] {
  const column = timeColumn(answer);
  const now = Date.now();
  const begun = answer.rows.filter((row) => (numberAt(row, column) ?? 0) <= now).length;
  if (answer.period.to_ms <= now || begun <= 3) return values;
  const done = values.slice(0, begun - 1);
  return done.some((value) => value) ? done : values;
}

/** What could not be read for any of these answers; each is said once. */
export function missingIn(...answers: (Pick<Answer, "missing"> | null | undefined)[]): string[] {
  return [...new Set(answers.flatMap((answer) => answer?.missing ?? []))];
}
