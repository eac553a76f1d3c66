// What a goal of a heatmap is called: its own name, or that of its event.
import type { SavedGoal } from "@hitmetrix/wire";
import { valueName } from "../words.ts";
import type { Goal } from "./heat.ts";

export function goalName(goal: Goal, saved: readonly SavedGoal[] | null): string {
  if ("event" in goal) return valueName("event", goal.event);
  return saved?.find(({ id }) => id === goal.goal)?.name ?? (saved ? "Unknown goal" : "…");
}
