import type { Assets } from "./assets";
import { type Fault, faultOf } from "./fault";
import { events } from "./lines";
import type { Segment } from "./plan";
import { createQueue } from "./queue";
import { retry } from "./retry";
import type { Chunk, RecordedEvent, RecordingSource } from "./types";

/** Chunks that are asked for at the same time, so that nothing else waits for all of them. */
export const CHUNKS_AT_ONCE = 6;

/** A segment with what is loaded of it. */
export interface Loaded {
  readonly segment: Segment;
  /** Events by chunk, sorted as the chunks are; absent until they came. */
  readonly chunks: Map<Chunk, RecordedEvent[]>;
  readonly broken: Set<Chunk>;
}

export interface Loading {
  /** What there is of a segment. */
  of(segment: Segment): Loaded;
  /** Loads all of a segment that is needed up to a time, epoch milliseconds; its snapshot always. */
  until(into: Loaded, ms: number): Promise<unknown>;
  /**
   * Brings what these have of pictures and fonts, one chunk after the other, until none is missing.
   * Once a chunk is given up, so is all that was asked for until then: whoever needs it asks anew.
   */
  pictures(of: readonly Segment[]): Promise<void>;
  /** What was given up is asked for again when it is needed. */
  again(): void;
  /** Asks no more. */
  stop(): void;
}

/**
 * The server does not answer: it is asked again by itself; all tries are used up; or somebody has to
 * sign in first.
 */
export type Away = "trying" | "given-up" | "signed-out";

/** Who is told of chunks. */
export interface Told {
  /** An answer says that it cannot be loaded, and never will be. */
  broken(chunk: Chunk, why: Extract<Fault, "damaged" | "gone">): void;
  /** It has come. */
  came(chunk: Chunk, events: RecordedEvent[]): void;
  /** Chunks do not come, and why; null once one comes again. */
  away(how: Away | null): void;
}

/** The lines of a chunk, or why there are none. */
type Asked = { lines: string; fault?: undefined } | { lines?: undefined; fault: Fault };

/**
 * Loads each chunk once, its pictures into those of its page load. A chunk is broken only when an
 * answer says so: a server that cannot be reached is asked again.
 */
export function createLoading(
  source: RecordingSource,
  assetsOf: (window: string) => Assets,
  { broken, came, away }: Told,
): Loading {
  const all = new Map<Segment, Loaded>();
  const pending = new Map<Chunk, Promise<void>>();
  /** Chunks whose pictures have come. */
  const pictured = new Set<Chunk>();
  /** Chunks that were asked for in vain, until somebody asks for them anew. */
  const givenUp = new Set<Chunk>();
  const life = new AbortController();
  const queued = createQueue(CHUNKS_AT_ONCE);
  let picturing = Promise.resolve();
  /** How often bringing pictures was given up. */
  let surrenders = 0;
  let isAway = false;
  function tell(how: Away | null): void {
    if (life.signal.aborted || (how === null && !isAway)) return;
    isAway = how !== null;
    away(how);
  }
  async function ask(chunk: Chunk): Promise<Asked> {
    const asking = { away: () => tell("trying"), signal: life.signal };
    try {
      const lines = await queued(() => retry(() => source.load(chunk), asking));
      tell(null);
      return { lines };
    } catch (error) {
      const fault = faultOf(error);
      if (fault === "unreachable") tell("given-up");
      else if (fault === "signed-out") tell("signed-out");
      else tell(null);
      return { fault };
    }
  }
  async function bring(into: Loaded, chunk: Chunk): Promise<void> {
    const { lines, fault } = await ask(chunk);
    if (fault === "unreachable" || fault === "signed-out") {
      givenUp.add(chunk);
      return;
    }
    const brought = lines === undefined ? null : parsed(lines, chunk);
    if (!brought) {
      into.broken.add(chunk);
      broken(chunk, fault ?? "damaged");
      return;
    }
    into.chunks.set(chunk, brought);
    pictured.add(chunk);
    came(chunk, brought);
  }
  function parsed(lines: string, chunk: Chunk): RecordedEvent[] | null {
    try {
      return events(lines, chunk, assetsOf(chunk.window));
    } catch {
      return null;
    }
  }
  function load(into: Loaded, chunk: Chunk): Promise<void> {
    if (into.chunks.has(chunk) || into.broken.has(chunk) || givenUp.has(chunk))
      return Promise.resolve();
    const known = pending.get(chunk);
    if (known) return known;
    const coming = bring(into, chunk).finally(() => pending.delete(chunk));
    pending.set(chunk, coming);
    return coming;
  }
  return {
    of(segment) {
      const known = all.get(segment);
      if (known) return known;
      const made = { segment, chunks: new Map(), broken: new Set<Chunk>() };
      all.set(segment, made);
      return made;
    },
    until(into, ms) {
      const needed = into.segment.chunks.filter(
        (chunk, index) => index === 0 || chunk.first_ms <= ms,
      );
      return Promise.all(needed.map((chunk) => load(into, chunk)));
    },
    pictures(segments) {
      const before = surrenders;
      picturing = picturing.then(async () => {
        for (const chunk of segments.flatMap(({ chunks }) => chunks)) {
          if (life.signal.aborted || surrenders !== before) return;
          const assets = assetsOf(chunk.window);
          if (pictured.has(chunk) || !assets.lacks()) continue;
          // What cannot be loaded is told of when it is to be shown.
          const { lines, fault } = await ask(chunk);
          if (fault === "unreachable" || fault === "signed-out") {
            surrenders += 1;
            return;
          }
          pictured.add(chunk);
          if (lines !== undefined) events(ofPictures(lines), undefined, assets);
        }
      });
      return picturing;
    },
    again: () => givenUp.clear(),
    stop: () => life.abort(),
  };
}

/** The lines in which a picture or font may be. */
function ofPictures(lines: string): string {
  return lines
    .split("\n")
    .filter((line) => line.includes('"hm-asset"'))
    .join("\n");
}
