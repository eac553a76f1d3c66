// Groups of errors: rows of the answer, one of them in the address, the conditions that find it in
// any other question, and what is said of it. What one group is stands in docs/concepts/errors.md.
import type { Answer, Interval, PeopleQuestion, Question } from "@hitmetrix/wire";
import { dayTime, decimal, plural } from "../format.ts";
import { type Asking, conditionsOf, ownValue } from "../question.ts";
import { columnOf, numberAt, textAt } from "../rows.ts";
import { joinParts, splitParts, type Where } from "../where.ts";

/** What tells one group from the others; by message alone the place is missing. */
export interface ErrorKey {
  message: string;
  place: { source: string; line: string; column: string } | null;
}

export interface ErrorRow extends ErrorKey {
  /** In the address. */
  key: string;
  errors: number;
  sessions: number;
  persons: number;
  first_ms: number;
  last_ms: number;
  pages: number;
  page: string;
  pageShare: number;
  browsers: number;
  browser: string;
  browserShare: number;
  places: number;
  /** First seen in the period, where it could have been seen before. */
  isNew: boolean;
}

export type ErrorOrder = "sessions" | "errors" | "newest" | "latest";

export const ORDERS: Record<ErrorOrder, string> = {
  sessions: "Most sessions",
  errors: "Most errors",
  newest: "Newest",
  latest: "Seen last",
};

export function readOrder(asking: Asking): ErrorOrder {
  const value = ownValue(asking, "listed");
  return value === "errors" || value === "newest" || value === "latest" ? value : "sessions";
}

/** Whether the message alone makes a group. */
export function isByMessage(asking: Asking): boolean {
  return ownValue(asking, "alike") === "message";
}

export function keyText({ message, place }: ErrorKey): string {
  return joinParts([place ? [message, place.source, place.line, place.column] : [message]]);
}

/** Null where it is none. */
export function readKey(text: string): ErrorKey | null {
  const [[message, source, line, column, ...more] = []] = splitParts(text);
  if (text === "" || message === undefined || more.length > 0) return null;
  if (source === undefined) return { message, place: null };
  if (line === undefined || column === undefined) return null;
  return { message, place: { source, line, column } };
}

/** The errors of a group, in any other question. */
export function whereOf({ message, place }: ErrorKey): Where[] {
  const property = (name: string, operator: Where["operator"], value: string): Where => ({
    fact: { property: name, of: "event" },
    operator,
    values: [value],
  });
  const all: Where[] = [
    { fact: { dimension: "event" }, operator: "is", values: ["error"] },
    property("message", "alike", message),
  ];
  if (!place) return all;
  return [
    ...all,
    property("source", "alike", place.source),
    property("line", "is", place.line),
    property("column", "is", place.column),
  ];
}

/** The same question about the errors of one group, or about all errors. */
export function within(asking: Asking, key: ErrorKey | null): Asking {
  const where = key ? whereOf(key) : whereOf({ message: "", place: null }).slice(0, 1);
  return { ...asking, where: [...asking.where, ...where] };
}

export function listQuestion(asking: Asking, limit: number): Question {
  return {
    kind: "errors",
    period: asking.period,
    filters: conditionsOf(asking),
    bots: asking.bots,
    limit,
    errors: { by: isByMessage(asking) ? "message" : "place", order: readOrder(asking) },
  };
}

/** A site's first day, in which every error is seen for the first time. */
const FIRST_DAY_MS = 86_400_000;

/** Rows of the list; `began_ms` is when the site's first event was, null where that is not known. */
export function rowsOf(answer: Answer, began_ms: number | null): ErrorRow[] {
  const new_ms = Math.max(
    answer.period.from_ms,
    began_ms === null ? answer.period.from_ms : began_ms + FIRST_DAY_MS,
  );
  const at = (name: string): number => columnOf(answer, name);
  const [source, line, column] = ["source", "line", "column"].map(at) as [number, number, number];
  return answer.rows.map((row) => {
    const number = (name: string): number => numberAt(row, at(name)) ?? 0;
    const text = (place: number): string => textAt(row, place);
    const key: ErrorKey = {
      message: text(at("message")),
      place: source < 0 ? null : { source: text(source), line: text(line), column: text(column) },
    };
    const first_ms = number("first_seen");
    return {
      ...key,
      key: keyText(key),
      errors: number("errors"),
      sessions: number("sessions"),
      persons: number("persons"),
      first_ms,
      last_ms: number("last_seen"),
      pages: number("pages"),
      page: text(at("page")),
      pageShare: number("page_share"),
      browsers: number("browsers"),
      browser: text(at("browser")),
      browserShare: number("browser_share"),
      places: number("places"),
      isNew: first_ms >= new_ms,
    };
  });
}

/** Who stands behind a row of the list. */
export function peopleOf(asking: Asking, key: ErrorKey): PeopleQuestion {
  const question = listQuestion(asking, 1);
  question.errors = { by: key.place ? "place" : "message" };
  return { question, cell: { column: "sessions", row: { message: key.message, ...key.place } } };
}

const LINES_AT_ONCE = 26;

/** How many errors over time, a column for each of the first groups; their letters are labels. */
export function sparksQuestion(asking: Asking, rows: readonly ErrorKey[]): Question {
  return {
    kind: "trend",
    period: asking.period,
    filters: conditionsOf(asking),
    bots: asking.bots,
    trend: {
      series: rows.slice(0, LINES_AT_ONCE).map((key, place) => ({
        label: String(place),
        events: ["error"],
        filters: whereOf(key)
          .slice(1)
          .map(({ fact, operator, values }) => ({
            property: "property" in fact ? fact.property : "",
            operator,
            values,
          })),
      })),
    },
  };
}

/** Errors, sessions and persons with one, over time or as a whole. */
export function countsQuestion(asking: Asking, whole: boolean): Question {
  const question: Question = {
    kind: "trend",
    period: asking.period,
    compare: asking.compare,
    filters: conditionsOf(asking),
    bots: asking.bots,
    trend: {
      whole,
      series: [
        { label: "sessions", events: ["error"], aggregate: "sessions" },
        { label: "errors", events: ["error"], aggregate: "count" },
        { label: "persons", events: ["error"], aggregate: "persons" },
      ],
    },
  };
  if (!whole && asking.interval) question.interval = asking.interval;
  return question;
}

/** Who stands behind a point of the lines over time: of the period, or of the time before. */
export function peopleAt(
  asking: Asking,
  { column, time, interval }: { column: string; time: number; interval: Interval },
): PeopleQuestion {
  return {
    question: { ...countsQuestion(asking, false), interval },
    cell: { column, row: { time } },
  };
}

/** The text of an error as it is shown: a message may have been left out for what it repeats. */
export function messageWords(message: string): string {
  return message || "Message left out: it repeats what was typed";
}

/** Script and place, short: `shop.js 12:7`; empty where nothing is known. */
export function placeWords({ place }: ErrorKey): string {
  if (!place?.source) return "";
  const [line, column] = [place.line, place.column].map((each) => (each === "0" ? "" : each));
  const spot = [line, column].filter(Boolean).join(":");
  return [scriptName(place.source), spot].filter(Boolean).join(" ");
}

/** The last part of a script's address; a star stands for what changes from build to build. */
export function scriptName(source: string): string {
  return (source.replace(/\/$/, "").split("/").pop() || source).replaceAll("…", "*");
}

/** Where most of them happened: `Safari`, `Safari, 82 %`. */
export function mostly(value: string, share: number, others: number): string {
  const name = value || "unknown";
  return others === 1 ? name : `${name}, ${decimal(share * 100, share > 0.995 ? 1 : 0)}\u202f%`;
}

export interface ErrorsFinding {
  title: string;
  proof: string;
  /** The row that it speaks of. */
  row: ErrorRow | null;
}

const quoted = (row: ErrorRow): string =>
  row.message
    ? `“${row.message.length > 90 ? `${row.message.slice(0, 90)}…` : row.message}”`
    : "An error";

function where(row: ErrorRow): string {
  const browser =
    row.browserShare >= 0.9 && row.browser
      ? row.browsers === 1
        ? `only in ${row.browser}`
        : `nearly all in ${row.browser}`
      : "";
  const page =
    row.pageShare >= 0.9 && row.page ? `${row.pages === 1 ? "" : "mostly "}on ${row.page}` : "";
  return [browser, page].filter(Boolean).join(", ");
}

/** What the title says: the new error with the most sessions, else the largest. */
export function findingOf(
  rows: readonly ErrorRow[],
  { share, zone }: { share: number | null; zone: string },
): ErrorsFinding {
  const largest = (list: readonly ErrorRow[]): ErrorRow | null =>
    list.reduce<ErrorRow | null>(
      (best, row) => (best === null || row.sessions > best.sessions ? row : best),
      null,
    );
  const fresh = rows.filter((row) => row.isNew);
  const top = largest(rows);
  const row = largest(fresh) ?? top;
  if (!row || !top) return { title: "No JavaScript error in this period", proof: "", row: null };
  const of =
    share === null ? "" : `Errors reach ${decimal(share * 100, 1)}\u202f% of all sessions.`;
  const others =
    fresh.length > 1 ? ` ${plural(fresh.length - 1, "other is", "others are")} new.` : "";
  const sessions = plural(row.sessions, "session", "sessions");
  const spot = where(row);
  return row.isNew
    ? {
        title: `${quoted(row)} is new and reached ${sessions}`,
        proof:
          `First seen ${dayTime(row.first_ms, zone)}${spot ? `, ${spot}` : ""}.${others} ${of}`.trim(),
        row,
      }
    : {
        title: `${quoted(row)} reached ${sessions}`,
        proof:
          `Nothing is new. This one is there since ${dayTime(row.first_ms, zone)}${spot ? `, ${spot}` : ""}. ${of}`.trim(),
        row,
      };
}
