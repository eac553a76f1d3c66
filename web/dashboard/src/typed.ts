// What was seen beyond the most frequent values: those in which stands what somebody types, asked of
// the server once the letters stop coming. A list of the most frequent alone would hide a rare page
// for good.
import type { Answer, Dimension, Question } from "@hitmetrix/wire";
import type { Api } from "./api.ts";
import type { SeenValue } from "./explore/seen.ts";
import { type Asking, questionOf, withFilter } from "./question.ts";
import { columnOf, numberAt, textAt } from "./rows.ts";

/** Who types is not asked for each letter. */
const TYPED_MS = 200;
/** Fewer are in nearly everything. */
export const FEWEST_LETTERS = 2;
const ROWS = 80;

export interface Typed {
  site: number;
  /** Under what the values are looked for. */
  asking: Asking;
  dimension: Dimension;
  text: string;
}

/** Values of a dimension with how often each was seen. */
export function valuesIn(answer: Answer, dimension: Dimension): SeenValue[] {
  const name = Math.max(0, columnOf(answer, dimension));
  const number = answer.columns.findIndex(({ unit }) => unit === "count");
  return answer.rows
    .map((row) => ({ value: textAt(row, name), count: numberAt(row, number) ?? 0 }))
    .filter(({ value }) => value !== "");
}

/** Whether there are more values than were listed. */
export const isCut = (answer: Answer): boolean => answer.rows_total > answer.rows.length;

/** Asks a moment after the last letter, and tells what has it in it; gives how to stop. */
export function findTyped(
  api: Pick<Api, "ask">,
  { site, asking, dimension, text }: Typed,
  found: (values: readonly SeenValue[]) => void,
): () => void {
  const wanted = text.trim();
  const measure =
    dimension === "event" ? "events" : dimension === "page" ? "pageviews" : "sessions";
  const narrowed = withFilter(asking, { dimension, operator: "contains", values: [wanted] });
  const question = questionOf(narrowed, {
    kind: "breakdown",
    dimension,
    measures: [measure],
    limit: ROWS,
    compare: "none",
  });
  return askTyped(api, { site, text: wanted, question }, (answer) =>
    found(answer ? valuesIn(answer, dimension) : []),
  );
}

/** Asks a question that looks for a text, a moment after its last letter: tells nothing first, then
    the answer; gives how to stop. */
export function askTyped(
  api: Pick<Api, "ask">,
  { site, text, question }: { site: number; text: string; question: Question },
  told: (answer: Answer | null) => void,
  failed: () => void = () => undefined,
): () => void {
  told(null);
  if (text.trim().length < FEWEST_LETTERS) return () => undefined;
  const life = new AbortController();
  const timer = setTimeout(() => {
    // Those that are known stay when it fails; most of those who type have not to know.
    api.ask(site, question, life.signal).then(told, () => {
      if (!life.signal.aborted) failed();
    });
  }, TYPED_MS);
  return () => {
    clearTimeout(timer);
    life.abort();
  };
}

/** Those that are known, and further ones after them. */
export function withFound<T extends { value: string }>(
  known: readonly T[],
  found: readonly T[],
): T[] {
  const values = new Set(known.map(({ value }) => value));
  return [...known, ...found.filter(({ value }) => !values.has(value))];
}

/** An answer's rows that are wanted by their value, and further ones of another after them. */
export function withRows(
  known: Answer,
  found: Answer | null,
  dimension: Dimension,
  wanted: (value: string) => boolean,
): Answer {
  const valueIn = (answer: Answer) => {
    const column = Math.max(0, columnOf(answer, dimension));
    return (row: Answer["rows"][number]): string => textAt(row, column);
  };
  const of = valueIn(known);
  const have = new Set(known.rows.map(of));
  const foundOf = found && valueIn(found);
  const further = found?.rows.filter((row) => foundOf && !have.has(foundOf(row))) ?? [];
  return { ...known, rows: [...known.rows.filter((row) => wanted(of(row))), ...further] };
}
