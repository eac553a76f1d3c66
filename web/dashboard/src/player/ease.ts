import type { RecordedEvent } from "./types";

const SCROLL = 3;
const INTERACTION = 2;
/** Interactions that show nothing, but make a browser lay out the page. */
const FOCUS = new Set([5, 6]);

/**
 * Events as they are cheapest to replay. A snapshot's scroll position comes as an event behind it, so
 * that of many on the way to a moment only the last is set, and focus is left out: nobody sees it.
 */
export function ease(events: readonly RecordedEvent[]): RecordedEvent[] {
  return events.flatMap((event) => {
    const { type, timestamp, data } = event;
    if (type === 3 && data.source === INTERACTION && FOCUS.has(Number(data.type))) return [];
    if (type !== 2) return [event];
    const { id } = data.node as { id: number };
    const { left, top } = data.initialOffset as { left: number; top: number };
    if (!left && !top) return [event];
    const initialOffset = { left: 0, top: 0 };
    return [
      { ...event, data: { ...data, initialOffset } },
      { type: 3, timestamp, data: { source: SCROLL, id, x: left, y: top } },
    ];
  });
}
