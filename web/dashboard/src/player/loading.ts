import type { Assets } from "./assets";
import { events } from "./lines";
import type { Segment } from "./plan";
import type { Chunk, RecordedEvent, RecordingSource } from "./types";

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
  /** Brings what these have of pictures and fonts, one chunk after the other, until none is missing. */
  pictures(of: readonly Segment[]): Promise<void>;
}

/** Who is told of chunks. */
export interface Told {
  /** It cannot be loaded. */
  broken(chunk: Chunk): void;
  /** It has come. */
  came(chunk: Chunk, events: RecordedEvent[]): void;
}

/** Loads each chunk once, its pictures into those of its page load. */
export function createLoading(
  source: RecordingSource,
  assetsOf: (window: string) => Assets,
  { broken, came }: Told,
): Loading {
  const all = new Map<Segment, Loaded>();
  const pending = new Map<Chunk, Promise<void>>();
  /** Chunks whose pictures have come. */
  const pictured = new Set<Chunk>();
  let picturing = Promise.resolve();
  function load(into: Loaded, chunk: Chunk): Promise<void> {
    if (into.chunks.has(chunk) || into.broken.has(chunk)) return Promise.resolve();
    const known = pending.get(chunk);
    if (known) return known;
    const coming = source
      .load(chunk)
      .then((lines) => {
        const all = events(lines, chunk, assetsOf(chunk.window));
        into.chunks.set(chunk, all);
        pictured.add(chunk);
        came(chunk, all);
      })
      .catch(() => {
        into.broken.add(chunk);
        broken(chunk);
      })
      .finally(() => pending.delete(chunk));
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
      picturing = picturing.then(async () => {
        for (const chunk of segments.flatMap(({ chunks }) => chunks)) {
          const assets = assetsOf(chunk.window);
          if (pictured.has(chunk) || !assets.lacks()) continue;
          pictured.add(chunk);
          // What cannot be loaded is told of when it is to be shown.
          const lines = await source.load(chunk).catch(() => "");
          events(ofPictures(lines), undefined, assets);
        }
      });
      return picturing;
    },
  };
}

/** The lines in which a picture or font may be. */
function ofPictures(lines: string): string {
  return lines
    .split("\n")
    .filter((line) => line.includes('"hm-asset"'))
    .join("\n");
}
