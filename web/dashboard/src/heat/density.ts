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
  const reach = RADIUS_PX / CELL_PX;
  let most = 0;
  for (const { x, y, weight } of spots) {
    if (!(weight > 0)) continue;
    const [atX, atY] = [x / CELL_PX - 0.5, y / CELL_PX - 0.5];
    const bottom = Math.min(rows - 1, Math.floor(atY + reach));
    for (let row = Math.max(0, Math.ceil(atY - reach)); row <= bottom; row += 1) {
      const down = (row - atY) / reach;
      const half = reach * Math.sqrt(Math.max(0, 1 - down * down));
      const right = Math.min(columns - 1, Math.floor(atX + half));
      for (let column = Math.max(0, Math.ceil(atX - half)); column <= right; column += 1) {
        const across = (column - atX) / reach;
        const near = Math.max(0, 1 - across * across - down * down);
        const at = row * columns + column;
        const sum = (values[at] ?? 0) + weight * near * near;
        values[at] = sum;
        if (sum > most) most = sum;
      }
    }
  }
  return { columns, rows, values, most };
}

/** 0 for nothing, else 1 to 5. The steps are of the root, so that few clicks are seen beside many. */
export function stepOf(value: number, most: number): number {
  return most <= 0 ? 0 : stepper(most)(value);
}

/** The steps of values among which this is the most. */
function stepper(most: number): (value: number) => number {
  const least = LEAST * most;
  const end = (step: number): number => most * (step / STEPS) ** 2;
  const [first, second, third, fourth] = [end(1), end(2), end(3), end(4)];
  return (value) => {
    if (value < least) return 0;
    if (value <= second) return value <= first ? 1 : 2;
    if (value <= third) return 3;
    return value <= fourth ? 4 : STEPS;
  };
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
 * the step of the value at each. Most of a page is cold, and most of what is warm lies between cells
 * of one step: rows between cold ones are passed over, and stretches of one step filled at once.
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
  const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height);
  /** The pixel of each step. */
  const colours = new Uint32Array(
    Uint8ClampedArray.from(
      Array.from({ length: STEPS + 1 }, (_, step) => [
        red,
        green,
        blue,
        255 * strengthOf(step),
      ]).flat(),
    ).buffer,
  );
  const stepAt = stepper(most);
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
  const warm = warmRows(field);
  for (let row = 0; row < height; row += 1) {
    const [upper, lower, down] = between((row + 0.5) / scale, rows);
    if (!warm[upper] && !warm[lower]) continue;
    const first = row * width;
    let [from, painted] = [0, 0];
    /** From this column on the row has this step. */
    const paint = (step: number, column: number): void => {
      if (step === painted) return;
      if (painted > 0) pixels.fill(colours[painted] ?? 0, first + from, first + column);
      [from, painted] = [column, step];
    };
    /** The value in the middle of a column of cells. */
    const valueIn = (cell: number): number =>
      (values[upper * columns + cell] ?? 0) * (1 - down) +
      (values[lower * columns + cell] ?? 0) * down;
    let [right, rightStep] = [valueIn(0), 0];
    rightStep = stepAt(right);
    for (let cell = 0; cell < columns; cell += 1) {
      const [left, leftStep] = [right, rightStep];
      if (cell + 1 < columns) {
        right = valueIn(cell + 1);
        rightStep = stepAt(right);
      }
      const start = starts[cell] ?? width;
      if (leftStep === rightStep) {
        paint(leftStep, start);
        continue;
      }
      const end = starts[cell + 1] ?? width;
      for (let column = start; column < end; column += 1) {
        const share = shares[column] ?? 0;
        paint(stepAt(left * (1 - share) + right * share), column);
      }
    }
    paint(0, width);
  }
}

/** Which rows of cells have one that is drawn. */
function warmRows({ columns, rows, values, most }: Field): Uint8Array {
  const warm = new Uint8Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const cells = values.subarray(row * columns, (row + 1) * columns);
    if (cells.some((value) => value >= LEAST * most)) warm[row] = 1;
  }
  return warm;
}
