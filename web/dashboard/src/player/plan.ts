import type { Chunk, Gap, Page } from "./types";

/** Chunks of one page load that one snapshot or keyframe is enough to show. */
export interface Segment {
  window: string;
  /** The first holds the snapshot, or has the keyframe before it. */
  chunks: Chunk[];
  /** Epoch milliseconds. */
  start_ms: number;
  end_ms: number;
}

/** What is on the screen when: from here until the next view. Milliseconds from the beginning. */
export interface View {
  from_ms: number;
  to_ms: number;
  segment: Segment;
}

/** Something that the visitor did in a page load, so that it was in front. Epoch milliseconds. */
export interface Act {
  window: string;
  time_ms: number;
  /** It was left or hidden: it was in front until then. */
  left?: true;
}

export interface Plan {
  started_ms: number;
  duration: number;
  views: View[];
  gaps: Gap[];
  pages: Page[];
}

/**
 * Orders what there is of a recording: by page load and number, never by time alone. A page load
 * shows from its first snapshot on; where two overlap, as two tabs do, the one that began later is
 * in front while it lasts, until the visitor does something in another, or leaves another: that one
 * was in front since the one before was left.
 */
export function plan(chunks: readonly Chunk[], acts: readonly Act[] = []): Plan {
  const windows = byWindow(chunks);
  const all = windows.flat();
  if (!all.length) return { started_ms: 0, duration: 0, views: [], gaps: [], pages: [] };
  const started_ms = Math.min(...all.map((chunk) => chunk.first_ms));
  const duration = Math.max(...all.map((chunk) => chunk.last_ms)) - started_ms;
  const gaps: Gap[] = [];
  const segments = windows.flatMap((window) => segmentsOf(window, started_ms, gaps));
  const views = viewsOf(segments, acts, started_ms, duration);
  const pages = windows.map((window) => page(window, started_ms));
  gaps.sort((a, b) => a.from_ms - b.from_ms);
  return { started_ms, duration, views, gaps, pages };
}

/** The view at a position; the last one beyond the end. */
export function viewAt(views: readonly View[], ms: number): View | undefined {
  return views.find((view) => ms < view.to_ms) ?? views.at(-1);
}

function byWindow(chunks: readonly Chunk[]): Chunk[][] {
  const windows = new Map<string, Chunk[]>();
  for (const chunk of chunks) {
    const window = windows.get(chunk.window);
    if (!window) windows.set(chunk.window, [chunk]);
    else if (!window.some(({ sequence }) => sequence === chunk.sequence)) window.push(chunk);
  }
  const ordered = [...windows.values()];
  for (const window of ordered) {
    window.sort((a, b) => a.sequence - b.sequence);
    // Each chunk's clock was corrected by itself: one may seem to begin before the last one ended.
    let now = Number.NEGATIVE_INFINITY;
    for (const [index, chunk] of window.entries()) {
      const first_ms = Math.max(now, chunk.first_ms);
      now = Math.max(first_ms, chunk.last_ms);
      window[index] = { ...chunk, first_ms, last_ms: now };
    }
  }
  const first = (window: Chunk[]) => Math.min(...window.map((chunk) => chunk.first_ms));
  return ordered.sort((a, b) => first(a) - first(b));
}

function segmentsOf(window: Chunk[], started_ms: number, gaps: Gap[]): Segment[] {
  const segments: Segment[] = [];
  // Numbers run on in a window: what came before may be of the session before, as the server counts.
  let expected = window[0]?.sequence ?? 0;
  let before_ms = window[0]?.first_ms ?? started_ms;
  for (const chunk of window) {
    const missing = chunk.sequence - expected;
    if (missing > 0) gaps.push(gap("hole", missing, before_ms, chunk.first_ms, started_ms));
    expected = chunk.last_sequence + 1;
    const last = segments.at(-1);
    if (chunk.snapshot || chunk.keyframe) {
      segments.push({
        window: chunk.window,
        chunks: [chunk],
        start_ms: chunk.first_ms,
        end_ms: chunk.last_ms,
      });
    } else if (last) {
      last.chunks.push(chunk);
      last.end_ms = Math.max(last.end_ms, chunk.last_ms);
    } else {
      gaps.push(gap("start", 0, chunk.first_ms, chunk.last_ms, started_ms));
    }
    before_ms = chunk.last_ms;
  }
  return segments;
}

function gap(
  reason: Gap["reason"],
  missing: number,
  from_ms: number,
  to_ms: number,
  started_ms: number,
): Gap {
  const from = from_ms - started_ms;
  return { reason, missing, from_ms: from, to_ms: Math.max(from, to_ms - started_ms) };
}

function viewsOf(
  segments: Segment[],
  acts: readonly Act[],
  started_ms: number,
  duration: number,
): View[] {
  const frontOf = fronts(segments, acts);
  const edges = new Set<number>([0]);
  for (const { start_ms, end_ms } of segments) {
    edges.add(start_ms - started_ms);
    edges.add(end_ms - started_ms);
  }
  for (const { time_ms } of acts) {
    const at = time_ms - started_ms;
    if (at > 0 && at < duration && lastingAt(segments, time_ms).length > 1) edges.add(at);
  }
  const ordered = [...edges].sort((a, b) => a - b);
  const views: View[] = [];
  for (const [index, from_ms] of ordered.entries()) {
    const to_ms = ordered[index + 1] ?? duration + 1;
    const at = from_ms + started_ms;
    const begun = segments.filter((segment) => segment.start_ms <= at);
    const front =
      highest(lastingAt(segments, at), ({ window }) => frontOf(window, at)) ??
      highest(begun, ({ end_ms }) => end_ms) ??
      segments[0];
    if (!front) continue;
    const last = views.at(-1);
    if (last?.segment === front) last.to_ms = to_ms;
    else views.push({ from_ms, to_ms, segment: front });
  }
  return views;
}

function lastingAt(segments: Segment[], ms: number): Segment[] {
  return segments.filter(({ start_ms, end_ms }) => start_ms <= ms && ms < end_ms);
}

/** How far a page load is in front at a time: since when, where that is known. */
function fronts(
  segments: readonly Segment[],
  acts: readonly Act[],
): (window: string, at: number) => number {
  const leaves = acts.filter(({ left }) => left).sort((a, b) => a.time_ms - b.time_ms);
  const starts = new Map<string, number>();
  const done = new Map<string, number[]>();
  for (const { window, start_ms } of segments)
    starts.set(window, Math.min(start_ms, starts.get(window) ?? start_ms));
  for (const { window, time_ms, left } of acts) {
    if (left) continue;
    const times = done.get(window) ?? [];
    done.set(window, times);
    times.push(time_ms);
  }
  for (const times of done.values()) times.sort((a, b) => a - b);
  return (window, at) => {
    const next = leaves.find(({ time_ms }) => time_ms > at);
    const before = leaves.findLast(({ time_ms }) => time_ms <= at);
    const since = before?.time_ms ?? Number.NEGATIVE_INFINITY;
    const start = starts.get(window) ?? Number.NEGATIVE_INFINITY;
    const act = done.get(window)?.findLast((time) => time <= at) ?? Number.NEGATIVE_INFINITY;
    if (next?.window === window) return Math.max(act, start, since);
    // Opened behind the one that is left next.
    if (next && start > since) return act;
    // Nothing tells where the visitor went, but not that it was back here. A page of a single-page
    // application is left at the very moment at which the next one is seen.
    if (!next && before?.window === window) return act >= since ? act : Number.NEGATIVE_INFINITY;
    return Math.max(act, start);
  };
}

/** The last of those with the highest number. */
function highest(segments: Segment[], by: (segment: Segment) => number): Segment | undefined {
  let found: Segment | undefined;
  for (const segment of segments) if (!found || by(segment) >= by(found)) found = segment;
  return found;
}

function page(window: Chunk[], started_ms: number): Page {
  const first = window[0];
  return {
    window: first?.window ?? "",
    path: first?.path ?? "",
    from_ms: Math.min(...window.map((chunk) => chunk.first_ms)) - started_ms,
    to_ms: Math.max(...window.map((chunk) => chunk.last_ms)) - started_ms,
  };
}
