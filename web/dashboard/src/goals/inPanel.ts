// The conversion of a goal beside the rows of a panel. Where rows are of sessions it counts as the
// goal's tile does, among sessions of the row; where they are of persons, and of pages, of which a
// session has many, it is how many of those persons were in a session that reached the goal.
import type { Dimension, Measure, PeopleQuestion, Question, SavedGoal } from "@hitmetrix/wire";
import { amongCondition, reachedGoal } from "../among.ts";
import type { Api } from "../api.ts";
import type { Asking } from "../question.ts";
import { questionOf, withFilter } from "../question.ts";
import { columnOf, numberAt, textAt } from "../rows.ts";
import { acrossRows, goalsQuestion, peopleOfGoal } from "./goals.ts";

/** The rows of a panel as they stand there. */
export interface PanelRows {
  /** What the panel asks, without its own filter. */
  asking: Asking;
  dimension: Dimension;
  /** What a conversion is of. */
  measure: Measure;
  /** Values, each with its number of that. */
  rows: readonly (readonly [value: string, whole: number])[];
}

/** Of one row; a rate of null is none. */
export interface Conversion {
  reached: number;
  rate: number | null;
}

export interface Conversions {
  /** By value; nothing is known of what is not there. */
  by: ReadonlyMap<string, Conversion>;
  /** Who reached it in a row. */
  people: (value: string) => PeopleQuestion;
  missing: string[];
}

/** Values that are told apart: far more than a panel has rows, so that all of these are among them. */
const TOP = 50;

export function conversionsIn(
  api: Pick<Api, "ask">,
  { site, goal, panel }: { site: number; goal: SavedGoal; panel: PanelRows },
  signal: AbortSignal,
): Promise<Conversions> {
  const ask = (question: Question) => api.ask(site, question, signal);
  return panel.measure === "sessions" ? ofSessions(ask, goal, panel) : ofPersons(ask, goal, panel);
}

type Ask = (question: Question) => ReturnType<Api["ask"]>;

async function ofSessions(
  ask: Ask,
  goal: SavedGoal,
  { asking, dimension }: PanelRows,
): Promise<Conversions> {
  const question = goalsQuestion(asking, [goal], { breakdown: { dimension }, top: TOP });
  const answer = await ask(question);
  return {
    by: new Map(
      acrossRows(answer, dimension).map(({ name, reached, rate }) => [name, { reached, rate }]),
    ),
    people: (value) => peopleOfGoal(question, goal, { [dimension]: value }),
    missing: answer.missing,
  };
}

async function ofPersons(
  ask: Ask,
  goal: SavedGoal,
  { asking, dimension, measure, rows }: PanelRows,
): Promise<Conversions> {
  const values = rows.map(([value]) => value);
  const asked = questionOf(withFilter(asking, { dimension, operator: "is", values }), {
    kind: "breakdown",
    dimension,
    measures: [measure],
    limit: values.length,
    compare: "none",
  });
  const filters = [...(asked.filters ?? []), amongCondition(reachedGoal(goal.id))];
  const question: Question = { ...asked, filters };
  const answer = await ask(question);
  const [value, number] = [columnOf(answer, dimension), columnOf(answer, measure)];
  const reached = new Map(
    answer.rows.map((row) => [textAt(row, value), numberAt(row, number) ?? 0] as const),
  );
  // Nobody reached it of a value that is not in the answer.
  const counted = ([value, whole]: readonly [string, number]): [string, Conversion] => {
    const some = reached.get(value) ?? 0;
    return [value, { reached: some, rate: whole > 0 ? some / whole : null }];
  };
  return {
    by: new Map(rows.map(counted)),
    people: (value) => ({ question, cell: { column: measure, row: { [dimension]: value } } }),
    missing: answer.missing,
  };
}
