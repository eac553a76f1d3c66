// Goals: the questions about saved ones, rows of the answers, what is said of them, and drafts to
// be saved. What is counted stands in docs/concepts/goals.md. In questions a goal is labelled with
// its id, so that names may be what they like.
import type {
  Answer,
  Condition,
  Dimension,
  GoalDraft,
  PeopleQuestion,
  Question,
  SavedGoal,
} from "@hitmetrix/wire";
import { amongCondition, missedGoal } from "../among.ts";
import { conditionWords, type SegmentNames, selectionWords } from "../conditions.ts";
import { pickedSelection } from "../explore/fromQuestion.ts";
import { pageOf, type Selection, selectionName, wireOf } from "../explore/selection.ts";
import { count, decimal, money, plural } from "../format.ts";
import { type Asking, conditionsOf, ownValue, questionOf } from "../question.ts";
import { columnOf, numberAt, textAt, timeColumn } from "../rows.ts";

/** How many one question can have. */
export const AT_ONCE = 20;

/** The goal that is open, by its id; empty for the list. */
export const openGoal = (asking: Asking): string => ownValue(asking, "reach");

type Spec = NonNullable<Question["goals"]>["goals"][number];

/** A saved goal as a question has it. */
export function specOf(goal: SavedGoal): Spec {
  const { id, event, filters, sessions, value_thousandths, value_property, currency } = goal;
  return {
    label: id,
    ...(event ? { event } : {}),
    ...(filters.length > 0 ? { filters } : {}),
    ...(sessions ? { sessions } : {}),
    ...(value_thousandths === undefined || value_thousandths === null ? {} : { value_thousandths }),
    ...(value_property ? { value_property } : {}),
    ...(currency ? { currency } : {}),
  };
}

type Rows = { over_time: true } | { breakdown: { dimension: Dimension }; top: number };

export function goalsQuestion(
  asking: Asking,
  goals: readonly SavedGoal[],
  rows?: Rows,
  period = asking.period,
): Question {
  const question: Question = {
    kind: "goals",
    period,
    filters: conditionsOf(asking),
    bots: asking.bots,
    goals: { goals: goals.map(specOf), ...rows },
  };
  return rows && "over_time" in rows && asking.interval
    ? { ...question, interval: asking.interval }
    : question;
}

const SOURCES = 7;

/** Who reaches it, by source, of whatever the goal is at the time: to be kept. */
export function namedQuestion(asking: Asking, { id, name }: SavedGoal): Question {
  return {
    kind: "goals",
    period: asking.period,
    filters: conditionsOf(asking),
    bots: asking.bots,
    goals: {
      goals: [{ label: name, goal: id }],
      breakdown: { dimension: "source" },
      top: SOURCES,
    },
  };
}

/** Its answer says which span is the one before: by the calendar, and as far as this one has come. */
export function spanQuestion(asking: Asking): Question {
  return questionOf(asking, { kind: "totals", measures: ["sessions"], compare: asking.compare });
}

/** The span before as a period; null where there is none. */
export function spanBefore(answer: Answer): Question["period"] | null {
  const { previous } = answer;
  return previous && previous.to_ms > previous.from_ms
    ? { from_ms: previous.from_ms, to_ms: previous.to_ms }
    : null;
}

/** Who reached a goal; in one row of the answer where that has several. */
export function peopleOfGoal(
  question: Question,
  goal: SavedGoal,
  row: Record<string, string | number> = {},
): PeopleQuestion {
  return { question, cell: { column: "reached", row: { ...row, goal: goal.id } } };
}

/** Whose sessions did not reach it. */
export function peopleWhoMissed(asking: Asking, goal: SavedGoal): PeopleQuestion {
  const question = goalsQuestion(asking, [goal]);
  const filters = [...conditionsOf(asking), amongCondition(missedGoal(goal.id))];
  return {
    question: { ...question, filters },
    cell: { column: "sessions", row: { goal: goal.id } },
  };
}

export interface Counts {
  sessions: number;
  reached: number;
  persons: number;
  rate: number | null;
  value: number | null;
}

function countsOf(answer: Answer, row: Answer["rows"][number]): Counts {
  const number = (name: string) => numberAt(row, columnOf(answer, name));
  return {
    sessions: number("sessions") ?? 0,
    reached: number("reached") ?? 0,
    persons: number("persons") ?? 0,
    rate: number("conversion_rate"),
    value: number("value"),
  };
}

/** What there was before, when there was anything. */
export function beforeOf(answer: Answer, goal: string): Counts | null {
  const before = countsById(answer).get(goal) ?? null;
  return before && before.sessions > 0 ? before : null;
}

/** By goal; of an answer that is divided by nothing. */
export function countsById(answer: Answer): Map<string, Counts> {
  const at = columnOf(answer, "goal");
  return new Map(answer.rows.map((row) => [textAt(row, at), countsOf(answer, row)]));
}

export interface Times {
  times: number[];
  counts: Counts[];
}

/** One goal over time. */
export function timesOf(answer: Answer, goal: string): Times {
  const [time, at] = [timeColumn(answer), columnOf(answer, "goal")];
  const rows = answer.rows.filter((row) => textAt(row, at) === goal);
  return {
    times: rows.map((row) => numberAt(row, time) ?? 0),
    counts: rows.map((row) => countsOf(answer, row)),
  };
}

/** Without the interval that is not over, whose rate is of few sessions. */
export function whole(times: Times, to_ms: number, now: number): Counts[] {
  const begun = times.times.filter((start) => start <= now).length;
  return to_ms > now && begun > 2 ? times.counts.slice(0, begun - 1) : times.counts;
}

/** The row of all values beyond the first ones. */
export const OTHER = "(other)";

export interface AcrossRow extends Counts {
  name: string;
}

export function acrossRows(answer: Answer, dimension: Dimension): AcrossRow[] {
  const at = columnOf(answer, dimension);
  return answer.rows.map((row) => ({ name: textAt(row, at), ...countsOf(answer, row) }));
}

/** Sessions of a row below which nothing is said of its rate. */
const ENOUGH_SESSIONS = 30;
/** A rate of fewer is an accident; and so is none where fewer should have come. */
const ENOUGH_REACHED = 5;

export interface Best {
  /** The row that brings most. */
  most: AcrossRow;
  /** The row that brings most for its sessions; null where that is the same. */
  keenest: AcrossRow | null;
  /** Rows with none at all though many came, the largest first. */
  none: AcrossRow[];
}

/** What a division of a goal says; null where nobody reached it, or there is nothing to compare. */
export function bestOf(rows: readonly AcrossRow[]): Best | null {
  const named = rows.filter(({ name }) => name !== OTHER);
  const most = [...named].sort((a, b) => b.reached - a.reached)[0];
  if (named.length < 2 || !most || most.reached === 0) return null;
  const sum = (of: (row: AcrossRow) => number): number =>
    rows.reduce((all, row) => all + of(row), 0);
  const rate =
    sum(({ reached }) => reached) /
    Math.max(
      1,
      sum(({ sessions }) => sessions),
    );
  const keenest = named
    .filter(({ sessions, reached }) => sessions >= ENOUGH_SESSIONS && reached >= ENOUGH_REACHED)
    .sort((a, b) => (b.rate ?? 0) - (a.rate ?? 0))[0];
  return {
    most,
    keenest: keenest && keenest !== most ? keenest : null,
    none: named
      .filter(({ sessions, reached }) => reached === 0 && sessions * rate >= ENOUGH_REACHED)
      .sort((a, b) => b.sessions - a.sessions),
  };
}

// ---------- words ----------

const THIN = "\u202f";

/** A rate, with more digits where it is small. */
export function percent(rate: number | null): string {
  if (rate === null) return "–";
  const hundredths = rate * 100;
  const digits = hundredths === 0 || hundredths >= 10 ? 1 : hundredths < 1 ? 2 : 1;
  return `${decimal(hundredths, digits)}${THIN}%`;
}

/** What reaches it, as a person would say it. */
export function goalWords(goal: SavedGoal, names: SegmentNames): string {
  const parts: string[] = [];
  const picked = goal.event ? pickedSelection(goal.event) : null;
  const page = picked ? pageOf(picked) : null;
  if (goal.event && page && picked?.where.length === 1)
    parts.push(page.starts ? `saw a page under ${page.page}` : `saw ${page.page}`);
  else if (goal.event) parts.push(`did ${selectionWords({ ...goal.event, label: null }, names)}`);
  parts.push(...goal.filters.map((each) => visitWords(each, names)));
  if (goal.sessions && goal.sessions > 1) parts.push(`for the ${goal.sessions}. time`);
  return parts.join(", ");
}

const MINUTE_MS = 60_000;

export function visitWords(condition: Condition, names: SegmentNames): string {
  const visit = visitOf(condition);
  if (!visit) return conditionWords(condition, names);
  if (visit.number === "pageviews") return `saw more than ${plural(visit.more, "page", "pages")}`;
  const minutes = plural(visit.more, "minute", "minutes");
  return visit.number === "engaged_ms"
    ? `was active for more than ${minutes}`
    : `stayed more than ${minutes}`;
}

/** In which currency a goal's value is: its own; that of the site where the value is fixed; and none
 * where a property says it, since amounts in every currency are then added up. */
export function currencyOf(
  { currency, value_property }: Pick<Spec, "currency" | "value_property">,
  ofSite = "",
): string {
  return currency || (value_property ? "" : ofSite);
}

export function valueWords(goal: SavedGoal, ofSite = ""): string {
  const currency = currencyOf(goal, ofSite);
  if (goal.value_property)
    return `worth its ${goal.value_property}${currency ? `, in ${currency}` : ""}`;
  const fixed = goal.value_thousandths;
  return fixed === undefined || fixed === null ? "" : `worth ${money(fixed / 1000, currency)}`;
}

/** Standard deviations beyond which a change of a rate is no accident of counting. */
const DEVIATIONS = 3;
const ORDINARY = 0.1;

/** Whether a rate moved more than counting alone explains: up, down, or not. */
export function moved(now: Counts, before: Counts | null): -1 | 0 | 1 {
  if (!before || now.rate === null || before.rate === null) return 0;
  if (now.sessions < 30 || before.sessions < 30) return 0;
  const pooled = (now.reached + before.reached) / (now.sessions + before.sessions);
  const spread = 1 / now.sessions + 1 / before.sessions;
  const deviation = Math.sqrt(pooled * (1 - pooled) * spread);
  const difference = now.rate - before.rate;
  if (deviation === 0 || Math.abs(difference) < DEVIATIONS * deviation) return 0;
  if (before.rate > 0 && Math.abs(difference / before.rate) < ORDINARY) return 0;
  return difference > 0 ? 1 : -1;
}

export interface Stand {
  goal: SavedGoal;
  now: Counts;
  before: Counts | null;
}

export function standTitle({ goal, now, before }: Stand): string {
  if (now.rate === null) return "Nobody came in this period";
  const way = moved(now, before);
  if (way !== 0 && before)
    return `“${goal.name}” ${way > 0 ? "rose" : "fell"} from ${percent(before.rate)} to ${percent(now.rate)} of sessions`;
  return `${percent(now.rate)} of sessions reach “${goal.name}”`;
}

export function standProof({ goal, now }: Stand, ofSite = ""): string {
  if (now.rate === null) return "";
  const who = plural(now.persons, "person", "persons");
  const worth = now.value === null ? "" : `, worth ${money(now.value, currencyOf(goal, ofSite))}`;
  return `${count(now.reached)} of ${plural(now.sessions, "session", "sessions")}, ${who}${worth}.`;
}

/** The one that the title of the list is about: what moved most, else what most reach. */
export function leading(stands: readonly Stand[]): Stand | null {
  const strength = ({ now, before }: Stand): number =>
    moved(now, before) === 0 || !before?.rate ? 0 : Math.abs((now.rate ?? 0) / before.rate - 1);
  const sorted = [...stands].sort(
    (a, b) => strength(b) - strength(a) || b.now.reached - a.now.reached,
  );
  return sorted[0] ?? null;
}

// ---------- to be saved ----------

export const VISITS = ["duration_ms", "engaged_ms", "pageviews"] as const;

export interface Visit {
  number: (typeof VISITS)[number];
  /** Minutes or pages. */
  more: number;
}

export function visitCondition({ number, more }: Visit): Condition {
  const value = number === "pageviews" ? more : Math.round(more * MINUTE_MS);
  return { session: number, operator: "greater", values: [String(value)] };
}

/** Null where it is no such condition. */
export function visitOf(condition: Condition): Visit | null {
  if (!("session" in condition) || condition.operator !== "greater") return null;
  const number = VISITS.find((each) => each === condition.session);
  const value = Number(condition.values?.[0]);
  if (!number || !Number.isFinite(value) || condition.values?.length !== 1) return null;
  return { number, more: number === "pageviews" ? value : value / MINUTE_MS };
}

/** The draft that leaves a goal as it is. */
export function draftOf(goal: SavedGoal): GoalDraft {
  const { label: _, ...rest } = specOf(goal);
  return { name: goal.name, on_overview: goal.on_overview, ...rest };
}

const NAME_CHARACTERS = 100;

/** A name that no other goal has: `Order`, `Order 2`. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const tail = number === 1 ? "" : ` ${number}`;
    const made = `${wanted.slice(0, NAME_CHARACTERS - tail.length)}${tail}`;
    if (!taken.has(made)) return made;
  }
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

export function draftOfSelection(selection: Selection, taken: ReadonlySet<string>): GoalDraft {
  const name = selectionName(selection);
  const called = pageOf(selection) ? name : capital(name.replaceAll("_", " "));
  const { label: _, ...event } = wireOf(selection);
  return { name: freeName(called, taken), event };
}

export function draftOfVisit(visit: Visit, taken: ReadonlySet<string>): GoalDraft {
  const words = visitWords(visitCondition(visit), new Map());
  return {
    name: freeName(capital(words), taken),
    filters: [visitCondition(visit)],
  };
}
