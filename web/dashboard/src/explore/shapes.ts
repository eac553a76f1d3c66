// Answers as the charts need them. The same rows stand in the tables; nothing is counted anew.
import type { Answer, CellAddress, Interval, Unit } from "@hitmetrix/wire";
import { columnOf, numberAt, textAt, timeColumn, unitOf } from "../rows.ts";
import { rowKey } from "./asked.ts";

export const OTHER = "(other)";

type Key = CellAddress["row"];

// ---------- trend ----------

export interface TrendColumn {
  name: string;
  unit: Unit;
  values: (number | null)[];
  before: (number | null)[] | null;
}

/** One combination of values, or the whole where nothing is divided. */
export interface TrendGroup {
  values: string[];
  other: boolean;
  columns: TrendColumn[];
  /** What names its row of each time. */
  keys: Key[];
}

export interface TrendShape {
  times: number[];
  interval: Interval;
  facts: string[];
  groups: TrendGroup[];
}

export function trendShape(answer: Answer): TrendShape {
  const time = timeColumn(answer);
  const facts = answer.columns.filter((column) => column.unit === "text").map(({ name }) => name);
  const factsAt = facts.map((name) => columnOf(answer, name));
  const numbers = answer.columns.filter(
    ({ name, unit }) => unit !== "text" && unit !== "time_ms" && !isBefore(answer, name),
  );
  const times: number[] = [];
  const groups = new Map<string, { values: string[]; rows: Map<number, number> }>();
  answer.rows.forEach((row, index) => {
    const at = numberAt(row, time) ?? 0;
    if (times.at(-1) !== at && !times.includes(at)) times.push(at);
    const values = factsAt.map((column) => textAt(row, column));
    const name = JSON.stringify(values);
    const group = groups.get(name) ?? { values, rows: new Map<number, number>() };
    group.rows.set(at, index);
    groups.set(name, group);
  });
  const names = [answer.columns[time]?.name ?? "time", ...facts];
  return {
    times,
    interval: answer.interval ?? "day",
    facts,
    groups: [...groups.values()].map(({ values, rows }) => ({
      values,
      other: values.includes(OTHER),
      keys: times.map((at) => rowKey(answer, rows.get(at) ?? -1, names)),
      columns: numbers.map(({ name, unit }) => ({
        name,
        unit,
        values: valuesOf(answer, name, times, rows) ?? [],
        before: valuesOf(answer, `${name}_previous`, times, rows),
      })),
    })),
  };
}

function isBefore(answer: Answer, name: string): boolean {
  const of = name.endsWith("_previous") ? name.slice(0, -"_previous".length) : "";
  return of !== "" && columnOf(answer, of) >= 0;
}

function valuesOf(
  answer: Answer,
  name: string,
  times: readonly number[],
  rows: ReadonlyMap<number, number>,
): (number | null)[] | null {
  const column = columnOf(answer, name);
  if (column < 0) return null;
  return times.map((at) => numberAt(answer.rows[rows.get(at) ?? -1], column));
}

// ---------- funnel ----------

export interface StepNumbers {
  count: number;
  share: number | null;
  before: number | null;
  dropped: number;
  median: number | null;
  average: number | null;
  /** The same in the earlier period; null where none is compared. */
  earlier: Pick<StepNumbers, "count" | "share" | "before"> | null;
}

export interface FunnelValue {
  /** The value by which it is divided; null for all. */
  value: string | null;
  other: boolean;
  steps: StepNumbers[];
}

export interface FunnelShape {
  /** `persons`, `sessions` or `accounts`. */
  by: string;
  /** Name of the column that divides; null where none does. */
  split: string | null;
  labels: string[];
  all: FunnelValue;
  values: FunnelValue[];
}

/** `divided` is the same funnel by values, where it was asked for. */
export function funnelShape(whole: Answer, divided: Answer | null): FunnelShape {
  const by = ["persons", "sessions", "accounts"].find((name) => columnOf(whole, name) >= 0);
  const label = columnOf(whole, "label");
  const shape: FunnelShape = {
    by: by ?? "persons",
    split: null,
    labels: whole.rows.map((row) => textAt(row, label)),
    all: { value: null, other: false, steps: whole.rows.map((row) => stepOf(whole, row)) },
    values: [],
  };
  if (!divided) return shape;
  shape.split = divided.columns[0]?.name ?? null;
  const values = new Map<string, FunnelValue>();
  for (const row of divided.rows) {
    const value = textAt(row, 0);
    const known = values.get(value) ?? { value, other: value === OTHER, steps: [] };
    known.steps.push(stepOf(divided, row));
    values.set(value, known);
  }
  shape.values = [...values.values()];
  return shape;
}

function stepOf(answer: Answer, row: Answer["rows"][number]): StepNumbers {
  const at = (name: string): number | null => numberAt(row, columnOf(answer, name));
  const counted = (suffix = ""): number | null =>
    at(`persons${suffix}`) ?? at(`sessions${suffix}`) ?? at(`accounts${suffix}`);
  const earlier = counted("_previous");
  return {
    count: counted() ?? 0,
    share: at("share"),
    before: at("share_of_previous"),
    dropped: at("dropped") ?? 0,
    median: at("median_time"),
    average: at("average_time"),
    earlier:
      earlier === null
        ? null
        : {
            count: earlier,
            share: at("share_previous"),
            before: at("share_of_previous_previous"),
          },
  };
}

// ---------- retention ----------

export interface Cohort {
  at_ms: number;
  persons: number | null;
  /** After 1, 2, … intervals; null where that time has not come. */
  back: (number | null)[];
  /** Which of these is not over yet; -1 where all are. */
  running: number;
  /** The same of the cohort before; null where none is compared. */
  earlier: { persons: number | null; back: (number | null)[] } | null;
}

export interface RetentionShape {
  interval: Interval;
  cohorts: Cohort[];
  /** Shares over all cohorts, weighted by their size, where that time is over. */
  mean: (number | null)[];
  /** The same shares of the period before, over the cohorts that stand beside these; null where none
   * is compared. */
  before: (number | null)[] | null;
}

export function retentionShape(answer: Answer, now: number): RetentionShape {
  const time = timeColumn(answer);
  const size = columnOf(answer, "persons");
  const later = answer.columns.flatMap(({ name }) => (/^interval_\d+$/.test(name) ? [name] : []));
  const columns = later.map((name) => columnOf(answer, name));
  const columnsBefore = later.map((name) => columnOf(answer, `${name}_previous`));
  const sizeBefore = columnOf(answer, "persons_previous");
  const runs = answer.period.to_ms > now;
  const cohorts = answer.rows.map((row) => {
    const back = columns.map((at) => numberAt(row, at));
    return {
      at_ms: numberAt(row, time) ?? 0,
      persons: numberAt(row, size),
      back,
      running: runs ? back.findLastIndex((value) => value !== null) : -1,
      earlier:
        sizeBefore < 0
          ? null
          : {
              persons: numberAt(row, sizeBefore),
              back: columnsBefore.map((at) => numberAt(row, at)),
            },
    };
  });
  const mean = (of: (cohort: Cohort) => Pick<Cohort, "persons" | "back"> | null) =>
    columns.map((_, index) => {
      let persons = 0;
      let back = 0;
      for (const cohort of cohorts) {
        const came = of(cohort)?.back[index];
        const counts = cohort.running !== index && cohort.back[index] !== null;
        if (came === null || came === undefined || !counts) continue;
        persons += of(cohort)?.persons ?? 0;
        back += came;
      }
      return persons === 0 ? null : back / persons;
    });
  return {
    interval: answer.interval ?? "day",
    cohorts,
    mean: mean((cohort) => cohort),
    before: sizeBefore < 0 ? null : mean((cohort) => cohort.earlier),
  };
}

// ---------- bars ----------

export interface Bar {
  /** Under the bar, short. */
  label: string;
  /** Whole, for tables and readers. */
  title: string;
  count: number;
  share: number | null;
  /** The same in the period before; null where none is compared. */
  before: number | null;
  key: Key;
}

export function sharesOf(answer: Answer, column: string): number {
  const at = columnOf(answer, column);
  return answer.rows.reduce((sum, row) => sum + (numberAt(row, at) ?? 0), 0);
}

/** Index of the class in which the middle of all counts lies; -1 where there is none. */
export function middleOf(bars: readonly Bar[]): number {
  const half = bars.reduce((sum, bar) => sum + bar.count, 0) / 2;
  if (half === 0) return -1;
  let sum = 0;
  return bars.findIndex((bar) => {
    sum += bar.count;
    return sum >= half;
  });
}

// ---------- correlation ----------

export interface Odds {
  index: number;
  kind: string;
  value: string;
  persons: number;
  converted: number;
  rate: number | null;
  rateWithout: number | null;
  ratio: number;
  low: number;
  high: number;
  p: number;
  significant: boolean;
}

export function oddsOf(answer: Answer): Odds[] {
  const at = (name: string): number => columnOf(answer, name);
  return answer.rows.map((row, index) => ({
    index,
    kind: textAt(row, at("kind")),
    value: textAt(row, at("value")),
    persons: numberAt(row, at("persons")) ?? 0,
    converted: numberAt(row, at("converted")) ?? 0,
    rate: numberAt(row, at("conversion_rate")),
    rateWithout: numberAt(row, at("conversion_rate_without")),
    ratio: numberAt(row, at("odds_ratio")) ?? 1,
    low: numberAt(row, at("low")) ?? 1,
    high: numberAt(row, at("high")) ?? 1,
    p: numberAt(row, at("adjusted_p")) ?? 1,
    significant: row[at("significant")] === true,
  }));
}

/** Where a ratio stands on an axis of logarithms that has 1 in the middle; 0 to 1. */
export function oddsPlace(ratio: number, most: number): number {
  const span = Math.log(Math.max(most, 1.01));
  const place = Math.log(Math.max(ratio, 1e-9)) / span;
  return (Math.max(-1, Math.min(1, place)) + 1) / 2;
}

/** The axis reaches as far as the strongest ratio, either way, at least to 2 and at most to 50. */
export function oddsSpan(list: readonly Odds[]): number {
  const strongest = Math.max(
    2,
    ...list.map(({ ratio }) => (ratio >= 1 ? ratio : 1 / Math.max(ratio, 1e-9))),
  );
  return Math.min(50, strongest * 1.6);
}

export { unitOf };
