import type { Assets } from "./assets";
import { inert } from "./inert";
import type { RecordedEvent } from "./types";

/**
 * The events of a chunk, ready to be rebuilt. Lines that are none are left out; pictures and fonts
 * go to the others of the recording.
 */
export function events(lines: string, assets?: Assets): RecordedEvent[] {
  const found: RecordedEvent[] = [];
  for (const line of lines.split("\n")) {
    if (!line) continue;
    try {
      const event = inert(JSON.parse(line), assets);
      const isAsset = event?.type === 5 && event.data.tag === "hm-asset";
      if (isAsset) assets?.add(event.data.payload as Record<string, unknown>);
      else if (event) found.push(event);
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
