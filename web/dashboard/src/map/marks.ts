// What of a map can be pressed, and in which order keys go through it.
import type { World } from "../../world/shapes.ts";
import type { Region } from "./region.ts";
import { type Step, shadeOf } from "./steps.ts";

export interface Mark {
  region: Region;
  /** 1 to 5. */
  shade: number;
  /** Where its dot and its tip stand, in units of the drawing. */
  x: number;
  y: number;
  /** It is too small, or has no shape. */
  dot: boolean;
}

/** A shape that covers less than this is a dot: three pixels each way can be seen, not met. */
const LEAST_PX = 8;

export interface How {
  steps: readonly Step[];
  /** Pixels a unit of the drawing. */
  scale: number;
}

/** One for each country with a number, the largest first; none where the map has no such place. */
export function marksOf(world: World, regions: readonly Region[], { steps, scale }: How): Mark[] {
  return regions
    .flatMap((region): Mark[] => {
      const place = world.places[region.value];
      if (!place || region.number <= 0) return [];
      const [x, y, area] = place;
      const dot = !world.shapes[region.value] || area * scale ** 2 < LEAST_PX;
      return [{ region, shade: shadeOf(steps, region.number), x, y, dot }];
    })
    .sort((one, other) => other.region.number - one.region.number);
}

const STEP: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowDown: 1,
  j: 1,
  ArrowLeft: -1,
  ArrowUp: -1,
  k: -1,
};

/** Where a key goes from one of them; undefined where it goes nowhere. */
export function stepTo(marks: readonly Mark[], from: Mark, key: string): Mark | undefined {
  if (key === "Home") return marks[0];
  if (key === "End") return marks.at(-1);
  const step = STEP[key];
  return step === undefined ? undefined : marks[marks.indexOf(from) + step];
}
