import type { Loaded } from "./loading";
import type { Segment } from "./plan";
import { createStage, type Setting, type Stage } from "./stage";
import type { Chunk, RecordedEvent } from "./types";

/**
 * Segments that one stage plays after each other. Where the server made a keyframe the stage is in
 * step already: it goes on, and the keyframe is left out. Times are epoch milliseconds.
 */
export interface Run {
  readonly stage: Stage;
  has(segment: Segment): boolean;
  /** Whether the picture began with this one. */
  beganWith(segment: Segment): boolean;
  /** Hands the stage what has come, in order; whether that was anything. */
  take(): boolean;
  /** Goes on with the segment after the last one, if that leads there without a new picture. */
  follow(next: Loaded): boolean;
  /** The last segment it has. */
  last(): Segment;
  /** Time until which the picture is complete. */
  completeUntil(): number;
}

/** Begins a run with what is loaded of a segment; null when that cannot be shown. */
export function createRun(root: HTMLElement, first: Loaded, setting: Setting): Run | null {
  const parts = [first];
  const staged = new Set<Chunk>();
  const begin: RecordedEvent[][] = [];
  for (const [index, chunk] of first.segment.chunks.entries()) {
    const events = first.chunks.get(chunk);
    if (!events && !first.broken.has(chunk)) break;
    begin.push(index === 0 ? (events ?? []) : recorded(events ?? []));
    staged.add(chunk);
  }
  const stage = createStage(root, begin.flat(), setting);
  if (!stage) return null;
  const lastPart = () => parts.at(-1) ?? first;
  const missing = ({ segment, broken }: Loaded) =>
    segment.chunks.find((chunk) => !staged.has(chunk) && !broken.has(chunk));
  return {
    stage,
    has: (segment) => parts.some((part) => part.segment === segment),
    beganWith: (segment) => first.segment === segment,
    take() {
      let grown = false;
      for (const part of parts) {
        for (const chunk of part.segment.chunks) {
          if (staged.has(chunk) || part.broken.has(chunk)) continue;
          const events = part.chunks.get(chunk);
          // Nothing after a chunk that is still on its way.
          if (!events) return grown;
          const more = recorded(events);
          staged.add(chunk);
          stage.add(more);
          grown ||= more.length > 0;
        }
      }
      return grown;
    },
    follow(next) {
      const last = lastPart();
      const follows = !missing(last) && isInStep(last, next);
      if (follows) parts.push(next);
      return follows;
    },
    last: () => lastPart().segment,
    completeUntil: () => missing(lastPart())?.first_ms ?? Number.POSITIVE_INFINITY,
  };
}

/** Whether a picture that has all of a segment needs no new one for the next. */
function isInStep(last: Loaded, next: Loaded): boolean {
  const head = next.segment.chunks[0];
  const events = head && next.chunks.get(head);
  if (!events || last.segment.window !== next.segment.window || last.broken.size) return false;
  return events.every(({ type, made }) => type !== 2 || made === true);
}

/** The events of a chunk without its keyframe. */
function recorded(events: RecordedEvent[]): RecordedEvent[] {
  return events.filter(({ made }) => !made);
}
