// Visits as lists of steps, with recordings that move on from second to second.
import { nodeMaker, type RecordedEvents } from "./recorded.ts";

/** Nobody answers there: pages that only events tell of. */
export const ORIGIN = "http://127.0.0.1:7";
/** Two hours ago: who came then is gone. */
export const BEGAN_MS = Date.now() - 2 * 3_600_000;

export type Step = [
  second: number,
  page: string,
  event?: string,
  properties?: Record<string, unknown>,
];

/** What tells of visits that began then. */
export function visitsFrom(beganMs: number) {
  const eventOf = ([second, path, name = "pageview", properties = {}]: Step, sequence: number) => ({
    name,
    sequence,
    time_ms: beganMs + second * 1000,
    url: `${ORIGIN}${path}`,
    properties,
  });
  /** A page that is moved on for so many seconds. */
  const recorded = (seconds = 60): RecordedEvents => {
    const { element, page } = nodeMaker();
    const node = page([], element("body", {}, element("h1", {}, "Lamps")));
    const moves = Array.from({ length: seconds }, (_, second) => ({
      type: 3,
      timestamp: beganMs + second * 1000,
      data: { source: 1, positions: [{ x: second, y: second, id: 1, timeOffset: 0 }] },
    }));
    return [
      { type: 4, timestamp: beganMs, data: { href: ORIGIN, width: 800, height: 600 } },
      { type: 2, timestamp: beganMs, data: { node, initialOffset: { left: 0, top: 0 } } },
      ...moves,
    ];
  };
  return { eventOf, recorded };
}

export const { eventOf, recorded } = visitsFrom(BEGAN_MS);
