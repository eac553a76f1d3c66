// Rows of people as the sheet shows them: persons with their sessions of a cell, and what is known
// of each session once it was read.
import type { Answer, RecordingSummary, SessionDetail } from "@hitmetrix/wire";
import { count, plural } from "./format.ts";
import { columnOf, numberAt, textAt } from "./rows.ts";
import { LISTED_MAX, type SessionRow, sessionRows } from "./sessions.ts";

export interface SeenSession {
  session: string;
  at_ms: number;
}

export interface SeenPerson {
  person: string;
  /** The site's own name of the user; empty when it gave none. */
  user: string;
  sessions: SeenSession[];
}

/** In the order of the answer; a person stands where their latest session does. */
export function personsOf(answer: Answer): SeenPerson[] {
  const persons = new Map<string, SeenPerson>();
  const user = columnOf(answer, "user");
  for (const row of answer.rows) {
    const person = textAt(row, 0);
    const known = persons.get(person) ?? { person, user: textAt(row, user), sessions: [] };
    known.sessions.push({ session: textAt(row, 1), at_ms: numberAt(row, 2) ?? 0 });
    persons.set(person, known);
  }
  return [...persons.values()];
}

/** Of so many sessions behind a number the persons' names are looked up, the latest first. */
export const NAMED = 1000;

/** The site's own names of persons, by their key; nobody is in it whom it gave none. */
export function namesOf(answer: Answer): Map<string, string> {
  const named = personsOf(answer).filter(({ user }) => user !== "");
  return new Map(named.map(({ person, user }) => [person, user]));
}

/** Of more than so many some are drawn by chance, and these are compared. */
const COMPARED_MAX = 1000;

/** What the few were chosen from: the recorded sessions behind a number; of many a sample. */
export function fewWords(recorded: number, sessions: number | null): string {
  const chosen = "those that the others are most like";
  const cut = sessions !== null && sessions > LISTED_MAX;
  const from = cut
    ? `${count(recorded)} recorded of the latest ${count(LISTED_MAX)} of ${count(sessions)} sessions`
    : `${plural(recorded, "recorded session", "recorded sessions")} behind the number`;
  if (recorded > COMPARED_MAX)
    return `A sample: ${count(COMPARED_MAX)} drawn by chance from ${from}; of these, ${chosen}`;
  return cut ? `A sample: of ${from}, ${chosen}` : `Of ${from}, ${chosen}`;
}

/** A session as its list says it: the way it took and what stood out. */
export function summaryOf(detail: SessionDetail) {
  const pages = detail.events
    .filter(({ name }) => name === "pageview")
    .map(({ page }) => page.path);
  const many = (name: string): number =>
    detail.events.filter((event) => event.name === name).length;
  return {
    entry: pages[0] ?? "",
    exit: pages.at(-1) ?? "",
    pageviews: pages.length,
    errors: many("error"),
    rage: many("rage_click"),
    bounced: false,
  };
}

const BEFORE_MS = 5000;

/** Where a recording opens: a little before what counted, in whole seconds. */
export function secondOf(detail: SessionDetail, at_ms: number): number | null {
  const start = detail.recording?.started_ms;
  if (start === undefined) return null;
  return secondAt(start, at_ms);
}

/** Where a recording that began then opens: a little before what counted, in whole seconds. */
const secondAt = (started_ms: number, at_ms: number): number =>
  Math.max(0, Math.floor((at_ms - BEFORE_MS - started_ms) / 1000));

/** A recording that stands for others behind a cell. */
export interface Standing {
  row: SessionRow;
  /** The moment that counted. */
  at_ms: number;
  /** Where its recording opens, in seconds; null where there is none that plays. */
  second: number | null;
}

/** The sessions behind a cell as they are listed: each with its moment in the last column. */
export function standingOf(
  answer: Answer,
  recordings: ReadonlyMap<string, RecordingSummary>,
): Standing[] {
  const at = columnOf(answer, "at");
  return sessionRows(answer, recordings).map((row, index) => {
    const at_ms = numberAt(answer.rows[index], at) ?? row.started_ms;
    const starts = row.watch === "yes" ? row.recorded_ms : null;
    return { row, at_ms, second: starts === null ? null : secondAt(starts, at_ms) };
  });
}

/** A session behind a cell with the moment that counted. */
export interface Moment extends SeenSession {
  person: string;
  /** The site's own name of the user; empty when it gave none. */
  user: string;
  /** Where its recording opens, in seconds; null where there is none that plays. */
  second: number | null;
  /** Where in it the moment is, in milliseconds. */
  offset_ms: number;
}

/** Those that can be watched first, else in their order. */
export function momentsOf(
  rows: readonly (SeenSession & Pick<Moment, "person" | "user">)[],
  recordings: readonly RecordingSummary[],
): Moment[] {
  const starts = new Map(
    recordings.filter((each) => each.playable).map((each) => [each.session, each.started_ms]),
  );
  const moments = rows.map((row): Moment => {
    const start = starts.get(row.session);
    const second = start === undefined ? null : secondAt(start, row.at_ms);
    return { ...row, second, offset_ms: Math.max(0, row.at_ms - (start ?? row.at_ms)) };
  });
  return [
    ...moments.filter(({ second }) => second !== null),
    ...moments.filter(({ second }) => second === null),
  ];
}
