// What a cell is about, as the title of the sheet with its people.
import type { Interval } from "@hitmetrix/wire";
import { bucketTitle } from "../buckets.ts";
import { duration, joined } from "../format.ts";
import { factName, factText } from "../where.ts";
import { INTERVAL } from "../words.ts";
import { letterOf } from "./asked.ts";
import { type Explore, stepBefore, usualExplore, type Who } from "./explore.ts";
import { oddsName, trim } from "./findings.ts";
import { isNumeric, lineName, splitName } from "./phrases.ts";
import { selectionName, verbOf } from "./selection.ts";

export interface WhoWords {
  title: string;
  /** Where in the answer: time, value. */
  note: string;
}

export function whoWords(explore: Explore, who: Who, interval: Interval, zone: string): WhoWords {
  const { column, row } = who.cell;
  const at = (name: string): string => {
    const ms = row[name];
    return typeof ms === "number" ? bucketTitle(ms, interval, zone) : "";
  };
  const values = Object.entries(row).flatMap(([name, value]) =>
    explore.split.some((fact) => factText(fact).replace(/^p\./, "") === name)
      ? [`${name} ${splitName(name, String(value ?? ""))}`]
      : [],
  );
  const note = (...parts: string[]): string => parts.filter(Boolean).join(" · ");
  switch (explore.kind) {
    case "trend": {
      const line = explore.trend.lines.find((_, index) => letterOf(index) === column);
      if (!line) return { title: column, note: note(at("time"), ...values) };
      const first = line.first ? " for the first time" : "";
      const title = `${verbOf(line)} ${selectionName(line)}${first}`;
      return {
        title,
        note: note(isNumeric(line.aggregate) ? lineName(line) : "", at("time"), ...values),
      };
    }
    case "funnel":
      return ofFunnel(explore, who, note(...values), at("time"));
    case "retention": {
      const { start, back } = explore.retention;
      const later = /^interval_(\d+)$/.exec(column)?.[1];
      const unit = INTERVAL[interval].toLowerCase();
      const began = "cohort" in row ? `began ${at("cohort")}` : "all cohorts";
      if (!later) return { title: `${verbOf(start)} ${selectionName(start)}`, note: began };
      const many = `${later} ${unit}${later === "1" ? "" : "s"} later`;
      return { title: `${verbOf(back)} ${selectionName(back)} again ${many}`, note: began };
    }
    case "lifecycle":
      return { title: LIFE[column] ?? column, note: at("time") };
    case "stickiness": {
      const unit = INTERVAL[interval].toLowerCase();
      const many = `${row.intervals} ${unit}${row.intervals === 1 ? "" : "s"}`;
      const more = column === "persons_at_least" ? " or more" : "";
      return { title: `there in ${many}${more}`, note: selectionName(explore.active) };
    }
    case "paths":
      return { title: ofPaths(explore, row), note: row.step ? `step ${row.step}` : "" };
    case "distribution": {
      const fact = explore.distribution.fact;
      const name = fact ? factName(fact) : "";
      const value =
        typeof row.from === "number"
          ? `from ${trim(row.from)}`
          : splitName(fact && "dimension" in fact ? fact.dimension : "", String(row.value ?? ""));
      return { title: `${name} ${value}`, note: selectionName(explore.distribution.events) };
    }
    case "correlation": {
      const name = oddsName(String(row.kind ?? ""), String(row.value ?? ""));
      const without = column.endsWith("_without") ? "without: " : "";
      return {
        title: `${without}${name}`,
        note: column.startsWith("converted") ? "converted" : "",
      };
    }
  }
}

const LIFE: Record<string, string> = {
  new: "new",
  returning: "returning",
  resurrecting: "back after a pause",
  dormant: "gone quiet",
};

function ofFunnel(explore: Explore, who: Who, values: string, time: string): WhoWords {
  const { column, row } = who.cell;
  const { steps } = explore.funnel;
  const name = (index: number): string => {
    const step = steps[index];
    return step ? `“${selectionName(step)}”` : "";
  };
  const note = (text: string): string => [text, values].filter(Boolean).join(" · ");
  if (who.of === "over")
    return {
      title: column === "entered" ? `began with ${name(0)}` : `got to ${name(steps.length - 1)}`,
      note: note(`began ${time}`),
    };
  if (who.of === "time") {
    const from = typeof row.from_time === "number" ? joined(duration(row.from_time)) : "";
    return { title: `got to ${name(steps.length - 1)}`, note: note(`took ${from} or longer`) };
  }
  const step = typeof row.step === "number" ? row.step : 1;
  if (explore.funnel.order === "any") {
    const of = `of the ${steps.length} steps`;
    return column === "dropped"
      ? { title: `did ${step - 1} ${of}`, note: note("and no more") }
      : { title: `did ${step} ${of} or more`, note: values };
  }
  if (column === "dropped")
    return {
      title: `left after ${name(stepBefore(steps, step - 1))}`,
      note: note(`did not get to ${name(step - 1)}`),
    };
  return {
    title: step === 1 ? `began with ${name(0)}` : `went on to ${name(step - 1)}`,
    note: values,
  };
}

function ofPaths(explore: Explore, row: Who["cell"]["row"]): string {
  const say = (name: unknown): string =>
    explore.paths.steps === "events" ? splitName("event", String(name)) : String(name);
  if (typeof row.path === "string") return row.path.split(" → ").map(say).join(" › ");
  if (!row.target) return `ended on ${say(row.source)}`;
  if (!row.source) return `began with ${say(row.target)}`;
  return `${say(row.source)} › ${say(row.target)}`;
}

/** The other side of a funnel's step: who left where this one went on, and the other way round. */
export function otherSide(explore: Explore, who: Who): { went: Who; left: Who } | null {
  const step = who.cell.row.step;
  if (explore.kind !== "funnel" || typeof step !== "number" || step < 2) return null;
  if (who.of !== "main" && who.of !== "whole") return null;
  const optional = explore.funnel.steps[step - 1]?.optional === true;
  if (optional) return null;
  const with_ = (column: string): Who => ({ of: who.of, cell: { column, row: who.cell.row } });
  return { went: with_(explore.funnel.by), left: with_("dropped") };
}

const APART: Explore["correlation"]["facts"] = [
  { dimension: "browser" },
  { dimension: "device" },
  { dimension: "channel" },
  { dimension: "country" },
  { dimension: "entry_page" },
];

/** What tells those who went on at a funnel's step from those who left there. */
export function apartFrom(explore: Explore, who: Who): Explore | null {
  const { steps } = explore.funnel;
  const at = typeof who.cell.row.step === "number" ? who.cell.row.step : 0;
  const [start, goal] = [steps[stepBefore(steps, at - 1)], steps[at - 1]];
  if (!start || !goal || explore.funnel.order === "any") return null;
  const selection = ({ events, where, label }: typeof start) => ({ events, where, label });
  const next = usualExplore("correlation");
  return {
    ...next,
    correlation: {
      ...next.correlation,
      start: selection(start),
      goal: selection(goal),
      facts: APART,
    },
  };
}
