// What came of a recording while it is watched.
import type { ChunkRow } from "@hitmetrix/wire";

/** The last sequence of each window, as the server is asked for what follows. */
export function lastOf(chunks: readonly Pick<ChunkRow, "window" | "last_sequence">[]): string {
  const last = new Map<string, number>();
  for (const { window, last_sequence } of chunks)
    last.set(window, Math.max(last.get(window) ?? 0, last_sequence));
  return [...last].map(([window, sequence]) => `${window}-${sequence}`).join(",");
}

/** All chunks; nothing new when nothing came. */
export function withMore(
  chunks: readonly ChunkRow[],
  more: readonly ChunkRow[],
): readonly ChunkRow[] {
  return more.length > 0 ? [...chunks, ...more] : chunks;
}
