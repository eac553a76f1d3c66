import type { Assets } from "./assets";
import { inert } from "./inert";
import type { RecordedEvent } from "./types";

/**
 * The events of a chunk, ready to be rebuilt. Lines that are none are left out; pictures and fonts
 * go to the others of the recording. Where times step back, as they may from one chunk to the next,
 * whose clocks were corrected by themselves, an event has the time of the one before it: a replayer
 * goes by times alone, and the order must stand.
 */
export function events(
  lines: string,
  from_ms = Number.NEGATIVE_INFINITY,
  assets?: Assets,
): RecordedEvent[] {
  const found: RecordedEvent[] = [];
  let now = from_ms;
  for (const line of lines.split("\n")) {
    if (!line) continue;
    try {
      const event = inert(JSON.parse(line), assets);
      if (!event) continue;
      if (event.type === 5 && event.data.tag === "hm-asset") {
        assets?.add(event.data.payload as Record<string, unknown>);
        continue;
      }
      now = Math.max(now, event.timestamp);
      event.timestamp = now;
      found.push(event);
    } catch {
      // Not JSON: the line is lost, the rest plays.
    }
  }
  // A page's size is told shortly before its picture: a seek in between would show neither.
  for (const [index, event] of found.entries()) {
    const next = found[index + 1];
    if (event.type === 4 && next?.type === 2) event.timestamp = next.timestamp;
  }
  return found;
}
