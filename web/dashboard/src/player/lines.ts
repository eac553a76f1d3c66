import type { Assets } from "./assets";
import { inert } from "./inert";
import type { Chunk, RecordedEvent } from "./types";

const ANY = { first_ms: Number.NEGATIVE_INFINITY, keyframe: false };

/** What marks a keyframe: a remark of this name before it, which says how many lines it has. */
const KEYFRAME_TAG = "hm-keyframe";

/**
 * The events of a chunk, ready to be rebuilt. Lines that are none are left out; pictures and fonts
 * go to the others of the recording. Where times step back, as they may from one chunk to the next,
 * whose clocks were corrected by themselves, an event has the time of the one before it: a replayer
 * goes by times alone, and the order must stand.
 */
export function events(
  lines: string,
  { first_ms, keyframe }: Pick<Chunk, "first_ms" | "keyframe"> = ANY,
  assets?: Assets,
): RecordedEvent[] {
  const found: RecordedEvent[] = [];
  let now = first_ms;
  let made = 0;
  for (const [index, line] of lines.split("\n").entries()) {
    // Only the first line can be the server's own remark; whoever records may write others.
    if (keyframe && index === 0) {
      made = madeLines(line);
      if (made) continue;
    }
    const isMade = made > 0;
    if (isMade) made -= 1;
    const event = eventOf(line, assets);
    if (!event) continue;
    if (event.type === 5 && event.data.tag === "hm-asset") {
      assets?.add(event.data.payload as Record<string, unknown>);
      continue;
    }
    if (isMade) event.made = true;
    now = Math.max(now, event.timestamp);
    event.timestamp = now;
    found.push(event);
  }
  // A page's size is told shortly before its picture: a seek in between would show neither.
  for (const [index, event] of found.entries()) {
    const next = found[index + 1];
    if (event.type === 4 && next?.type === 2) event.timestamp = next.timestamp;
  }
  return found;
}

function eventOf(line: string, assets?: Assets): RecordedEvent | null {
  if (!line) return null;
  try {
    return inert(JSON.parse(line), assets);
  } catch {
    // Not JSON: the line is lost, the rest plays.
    return null;
  }
}

/** How many lines after this one are a keyframe of the server; 0 when it is no such remark. */
function madeLines(line: string): number {
  const event = eventOf(line);
  if (event?.type !== 5 || event.data.tag !== KEYFRAME_TAG) return 0;
  const { lines } = event.data.payload as { lines?: unknown };
  return typeof lines === "number" && lines > 0 ? lines : 0;
}
