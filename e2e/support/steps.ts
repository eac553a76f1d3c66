// Visits as a list of steps, two hours ago, with a recording that moves on for a minute.
import { nodeMaker, type RecordedEvents } from "./recorded.ts";

/** Nobody answers there: pages that only events tell of. */
export const ORIGIN = "http://127.0.0.1:7";
export const BEGAN_MS = Date.now() - 2 * 3_600_000;

export type Step = [
  second: number,
  page: string,
  event?: string,
  properties?: Record<string, unknown>,
];

export function eventOf(
  [second, path, name = "pageview", properties = {}]: Step,
  sequence: number,
) {
  return {
    name,
    sequence,
    time_ms: BEGAN_MS + second * 1000,
    url: `${ORIGIN}${path}`,
    properties,
  };
}

/** A page that is moved on for a minute. */
export function recorded(): RecordedEvents {
  const { element, page } = nodeMaker();
  const node = page([], element("body", {}, element("h1", {}, "Lamps")));
  const moves = Array.from({ length: 60 }, (_, second) => ({
    type: 3,
    timestamp: BEGAN_MS + second * 1000,
    data: { source: 1, positions: [{ x: second, y: second, id: 1, timeOffset: 0 }] },
  }));
  return [
    { type: 4, timestamp: BEGAN_MS, data: { href: ORIGIN, width: 800, height: 600 } },
    { type: 2, timestamp: BEGAN_MS, data: { node, initialOffset: { left: 0, top: 0 } } },
    ...moves,
  ];
}
