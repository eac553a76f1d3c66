// The part of the world in which most are, so that a site of one continent is not a spot on a map.
import type { World } from "../../world/shapes.ts";
import type { Region } from "./region.ts";

/** A part of the drawing, in its units; it has the drawing's proportions. */
export interface View {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** So many of all with a place are in it. */
const MOST = 0.9;
/** It is at most so many times as large: beyond, borders would look cut with scissors. */
const CLOSEST = 5;
/** A country reaches about so much farther from its middle than half the side of a square like it. */
const REACH = 1.4;
/** Room around it, as a share of the width. */
const AROUND = 0.04;
/** What is not much closer is not worth a button. */
const WORTH = 0.7;

/** Null where most are spread over the world, or there are none. */
export function nearOf(world: World, regions: readonly Region[]): View | null {
  const placed = regions
    .filter(({ value, number }) => number > 0 && world.places[value])
    .sort((one, other) => other.number - one.number);
  const all = placed.reduce((sum, { number }) => sum + number, 0);
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  let held = 0;
  for (const { value, number } of placed) {
    if (held >= MOST * all) break;
    held += number;
    const [x, y, area] = world.places[value] ?? [0, 0, 0];
    const reach = (REACH * Math.sqrt(area)) / 2;
    [left, right] = [Math.min(left, x - reach), Math.max(right, x + reach)];
    [top, bottom] = [Math.min(top, y - reach), Math.max(bottom, y + reach)];
  }
  if (placed.length === 0) return null;
  const shape = world.width / world.height;
  const width = Math.max(
    (right - left) * (1 + 2 * AROUND),
    (bottom - top) * (1 + 2 * AROUND) * shape,
    world.width / CLOSEST,
  );
  if (width > WORTH * world.width) return null;
  const height = width / shape;
  return {
    x: within((left + right - width) / 2, world.width - width),
    y: within((top + bottom - height) / 2, world.height - height),
    width: Math.round(width),
    height: Math.round(height),
  };
}

const within = (value: number, most: number): number =>
  Math.round(Math.max(0, Math.min(value, most)));

/** Whether a point is in it. */
export function holds({ x, y, width, height }: View, at: { x: number; y: number }): boolean {
  return at.x >= x && at.x <= x + width && at.y >= y && at.y <= y + height;
}
