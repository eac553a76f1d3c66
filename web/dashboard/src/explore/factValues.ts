// Values of a fact as a condition offers them: the most frequent of the period, and, once somebody
// types, those beyond them that have the text in them.
import type { Answer, Fact, Period, Question } from "@hitmetrix/wire";
import { columnOf, numberAt, textAt } from "../rows.ts";
import { conditionOf } from "../where.ts";
import { valueName } from "../words.ts";
import { OTHER } from "./shapes.ts";

/** How many are listed by themselves. */
export const MOST_VALUES = 100;

export interface FactValue {
  value: string;
  count: number;
  label: string;
}

interface Wanted {
  fact: Fact;
  /** Of which events; of any when there is none. */
  events: readonly string[];
  period: Period;
  /** Only values with this in them. */
  text?: string;
}

export function valuesQuestion({ fact, events, period, text = "" }: Wanted): Question {
  const holds = text ? [conditionOf({ fact, operator: "contains", values: [text] })] : [];
  const selection = {
    ...(events.length > 0 && { events: [...events] }),
    ...(holds.length > 0 && { filters: holds }),
  };
  return {
    kind: "distribution",
    period,
    distribution: { fact, events: selection, classes: MOST_VALUES },
  };
}

export function factValues(answer: Answer, fact: Fact): FactValue[] {
  const at = columnOf(answer, "value");
  const number = answer.columns.findIndex(({ unit }) => unit === "count");
  return answer.rows
    .filter((row) => typeof row[at] === "string" && row[at] !== OTHER)
    .map((row) => ({ value: textAt(row, at), count: numberAt(row, number) ?? 0 }))
    .map((row) => ({
      ...row,
      label: "dimension" in fact ? valueName(fact.dimension, row.value) : row.value || "not set",
    }));
}

/** Whether some are numbers, which come as classes and are not listed. */
export function hasNumbers(answer: Answer): boolean {
  const from = columnOf(answer, "from");
  return answer.rows.some((row) => typeof row[from] === "number");
}

/** Whether there are more values than are listed. */
export function hasMore(answer: Answer): boolean {
  const at = columnOf(answer, "value");
  return answer.rows.some((row) => row[at] === OTHER);
}
