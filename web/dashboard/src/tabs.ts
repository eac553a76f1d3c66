// Tabs of one session that were open at the same time: which pages each showed when, and which of
// them the visitor had in front. A session in one tab has none of this.
import type { ChunkRow } from "@hitmetrix/wire";
import { type Act, plan } from "./player/plan.ts";
import type { TimelineSpan } from "./timeline.ts";
import type { Watched } from "./watched.ts";

export interface Tab {
  /** Its page loads, in their order. Shares of the whole, as the timeline has them. */
  pages: (TimelineSpan & { window: string })[];
  /** Where it is the one that is played. */
  shown: { from: number; to: number }[];
}

/** What only somebody does who has the page in front. */
export const ACTS: ReadonlySet<string> = new Set([
  "click",
  "rage_click",
  "dead_click",
  "thrash",
  "form_focus",
  "form_change",
  "form_submit",
  "outbound",
  "download",
]);
/** A page may still send something while the next one of its tab has begun. */
const OVERLAP_MS = 1500;

/** What tells which page was in front: what was done in it, and that it was left or hidden. */
export function actsOf(events: Watched["events"]): Act[] {
  const known = new Set<string>();
  return events.flatMap(({ name, window, time_ms }): Act[] => {
    if (name === "page_leave") return [{ window, time_ms, left: true }];
    // The first page of a page load may be opened behind another one, each further one not.
    const isFurther = name === "pageview" && known.has(window);
    if (name === "pageview") known.add(window);
    return ACTS.has(name) || isFurther ? [{ window, time_ms }] : [];
  });
}

/** None unless at least two were open at once. */
export function tabsOf(chunks: readonly ChunkRow[], acts: readonly Act[]): Tab[] {
  const { pages, views, duration } = plan(chunks, acts);
  if (duration <= 0) return [];
  const tabs: { tab: Tab; windows: Set<string>; to_ms: number }[] = [];
  for (const { window, path, from_ms, to_ms } of pages) {
    const free = tabs.filter((each) => each.to_ms <= from_ms + OVERLAP_MS);
    let mine = free.reduce<(typeof tabs)[number] | null>(
      (last, each) => (last && last.to_ms > each.to_ms ? last : each),
      null,
    );
    if (!mine) {
      mine = { tab: { pages: [], shown: [] }, windows: new Set(), to_ms };
      tabs.push(mine);
    }
    mine.to_ms = Math.max(mine.to_ms, to_ms);
    mine.windows.add(window);
    mine.tab.pages.push({ from: from_ms / duration, to: to_ms / duration, label: path, window });
  }
  if (tabs.length < 2) return [];
  for (const { from_ms, to_ms, segment } of views) {
    const mine = tabs.find(({ windows }) => windows.has(segment.window));
    const to = Math.min(1, to_ms / duration);
    const last = mine?.tab.shown.at(-1);
    if (last && last.to >= from_ms / duration) last.to = to;
    else mine?.tab.shown.push({ from: from_ms / duration, to });
  }
  return tabs.map(({ tab }) => tab);
}
