// Where a player that skips inactivity goes on, as far as what is loaded tells.
import type { Loaded } from "./loading";
import type { View } from "./plan";
import type { Chunk, RecordedEvent } from "./types";

/** Kinds of incremental events that the visitor made: moves, clicks, scrolling, resizing, input. */
const INTERACTIONS = new Set([1, 2, 3, 4, 5, 6, 12]);

/** The next moment of interest, in milliseconds from the beginning, or what has to be loaded to know. */
export type Next = { at_ms: number; is: "act" | "page" | "end" } | { into: Loaded; chunk: Chunk };

/**
 * Looks from a position on for the next thing that the visitor did, or the next page; it is asked
 * for at each frame, so what was found in a chunk is remembered.
 */
export function nextOfInterest(
  views: readonly View[],
  position: number,
  { started_ms, of }: { started_ms: number; of: (segment: View["segment"]) => Loaded },
): Next {
  const first = Math.max(
    0,
    views.findIndex(({ to_ms }) => position < to_ms),
  );
  let window = views[first]?.segment.window;
  for (const view of views.slice(first)) {
    if (view.segment.window !== window) return { at_ms: view.from_ms, is: "page" };
    window = view.segment.window;
    const [from_ms, to_ms] = [Math.max(position, view.from_ms), view.to_ms];
    const into = of(view.segment);
    for (const chunk of view.segment.chunks) {
      if (chunk.last_ms - started_ms <= from_ms) continue;
      if (chunk.first_ms - started_ms >= to_ms) break;
      if (into.broken.has(chunk)) continue;
      const events = into.chunks.get(chunk);
      if (!events) return { into, chunk };
      const act = actsOf(events).find((ms) => ms - started_ms > from_ms);
      if (act !== undefined && act - started_ms < to_ms)
        return { at_ms: act - started_ms, is: "act" };
    }
  }
  return { at_ms: views.at(-1)?.to_ms ?? position, is: "end" };
}

const KNOWN = new WeakMap<RecordedEvent[], number[]>();

/** Times of what the visitor did, epoch milliseconds. */
function actsOf(events: RecordedEvent[]): number[] {
  const known = KNOWN.get(events);
  if (known) return known;
  const times = events.filter(isInteraction).map(({ timestamp }) => timestamp);
  KNOWN.set(events, times);
  return times;
}

/** Whether the visitor did something there, so that it is no inactivity. */
function isInteraction({ type, data, made }: RecordedEvent): boolean {
  return !made && type === 3 && INTERACTIONS.has(Number(data.source));
}
