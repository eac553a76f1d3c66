// Heat: spots with a weight become a field, and the field five steps of one colour.

export interface Spot {
  /** In pixels of the page. */
  x: number;
  y: number;
  weight: number;
}

/** Heat on a grid over a page. */
export interface Field {
  /** Cells. */
  columns: number;
  rows: number;
  values: Float32Array;
  /** The hottest; 0 where nothing is warm. */
  most: number;
}

/** Pixels of the page that one cell of the grid is wide and high. */
export const CELL_PX = 4;
/** How far a click warms what is around it. */
const RADIUS_PX = 30;
export const STEPS = 5;
/** Below this share of the hottest nothing is drawn. */
const LEAST = 0.015;

/** Adds up what all spots give: each warms its surroundings, less with the distance. */
export function fieldOf(spots: readonly Spot[], width: number, height: number): Field {
  const columns = Math.max(1, Math.ceil(width / CELL_PX));
  const rows = Math.max(1, Math.ceil(height / CELL_PX));
  const values = new Float32Array(columns * rows);
  const reach = Math.ceil(RADIUS_PX / CELL_PX);
  let most = 0;
  for (const { x, y, weight } of spots) {
    if (!(weight > 0)) continue;
    const [atX, atY] = [x / CELL_PX - 0.5, y / CELL_PX - 0.5];
    const [left, top] = [Math.floor(atX) - reach, Math.floor(atY) - reach];
    for (let row = Math.max(0, top); row <= Math.min(rows - 1, top + 2 * reach + 1); row += 1) {
      for (
        let column = Math.max(0, left);
        column <= Math.min(columns - 1, left + 2 * reach + 1);
        column += 1
      ) {
        const away = ((column - atX) ** 2 + (row - atY) ** 2) * (CELL_PX / RADIUS_PX) ** 2;
        if (away >= 1) continue;
        const at = row * columns + column;
        const sum = (values[at] ?? 0) + weight * (1 - away) ** 2;
        values[at] = sum;
        if (sum > most) most = sum;
      }
    }
  }
  return { columns, rows, values, most };
}

/** 0 for nothing, else 1 to 5. The steps are of the root, so that few clicks are seen beside many. */
export function stepOf(value: number, most: number): number {
  if (most <= 0 || value < LEAST * most) return 0;
  return Math.min(STEPS, Math.max(1, Math.ceil(STEPS * Math.sqrt(value / most))));
}

/** How much of the colour a step has. Over the whole page it has less: words must stay readable. */
export function strengthOf(step: number, of: "spots" | "bands" = "spots"): number {
  if (step <= 0) return 0;
  return of === "spots" ? 0.14 + 0.14 * step : 0.02 + 0.08 * step;
}

/** The value between the middles of cells; pixels of the page. */
export function valueAt({ columns, rows, values }: Field, x: number, y: number): number {
  const [upper, lower, down] = between(y, rows);
  const [left, right, across] = between(x, columns);
  const value = (c: number): number => {
    const [above, below] = [values[upper * columns + c] ?? 0, values[lower * columns + c] ?? 0];
    return above * (1 - down) + below * down;
  };
  return value(left) * (1 - across) + value(right) * across;
}

/** The two cells between whose middles a place is, and how far it is from the first. */
function between(place: number, cells: number): [first: number, second: number, share: number] {
  const at = Math.min(cells - 1, Math.max(0, place / CELL_PX - 0.5));
  const first = Math.floor(at);
  return [first, Math.min(cells - 1, first + 1), at - first];
}

/**
 * Fills the pixels of a picture that shows the whole page, `scale` of them a pixel of the page, with
 * the step of the value at each. Most of a page is cold: what lies between cells of which none is
 * warm is passed over, in rows and in columns.
 */
export function paintField(
  field: Field,
  image: { width: number; height: number; data: Uint8ClampedArray },
  scale: number,
  [red, green, blue]: readonly [number, number, number],
): void {
  const { columns, rows, values, most } = field;
  if (most <= 0) return;
  const { width, height, data } = image;
  const least = LEAST * most;
  const alphas = Array.from({ length: STEPS + 1 }, (_, step) => 255 * strengthOf(step));
  const shares = new Float64Array(width);
  /** Where the pixels begin that lie right of the middle of each cell, and left of the next. */
  const starts = new Int32Array(columns + 1).fill(width);
  for (let column = width - 1; column >= 0; column -= 1) {
    const [left, , share] = between((column + 0.5) / scale, columns);
    shares[column] = share;
    starts[left] = column;
  }
  for (let cell = columns - 1; cell >= 0; cell -= 1) {
    starts[cell] = Math.min(starts[cell] ?? width, starts[cell + 1] ?? width);
  }
  /** The values of a row of pixels in the middles of the columns of cells. */
  const line = new Float64Array(columns);
  for (let row = 0; row < height; row += 1) {
    const [upper, lower, down] = between((row + 0.5) / scale, rows);
    let hottest = 0;
    for (let column = 0; column < columns; column += 1) {
      const above = values[upper * columns + column] ?? 0;
      const below = values[lower * columns + column] ?? 0;
      const value = above * (1 - down) + below * down;
      line[column] = value;
      if (value > hottest) hottest = value;
    }
    if (hottest < least) continue;
    for (let cell = 0; cell < columns; cell += 1) {
      const next = Math.min(columns - 1, cell + 1);
      const [left, right] = [line[cell] ?? 0, line[next] ?? 0];
      if (left < least && right < least) continue;
      const end = starts[cell + 1] ?? width;
      for (let column = starts[cell] ?? width; column < end; column += 1) {
        const share = shares[column] ?? 0;
        const value = left * (1 - share) + right * share;
        if (value < least) continue;
        const at = 4 * (row * width + column);
        data[at] = red;
        data[at + 1] = green;
        data[at + 2] = blue;
        data[at + 3] = alphas[stepOf(value, most)] ?? 0;
      }
    }
  }
}
