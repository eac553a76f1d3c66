import { expect, test } from "vitest";
import { type World, worldShapes } from "../../world/shapes.ts";
import type { Region } from "./region.ts";
import { holds, nearOf } from "./view.ts";

const world: World = worldShapes();
const regions = (numbers: Record<string, number>): Region[] =>
  Object.entries(numbers).map(([value, number]) => ({
    value,
    name: value,
    number,
    change: "",
    tone: "",
  }));
const place = (code: string): { x: number; y: number } => {
  const [x = 0, y = 0] = world.places[code] ?? [];
  return { x, y };
};

test("a site of one continent is shown closer, without those few who are elsewhere", () => {
  const near = nearOf(world, regions({ DE: 38, SE: 14, NL: 12, AT: 9, FR: 20, US: 3, "": 40 }));
  if (!near) throw new Error("most are in Europe");
  for (const code of ["DE", "SE", "NL", "AT", "FR"]) expect(holds(near, place(code))).toBe(true);
  expect(holds(near, place("US"))).toBe(false);
  expect(near.width).toBeLessThan(world.width / 2.5);
  expect(near.width / near.height).toBeCloseTo(world.width / world.height, 1);
});

test("it stays in the drawing, and goes no closer than the shapes allow", () => {
  for (const code of ["NZ", "IS", "AQ", "FJ", "SG"]) {
    const near = nearOf(world, regions({ [code]: 1 }));
    if (!near) throw new Error(code);
    expect(near.x).toBeGreaterThanOrEqual(0);
    expect(near.y).toBeGreaterThanOrEqual(0);
    expect(near.x + near.width).toBeLessThanOrEqual(world.width + 1);
    expect(near.y + near.height).toBeLessThanOrEqual(world.height + 1);
    expect(near.width).toBeGreaterThanOrEqual(world.width / 5);
    expect(holds(near, place(code))).toBe(true);
  }
});

test("where they are spread over the world, or nobody is, there is no closer", () => {
  expect(nearOf(world, regions({ US: 10, DE: 10, JP: 10, AU: 10 }))).toBeNull();
  expect(nearOf(world, regions({ "": 3, EU: 2 }))).toBeNull();
  expect(nearOf(world, [])).toBeNull();
});
