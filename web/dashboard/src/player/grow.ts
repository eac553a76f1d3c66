import { type Act, type Plan, plan, type Segment } from "./plan";
import type { Chunk } from "./types";

/**
 * The plan of a recording that has grown: what was known stays the same object, so that what is
 * loaded and shown of it stays too. What lies before the beginning waits for the next time.
 */
export function grow(
  before: Plan,
  known: readonly Chunk[],
  more: readonly Chunk[],
  acts: readonly Act[],
): { plan: Plan; chunks: readonly Chunk[] } {
  const fresh = more.flatMap((chunk) => rest(chunk, known, before.started_ms));
  const chunks = fresh.length > 0 ? [...known, ...fresh] : known;
  const after = plan(chunks, acts);
  const kept = new Map<Segment, Segment>();
  const old = new Map(before.views.map(({ segment }) => [nameOf(segment), segment]));
  for (const { segment } of after.views) {
    const same = old.get(nameOf(segment));
    if (!same || kept.has(segment)) continue;
    kept.set(segment, same);
    const have = new Set(same.chunks.map(({ sequence }) => sequence));
    same.chunks.push(...segment.chunks.filter(({ sequence }) => !have.has(sequence)));
    same.chunks.sort((a, b) => a.sequence - b.sequence);
    same.end_ms = segment.end_ms;
  }
  const views = after.views.map((view) => ({
    ...view,
    segment: kept.get(view.segment) ?? view.segment,
  }));
  return { plan: { ...after, views }, chunks };
}

function nameOf({ window, chunks }: Segment): string {
  return `${window} ${chunks[0]?.sequence}`;
}

/** The part of chunks that lie together which is not known yet. */
function rest(chunk: Chunk, known: readonly Chunk[], started_ms: number): Chunk[] {
  const same = known.filter(({ window }) => window === chunk.window);
  const has = (sequence: number) =>
    same.some((each) => each.sequence <= sequence && sequence <= each.last_sequence);
  if (chunk.first_ms < started_ms || has(chunk.last_sequence)) return [];
  if (!has(chunk.sequence)) return [chunk];
  // The server has put it together with what came before it.
  const before = same
    .filter(({ last_sequence }) => last_sequence < chunk.last_sequence)
    .reduce((last, each) => (each.last_sequence > last.last_sequence ? each : last));
  const sequence = before.last_sequence + 1;
  return [{ ...chunk, sequence, first_ms: before.last_ms, snapshot: false, keyframe: false }];
}
