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

/** What is archived is offered nowhere, but holds where it is used: there its name says so. */
const said = ({ name, archived_at_ms }: Segment | SavedGoal): string =>
  archived_at_ms === undefined ? name : `${name} (archived)`;

export function amongName(among: string | null, saved: Saved): string {
  if (among === null) return "All visitors";
  const found = goalOf(among);
  if (!found) {
    const segment = saved.segments?.find(({ id }) => id === among);
    if (segment) return said(segment);
    return saved.segments ? "Unknown segment" : "…";
  }
  const goal = saved.goals?.find(({ id }) => id === found.goal);
  if (!goal) return saved.goals ? "Unknown goal" : "…";
  return `${found.reached ? "Reached" : "Missed"} “${said(goal)}”`;
}

/** Names by id, for conditions in words. */
export function savedNames(saved: Saved): Map<string, string> {
  return new Map(
    [...(saved.segments ?? []), ...(saved.goals ?? [])].map((each) => [each.id, said(each)]),
  );
}

/** Those that are offered: what is archived only where it is chosen already. */
export const offered = (
  segments: readonly Segment[] | null,
  chosen: string | null = null,
): Segment[] =>
  (segments ?? []).filter(
    ({ id, archived_at_ms }) => archived_at_ms === undefined || id === chosen,
  );
