// Address ↔ question. The search part of the address is the only place where period, comparison,
// filters, chosen measure and interval live: copy it and the other person sees the same. What has
// its usual value is left out, so that an ordinary address stays short.
//
//   ?last=90d&metric=bounce_rate&channel=Paid+social&country.not=DE&page.has=/product&compare=none
//
// What only one screen asks (Explore: kind, steps, …; Sessions: signal, sort; Heatmaps: at, heat, …;
// a board: what its panels keep) is carried along untouched, so that changing the period keeps it;
// that screen's own files read and write it.
import type {
  Bots,
  Compare,
  Condition,
  Dimension,
  Interval,
  Measure,
  Period,
  Question,
  QuestionKind,
} from "@hitmetrix/wire";
import { amongCondition } from "./among.ts";
import { DIMENSIONS } from "./dimensions.ts";
import { isoDay } from "./format.ts";
import { conditionOf, readWhere, type Where, whereText } from "./where.ts";

/** The comparisons that the address and the filter editor know; questions have more. */
export type Operator = "is" | "is_not" | "contains" | "does_not_contain";

/** A filter as the address has it. */
export interface Filter {
  dimension: Dimension;
  operator: Operator;
  values: string[];
}

export interface Asking {
  period: Period;
  compare: Compare;
  filters: Filter[];
  bots: Bots;
  /** Further conditions, on properties or with other comparisons. */
  where: Where[];
  /** A saved segment or goal that must hold too, as `among.ts` writes it. */
  segment: string | null;
  measure: Measure;
  interval: Interval | null;
  /** What only the screen itself understands, in its order. */
  own: readonly (readonly [string, string])[];
}

/** Names of what only Explore understands; none is that of a dimension. */
const OF_EXPLORE = [
  "kind",
  "series",
  "formula",
  "split",
  "shape",
  "step",
  "without",
  "order",
  "within",
  "of",
  "credit",
  "start",
  "return",
  "mode",
  "on",
  "anchor",
  "depth",
  "group",
  "hide",
  "once",
  "view",
  "active",
  "fact",
  "classes",
  "goal",
  "cases",
  "who",
  "insight",
];

/** Of lists of persons, and of accounts, which are the same lists. */
const OF_PEOPLE = ["find", "columns", "rank", "after", "worth"];

/** By screen the names of what only it understands; no name is that of two others. */
const OF_SCREEN: Partial<Record<string, readonly string[]>> = {
  overview: ["conversion"],
  explore: OF_EXPLORE,
  sessions: ["signal", "sort", "only", "tag", "collection", "notes", "person"],
  heatmaps: ["at", "heat", "class", "zones", "done", "missed", "aim", "against", "zone", "said"],
  boards: ["keep", "panel"],
  errors: ["error", "alike", "listed"],
  speed: ["vital", "across", "since"],
  forms: ["form"],
  goals: ["reach"],
  funnels: ["funnel"],
  feedback: ["survey"],
  people: OF_PEOPLE,
  accounts: OF_PEOPLE,
};

const OWN: ReadonlySet<string> = new Set(Object.values(OF_SCREEN).flatMap((names) => names ?? []));

/** What a screen itself understands of what only one screen asks. */
export function ownOf(screen: string, own: Asking["own"]): Asking["own"] {
  const names = OF_SCREEN[screen] ?? [];
  return own.filter(([name]) => names.includes(name));
}

/** The value of a name that only one screen understands; empty when there is none. */
export function ownValue(asking: Pick<Asking, "own">, name: string): string {
  return asking.own.find(([known]) => known === name)?.[1] ?? "";
}

/** The same with another value; without it when that is empty. */
export function withOwn(asking: Asking, name: string, value: string): Asking {
  const others = asking.own.filter(([known]) => known !== name);
  return { ...asking, own: value ? [...others, [name, value]] : others };
}

type Kept = "period" | "compare";

/** Whether each panel of a board keeps its own of this. */
export function keeps(asking: Asking, what: Kept): boolean {
  return asking.own.some(([name, value]) => name === "keep" && value === what);
}

/** The same, but each panel keeps its own of this, or does not. */
export function withKept(asking: Asking, what: Kept, kept: boolean): Asking {
  const rest = asking.own.filter(([name, value]) => name !== "keep" || value !== what);
  return { ...asking, own: kept ? [...rest, ["keep", what]] : rest };
}

export const MEASURES: readonly Measure[] = [
  "persons",
  "sessions",
  "pageviews",
  "bounce_rate",
  "engaged_time",
  "visitors",
  "events",
  "pages_per_session",
];

const INTERVALS: readonly Interval[] = ["minute", "hour", "day", "week", "month"];
const SUFFIX: Record<Operator, string> = {
  is: "",
  is_not: ".not",
  contains: ".has",
  does_not_contain: ".hasnot",
};
const OPERATORS = Object.keys(SUFFIX) as Operator[];
const LAST = /^[1-9]\d{0,4}(m|h|d|w|mo|y)$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export const USUAL: Asking = {
  period: { last: "30d" },
  compare: "previous",
  filters: [],
  where: [],
  bots: "exclude",
  segment: null,
  measure: "sessions",
  interval: null,
  own: [],
};

function oneOf<T extends string>(list: readonly T[], text: string | null): T | null {
  return list.find((each) => each === text) ?? null;
}

function readPeriod(search: URLSearchParams): Period {
  const last = search.get("last");
  if (last && LAST.test(last)) return { last };
  const from = search.get("from");
  const to = search.get("to");
  if (from && to && DAY.test(from) && DAY.test(to))
    return from <= to ? { from, to } : { from: to, to: from };
  const fromMs = Number(search.get("from_ms"));
  const toMs = Number(search.get("to_ms"));
  if (Number.isInteger(fromMs) && Number.isInteger(toMs) && toMs > fromMs && fromMs > 0)
    return { from_ms: fromMs, to_ms: toMs };
  return USUAL.period;
}

export function readAsking(search: URLSearchParams): Asking {
  const filters: Filter[] = [];
  for (const dimension of DIMENSIONS) {
    for (const operator of OPERATORS) {
      const values = search.getAll(dimension + SUFFIX[operator]);
      if (values.length > 0) filters.push({ dimension, operator, values });
    }
  }
  return {
    period: readPeriod(search),
    compare: oneOf(["none", "year"] as const, search.get("compare")) ?? "previous",
    filters,
    where: search.getAll("where").flatMap((text) => readWhere(text) ?? []),
    bots: oneOf(["include", "only"] as const, search.get("bots")) ?? "exclude",
    segment: search.get("segment") || null,
    measure: oneOf(MEASURES, search.get("metric")) ?? USUAL.measure,
    interval: oneOf(INTERVALS, search.get("by")),
    own: [...search].filter(([name]) => OWN.has(name)),
  };
}

export function writeAsking(asking: Asking): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of asking.own) search.append(name, value);
  const period = asking.period;
  if ("last" in period) {
    if (!("last" in USUAL.period) || period.last !== USUAL.period.last)
      search.set("last", period.last);
  } else if ("from" in period) {
    search.set("from", period.from);
    search.set("to", period.to);
  } else {
    search.set("from_ms", String(period.from_ms));
    search.set("to_ms", String(period.to_ms));
  }
  if (asking.compare !== "previous") search.set("compare", asking.compare);
  if (asking.bots !== "exclude") search.set("bots", asking.bots);
  if (asking.measure !== USUAL.measure) search.set("metric", asking.measure);
  if (asking.interval) search.set("by", asking.interval);
  if (asking.segment) search.set("segment", asking.segment);
  for (const filter of asking.filters) {
    for (const value of filter.values)
      search.append(filter.dimension + SUFFIX[filter.operator], value);
  }
  for (const where of asking.where) search.append("where", whereText(where));
  return search;
}

/** The search part of an address with its question mark; empty for the usual question. */
export function searchOf(asking: Asking): string {
  const text = writeAsking(asking)
    .toString()
    .replaceAll("%2F", "/")
    .replaceAll("%3A", ":")
    .replaceAll("%21", "!")
    .replaceAll("%7E", "~");
  return text ? `?${text}` : "";
}

export function hasValue(asking: Asking, dimension: Dimension, value: string): boolean {
  return asking.filters.some(
    (filter) =>
      filter.dimension === dimension && filter.operator === "is" && filter.values.includes(value),
  );
}

/** Adds one value of a dimension, or takes it away again. */
export function toggled(asking: Asking, dimension: Dimension, value: string): Asking {
  const found = asking.filters.find(
    (filter) => filter.dimension === dimension && filter.operator === "is",
  );
  const others = asking.filters.filter((filter) => filter !== found);
  const values = found?.values ?? [];
  const next = values.includes(value)
    ? values.filter((each) => each !== value)
    : [...values, value];
  return {
    ...asking,
    filters: next.length > 0 ? [...others, { dimension, operator: "is", values: next }] : others,
  };
}

/** Narrows to one value: what a number in a row leads to. */
export function narrowed(asking: Asking, dimension: Dimension, value: string): Asking {
  return hasValue(asking, dimension, value)
    ? asking
    : toggled(without(asking, dimension, "is"), dimension, value);
}

export function without(asking: Asking, dimension: Dimension, operator: Operator): Asking {
  return {
    ...asking,
    filters: asking.filters.filter(
      (filter) => filter.dimension !== dimension || filter.operator !== operator,
    ),
  };
}

export function withFilter(asking: Asking, added: Filter): Asking {
  const found = asking.filters.find(
    (filter) => filter.dimension === added.dimension && filter.operator === added.operator,
  );
  if (!found) return { ...asking, filters: [...asking.filters, added] };
  const values = [
    ...found.values,
    ...added.values.filter((value) => !found.values.includes(value)),
  ];
  return {
    ...asking,
    filters: asking.filters.map((filter) => (filter === found ? { ...found, values } : filter)),
  };
}

export interface Wanted {
  kind: QuestionKind;
  measures?: Measure[];
  dimension?: Dimension;
  limit?: number;
  compare?: Compare;
  interval?: Interval;
}

/** Everything that must hold for what is counted: filters, further conditions, the segment. */
export function conditionsOf(asking: Pick<Asking, "filters" | "where" | "segment">): Condition[] {
  const all: Condition[] = [...asking.filters, ...asking.where.map(conditionOf)];
  return asking.segment ? [...all, amongCondition(asking.segment)] : all;
}

/** The question that goes to the server: what the address says, plus what the panel wants. */
export function questionOf(asking: Asking, wanted: Wanted): Question {
  const question: Question = {
    kind: wanted.kind,
    period: asking.period,
    compare: wanted.compare ?? asking.compare,
    filters: conditionsOf(asking),
    bots: asking.bots,
  };
  if (wanted.measures) question.measures = wanted.measures;
  if (wanted.dimension) question.dimension = wanted.dimension;
  if (wanted.limit) question.limit = wanted.limit;
  if (wanted.interval) question.interval = wanted.interval;
  return question;
}

export interface Preset {
  name: string;
  period: Period;
}

/** The periods of the menu; yesterday depends on the site's calendar. */
export function presets(now: number, zone: string): Preset[] {
  const today = isoDay(now, zone);
  const yesterday = dayBefore(today);
  return [
    { name: "Last 60 minutes", period: { last: "60m" } },
    { name: "Last 24 hours", period: { last: "24h" } },
    { name: "Today", period: { last: "1d" } },
    { name: "Yesterday", period: { from: yesterday, to: yesterday } },
    { name: "Last 7 days", period: { last: "7d" } },
    { name: "Last 30 days", period: { last: "30d" } },
    { name: "Last 90 days", period: { last: "90d" } },
    { name: "Last 12 months", period: { last: "12mo" } },
  ];
}

/** The calendar day before one. */
export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

const SPANS: Record<string, [string, string]> = {
  m: ["minute", "minutes"],
  h: ["hour", "hours"],
  d: ["day", "days"],
  w: ["week", "weeks"],
  mo: ["month", "months"],
  y: ["year", "years"],
};

/** `Last 30 days`, `Today`, `Yesterday`; empty where only the dates say it. */
export function periodName(period: Period, now: number, zone: string): string {
  if ("last" in period) {
    if (period.last === "1d") return "Today";
    const [, number = "", unit = ""] = /^(\d+)([a-z]+)$/.exec(period.last) ?? [];
    const words = SPANS[unit];
    return words ? `Last ${number === "1" ? words[0] : `${number} ${words[1]}`}` : period.last;
  }
  if ("from" in period) {
    if (period.from === period.to && period.from === dayBefore(isoDay(now, zone)))
      return "Yesterday";
    return "";
  }
  return "";
}

/** `previous 30 days`, `the day before`, … */
export function previousName(period: Period, compare: Compare = "previous"): string {
  if (compare === "year") return "year before";
  if ("last" in period) {
    if (period.last === "1d") return "yesterday";
    return periodName(period, 0, "UTC").replace(/^Last/, "previous");
  }
  if ("from" in period) {
    const days = Math.round((Date.parse(period.to) - Date.parse(period.from)) / 86_400_000) + 1;
    return days === 1 ? "day before" : `previous ${days} days`;
  }
  return "span before";
}

/** Label of the line that is only for comparison. */
export function earlierLabel(compare: Compare): string {
  return compare === "year" ? "a year before" : "previous";
}

/** Intervals that make sense for a period of this length. */
export function intervalsFor(spanMs: number): Interval[] {
  const hours = spanMs / 3_600_000;
  if (hours <= 6) return ["minute", "hour"];
  if (hours <= 49) return ["hour", "day"];
  if (hours <= 24 * 15) return ["hour", "day", "week"];
  if (hours <= 24 * 120) return ["day", "week", "month"];
  return ["day", "week", "month"];
}
