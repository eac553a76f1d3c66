// What a player shows of a session: the same in the dashboard, on a shared page and in a file.
import type { ChunkRow, SessionDetail } from "@hitmetrix/wire";
import type { Timeline } from "./timeline.ts";

export type Watched = Pick<
  SessionDetail,
  | "started_ms"
  | "ended_ms"
  | "events"
  | "country"
  | "browser"
  | "browser_version"
  | "system"
  | "device"
  | "channel"
  | "source"
>;

/** What stands beside or above the picture, and follows it. */
export interface StageView {
  /** Milliseconds from the beginning; null where nothing can be played. */
  readonly position: number | null;
  /** Goes to shortly before a moment; null where nothing can be played. */
  readonly jump: ((ms: number) => void) | null;
  /** Counts up whenever somebody goes elsewhere. */
  readonly touched: number;
  readonly timeline: Timeline;
}

/** A session of which nothing is known but its recording. */
export function nobody(chunks: readonly ChunkRow[]): Watched {
  const times = chunks.flatMap((chunk) => [chunk.first_ms, chunk.last_ms]);
  const [started_ms, ended_ms] = [Math.min(...times), Math.max(...times)];
  const unknown = { country: "", browser: "", browser_version: "", system: "", device: "" };
  return { started_ms, ended_ms, ...unknown, channel: "", source: "", events: [] };
}
