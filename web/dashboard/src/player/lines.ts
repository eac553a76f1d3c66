import { inert } from "./inert";
import type { RecordedEvent } from "./types";

/** The events of a chunk, ready to be rebuilt. Lines that are none are left out. */
export function events(lines: string): RecordedEvent[] {
  const found: RecordedEvent[] = [];
  for (const line of lines.split("\n")) {
    if (!line) continue;
    try {
      const event = inert(JSON.parse(line));
      if (event) found.push(event);
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
