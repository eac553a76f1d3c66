// What a recording lacks as far as the events of its session tell: a page load of which nothing
// came, and the end of one in which the visitor went on. Holes between chunks the player knows.
import type { ChunkRow } from "@hitmetrix/wire";
import { duration, joined, plural } from "./format.ts";
import { ACTS } from "./tabs.ts";
import type { TimelineSpan } from "./timeline.ts";
import type { Watched } from "./watched.ts";

export interface Absent {
  /** Nothing of a page load, or nothing after a moment of it. */
  what: "page" | "end";
  window: string;
  path: string;
  /** Epoch milliseconds, as all there is outside of the recording. */
  from_ms: number;
  to_ms: number;
}

/** Events and chunks are sent at different moments, each corrected by itself. */
const SLACK_MS = 3000;
/** While a session happens, what is so young may be on its way yet. */
const ON_ITS_WAY_MS = 15_000;

type Row = Pick<ChunkRow, "window" | "first_ms" | "last_ms">;

/** By their beginning; none where nothing is recorded at all. */
export function absentIn(
  { events }: Pick<Watched, "events">,
  chunks: readonly Row[],
  live = false,
): Absent[] {
  if (chunks.length === 0) return [];
  const recorded = new Map<string, number>();
  for (const { window, last_ms } of chunks)
    recorded.set(window, Math.max(last_ms, recorded.get(window) ?? last_ms));
  const sent = events.filter(({ origin }) => origin === "browser");
  const newest_ms = Math.max(
    ...chunks.map(({ last_ms }) => last_ms),
    ...sent.map(({ time_ms }) => time_ms),
  );
  const found: Absent[] = [];
  for (const window of new Set(sent.map((event) => event.window))) {
    const own = sent.filter((event) => event.window === window);
    const last_ms = recorded.get(window);
    const one = last_ms === undefined ? page(own, sent, chunks) : end(own, last_ms);
    if (one && !(live && one.from_ms > newest_ms - ON_ITS_WAY_MS)) found.push(one);
  }
  return found.sort((a, b) => a.from_ms - b.from_ms);
}

type Events = Watched["events"];

/** From the first that is known of a page load to the last, at least to the page after it. */
function page(own: Events, all: Events, chunks: readonly Row[]): Absent | null {
  const view = own.find(({ name }) => name === "pageview");
  if (!view) return null;
  const { window, time_ms: from_ms } = view;
  const last_ms = Math.max(...own.map(({ time_ms }) => time_ms));
  const later = [
    ...all.filter(({ name, window: its }) => name === "pageview" && its !== window),
    ...chunks.map(({ first_ms }) => ({ time_ms: first_ms })),
  ].filter(({ time_ms }) => time_ms > from_ms);
  const next_ms = Math.min(...later.map(({ time_ms }) => time_ms));
  const to_ms = last_ms > from_ms || next_ms === Number.POSITIVE_INFINITY ? last_ms : next_ms;
  return { what: "page", window, path: view.page.path, from_ms, to_ms };
}

/** From the last that is recorded of a page load on, where the visitor did something after it. */
function end(own: Events, from_ms: number): Absent | null {
  const late = own.filter(({ name, time_ms }) => time_ms > from_ms + SLACK_MS && ACTS.has(name));
  const [first] = late;
  if (!first) return null;
  const to_ms = Math.max(...own.map(({ time_ms }) => time_ms));
  return { what: "end", window: first.window, path: first.page.path, from_ms, to_ms };
}

/** What lasts at a moment, or at any of a stretch. */
export function absentAt(
  absent: readonly Absent[],
  from_ms: number,
  to_ms = from_ms,
): Absent | undefined {
  return absent.find((one) => one.from_ms <= to_ms && from_ms < one.to_ms);
}

/** Where they stand on a timeline; what is before or after it, at its edge. */
export function absentSpans(
  absent: readonly Absent[],
  { from_ms, to_ms }: { from_ms: number; to_ms: number },
): TimelineSpan[] {
  const share = (ms: number) =>
    Math.min(1, Math.max(0, (ms - from_ms) / Math.max(1, to_ms - from_ms)));
  return absent.map((one) => ({
    from: share(one.from_ms),
    to: share(one.to_ms),
    label: `${absentWords(one)}, ${joined(duration(one.to_ms - one.from_ms))}`,
  }));
}

/** What is not there, in words. */
export function absentWords({ what, path }: Absent): string {
  return what === "page" ? `${path} not recorded` : `the end of ${path} not recorded`;
}

/** How much is missing, for a list of facts; empty where nothing is. */
export function missingWords(chunks: number, absent: readonly Absent[]): string {
  return [
    chunks > 0 ? `${plural(chunks, "part", "parts")} lost on the way` : "",
    ...absent.map((one) => `${absentWords(one)} (${joined(duration(one.to_ms - one.from_ms))})`),
  ]
    .filter(Boolean)
    .join("; ");
}

/** The same for a row of a list, where only numbers are known. */
export function lackWords(lack: { chunks: number; pages: number; cut: number }): string {
  return [
    lack.pages > 0 ? `${plural(lack.pages, "page", "pages")} not recorded` : "",
    lack.cut > 0 ? `the end of ${plural(lack.cut, "page", "pages")} not recorded` : "",
    lack.chunks > 0 ? `${plural(lack.chunks, "part", "parts")} lost on the way` : "",
  ]
    .filter(Boolean)
    .join(", ");
}
