// The same in Explore: the trend that asks for what a panel or the chart of the overview shows. It
// writes the address by itself, so that the first page needs nothing of Explore.
import type { Dimension, Measure } from "@hitmetrix/wire";
import type { App } from "./app.ts";
import type { Asking } from "./question.ts";

type Own = readonly (readonly [string, string])[];

const SESSIONS: Own = [["series", "~do!sessions"]];
/** Lines of a trend, as explore/explore.ts writes them. */
const LINES: Partial<Record<Measure, Own>> = {
  persons: [],
  sessions: SESSIONS,
  pageviews: [["series", "pageview~do!count"]],
  events: [["series", "~do!count"]],
  pages_per_session: [
    ["series", "pageview~do!count"],
    ["series", "~do!sessions"],
    ["formula", "A / B"],
  ],
};

/** Whether a trend can ask for the measure itself; for others it asks for the sessions behind it. */
export const isInExplore = (measure: Measure): boolean => measure in LINES;

/** Explore under the same period, filters and segment, on the measure, divided by the dimension. */
export function inExplore(
  app: Pick<App, "link">,
  asking: Asking,
  { measure, dimension }: { measure: Measure; dimension?: Dimension },
): string {
  const lines = LINES[measure] ?? SESSIONS;
  const split: Own = dimension ? [["split", dimension]] : [];
  return app.link("explore", { ...asking, own: [...lines, ...split] });
}
