// What is asked about those who leave a funnel: which steps lose somebody, and what is held against
// going on there.
import type { Condition } from "@hitmetrix/wire";
import type { Explore } from "./explore.ts";
import { stepBefore, WINDOW } from "./explore.ts";
import { wireOf } from "./selection.ts";
import type { FunnelShape } from "./shapes.ts";
import { apartFrom } from "./whoWords.ts";

/** Values that fewer than so many persons have tell nothing; where few came, half as many do. */
const CASES = 30;
const FEWEST_CASES = 5;

/** The places of the steps before which somebody left, where it can be said what tells them apart. */
export function stepsThatLose(explore: Explore, shape: FunnelShape): number[] {
  return shape.all.steps.flatMap(({ dropped }, at) =>
    at > 0 && dropped > 0 && apartAt(explore, at, CASES) ? [at] : [],
  );
}

/** What goes with going on to this step from the one before it; null where that has no answer. */
export function apartAt(explore: Explore, at: number, cases: number): Explore | null {
  if (explore.kind !== "funnel" || explore.funnel.steps[at]?.optional) return null;
  const apart = apartFrom(explore, {
    of: "main",
    cell: { column: "dropped", row: { step: at + 1 } },
  });
  return apart && { ...apart, correlation: { ...apart.correlation, cases } };
}

/** How many persons must have had a value, by how many came to the step before. */
export function casesFor(shape: FunnelShape, explore: Explore, at: number): number {
  const came = shape.all.steps[stepBefore(explore.funnel.steps, at)]?.count ?? 0;
  return Math.min(CASES, Math.max(FEWEST_CASES, Math.floor(came / 20)));
}

/** The places of the steps that have to be done before a step, the one just before it last. */
export function stepsUpTo(explore: Explore, at: number): number[] {
  const last = stepBefore(explore.funnel.steps, at);
  return explore.funnel.steps.flatMap(({ optional }, place) =>
    place === last || (place < last && !optional) ? [place] : [],
  );
}

/** Who did the earlier steps too, one after the other within the time the funnel has; null where the
    step before is the first. */
export function cameBy(explore: Explore, at: number): Condition | null {
  const { steps, window } = explore.funnel;
  const sequence = stepsUpTo(explore, at).flatMap((place) => steps[place] ?? []);
  return sequence.length > 1
    ? { did: { sequence: sequence.map(wireOf), within: window || WINDOW } }
    : null;
}
