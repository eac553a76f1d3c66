// The rows of a heatmap's zones as the table and the picture show them.
import type { Answer } from "@hitmetrix/wire";
import { columnOf, numberAt, textAt } from "../rows.ts";
import type { Kind } from "./heat.ts";
import { lettersOf } from "./said.ts";
import type { Clicked } from "./stands.ts";

export const ALL = "(all)";
export const OTHER = "(other)";

export interface Zone {
  /** Its path. */
  zone: string;
  /** The words that were clicked in it. */
  text: string;
  /** The same, where they tell it from others with its path. */
  said: string;
  clicks: number;
  rage: number;
  dead: number;
  sessions: number;
  /** Of the clicks on the page, 0 to 1. */
  clickShare: number;
  /** Of the sessions on the page, 0 to 1. */
  sessionShare: number;
  firstMs: number | null;
}

export interface Zones {
  all: Zone;
  /** As the answer has them; the others are the last. */
  zones: Zone[];
  pageSessions: number;
  /** Zones, those without a row among them. */
  total: number;
}

/** Reads an answer, in which zones are told by their words too or are not. */
export function zonesOf(answer: Answer, isWorded: boolean): Zones {
  const column = (name: string): number => columnOf(answer, name);
  const columns = {
    zone: column("zone"),
    text: column("text"),
    clicks: column("clicks"),
    rage: column("rage_clicks"),
    dead: column("dead_clicks"),
    sessions: column("sessions"),
    clickShare: column("click_share"),
    sessionShare: column("session_share"),
    firstMs: column("first_click"),
  };
  const rows = answer.rows.map((row): Zone => {
    const number = (at: number): number => numberAt(row, at) ?? 0;
    return {
      zone: textAt(row, columns.zone),
      text: textAt(row, columns.text),
      said: isWorded ? textAt(row, columns.text) : "",
      clicks: number(columns.clicks),
      rage: number(columns.rage),
      dead: number(columns.dead),
      sessions: number(columns.sessions),
      clickShare: number(columns.clickShare),
      sessionShare: number(columns.sessionShare),
      firstMs: numberAt(row, columns.firstMs),
    };
  });
  const all = rows[0] ?? nothing(ALL);
  return {
    all,
    zones: rows.slice(1),
    pageSessions: numberAt(answer.rows[0], column("page_sessions")) ?? 0,
    total: Math.max(0, answer.rows_total - 1),
  };
}

export function nothing(zone: string): Zone {
  const counts = { clicks: 0, rage: 0, dead: 0, sessions: 0, clickShare: 0, sessionShare: 0 };
  return { zone, text: "", said: "", ...counts, firstMs: null };
}

/** What one element is told from another by. */
export function keyOf({ zone, said }: { zone: string; said: string }): string {
  return said === "" ? zone : `${zone}\n${said}`;
}

/**
 * Finds a zone among those of another answer: the same words, or such as differ in no letter where
 * that is one zone only.
 */
export function besideOf(zones: readonly Zone[]): (zone: Zone) => Zone | null {
  const known = new Map(zones.map((zone) => [keyOf(zone), zone]));
  return (zone) => {
    const same = known.get(keyOf(zone));
    if (same) return same;
    const letters = lettersOf(zone.said);
    if (!letters) return null;
    const alike = zones.filter(
      (each) => each.zone === zone.zone && lettersOf(each.said) === letters,
    );
    return alike.length === 1 ? (alike[0] ?? null) : null;
  };
}

/** What a kind of heatmap counts of a zone; clicks where it counts none. */
export function countOf(zone: Zone, kind: Kind): number {
  return timesOf(zone, kind);
}

/** The count of a kind; clicks where it has none. */
export function timesOf(
  { clicks, rage, dead }: { clicks: number; rage: number; dead: number },
  kind: Kind,
): number {
  return kind === "rage" ? rage : kind === "dead" ? dead : clicks;
}

/** The column of a kind in answers. */
export function columnOfKind(kind: Kind): string {
  return kind === "rage" ? "rage_clicks" : kind === "dead" ? "dead_clicks" : "clicks";
}

/** Those that the kind counts something of, the largest first, the others last. */
export function rankedBy(zones: readonly Zone[], kind: Kind): Zone[] {
  return zones
    .filter((zone) => countOf(zone, kind) > 0)
    .sort(
      (left, right) =>
        Number(left.zone === OTHER) - Number(right.zone === OTHER) ||
        countOf(right, kind) - countOf(left, kind),
    );
}

/** The share of a zone's clicks that do nothing. */
export function deadShare(zone: Zone): number | null {
  return zone.clicks > 0 ? Math.min(1, zone.dead / zone.clicks) : zone.dead > 0 ? 1 : null;
}

/** Clicks in one place of an element. */
export interface Point {
  element: string;
  zone: string;
  /** Its words, where they tell it from others with its path. */
  said: string;
  /** Shares of the element's width and height; null where the click told none. */
  x: number | null;
  y: number | null;
  counts: { clicks: number; rage: number; dead: number };
}

export function pointsOf(answer: Answer): Point[] {
  const column = (name: string): number => columnOf(answer, name);
  const [element, zone, x, y] = [column("element"), column("zone"), column("x"), column("y")];
  const said = column("text");
  const [clicks, rage, dead] = [column("clicks"), column("rage_clicks"), column("dead_clicks")];
  return answer.rows.map((row) => ({
    element: textAt(row, element),
    zone: textAt(row, zone),
    said: textAt(row, said),
    x: numberAt(row, x),
    y: numberAt(row, y),
    counts: {
      clicks: numberAt(row, clicks) ?? 0,
      rage: numberAt(row, rage) ?? 0,
      dead: numberAt(row, dead) ?? 0,
    },
  }));
}

/** How often each element was clicked, wherever on it and in whichever way. */
export function clickedOf(points: readonly Point[]): Clicked[] {
  const all = new Map<string, Clicked>();
  for (const { element, said, counts } of points) {
    const key = keyOf({ zone: element, said });
    const known = all.get(key) ?? { element, said, times: 0 };
    known.times += counts.clicks + counts.rage + counts.dead;
    all.set(key, known);
  }
  return [...all.values()];
}

/** By percent of the page, from 0 to 100, the share of sessions that saw so much; null of none. */
export interface Reach {
  shares: number[];
  sessions: number;
}

export function reachOf(answer: Answer): Reach | null {
  const share = columnOf(answer, "share");
  const sessions = numberAt(answer.rows[0], columnOf(answer, "sessions")) ?? 0;
  if (sessions === 0) return null;
  return { shares: answer.rows.map((row) => numberAt(row, share) ?? 0), sessions };
}

/** The share that saw the page down to a place; between percents the nearer one below. */
export function reachAt(reach: Reach, percent: number): number {
  return reach.shares[Math.min(100, Math.max(0, Math.ceil(percent)))] ?? 0;
}
