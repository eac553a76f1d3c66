// The timeline of one session: pages above, marks for what happened, what is missing and what was
// idle. Positions are shares of the whole, so that drawing knows no time.
import type { ChunkRow } from "@hitmetrix/wire";
import { clock, duration, joined, plural } from "./format.ts";
import { happened, type Mark } from "./happened.ts";
import type { Watched } from "./watched.ts";

export interface TimelineMark {
  at: number;
  kind: Mark;
  label: string;
}

export interface TimelineSpan {
  from: number;
  to: number;
  label: string;
}

export interface Timeline {
  from_ms: number;
  to_ms: number;
  pages: TimelineSpan[];
  marks: TimelineMark[];
  gaps: TimelineSpan[];
  idle: TimelineSpan[];
  /** Notes: their share of the whole, and what they say. */
  notes?: { at: number; label: string }[];
}

/** Where notes stand on a timeline. */
export function noteMarks(
  notes: readonly { time_ms: number; text: string }[],
  { from_ms, to_ms }: Pick<Timeline, "from_ms" | "to_ms">,
): { at: number; label: string }[] {
  return notes.map(({ time_ms, text }) => ({
    at: Math.min(1, Math.max(0, (time_ms - from_ms) / (to_ms - from_ms))),
    label: `${clock(Math.max(0, time_ms - from_ms))} ${text}`,
  }));
}

const IDLE_MS = 10_000;

interface Stretch {
  from: number;
  to: number;
  lost: number;
}

/** Holes in the sequences of one window: chunks that never came. */
function holes(chunks: readonly ChunkRow[]): Stretch[] {
  const windows = new Map<string, ChunkRow[]>();
  for (const chunk of chunks) {
    const list = windows.get(chunk.window);
    if (list) list.push(chunk);
    else windows.set(chunk.window, [chunk]);
  }
  const found: Stretch[] = [];
  for (const list of windows.values()) {
    list.sort((a, b) => a.sequence - b.sequence);
    list.forEach((chunk, index) => {
      const before = list[index - 1];
      const lost = before ? chunk.sequence - before.last_sequence - 1 : 0;
      if (before && lost > 0) found.push({ from: before.last_ms, to: chunk.first_ms, lost });
    });
  }
  return found.sort((a, b) => a.from - b.from);
}

/** Stretches in which nothing is known to have happened. */
function quiet(times: readonly (readonly [number, number])[]): Stretch[] {
  const sorted = [...times].sort((a, b) => a[0] - b[0]);
  const found: Stretch[] = [];
  let until = sorted[0]?.[1] ?? 0;
  for (const [from, to] of sorted) {
    if (from - until >= IDLE_MS) found.push({ from: until, to: from, lost: 0 });
    until = Math.max(until, to);
  }
  return found;
}

/** The name by which it is told what was found in a chunk. */
export function chunkName({ window, sequence }: Pick<ChunkRow, "window" | "sequence">): string {
  return `${window} ${sequence}`;
}

/** `active` says of chunks that were loaded when anything happened in them; of others nobody knows. */
export function timelineOf(
  session: Pick<Watched, "started_ms" | "ended_ms" | "events">,
  chunks: readonly ChunkRow[],
  active: ReadonlyMap<string, readonly (readonly [number, number])[]> = new Map(),
): Timeline {
  const starts = [session.started_ms, ...chunks.map((chunk) => chunk.first_ms)];
  const ends = [
    session.ended_ms,
    ...session.events.map((event) => event.time_ms),
    ...chunks.map((chunk) => chunk.last_ms),
  ];
  // With a recording, the timeline is the recording's: what the player counts is what is drawn.
  const from =
    chunks.length > 0 ? Math.min(...chunks.map((chunk) => chunk.first_ms)) : Math.min(...starts);
  const to = Math.max(
    from + 1000,
    ...(chunks.length > 0 ? chunks.map((chunk) => chunk.last_ms) : ends),
  );
  const share = (ms: number): number => Math.min(1, Math.max(0, (ms - from) / (to - from)));

  const views = session.events.filter((event) => event.name === "pageview");
  const pages = views.map((view, index) => ({
    from: index === 0 ? 0 : share(view.time_ms),
    to: share(views[index + 1]?.time_ms ?? to),
    label: view.page.path,
  }));
  const marks: TimelineMark[] = [];
  for (const event of session.events) {
    const said = happened(event);
    if (said.mark === "leave" || said.mark === "vital" || said.mark === "page") continue;
    marks.push({
      at: share(event.time_ms),
      kind: said.mark,
      label: `${clock(event.time_ms - from)} ${said.title}`,
    });
  }
  const lost = holes(chunks);
  const gaps = lost.map((hole) => ({
    from: share(hole.from),
    to: share(hole.to),
    label: `${joined(duration(hole.to - hole.from))} lost, ${plural(hole.lost, "chunk", "chunks")} never came`,
  }));
  const known: (readonly [number, number])[] = [
    ...session.events.map((event): [number, number] => [event.time_ms, event.time_ms]),
    ...chunks.flatMap((chunk): readonly (readonly [number, number])[] => {
      return active.get(chunkName(chunk)) ?? [[chunk.first_ms, chunk.last_ms]];
    }),
    [from, from],
    [to, to],
  ];
  const idle = quiet(known)
    .filter((stretch) => !lost.some((hole) => hole.from < stretch.to && hole.to > stretch.from))
    .map((stretch) => ({
      from: share(stretch.from),
      to: share(stretch.to),
      label: `${joined(duration(stretch.to - stretch.from))} idle`,
    }));
  return { from_ms: from, to_ms: to, pages, marks, gaps, idle };
}
