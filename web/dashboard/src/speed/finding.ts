// What the title of Speed says of the site: what changed since a day, what is not good, and what got
// slower, of the whole site or of some of its pages, even where all of it is good still.
import type { Dimension } from "@hitmetrix/wire";
import { count, decimal } from "../format.ts";
import { dimensionTab, valueName } from "../words.ts";
import {
  type AcrossRow,
  ENOUGH,
  factorOf,
  isChange,
  type Side,
  toldVital,
  VITAL,
  VITALS,
  type Vital,
  verdictOf,
} from "./vitals.ts";

export interface SpeedFinding {
  title: string;
  proof: string;
  /** The metric that the title names, where it names one. */
  vital?: Vital;
}

export type Sides = Record<Vital, Side>;

/** Rows of the table under it, of one metric. */
export interface Across {
  vital: Vital;
  dimension: Dimension;
  rows: readonly AcrossRow[];
}

/** What the numbers are held against. */
export interface Held {
  sides: Sides;
  /** The day from which on they count, in words; empty where the time before is the earlier period. */
  since: string;
  /** When that was, in words: `in the previous 30 days`. */
  previous: string;
}

/** When an earlier period was, as a part of a sentence. */
export function whenBefore(previous: string): string {
  if (previous === "yesterday") return previous;
  return previous === "day before" ? `the ${previous}` : `in the ${previous}`;
}

const said = (vital: Vital, side: Side): string => toldVital(vital, side.p75);
const named = (vital: Vital): string => `${VITAL[vital].name} (${vital})`;

function relative(vital: Vital, now: Sides, before: Sides): number {
  return ((now[vital].p75 ?? 0) - (before[vital].p75 ?? 0)) / (before[vital].p75 || 1);
}

/** The metrics that moved, the one that moved most first. */
function movedOf(now: Sides, before: Sides): Vital[] {
  return VITALS.filter((vital) => isChange(now[vital], before[vital])).sort(
    (one, other) => Math.abs(relative(other, now, before)) - Math.abs(relative(one, now, before)),
  );
}

const changes = (vitals: readonly Vital[], now: Sides, before: Sides): string =>
  vitals
    .map((vital) => `${vital} ${said(vital, before[vital])} → ${said(vital, now[vital])}`)
    .join(", ");

/** What the title says: the change since the day that was asked for, else what is worst, else what
    got slower. */
export function findingOf(now: Sides, held: Held | null, across: Across | null): SpeedFinding {
  if (held?.since) return sinceDay(now, held);
  const known = VITALS.filter((vital) => now[vital].p75 !== null);
  if (known.length === 0) return { title: "No page told how fast it was", proof: "" };
  return (
    notGood(now, known, held) ??
    slower(now, held) ??
    slowerRows(now, known, { held, across }) ??
    faster(now, held) ?? {
      title: "The site is quick: every metric is good for three quarters of page loads",
      proof: `${all(now, known)}.`,
    }
  );
}

const all = (now: Sides, known: readonly Vital[]): string =>
  known.map((vital) => `${vital} ${said(vital, now[vital])}`).join(", ");

function sinceDay(now: Sides, { sides: before, since }: Held): SpeedFinding {
  const moved = movedOf(now, before);
  const [most, ...others] = moved;
  if (!most) {
    const few = VITALS.every((vital) => now[vital].loads < ENOUGH || before[vital].loads < ENOUGH);
    return few
      ? {
          title: `Too few page loads to tell whether it changed on ${since}`,
          proof: `Each side needs ${ENOUGH} page loads of a metric.`,
        }
      : {
          title: `No slower and no faster since ${since}`,
          proof: "No metric moved by a tenth or more.",
        };
  }
  const way = relative(most, now, before) > 0 ? "slower" : "better";
  return {
    vital: most,
    title: `${named(most)} is ${way} since ${since}: ${said(most, now[most])} after ${said(most, before[most])}, ${factorOf(now[most], before[most])}`,
    proof:
      others.length > 0
        ? `Moved too: ${changes(inOrder(others), now, before)}.`
        : "Nothing else moved by a tenth or more.",
  };
}

const inOrder = (vitals: readonly Vital[]): Vital[] =>
  VITALS.filter((vital) => vitals.includes(vital));

/** The worst metric that is not good. */
function notGood(now: Sides, known: readonly Vital[], held: Held | null): SpeedFinding | null {
  const not = known.filter((vital) => verdictOf(vital, now[vital].p75 ?? 0) !== "good");
  const poor = not.find((vital) => verdictOf(vital, now[vital].p75 ?? 0) === "poor");
  const worst = poor ?? not[0];
  if (!worst) return null;
  const side = now[worst];
  const share =
    side.good === null ? "" : `${decimal((1 - side.good) * 100, 0)}\u202f% of page loads`;
  const was =
    held && isChange(side, held.sides[worst])
      ? ` It was ${said(worst, held.sides[worst])} ${held.previous}.`
      : "";
  return {
    vital: worst,
    title: `${named(worst)} ${poor ? "is poor" : "needs work"}: ${said(worst, side)} for three quarters of page loads`,
    proof: `Good would be ${toldVital(worst, VITAL[worst].good)}; ${share} are over it.${was}${not.length > 1 ? ` Not good either: ${not.filter((vital) => vital !== worst).join(", ")}.` : ""}`,
  };
}

/** The metric of the whole site that got slower most. */
function slower(now: Sides, held: Held | null): SpeedFinding | null {
  if (!held) return null;
  const moved = movedOf(now, held.sides);
  const most = moved.find((vital) => relative(vital, now, held.sides) > 0);
  if (!most) return null;
  const others = inOrder(moved.filter((vital) => vital !== most));
  return {
    vital: most,
    title: `${named(most)} got slower: ${said(most, now[most])} after ${said(most, held.sides[most])} ${held.previous}`,
    proof: `Still good: the bound is ${toldVital(most, VITAL[most].good)}.${others.length > 0 ? ` Moved too: ${changes(others, now, held.sides)}.` : ""}`,
  };
}

/** The rows on which the metric got slower, where the whole hides it. */
function slowerRows(
  now: Sides,
  known: readonly Vital[],
  { held, across }: { held: Held | null; across: Across | null },
): SpeedFinding | null {
  if (!held || !across) return null;
  const { vital, dimension } = across;
  const rows = across.rows.filter(({ other }) => !other);
  const grew = ({ chosen, before }: AcrossRow): number =>
    isChange(chosen, before) ? (chosen.p75 ?? 0) / (before.p75 || 1) : 0;
  const worse = rows.filter((row) => grew(row) > 1).sort((one, other) => grew(other) - grew(one));
  const [most] = worse;
  if (!most) return null;
  const name = valueName(dimension, most.value);
  const where =
    worse.length === 1
      ? `on ${name}`
      : `on ${count(worse.length)} of ${count(rows.length)} ${dimensionTab(dimension).toLowerCase()}, most on ${name}`;
  return {
    vital,
    title: `The site is quick, but ${named(vital)} got slower ${where}: ${said(vital, most.chosen)} after ${said(vital, most.before)}`,
    proof: `Held against what it was ${held.previous}. Every metric is good for three quarters of page loads: ${all(now, known)}.`,
  };
}

/** The metric of the whole site that got faster most. */
function faster(now: Sides, held: Held | null): SpeedFinding | null {
  if (!held) return null;
  const [most, ...others] = movedOf(now, held.sides);
  if (!most) return null;
  return {
    vital: most,
    title: `The site is quick, and ${named(most)} got better: ${said(most, now[most])} after ${said(most, held.sides[most])} ${held.previous}`,
    proof: `Every metric is good for three quarters of page loads.${others.length > 0 ? ` Moved too: ${changes(inOrder(others), now, held.sides)}.` : ""}`,
  };
}
