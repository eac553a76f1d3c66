// Which of at most five shades a number has. Countries differ by orders of magnitude: the bounds grow
// by the same factor from step to step, and are round, so that they stay where they are while the
// numbers grow.

export interface Step {
  /** The least and the most number of the step. */
  from: number;
  to: number;
  /** From 1, the faintest, to 5: the last step is always the strongest. */
  shade: number;
}

const MOST = 5;
const ROUND = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The steps of whole numbers over zero, ascending; none where there are no such numbers. */
export function stepsOf(numbers: readonly number[]): Step[] {
  const counted = numbers.filter((number) => number > 0);
  if (counted.length === 0) return [];
  const least = Math.min(...counted);
  const most = Math.max(...counted);
  const bounds = boundsOf(least, most);
  return bounds.map((from, at) => ({
    from,
    to: (bounds[at + 1] ?? most + 1) - 1,
    shade: bounds.length === 1 ? MOST : 1 + Math.round((at / (bounds.length - 1)) * (MOST - 1)),
  }));
}

/** The shade of a number; 0 where it has none. */
export function shadeOf(steps: readonly Step[], number: number): number {
  return steps.findLast(({ from }) => number >= from)?.shade ?? 0;
}

/** Where the steps begin. */
function boundsOf(least: number, most: number): number[] {
  if (most - least < MOST) return Array.from({ length: most - least + 1 }, (_, at) => least + at);
  const bounds = [roundTo(least, "down")];
  for (let step = 1; step < MOST; step += 1) {
    const bound = roundTo(least * (most / least) ** (step / MOST), "near");
    if (bound > (bounds.at(-1) ?? 0) && bound <= most) bounds.push(bound);
  }
  return bounds;
}

/** A whole number that is easily read: the next below, or the nearest by its ratio. */
function roundTo(value: number, way: "down" | "near"): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const lead = value / power;
  const found =
    way === "down"
      ? ROUND.findLast((each) => each <= lead + 1e-9)
      : ROUND.slice().sort((a, b) => distance(a, lead) - distance(b, lead))[0];
  return Math.max(1, Math.round((found ?? 1) * power));
}

const distance = (one: number, other: number): number => Math.abs(Math.log(one / other));
