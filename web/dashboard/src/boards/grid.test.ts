import type { Panel, PanelPlace } from "@hitmetrix/wire";
import { describe, expect, test } from "vitest";
import {
  COLUMNS,
  compact,
  freeId,
  freePlace,
  inOrder,
  moved,
  placeWords,
  sized,
  sizeOf,
  stepped,
} from "./grid.ts";

const panel = (id: string, x: number, y: number, width: number, height: number): Panel => ({
  id,
  place: { x, y, width, height },
  shows: { text: id },
});

/** Panels as rows of letters, to be read. */
function drawn(panels: readonly Panel[]): string[] {
  const rows: string[][] = [];
  for (const { id, place } of panels)
    for (let y = place.y; y < place.y + place.height; y += 1)
      for (let x = place.x; x < place.x + place.width; x += 1) {
        rows[y] ??= [];
        const row = rows[y] as string[];
        if (row[x]) throw new Error(`${id} lies on ${row[x]}`);
        row[x] = id;
      }
  return rows.map((row) => Array.from({ length: COLUMNS }, (_, x) => row?.[x] ?? ".").join(""));
}

const board = [panel("a", 0, 0, 6, 2), panel("b", 6, 0, 6, 2), panel("c", 0, 2, 12, 2)];

describe("whoever is moved keeps its place, the others give way", () => {
  test("beside each other they exchange places by a step up and down", () => {
    expect(drawn(moved(board, "c", { x: 0, y: 0 }))).toEqual([
      "cccccccccccc",
      "cccccccccccc",
      "aaaaaabbbbbb",
      "aaaaaabbbbbb",
    ]);
  });

  test("what is below rises into the place that is free", () => {
    expect(drawn(moved(board, "a", { x: 0, y: 9 }))).toEqual([
      "......bbbbbb",
      "......bbbbbb",
      "cccccccccccc",
      "cccccccccccc",
      "aaaaaa......",
      "aaaaaa......",
    ]);
  });

  test("nothing leaves the grid", () => {
    expect(moved(board, "a", { x: -3, y: -2 })[0]?.place).toMatchObject({ x: 0, y: 0 });
    expect(moved(board, "a", { x: 40, y: 0 })[0]?.place.x).toBe(6);
    expect(sized(board, "b", { width: 40, height: 400 })[1]?.place).toMatchObject({
      width: 6,
      height: 40,
    });
    expect(sized(board, "b", { width: 0, height: 0 })[1]?.place).toMatchObject({
      width: 2,
      height: 2,
    });
  });

  test("a larger one pushes down what is below and beside", () => {
    expect(drawn(sized(board, "a", { width: 8, height: 3 }))).toEqual([
      "aaaaaaaa....",
      "aaaaaaaa....",
      "aaaaaaaa....",
      "......bbbbbb",
      "......bbbbbb",
      "cccccccccccc",
      "cccccccccccc",
    ]);
  });
});

describe("by a key", () => {
  test("left and right by a column", () => {
    const one = [panel("a", 2, 0, 4, 2)];
    expect(stepped(one, "a", "left")[0]?.place.x).toBe(1);
    expect(stepped(one, "a", "right")[0]?.place.x).toBe(3);
  });

  test("up and down past the neighbour", () => {
    const tower = [panel("a", 0, 0, 6, 4), panel("b", 0, 4, 6, 2), panel("c", 0, 6, 6, 2)];
    const order = (panels: readonly Panel[]): string =>
      inOrder(panels)
        .map(({ id }) => id)
        .join("");
    expect(order(stepped(tower, "a", "down"))).toBe("bac");
    expect(order(stepped(tower, "c", "up"))).toBe("acb");
    expect(order(stepped(tower, "b", "up"))).toBe("bac");
    expect(stepped(tower, "a", "up")).toEqual(tower);
    expect(stepped(tower, "c", "down")).toEqual(tower);
    expect(stepped(tower, "x", "down")).toEqual(tower);
  });
});

/** Small and always the same. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * sides);
  };
}

/** What lies on another, hangs in the air or is outside. */
function wrongIn(panels: readonly Panel[]): string[] {
  drawn(panels);
  const touches = (a: PanelPlace, b: PanelPlace): boolean =>
    a.x < b.x + b.width && b.x < a.x + a.width && b.y + b.height === a.y;
  return panels.flatMap(({ id, place }) => {
    if (place.x < 0 || place.x + place.width > COLUMNS) return [`${id} is outside`];
    const rests = place.y === 0 || panels.some((other) => touches(place, other.place));
    return rests ? [] : [`${id} hangs in the air`];
  });
}

test("after any moves the board is whole", () => {
  const wrong: string[] = [];
  for (let seed = 1; seed <= 100; seed += 1) {
    const roll = dice(seed);
    let panels: Panel[] = [];
    for (let number = 0; number < 8; number += 1) {
      const size = { width: 2 + roll(10), height: 2 + roll(6) };
      const place = freePlace(panels, size);
      panels = [...panels, { id: freeId(panels), place, shows: { text: "x" } }];
    }
    for (let number = 0; number < 12; number += 1) {
      const id = panels[roll(panels.length)]?.id ?? "";
      if (roll(3) === 0) panels = sized(panels, id, { width: roll(14), height: roll(9) });
      else if (roll(2) === 0) panels = moved(panels, id, { x: roll(14), y: roll(30) });
      else
        panels = stepped(panels, id, (["left", "right", "up", "down"] as const)[roll(4)] ?? "up");
      wrong.push(...wrongIn(panels).map((what) => `seed ${seed}, move ${number}: ${what}`));
    }
    if (panels.length !== 8) wrong.push(`seed ${seed}: ${panels.length} panels`);
  }
  expect(wrong).toEqual([]);
});

test("what a program saved with holes is closed up", () => {
  const holed = [panel("a", 0, 5, 6, 2), panel("b", 3, 20, 6, 2)];
  expect(drawn(compact(holed))).toEqual([
    "aaaaaa......",
    "aaaaaa......",
    "...bbbbbb...",
    "...bbbbbb...",
  ]);
});

test("a new panel takes the first free place", () => {
  const row = [panel("a", 0, 0, 6, 2), panel("b", 6, 0, 3, 2)];
  expect(freePlace(row, { width: 3, height: 4 })).toEqual({ x: 9, y: 0, width: 3, height: 4 });
  expect(freePlace(row, { width: 6, height: 4 })).toEqual({ x: 0, y: 2, width: 6, height: 4 });
  expect(freeId(row)).toBe("p3");
  expect(freeId([panel("p2", 0, 0, 2, 2)])).toBe("p3");
});

test("sizes fit what is shown, and places are said in words", () => {
  expect(sizeOf({ shows: { measure: "sessions" } }).usual.width).toBe(3);
  expect(sizeOf({ shows: { insight: "a", display: "chart" } }).usual.width).toBe(6);
  expect(placeWords({ x: 0, y: 2, width: 6, height: 4 })).toBe(
    "column 1 of 12, row 3, 6 wide, 4 high",
  );
});
