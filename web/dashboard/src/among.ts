// Among whom a question is asked: a saved segment, or those who reached or missed a saved goal. One
// place of the address holds it: `segment=ID`, `segment=goal:ID`, `segment=missed:ID`.
import type { Condition, SavedGoal, Segment } from "@hitmetrix/wire";

export interface AmongGoal {
  goal: string;
  reached: boolean;
}

export const reachedGoal = (goal: string): string => `goal:${goal}`;
export const missedGoal = (goal: string): string => `missed:${goal}`;

/** The goal that is meant; null for a segment. */
export function goalOf(among: string): AmongGoal | null {
  const at = among.indexOf(":");
  const [what, goal] = [among.slice(0, Math.max(0, at)), among.slice(at + 1)];
  return what === "goal" || what === "missed" ? { goal, reached: what === "goal" } : null;
}

export function amongCondition(among: string): Condition {
  const found = goalOf(among);
  if (!found) return { segment: among };
  const reached: Condition = { goal: found.goal };
  return found.reached ? reached : { not: reached };
}

/** Null where a condition is none of these. */
export function amongOf(condition: Condition): string | null {
  if ("segment" in condition) return condition.segment;
  if ("goal" in condition) return reachedGoal(condition.goal);
  if ("not" in condition && "goal" in condition.not) return missedGoal(condition.not.goal);
  return null;
}

/** What is saved on a site; null until it is known. */
export interface Saved {
  readonly segments: readonly Segment[] | null;
  readonly goals: readonly SavedGoal[] | null;
}

export function amongName(among: string | null, saved: Saved): string {
  if (among === null) return "All visitors";
  const found = goalOf(among);
  if (!found) {
    const segment = saved.segments?.find(({ id }) => id === among);
    return segment?.name ?? (saved.segments ? "Unknown segment" : "…");
  }
  const goal = saved.goals?.find(({ id }) => id === found.goal);
  if (!goal) return saved.goals ? "Unknown goal" : "…";
  return `${found.reached ? "Reached" : "Missed"} “${goal.name}”`;
}

/** Names by id, for conditions in words. */
export function savedNames(saved: Saved): Map<string, string> {
  return new Map(
    [...(saved.segments ?? []), ...(saved.goals ?? [])].map(({ id, name }) => [id, name]),
  );
}
