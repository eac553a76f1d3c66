// What visitors really did in the period: events, pages and properties to pick from. Nobody types
// from memory what is known here.
import type { Answer, PropertyList } from "@hitmetrix/wire";
import { MEASUREMENTS } from "../happened.ts";
import { numberAt, textAt } from "../rows.ts";

export interface SeenValue {
  value: string;
  count: number;
}

export interface SeenProperty {
  name: string;
  rows: number;
  numeric: boolean;
}

export interface Seen {
  events: SeenValue[];
  pages: SeenValue[];
  properties: SeenProperty[];
  /** Of which only the most frequent are listed; further ones are found by what is typed. */
  cut: { pages: boolean; events: boolean };
  /** Something is still being looked for. */
  pending: boolean;
  /** What could not be looked up, in words; empty when all is there. */
  trouble: string;
}

export const NOTHING_SEEN: Seen = {
  events: [],
  pages: [],
  properties: [],
  cut: { pages: false, events: false },
  pending: true,
  trouble: "",
};

export function seenValues(answer: Answer): SeenValue[] {
  return answer.rows
    .map((row) => ({ value: textAt(row, 0), count: numberAt(row, 1) ?? 0 }))
    .filter(({ value }) => value !== "");
}

/** Events that somebody did; measurements that the tracker takes by itself come last. */
export function seenEvents(answer: Answer): SeenValue[] {
  const all = seenValues(answer);
  const measured = new Set<string>(MEASUREMENTS);
  return [
    ...all.filter(({ value }) => !measured.has(value)),
    ...all.filter(({ value }) => measured.has(value)),
  ];
}

/** What the tracker tells of its own events: places on pages and measurements. */
const OF_TRACKER = new Set(
  "path x y text href clicks form field metric rating engaged_ms scroll_percent message source line column".split(
    " ",
  ),
);

/** Those that the site gave its events; what the tracker takes by itself comes last. */
export function seenProperties(list: PropertyList): SeenProperty[] {
  const all = list.properties.map(({ name, rows, kinds }) => ({
    name,
    rows,
    numeric: kinds.includes("number"),
  }));
  return [
    ...all.filter(({ name }) => !OF_TRACKER.has(name)),
    ...all.filter(({ name }) => OF_TRACKER.has(name)),
  ];
}

export interface Folder {
  /** With the last slash. */
  prefix: string;
  pages: number;
  count: number;
}

const FOLDER_PAGES = 3;

/** First folders that hold several pages, as `/product/`, the most seen first. */
export function foldersOf(pages: readonly SeenValue[]): Folder[] {
  const folders = new Map<string, Folder>();
  for (const { value, count } of pages) {
    const prefix = /^\/[^/]+\//.exec(value)?.[0];
    if (!prefix) continue;
    const folder = folders.get(prefix) ?? { prefix, pages: 0, count: 0 };
    folders.set(prefix, { prefix, pages: folder.pages + 1, count: folder.count + count });
  }
  return [...folders.values()]
    .filter(({ pages: held }) => held >= FOLDER_PAGES)
    .sort((a, b) => b.count - a.count);
}

/** The folder that somebody is typing, when several seen pages begin like that. */
export function typedFolder(pages: readonly SeenValue[], typed: string): Folder | null {
  const prefix = typed.trim();
  if (!prefix.startsWith("/") || prefix.length < 2) return null;
  const held = pages.filter(({ value }) => value.startsWith(prefix));
  if (held.length < 2) return null;
  return { prefix, pages: held.length, count: held.reduce((sum, { count }) => sum + count, 0) };
}
