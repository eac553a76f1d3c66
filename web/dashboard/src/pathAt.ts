// Which page stood in a window at a moment: a page load may show many, one after the other, and the
// recording's list knows only the one it began with.
import type { Watched } from "./watched.ts";

/**
 * The path that was shown in a window at a time, by its pageviews; empty where none is known.
 * Events and recording are of one clock, but reach the server at different times, each with its own
 * correction: so little too late is in time.
 */
export function pathAt(events: Watched["events"], window: string, time_ms: number): string {
  const SLACK_MS = 100;
  const views = events.filter((event) => event.name === "pageview" && event.window === window);
  const last = views.findLast((view) => view.time_ms <= time_ms + SLACK_MS) ?? views[0];
  return last?.page.path ?? "";
}
