// The conversion of a goal beside the rows of a panel: of what a row counts (sessions, or persons of a
// page), how many were in a session that reached the goal.
import type { Dimension, Measure, Question } from "@hitmetrix/wire";
import { amongCondition, reachedGoal } from "../among.ts";
import type { Api } from "../api.ts";
import { columnOf, numberAt, textAt } from "../rows.ts";

/** The panel's question, of those who reached the goal. */
export function reachedQuestion(question: Question, goal: string): Question {
  const filters = [...(question.filters ?? []), amongCondition(reachedGoal(goal))];
  return { ...question, filters, compare: "none" };
}

/** How many of each of these values reached it; nobody did of a value that is not there. */
export async function reachedIn(
  api: Pick<Api, "ask">,
  site: number,
  {
    question,
    goal,
    of,
  }: { question: Question; goal: string; of: { dimension: Dimension; measure: Measure } },
  signal: AbortSignal,
): Promise<{ reached: Map<string, number>; question: Question; missing: string[] }> {
  const asked = reachedQuestion(question, goal);
  const answer = await api.ask(site, asked, signal);
  const [value, number] = [columnOf(answer, of.dimension), columnOf(answer, of.measure)];
  const reached = new Map(
    answer.rows.map((row) => [textAt(row, value), numberAt(row, number) ?? 0] as const),
  );
  return { reached, question: asked, missing: answer.missing };
}
