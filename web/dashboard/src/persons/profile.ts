// One person: what they did, session by session, and what is said of them in words.
import type {
  Answer,
  FactChange,
  PersonEvent,
  PersonListQuestion,
  PersonProfile,
  Question,
  RecordingRow,
} from "@hitmetrix/wire";
import { plural } from "../format.ts";
import { happened, isMeasurement } from "../happened.ts";
import { columnOf, numberAt, textAt } from "../rows.ts";
import { personName } from "./list.ts";

/** What of the timeline is shown. */
export type Shown = "all" | "errors" | "own" | "who";

export const SHOWN: readonly { id: Shown; name: string }[] = [
  { id: "all", name: "Everything" },
  { id: "errors", name: "Errors" },
  { id: "own", name: "The site’s events" },
  { id: "who", name: "Who they are" },
];

const WHO = ["identify", "alias", "group"];

export function isShown(event: Pick<PersonEvent, "name">, shown: Shown): boolean {
  if (shown === "errors") return event.name === "error";
  if (shown === "who") return WHO.includes(event.name);
  if (shown === "own") return happened(event as PersonEvent).mark === "own";
  return !isMeasurement(event.name);
}

/** A page of events after those that are there; what came before is not told again. */
export function withPage(
  events: readonly PersonEvent[],
  page: readonly PersonEvent[],
): readonly PersonEvent[] {
  const placeOf = (event: PersonEvent): string =>
    `${event.time_ms} ${event.window} ${event.sequence}`;
  const known = new Set(events.map(placeOf));
  return [...events, ...page.filter((event) => !known.has(placeOf(event)))];
}

export interface Visit {
  session: string;
  started_ms: number;
  ended_ms: number;
  device: string;
  pages: number;
  errors: number;
  /** In the order of their times. */
  events: PersonEvent[];
}

/** The sessions of events that come newest first, the newest session first. */
export function visitsOf(events: readonly PersonEvent[]): Visit[] {
  const visits = new Map<string, Visit>();
  for (const event of events.toReversed()) {
    const known = visits.get(event.session);
    const visit = known ?? {
      session: event.session,
      started_ms: event.time_ms,
      ended_ms: event.time_ms,
      device: event.device,
      pages: 0,
      errors: 0,
      events: [],
    };
    if (!known) visits.set(event.session, visit);
    visit.ended_ms = event.time_ms;
    visit.pages += event.name === "pageview" ? 1 : 0;
    visit.errors += event.name === "error" ? 1 : 0;
    visit.events.push(event);
  }
  return [...visits.values()].sort((a, b) => b.started_ms - a.started_ms);
}

const BEFORE_MS = 5000;

/** Sessions along the whole time in which somebody is known: a share each, oldest first. */
export function lifeOf(visits: readonly Visit[]): { at: number; visit: Visit }[] {
  const sorted = visits.toReversed();
  const from = sorted[0]?.started_ms ?? 0;
  const span = Math.max(1, (sorted.at(-1)?.started_ms ?? 0) - from);
  return sorted.map((visit) => ({ at: (visit.started_ms - from) / span, visit }));
}

/** Where the recording of a session opens for a moment: a little before it. */
export function hashAt(recording: RecordingRow | undefined, time_ms: number): string {
  if (!recording?.playable) return "";
  const second = Math.floor((time_ms - BEFORE_MS - recording.started_ms) / 1000);
  return `#t=${Math.max(0, second)}`;
}

const HOUR_MS = 3_600_000;

/** Whether a name in an address is a key or the id of a visitor, as both are written. */
export function isKey(name: string): boolean {
  return /^[0-9a-f]{32}$/.test(name);
}

/**
 * Asks for the sums of one person over all time. It ends with a full hour, which the server then has
 * answered before when somebody looks again.
 */
export function sumsQuestion(key: string, now_ms: number): PersonListQuestion {
  const to_ms = Math.ceil(now_ms / HOUR_MS + 1) * HOUR_MS;
  const question: Question = {
    kind: "sessions",
    period: { from_ms: 0, to_ms },
    bots: "include",
    limit: 1,
  };
  return { question, list: { search: key } };
}

export interface Sums {
  first_ms: number | null;
  last_ms: number | null;
  sessions: number;
  events: number;
  pages: number;
  errors: number;
  engaged_ms: number;
}

/** The only row of a list that looked for one person. */
export function sumsOf(answer: Answer): Sums | null {
  const row = answer.rows[0];
  if (!row) return null;
  const at = (name: string): number | null => numberAt(row, columnOf(answer, name));
  return {
    first_ms: at("first_seen"),
    last_ms: at("last_seen"),
    sessions: at("sessions") ?? 0,
    events: at("events") ?? 0,
    pages: at("pageviews") ?? 0,
    errors: at("errors") ?? 0,
    engaged_ms: at("engaged_time") ?? 0,
  };
}

/** A fact of the only row, as text. */
export function factOf(answer: Answer, name: string): string {
  return textAt(answer.rows[0], columnOf(answer, name));
}

/** A person as somebody would point at them: by a name that was told, else by the user. */
export function titleOf(profile: PersonProfile): string {
  const told = (name: string): string => {
    const fact = profile.properties.find((each) => each.of === "person" && each.name === name);
    return typeof fact?.value === "string" ? fact.value : "";
  };
  return (
    told("traits.name") || profile.user || told("traits.email") || personName("", profile.person)
  );
}

/** What the title is held up by. */
export function proofOf(sums: Sums | null, recordings: number): string {
  if (!sums) return "";
  const parts = [
    plural(sums.sessions, "session", "sessions"),
    plural(sums.pages, "page", "pages"),
    ...(sums.errors > 0 ? [plural(sums.errors, "error", "errors")] : []),
    recordings > 0 ? plural(recordings, "recording", "recordings") : "no recording",
  ];
  return `${parts.join(", ")}.`;
}

export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(valueText).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const SENDER: Record<string, string> = {
  browser: "a page",
  server: "a server",
  import: "an import",
};

/** Who said that something changed. */
export function saidBy(change: Pick<FactChange, "origin" | "event" | "unverified">): string {
  const by = SENDER[change.origin] ?? change.origin;
  const vouched = change.unverified ? ", nobody vouched for it" : "";
  return `${change.event} from ${by}${vouched}`;
}
