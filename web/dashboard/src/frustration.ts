// Signals of frustration: what they are called, how the address has them, which conditions find
// them, and why a session of a list is there. What each is stands in docs/concepts/frustration.md.
import type { Condition } from "@hitmetrix/wire";
import { plural } from "./format.ts";
import { readMarked } from "./marks.ts";
import type { Asking } from "./question.ts";
import { reasonOf, type Seen, type SessionRow } from "./sessions.ts";
import { valueName } from "./words.ts";

export type Signal =
  | "rage_click"
  | "error_click"
  | "error"
  | "dead_click"
  | "thrash"
  | "u_turn"
  | "slow_page";
/** `collected`: as somebody put them into the collection that is listed. */
export type SortBy =
  | "newest"
  | "worth_watching"
  | "longest"
  | "most_errors"
  | "representative"
  | "collected";
const ASKED = ["newest", "worth_watching", "longest", "most_errors", "representative"] as const;
/** Which sessions are listed: all, those with a recording, those whose recording is unseen. */
export type Only = "all" | "recorded" | "unseen";

interface Words {
  one: string;
  many: string;
  means: string;
  tone: "bad" | "rage" | "";
}

export const SIGNAL: Record<Signal, Words> = {
  rage_click: {
    one: "rage click",
    many: "rage clicks",
    means: "Three or more clicks in one place, each within a second",
    tone: "rage",
  },
  error_click: {
    one: "error click",
    many: "error clicks",
    means: "A click that an error follows within a second",
    tone: "bad",
  },
  error: { one: "error", many: "errors", means: "JavaScript errors nobody caught", tone: "bad" },
  dead_click: {
    one: "dead click",
    many: "dead clicks",
    means: "A click on what looks clickable, and nothing follows",
    tone: "rage",
  },
  thrash: {
    one: "shaken pointer",
    many: "shaken pointers",
    means: "The pointer went to and fro six times within 2 s; told by the recorder",
    tone: "rage",
  },
  u_turn: {
    one: "u-turn",
    many: "u-turns",
    means: "A page left within 10 s for the page before",
    tone: "",
  },
  slow_page: {
    one: "slow page",
    many: "slow pages",
    means: "Its largest part was painted after more than 4 s",
    tone: "",
  },
};

export const SIGNALS = Object.keys(SIGNAL) as Signal[];

/** Signals that are events of their own, and so can be held against a page. */
const EVENTS: readonly Signal[] = ["rage_click", "error", "dead_click", "thrash"];
const NUMBER = {
  error_click: "error_clicks",
  u_turn: "u_turns",
  slow_page: "slow_pages",
} as const;

function signalOf(name: string): Signal | undefined {
  return SIGNALS.find((each) => each === name);
}

export function readSignals(asking: Asking): Signal[] {
  return asking.own.flatMap(([name, value]) => (name === "signal" ? (signalOf(value) ?? []) : []));
}

export function withSignals(asking: Asking, signals: readonly Signal[]): Asking {
  const others = asking.own.filter(([name]) => name !== "signal");
  const chosen = SIGNALS.filter((each) => signals.includes(each));
  return { ...asking, own: [...others, ...chosen.map((each) => ["signal", each] as const)] };
}

export function readSort(asking: Asking): SortBy {
  const value = asking.own.find(([name]) => name === "sort")?.[1];
  return ASKED.find((each) => each === value) ?? usualSort(asking);
}

export function readOnly(asking: Asking): Only {
  const value = asking.own.find(([name]) => name === "only")?.[1];
  const known = value === "all" || value === "recorded" || value === "unseen";
  return known ? value : usualOnly(asking);
}

export function withOnly(asking: Asking, only: Only): Asking {
  const others = asking.own.filter(([name]) => name !== "only");
  return { ...asking, own: only === usualOnly(asking) ? others : [...others, ["only", only]] };
}

/** Few that stand for all are there to be watched. */
function usualOnly(asking: Asking): Only {
  return readSort(asking) === "representative" ? "recorded" : "all";
}

export function withSort(asking: Asking, sort: SortBy): Asking {
  const others = asking.own.filter(([name]) => name !== "sort");
  const next = {
    ...asking,
    own: sort === usualSort(asking) ? others : [...others, ["sort", sort] as const],
  };
  // What was chosen before may be usual now.
  return asking.own.some(([name]) => name === "only") ? withOnly(next, readOnly(asking)) : next;
}

/** A collection has an order of its own. */
function usualSort(asking: Pick<Asking, "own">): SortBy {
  return readMarked(asking).collection ? "collected" : "newest";
}

/** At least one of these signals; none when none is chosen. */
export function signalCondition(signals: readonly Signal[]): Condition | null {
  const events = signals.filter((each) => EVENTS.includes(each));
  const any: Condition[] = [];
  if (events.length > 0) any.push({ dimension: "event", operator: "is", values: events });
  for (const signal of signals) {
    if (signal === "error_click" || signal === "u_turn" || signal === "slow_page")
      any.push({ session: NUMBER[signal], operator: "greater", values: ["0"] });
  }
  const [only] = any;
  if (only === undefined) return null;
  return any.length === 1 ? only : { any };
}

export interface Why {
  text: string;
  tone: "bad" | "rage" | "";
  /** The other signals. */
  also: string;
  /** What else it was looked for by; empty when the text says it. */
  found: string;
  at_ms: number | null;
}

/** Why a session is in the list: what it was looked for by, else its strongest signal, else its way. */
export function whyOf(row: SessionRow): Why {
  const matched = signalOf(row.matched.name);
  const shown = matched ? row.matched : row.signal;
  const signal = matched ?? signalOf(row.signal.name);
  if (!signal) {
    return { ...reasonOf(row), also: "", found: foundWords(row.matched), at_ms: row.matched.at_ms };
  }
  const also = SIGNALS.filter((each) => each !== signal && row.signals[each] > 0);
  return {
    text: matched ? matchWords(matched, shown) : signalWords(signal, shown),
    tone: SIGNAL[signal].tone,
    also: also.map((each) => said(each, row.signals[each])).join(", "),
    found: matched ? "" : foundWords(row.matched),
    at_ms: shown.at_ms,
  };
}

function said(signal: Signal, count: number): string {
  return plural(count, SIGNAL[signal].one, SIGNAL[signal].many);
}

/** The events of a filter that is not about signals. */
function foundWords({ name, count, page }: Seen): string {
  if (!name) return "";
  const first = [valueName("event", name), page ? `on ${page}` : ""].filter(Boolean).join(" ");
  return count > 1 ? `${first}, ${count - 1} more` : first;
}

/** What matched may be of several kinds and pages. */
function matchWords(signal: Signal, { count, page, alike }: Seen): string {
  const where = page ? ` on ${page}` : "";
  if (alike) return `${said(signal, count)}${where}`;
  return `${said(signal, 1)}${where}, ${count - 1} more`;
}

function signalWords(signal: Signal, { count, page, alike }: Seen): string {
  if (!page) return said(signal, count);
  return `${said(signal, count)}${alike ? " on" : ", first on"} ${page}`;
}

const BEFORE_MS = 5000;

/** The part of the address that opens the recording there; empty where there is none. */
export function hashOf(row: SessionRow): string {
  const { at_ms } = whyOf(row);
  if (row.watch !== "yes" || row.recorded_ms === null || at_ms === null) return "";
  return `#t=${Math.max(0, Math.floor((at_ms - BEFORE_MS - row.recorded_ms) / 1000))}`;
}
