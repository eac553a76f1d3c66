// What the kinds of heatmaps are called.
import type { Kind } from "./heat.ts";

export const KIND: Record<Kind, string> = {
  clicks: "Clicks",
  rage: "Rage",
  dead: "Dead",
  move: "Move",
  scroll: "Scroll",
  attention: "Attention",
};

/** One, many, and the head of a column. */
export const NOUN: Partial<Record<Kind, readonly [string, string, string]>> = {
  clicks: ["click", "clicks", "Clicks"],
  rage: ["rage click", "rage clicks", "Rage"],
  dead: ["dead click", "dead clicks", "Dead"],
};

/** What those behind a column did. */
export const DID: Record<string, string> = {
  clicks: "clicked",
  sessions: "clicked",
  rage_clicks: "clicked in anger",
  dead_clicks: "clicked in vain",
};
