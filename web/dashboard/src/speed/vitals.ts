// Web vitals: what they are, which values are good, the questions about them, and how they read.
// What is counted stands in docs/concepts/speed.md.
import type { Answer, Cell, Dimension, PeopleQuestion, Period, Question } from "@hitmetrix/wire";
import { decimal, joined } from "../format.ts";
import { type Asking, conditionsOf, dayBefore, ownValue } from "../question.ts";
import { columnOf, numberAt, textAt } from "../rows.ts";

export type Vital = "LCP" | "INP" | "CLS" | "FCP" | "TTFB";
export type Verdict = "good" | "needs" | "poor";

interface Words {
  name: string;
  means: string;
  good: number;
  poor: number;
}

/** The bounds are web.dev's: good up to the first, poor over the second. */
export const VITAL: Record<Vital, Words> = {
  LCP: {
    name: "Largest paint",
    means: "When the largest part of the page was painted (Largest Contentful Paint).",
    good: 2500,
    poor: 4000,
  },
  INP: {
    name: "Response",
    means: "How long the page took to answer a click, tap or key (Interaction to Next Paint).",
    good: 200,
    poor: 500,
  },
  CLS: {
    name: "Layout shift",
    means: "How much the page jumped while it was looked at (Cumulative Layout Shift).",
    good: 0.1,
    poor: 0.25,
  },
  FCP: {
    name: "First paint",
    means: "When anything at all was painted (First Contentful Paint).",
    good: 1800,
    poor: 3000,
  },
  TTFB: {
    name: "Server",
    means: "When the first byte of the server’s answer came (Time to First Byte).",
    good: 800,
    poor: 1800,
  },
};

export const VITALS = Object.keys(VITAL) as Vital[];

export const VERDICT: Record<Verdict, { name: string; tone: "good" | "warn" | "bad" }> = {
  good: { name: "good", tone: "good" },
  needs: { name: "needs work", tone: "warn" },
  poor: { name: "poor", tone: "bad" },
};

export function verdictOf(vital: Vital, value: number): Verdict {
  const { good, poor } = VITAL[vital];
  return value <= good ? "good" : value <= poor ? "needs" : "poor";
}

/** `2.6 s`, `180 ms`, `0.08`. */
export function measuredVital(vital: Vital, value: number): { number: string; unit: string } {
  if (vital === "CLS") return { number: decimal(value, 2), unit: "" };
  if (value >= 1000) return { number: decimal(value / 1000, value < 9950 ? 1 : 0), unit: "s" };
  return { number: decimal(value, 0), unit: "ms" };
}

export function toldVital(vital: Vital, value: number | null): string {
  return value === null ? "–" : joined(measuredVital(vital, value));
}

/** How it moved; both as they are told. */
export function changeOf(vital: Vital, now: number | null, before: number | null): string {
  if (now === null || before === null) return "";
  const sign = now > before ? "+" : now < before ? "−" : "±";
  return `${sign}${toldVital(vital, Math.abs(now - before))}`;
}

/** How many times as long it takes, where it moved: `×1.7`. */
export function factorOf(now: Side, before: Side): string {
  return isChange(now, before) && now.p75 !== null && before.p75 !== null
    ? `×${decimal(now.p75 / before.p75, 1)}`
    : "";
}

/** Page loads on each side, below which a change is not spoken of. */
export const ENOUGH = 30;
/** A change below this share is ordinary. */
const ORDINARY = 0.1;

export function isChange(now: Side, before: Side): boolean {
  if (now.p75 === null || before.p75 === null || before.p75 === 0) return false;
  if (now.loads < ENOUGH || before.loads < ENOUGH) return false;
  return Math.abs(now.p75 - before.p75) / before.p75 >= ORDINARY;
}

export function readVital(asking: Asking): Vital {
  const value = ownValue(asking, "vital");
  return VITALS.find((each) => each === value) ?? "LCP";
}

/** By what the table is divided. */
export const ACROSS: readonly Dimension[] = ["page", "device", "browser", "country", "system"];

export function readAcross(asking: Asking): Dimension {
  const value = ownValue(asking, "across");
  return ACROSS.find((each) => each === value) ?? "page";
}

/** The day from which on it is held against what was before, as `2026-11-04`; empty for none. */
export function readSince(asking: Asking): string {
  const value = ownValue(asking, "since");
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : "";
}

type Series = NonNullable<Question["trend"]>["series"][number];

const of = (vital: Vital, more: NonNullable<Series["filters"]> = []): Partial<Series> => ({
  events: ["web_vital"],
  filters: [{ property: "metric", operator: "is", values: [vital] }, ...more],
});

/** Column of the share of page loads of a verdict. */
function parts(vital: Vital): Series[] {
  const { poor, good } = VITAL[vital];
  const value = { property: "value" };
  return [
    { label: `${vital} loads`, ...of(vital) },
    {
      label: `${vital} poor`,
      ...of(vital, [{ ...value, operator: "greater", values: [String(poor)] }]),
    },
    {
      label: `${vital} over`,
      ...of(vital, [{ ...value, operator: "greater", values: [String(good)] }]),
    },
  ];
}

const p75 = (vital: Vital): Series => ({
  label: vital,
  ...of(vital),
  aggregate: "p75",
  property: "value",
});

function base(asking: Asking): Question {
  return {
    kind: "trend",
    period: asking.period,
    compare: asking.compare,
    filters: conditionsOf(asking),
    bots: asking.bots,
  };
}

/** All metrics over the whole period. */
export function wholeQuestion(asking: Asking): Question {
  const series = VITALS.flatMap((vital) => [p75(vital), ...parts(vital)]);
  return { ...base(asking), trend: { series, whole: true } };
}

/** All metrics over time. */
export function timeQuestion(asking: Asking): Question {
  const question = { ...base(asking), trend: { series: VITALS.map(p75) } };
  return asking.interval ? { ...question, interval: asking.interval } : question;
}

export const ROWS = 20;

/** All metrics by a fact, the values with most page loads first. */
export function acrossQuestion(asking: Asking, vital: Vital, dimension: Dimension): Question {
  const series: Series[] = [
    { label: "told", events: ["web_vital"] },
    ...VITALS.map(p75),
    ...parts(vital),
  ];
  return {
    ...base(asking),
    trend: { series, whole: true, breakdown: [{ dimension }], top: ROWS },
  };
}

/** Two questions, in whole days: the part of the period before a day, and the rest. */
export function splitAt(
  question: Question,
  { from, to }: { from: string; to: string },
  since: string,
): [before: Question, since: Question] | null {
  if (since <= from || since > to) return null;
  const over = (period: Period): Question => ({ ...question, period, compare: "none" });
  return [over({ from, to: dayBefore(since) }), over({ from: since, to })];
}

/** What one metric comes to. */
export interface Side {
  p75: number | null;
  loads: number;
  /** 0 to 1; null where there are no page loads. */
  good: number | null;
  needs: number | null;
  poor: number | null;
}

export const NO_SIDE: Side = { p75: null, loads: 0, good: null, needs: null, poor: null };

/** A metric of a row; `suffix` is `_previous` for the earlier period. */
export function sideOf(
  answer: Answer,
  row: readonly Cell[] | undefined,
  vital: Vital,
  suffix = "",
): Side {
  const at = (name: string): number | null => numberAt(row, columnOf(answer, name + suffix));
  const [loads, poor, over] = [`${vital} loads`, `${vital} poor`, `${vital} over`].map(
    (name) => at(name) ?? 0,
  ) as [number, number, number];
  const share = (count: number): number | null => (loads > 0 ? count / loads : null);
  return {
    p75: at(vital),
    loads,
    good: share(loads - over),
    needs: share(over - poor),
    poor: share(poor),
  };
}

export interface AcrossRow {
  value: string;
  other: boolean;
  told: number;
  p75: Record<Vital, number | null>;
  /** The chosen metric. */
  chosen: Side;
  before: Side;
  row: readonly Cell[];
}

/** Rows of the table; those of the other answer, if there is one, are what was before. */
export function acrossRows(
  answer: Answer,
  vital: Vital,
  dimension: Dimension,
  other: Answer | null,
): AcrossRow[] {
  const value = columnOf(answer, dimension);
  const otherValue = other ? columnOf(other, dimension) : -1;
  const otherRows = new Map(other?.rows.map((row) => [textAt(row, otherValue), row]));
  const compares = answer.previous !== undefined && answer.previous !== null;
  return answer.rows.map((row) => {
    const text = textAt(row, value);
    const number = (name: string): number | null => numberAt(row, columnOf(answer, name));
    return {
      value: text,
      other: text === "(other)",
      told: number("told") ?? 0,
      p75: Object.fromEntries(VITALS.map((each) => [each, number(each)])) as AcrossRow["p75"],
      chosen: sideOf(answer, row, vital),
      before: other
        ? sideOf(other, otherRows.get(text), vital)
        : compares
          ? sideOf(answer, row, vital, "_previous")
          : NO_SIDE,
      row,
    };
  });
}

/** Who stands behind a number: those with page loads of a metric, or with poor ones. */
export function peopleOf(
  question: Question,
  column: string,
  row: PeopleQuestion["cell"]["row"],
): PeopleQuestion {
  return { question: { ...question, compare: "none" }, cell: { column, row } };
}
