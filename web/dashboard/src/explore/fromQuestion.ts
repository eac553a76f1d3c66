// A question as the server has it → the sentence that asks it. For what was saved by a program and
// has no address. Null where the question says what no sentence can: conditions within conditions,
// measures, breakdowns.
import type { Condition, EventSelection, Fact, Question, TrendSeries } from "@hitmetrix/wire";
import { amongOf } from "../among.ts";
import { type Asking, type Operator, USUAL } from "../question.ts";
import { OPERATORS, type Where } from "../where.ts";
import { type Explore, KINDS, type Kind, type TrendLine, usualExplore, WINDOW } from "./explore.ts";
import { ANY, type Selection, selectionName } from "./selection.ts";

/** A question without a sentence. Thrown and caught in this file only. */
class NoSentence extends Error {}

function whereOf(condition: Condition): Where {
  const operator =
    "operator" in condition ? OPERATORS.find((each) => each === condition.operator) : undefined;
  if (!operator) throw new NoSentence();
  const values = "values" in condition ? (condition.values ?? []) : [];
  if ("dimension" in condition)
    return { fact: { dimension: condition.dimension }, operator, values };
  if ("property" in condition)
    return {
      fact: { property: condition.property, of: condition.of ?? "event" },
      operator,
      values,
    };
  throw new NoSentence();
}

/** Names that the dashboard gives by itself are no names of somebody's own. */
function selectionOf(wire: EventSelection | undefined): Selection {
  if (!wire) return ANY;
  const plain: Selection = {
    events: wire.events ?? [],
    where: (wire.filters ?? []).map(whereOf),
    label: "",
  };
  const label = wire.label ?? "";
  return { ...plain, label: label === selectionName(plain) ? "" : label };
}

function lineOf(series: TrendSeries["series"][number]): TrendLine {
  return {
    ...selectionOf({ ...series }),
    aggregate: series.aggregate ?? "count",
    property: series.property ?? "",
    first: series.first_time === true,
  };
}

const factsOf = (facts: readonly Fact[] | undefined): Fact[] =>
  (facts ?? []).map((fact) => ("dimension" in fact ? fact : { ...fact, of: fact.of ?? "event" }));

function partsOf(question: Question, kind: Kind): Explore {
  const next = usualExplore(kind);
  const { trend, funnel, retention, paths, distribution, correlation } = question;
  if (kind === "trend") {
    if (!trend) throw new NoSentence();
    next.split = factsOf(trend.breakdown);
    next.trend = {
      lines: trend.series.map(lineOf),
      formulas: trend.formulas ?? [],
      shape: trend.cumulative ? "cumulative" : (trend.moving_average ?? "plain"),
    };
  }
  if (funnel) {
    if (typeof funnel.attribution === "object") throw new NoSentence();
    next.split = factsOf(funnel.breakdown ? [funnel.breakdown] : []);
    next.funnel = {
      ...next.funnel,
      steps: funnel.steps.map((step) => ({
        ...selectionOf(step),
        optional: step.optional === true,
      })),
      order: funnel.order ?? "ordered",
      window: funnel.window ?? WINDOW,
      by: funnel.by ?? "persons",
      without: (funnel.exclusions ?? []).map((each) => ({
        ...selectionOf({ events: each.events, filters: each.filters } as EventSelection),
        after: each.after ?? null,
        before: each.before ?? null,
      })),
      credit: funnel.attribution ?? "first",
    };
  }
  if (retention)
    next.retention = {
      start: selectionOf(retention.start),
      back: selectionOf(retention.return),
      mode: retention.mode ?? "first_time",
      on: retention.on ?? "exactly",
    };
  if (paths) {
    const anchor = (["from", "to", "through"] as const).find((each) => paths[each]);
    next.paths = {
      steps: paths.steps ?? "pages",
      anchor: anchor ?? "start",
      at: anchor ? (paths[anchor] ?? "") : "",
      depth: paths.depth ?? 5,
      groups: paths.groups ?? [],
      hide: paths.exclude ?? [],
      once: paths.collapse === true,
      rows: paths.rows ?? "edges",
    };
  }
  if (kind === "lifecycle" || kind === "stickiness")
    next.active = selectionOf(question[kind]?.active);
  if (distribution)
    next.distribution = {
      fact: factsOf([distribution.fact])[0] ?? null,
      events: selectionOf(distribution.events),
      classes: distribution.classes ?? 20,
      drawn: "bars",
    };
  if (correlation)
    next.correlation = {
      start: selectionOf(correlation.start),
      goal: selectionOf(correlation.goal),
      facts: factsOf(correlation.facts),
      cases: correlation.cases_min ?? 30,
    };
  return next;
}

const BASIC: readonly Operator[] = ["is", "is_not", "contains", "does_not_contain"];

/** What narrows a question, as the bar over a screen has it. */
type Narrowing = Pick<Asking, "filters" | "where" | "segment">;

function narrowingOf(conditions: readonly Condition[]): Narrowing {
  const narrowing: Narrowing = { filters: [], where: [], segment: null };
  for (const condition of conditions) {
    const among = amongOf(condition);
    if (among !== null) {
      if (narrowing.segment !== null) throw new NoSentence();
      narrowing.segment = among;
      continue;
    }
    const where = whereOf(condition);
    const operator = BASIC.find((each) => each === where.operator);
    if (operator && "dimension" in where.fact)
      narrowing.filters.push({ dimension: where.fact.dimension, operator, values: where.values });
    else narrowing.where.push(where);
  }
  return narrowing;
}

/** What was picked, from a selection as the server has it; null where it cannot be shown. */
export function pickedSelection(wire: EventSelection): Selection | null {
  try {
    return selectionOf(wire);
  } catch (error) {
    if (error instanceof NoSentence) return null;
    throw error;
  }
}

/** Conditions as the bar over a screen has them; null where it cannot. */
export function sentenceFilters(conditions: readonly Condition[]): Narrowing | null {
  try {
    return narrowingOf(conditions);
  } catch (error) {
    if (error instanceof NoSentence) return null;
    throw error;
  }
}

function askingOf(question: Question): Asking {
  return {
    ...USUAL,
    period: question.period,
    compare: question.compare ?? "none",
    bots: question.bots ?? "exclude",
    interval: question.interval ?? null,
    ...narrowingOf(question.filters ?? []),
  };
}

export interface Sentence {
  explore: Explore;
  asking: Asking;
}

export function sentenceOf(question: Question): Sentence | null {
  const kind = KINDS.find((each) => each === question.kind);
  if (!kind) return null;
  try {
    return { explore: partsOf(question, kind), asking: askingOf(question) };
  } catch (error) {
    if (error instanceof NoSentence) return null;
    throw error;
  }
}
