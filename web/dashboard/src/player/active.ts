import type { RecordedEvent } from "./types";

/** What the recorder says of itself each minute, whether anything happens or not. */
const COST_TAG = "hm-cost";

/**
 * When anything was recorded in a chunk, epoch milliseconds: a row may be a minute long in which
 * something happened at its beginning and its end alone. Less than `pause_ms` is no pause.
 */
export function activeIn(
  events: readonly RecordedEvent[],
  pause_ms: number,
): readonly [from_ms: number, to_ms: number][] {
  const spans: [number, number][] = [];
  for (const { type, timestamp, data, made } of events) {
    if (made || (type === 5 && data.tag === COST_TAG)) continue;
    const last = spans.at(-1);
    if (last && timestamp - last[1] < pause_ms) last[1] = Math.max(last[1], timestamp);
    else spans.push([timestamp, timestamp]);
  }
  return spans;
}
