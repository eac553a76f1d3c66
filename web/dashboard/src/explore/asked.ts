// Explore → the questions that go to the server: the main one, those of the panels beside it, and
// who stands behind a cell.
import type {
  Answer,
  EventSelection,
  Funnel,
  Interval,
  PeopleQuestion,
  Period,
  Question,
  TrendSeries,
} from "@hitmetrix/wire";
import { type Asking, conditionsOf } from "../question.ts";
import { conditionOf } from "../where.ts";
import type { Explore, Kind, TrendLine, Who } from "./explore.ts";
import { WINDOW } from "./explore.ts";
import { selectionName, wireOf } from "./selection.ts";

/** Lines and bars that can be told apart; the rest is one grey "other". */
export const TOP = 6;
export const FUNNEL_TOP = 5;
/** A map shows every country that was seen; the server tells no more apart, see
 * crates/insights/src/distribution/mod.rs. */
const MAP_CLASSES = 200;
const PATH_NAMES = 7;
const PEOPLE = 100;

const UNIT_DAYS: Record<string, number> = { m: 1 / 1440, h: 1 / 24, d: 1, w: 7, mo: 30.4, y: 365 };

export function daysOf(period: Period): number {
  if ("last" in period) {
    const [, number = "", unit = ""] = /^(\d+)([a-z]+)$/.exec(period.last) ?? [];
    return Number(number) * (UNIT_DAYS[unit] ?? 1);
  }
  if ("from" in period) return (Date.parse(period.to) - Date.parse(period.from)) / 86_400_000 + 1;
  return (period.to_ms - period.from_ms) / 86_400_000;
}

export const COHORT_INTERVALS: readonly Interval[] = ["hour", "day", "week", "month"];

/** The interval of retention, lifecycle and stickiness where none was chosen: about a dozen. The server
 * chooses the same, see crates/model/src/cohort.rs. */
export function cohortInterval(asking: Pick<Asking, "interval" | "period">): Interval {
  if (asking.interval && asking.interval !== "minute") return asking.interval;
  const days = daysOf(asking.period);
  return days <= 2 ? "hour" : days <= 16 ? "day" : days <= 190 ? "week" : "month";
}

const needsProperty = (line: TrendLine): boolean =>
  !["count", "persons", "sessions", "accounts", "per_person"].includes(line.aggregate);

/** Why it cannot be asked yet, in words; empty when it can. */
export function lacking(explore: Explore): string {
  switch (explore.kind) {
    case "trend":
      return explore.trend.lines.some((line) => needsProperty(line) && !line.property)
        ? "Choose the property whose numbers are looked at."
        : "";
    case "funnel":
      return explore.funnel.steps.length === 0
        ? "Pick the first step: a page or an event that was really seen."
        : explore.funnel.steps.length === 1
          ? "Pick the next step: a funnel has at least two."
          : "";
    case "paths":
      return explore.paths.anchor !== "start" && !explore.paths.at
        ? `Pick the ${explore.paths.steps === "pages" ? "page" : "event"} that the paths are about.`
        : "";
    case "distribution":
      return explore.distribution.fact ? "" : "Choose whose values are looked at.";
    case "correlation":
      return explore.correlation.goal ? "" : "Pick what converting is.";
    default:
      return "";
  }
}

function base(kind: Kind, asking: Asking): Question {
  return { kind, period: asking.period, filters: conditionsOf(asking), bots: asking.bots };
}

/** Letter of a trend's line, as formulas name it. */
export function letterOf(index: number): string {
  return String.fromCharCode(65 + index);
}

function trendOf(explore: Explore): TrendSeries {
  const trend: TrendSeries = {
    series: explore.trend.lines.map((line) => {
      const { label: _, ...wire } = wireOf(line);
      return {
        ...wire,
        aggregate: line.aggregate,
        ...(line.property ? { property: line.property } : {}),
        ...(line.first ? { first_time: true } : {}),
      };
    }),
  };
  if (explore.trend.formulas.length > 0) trend.formulas = explore.trend.formulas;
  if (explore.trend.shape === "cumulative") trend.cumulative = true;
  if (typeof explore.trend.shape === "number") trend.moving_average = explore.trend.shape;
  if (explore.split.length > 0) {
    trend.breakdown = explore.split;
    trend.top = TOP;
  }
  return trend;
}

function funnelOf(explore: Explore): Funnel {
  const { steps, order, window, by, without, credit } = explore.funnel;
  const [split] = explore.split;
  const funnel: Funnel = {
    steps: steps.map((step) => ({
      ...wireOf(step),
      label: selectionName(step),
      ...(step.optional ? { optional: true } : {}),
    })),
    order,
    by,
    window: window || WINDOW,
  };
  if (without.length > 0)
    funnel.exclusions = without.map((each) => ({
      ...(each.events.length > 0 ? { events: each.events } : {}),
      ...(each.where.length > 0 ? { filters: each.where.map(conditionOf) } : {}),
      ...(each.after === null ? {} : { after: each.after }),
      ...(each.before === null ? {} : { before: each.before }),
    }));
  if (split) {
    funnel.breakdown = split;
    funnel.top = FUNNEL_TOP;
    funnel.attribution = credit;
  }
  return funnel;
}

/** Whether the values are drawn as a map, which only those of countries can be. */
export function isMap({ fact, drawn }: Pick<Explore["distribution"], "fact" | "drawn">): boolean {
  const places = fact !== null && "dimension" in fact && fact.dimension === "country";
  return places && drawn === "map";
}

/** The main question. */
export function questionFor(explore: Explore, asking: Asking): Question {
  const question = base(explore.kind, asking);
  switch (explore.kind) {
    case "trend":
      question.compare = explore.split.length > 0 ? "none" : asking.compare;
      if (asking.interval) question.interval = asking.interval;
      question.trend = trendOf(explore);
      break;
    case "funnel":
      question.compare = explore.split.length > 0 ? "none" : asking.compare;
      question.funnel = funnelOf(explore);
      break;
    case "retention": {
      const { start, back, mode, on } = explore.retention;
      question.compare = asking.compare;
      question.interval = cohortInterval(asking);
      question.retention = { start: wireOf(start), return: wireOf(back), mode, on };
      break;
    }
    case "paths": {
      const { steps, anchor, at, depth, groups, hide, once, rows } = explore.paths;
      question.limit = rows === "edges" ? PATH_NAMES : 50;
      question.paths = { steps, depth, groups, exclude: hide, collapse: once, rows };
      if (anchor !== "start") question.paths[anchor] = at;
      break;
    }
    case "lifecycle":
    case "stickiness":
      question.compare = asking.compare;
      question.interval = cohortInterval(asking);
      question[explore.kind] = { active: wireOf(explore.active) };
      break;
    case "distribution": {
      const { fact, events } = explore.distribution;
      const classes = isMap(explore.distribution) ? MAP_CLASSES : explore.distribution.classes;
      question.compare = asking.compare;
      if (fact) question.distribution = { fact, events: selectionOf(events), classes };
      break;
    }
    case "correlation": {
      const { start, goal, facts, cases } = explore.correlation;
      question.limit = 50;
      question.correlation = {
        start: selectionOf(start),
        goal: selectionOf(goal ?? { events: [], where: [], label: "" }),
        facts,
        cases_min: cases,
      };
      break;
    }
  }
  return question;
}

const selectionOf = (selection: Parameters<typeof wireOf>[0]): EventSelection => wireOf(selection);

/** The funnel again, by the time at which attempts began or by how long they took. */
export function besideFor(explore: Explore, asking: Asking, of: "over" | "time"): Question {
  // The steps alone are held against the period before.
  const question = questionFor(explore, { ...asking, compare: "none" });
  if (question.funnel) {
    question.funnel.rows = of === "over" ? "over_time" : "time_to_convert";
    if (of === "time") {
      // How long it takes is asked of all together: classes of each value would be too few.
      delete question.funnel.breakdown;
      delete question.funnel.top;
      delete question.funnel.attribution;
    }
  }
  if (of === "over") {
    const days = daysOf(asking.period);
    question.interval =
      asking.interval ?? (days <= 2 ? "hour" : days <= 16 ? "day" : days <= 370 ? "week" : "month");
  }
  return question;
}

export function whoFor(
  explore: Explore,
  asking: Asking,
  who: Who,
  limit: number = PEOPLE,
): PeopleQuestion {
  const question =
    who.of === "main"
      ? questionFor(explore, asking)
      : who.of === "whole"
        ? questionFor({ ...explore, split: [] }, asking)
        : besideFor(explore, asking, who.of);
  // The classes of a distribution are those of both periods.
  const compare = question.kind === "distribution" ? asking.compare : "none";
  return { question: { ...question, compare }, cell: who.cell, limit };
}

/**
 * Who is in any cohort of a retention, each in one: whose first start is in the period. Null where
 * persons begin anew in each interval: they are in several cohorts, whose sum is of no persons.
 */
export function whoBegan(explore: Explore, asking: Asking, from_ms: number): PeopleQuestion | null {
  const { start, mode } = explore.retention;
  if (mode === "recurring") return null;
  const { label: _, ...events } = wireOf(start);
  const series = [{ ...events, label: "began", aggregate: "persons" as const, first_time: true }];
  return {
    question: { ...base("trend", asking), trend: { series, whole: true } },
    cell: { column: "began", row: { time: from_ms } },
    limit: PEOPLE,
  };
}

/** The cells of a row that name it among the others. */
export function rowKey(
  answer: Answer,
  index: number,
  names: readonly string[],
): Who["cell"]["row"] {
  const row = answer.rows[index] ?? [];
  const key: Who["cell"]["row"] = {};
  answer.columns.forEach((column, at) => {
    if (names.includes(column.name)) key[column.name] = row[at] ?? null;
  });
  return key;
}
