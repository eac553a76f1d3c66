// Whether a session still happens. Events alone do not tell: who reads or scrolls sends none for
// minutes, but their recorder does.
import type { ChunkRow, SessionDetail } from "@hitmetrix/wire";

/** So long after its last sign of life a session is taken to happen, as the live view takes it. */
const RUNS_MS = 5 * 60_000;

/** How often it is looked at: it happens, it may go on, it is over. */
export type Pace = "runs" | "may-go-on" | "over";

/** Epoch milliseconds of the last event or of the last that was recorded, whichever is later. */
export function lastSign(
  session: Pick<SessionDetail, "ended_ms" | "recording">,
  chunks: readonly Pick<ChunkRow, "last_ms">[],
): number {
  const recorded = chunks.map(({ last_ms }) => last_ms);
  return Math.max(session.ended_ms, session.recording?.ended_ms ?? 0, ...recorded);
}

/** `idle_ms`: after so long without a sign what comes is another session. */
export function paceOf(last_ms: number, now_ms: number, idle_ms: number): Pace {
  const ago_ms = now_ms - last_ms;
  if (isWithin(RUNS_MS, ago_ms)) return "runs";
  return isWithin(idle_ms, ago_ms) ? "may-go-on" : "over";
}

/** Not long ago; what is dated long after now does not happen now either. */
export function isWithin(limit_ms: number, ago_ms: number): boolean {
  return Math.abs(ago_ms) < limit_ms;
}
