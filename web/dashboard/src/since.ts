// What came of a recording while it is watched.
import type { ChunkRow } from "@hitmetrix/wire";

/** The last sequence of each window, as the server is asked for what follows. */
export function lastOf(chunks: readonly Pick<ChunkRow, "window" | "last_sequence">[]): string {
  const last = new Map<string, number>();
  for (const { window, last_sequence } of chunks)
    last.set(window, Math.max(last.get(window) ?? 0, last_sequence));
  return [...last].map(([window, sequence]) => `${window}-${sequence}`).join(",");
}

/** What is asked for at once spans no more, as what the server has put together. */
const TOGETHER_MS = 60_000;
/** Nor is it larger, at rest. */
const TOGETHER_BYTES = 512 * 1024;

/**
 * Single chunks that follow each other as one: an answer has the lines of many. A recording that
 * still happens has twelve a minute, and whoever comes to it late would ask for each of them.
 */
export function together(chunks: readonly ChunkRow[]): ChunkRow[] {
  const rows: ChunkRow[] = [];
  const last = new Map<string, number>();
  const ordered = [...chunks].sort((a, b) => a.sequence - b.sequence);
  for (const chunk of ordered) {
    const place = last.get(chunk.window);
    const before = place === undefined ? undefined : rows[place];
    if (place !== undefined && before && canJoin(before, chunk)) {
      rows[place] = join(before, chunk);
    } else {
      last.set(chunk.window, rows.length);
      rows.push(chunk);
    }
  }
  // In the order of those they begin with.
  const places = new Map(chunks.map((chunk, index) => [nameOf(chunk), index]));
  const placeOf = (row: ChunkRow) => places.get(nameOf(row)) ?? 0;
  return rows.sort((a, b) => placeOf(a) - placeOf(b));
}

function nameOf({ window, sequence }: ChunkRow): string {
  return `${window} ${sequence}`;
}

/** A snapshot begins a picture of its own, and what the server has put together stays as it is. */
function canJoin(before: ChunkRow, chunk: ChunkRow): boolean {
  return (
    chunk.sequence === before.last_sequence + 1 &&
    chunk.last_sequence === chunk.sequence &&
    !chunk.snapshot &&
    !chunk.keyframe &&
    !before.keyframe &&
    chunk.last_ms - before.first_ms <= TOGETHER_MS &&
    before.stored_bytes + chunk.stored_bytes <= TOGETHER_BYTES
  );
}

function join(before: ChunkRow, chunk: ChunkRow): ChunkRow {
  return {
    ...before,
    last_sequence: chunk.last_sequence,
    last_ms: Math.max(before.last_ms, chunk.last_ms),
    events: before.events + chunk.events,
    stored_bytes: before.stored_bytes + chunk.stored_bytes,
  };
}

/** All chunks; nothing new when nothing came. */
export function withMore(
  chunks: readonly ChunkRow[],
  more: readonly ChunkRow[],
): readonly ChunkRow[] {
  return more.length > 0 ? [...chunks, ...more] : chunks;
}
