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
  return found;
}
