// Where ticks and labels stand. Pure arithmetic, no drawing.

/** A round step so that about `wanted` ticks cover `span`. */
export function niceStep(span: number, wanted: number): number {
  if (!(span > 0)) return 1;
  const rough = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  const step = lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 2.5 ? 2.5 : lead <= 5 ? 5 : 10;
  return step * power;
}

/** Ticks from zero to at least `max`. */
export function ticksTo(max: number, wanted: number): number[] {
  return ticksBy(niceStep(max, wanted), max);
}

/** Ticks of what comes in wholes: none stands between two of them, where it would be rounded. */
export function countTicksTo(most: number, wanted: number): number[] {
  const max = Math.max(4, most);
  return ticksBy(Math.max(1, Math.floor(niceStep(max, wanted))), max);
}

function ticksBy(step: number, max: number): number[] {
  const ticks: number[] = [];
  for (let index = 0; index <= 50; index += 1) {
    const tick = Number((index * step).toPrecision(12));
    ticks.push(tick);
    if (tick >= max) break;
  }
  return ticks;
}

const MINUTE = 60_000;
const TIME_STEPS = [
  1000,
  2000,
  5000,
  10_000,
  15_000,
  30_000,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  60 * MINUTE,
  120 * MINUTE,
];

/** Ticks of a duration axis: steps that people count in, as 15 s, 1 min, 5 min. */
export function durationTicksTo(maxMs: number, wanted: number): number[] {
  const rough = maxMs / Math.max(1, wanted);
  const step = TIME_STEPS.find((each) => each >= rough) ?? niceStep(maxMs, wanted);
  const ticks: number[] = [];
  for (let tick = 0; ticks.length <= 50; tick += step) {
    ticks.push(tick);
    if (tick >= maxMs) break;
  }
  return ticks;
}

const EVERY = [1, 2, 3, 4, 6, 7, 8, 12, 14, 24, 28, 30, 48, 60, 90, 120, 180, 240, 365, 720, 1440];

/** Indexes of the buckets that get a label, evenly spaced, no more than fit. */
export function labelled(buckets: number, fits: number): number[] {
  if (buckets <= 0) return [];
  const every =
    EVERY.find((each) => Math.ceil(buckets / each) <= Math.max(2, fits)) ??
    Math.ceil(buckets / Math.max(2, fits));
  const list: number[] = [];
  for (let index = 0; index < buckets; index += every) list.push(index);
  return list;
}

/** The path of a sparkline in a box; missing values break the line. */
export function sparkPath(
  values: readonly (number | null)[],
  width: number,
  height: number,
): string {
  const known = values.filter((value): value is number => value !== null);
  if (known.length < 2) return "";
  const low = Math.min(...known);
  const high = Math.max(...known);
  const flat = high === low;
  return brokenLine(values, width, (value) =>
    flat ? height / 2 : height - ((value - low) / (high - low)) * height,
  );
}

/** The path of a line from nought to `most` in a box; missing values break it. */
export function stripPath(
  values: readonly (number | null)[],
  most: number,
  width: number,
  height: number,
): string {
  return brokenLine(values, width, (value) => height - (Math.max(0, value) / (most || 1)) * height);
}

/** The path through values at equal distances; missing ones break it. */
function brokenLine(
  values: readonly (number | null)[],
  width: number,
  yOf: (value: number) => number,
): string {
  let path = "";
  let pen = false;
  values.forEach((value, index) => {
    if (value !== null) {
      const x = (index / Math.max(1, values.length - 1)) * width;
      path += `${pen ? "L" : "M"}${x.toFixed(1)} ${yOf(value).toFixed(1)}`;
    }
    pen = value !== null;
  });
  return path;
}

/** Where values stand with none on either side, which no line can show. */
export function alone(values: ArrayLike<number | null | undefined>): number[] {
  const at: number[] = [];
  const has = (place: number): boolean => typeof values[place] === "number";
  for (let place = 0; place < values.length; place += 1) {
    if (has(place) && !has(place - 1) && !has(place + 1)) at.push(place);
  }
  return at;
}
