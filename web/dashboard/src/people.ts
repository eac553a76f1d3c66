// Rows of people as the sheet shows them: persons with their sessions of a cell, and what is known
// of each session once it was read.
import type { Answer, RecordingSummary, SessionDetail } from "@hitmetrix/wire";
import { numberAt, textAt } from "./rows.ts";

export interface SeenSession {
  session: string;
  at_ms: number;
}

export interface SeenPerson {
  person: string;
  sessions: SeenSession[];
}

/** In the order of the answer; a person stands where their latest session does. */
export function personsOf(answer: Answer): SeenPerson[] {
  const persons = new Map<string, SeenPerson>();
  for (const row of answer.rows) {
    const person = textAt(row, 0);
    const known = persons.get(person) ?? { person, sessions: [] };
    known.sessions.push({ session: textAt(row, 1), at_ms: numberAt(row, 2) ?? 0 });
    persons.set(person, known);
  }
  return [...persons.values()];
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
  return Math.max(0, Math.floor((at_ms - BEFORE_MS - start) / 1000));
}

/** A session behind a cell with the moment that counted. */
export interface Moment extends SeenSession {
  person: string;
  /** Where its recording opens, in seconds; null where there is none that plays. */
  second: number | null;
  /** Where in it the moment is, in milliseconds. */
  offset_ms: number;
}

/** Those that can be watched first, else in their order. */
export function momentsOf(
  rows: readonly (SeenSession & { person: string })[],
  recordings: readonly RecordingSummary[],
): Moment[] {
  const starts = new Map(
    recordings.filter((each) => each.playable).map((each) => [each.session, each.started_ms]),
  );
  const moments = rows.map((row): Moment => {
    const start = starts.get(row.session);
    const second =
      start === undefined ? null : Math.max(0, Math.floor((row.at_ms - BEFORE_MS - start) / 1000));
    return { ...row, second, offset_ms: Math.max(0, row.at_ms - (start ?? row.at_ms)) };
  });
  return [
    ...moments.filter(({ second }) => second !== null),
    ...moments.filter(({ second }) => second === null),
  ];
}
