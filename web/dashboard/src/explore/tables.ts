// How the rows of an answer stand in a table: which columns name a row, behind which there are
// people, and what they are called. One place, so that a chart's table and a panel's are the same.

import { INTERVAL } from "../words.ts";
import { letterOf } from "./asked.ts";
import type { Currencies } from "./currency.ts";
import { type Answered, stepName } from "./findings.ts";
import { lineName } from "./phrases.ts";
import { trendShape } from "./shapes.ts";

export interface TableParts {
  name: string;
  keys: readonly string[];
  people: readonly string[];
  headings?: Record<string, string>;
  say?: (column: string, value: string) => string;
  currencies?: Currencies;
}

const ODDS: Record<string, string> = {
  kind: "Kind",
  conversion_rate: "Rate",
  persons_without: "Without",
  converted_without: "Converted without",
  conversion_rate_without: "Rate without",
  odds_ratio: "Odds ratio",
  low: "Low",
  high: "High",
  p_value: "p",
  adjusted_p: "p, adjusted",
  significant: "Significant",
};

/** Series by letter, formulas by their text, as their columns are called. */
export function columnNames({ explore }: Answered): Map<string, string> {
  const { lines, formulas } = explore.trend;
  return new Map<string, string>([
    ...lines.map((line, at): [string, string] => [letterOf(at), lineName(line)]),
    ...formulas.map((formula): [string, string] => [formula, formula]),
  ]);
}

export function tableOf(answered: Answered): TableParts {
  const { currencies } = answered;
  const parts = partsOf(answered);
  return currencies ? { ...parts, currencies } : parts;
}

function partsOf(answered: Answered): TableParts {
  const { answer, explore } = answered;
  switch (explore.kind) {
    case "trend":
      return {
        name: "Trend",
        keys: ["time", ...trendShape(answer).facts],
        people: explore.trend.lines.map((_, at) => letterOf(at)),
        headings: Object.fromEntries(columnNames(answered)),
      };
    case "funnel": {
      const { by } = explore.funnel;
      return {
        name: "Funnel",
        keys: ["step"],
        people: [by, "dropped"],
        headings: {
          [by]: "Reached",
          share: "Of the first",
          share_of_previous_previous: "Of the step before, in the time before",
        },
      };
    }
    case "retention":
      return {
        name: "Retention",
        keys: ["cohort"],
        people: answer.columns
          .map(({ name }) => name)
          .filter((name) => /^(persons|interval_\d+)$/.test(name)),
      };
    case "paths":
      return {
        name: "Paths",
        keys: ["step", "source", "target", "path"],
        people: ["sessions", "persons"],
        headings: {
          sessions: "Sessions",
          share: explore.paths.rows === "edges" ? "Of the step" : "Share",
        },
        say: (column, value) => {
          if (value === "") return column === "target" ? "ended" : "began";
          const steps = column === "path" ? value.split(" → ") : [value];
          return steps.map((each) => stepName(explore, each)).join(" › ");
        },
      };
    case "lifecycle":
      return {
        name: "Lifecycle",
        keys: ["time"],
        people: ["new", "returning", "resurrecting", "dormant"],
      };
    case "stickiness": {
      const unit = INTERVAL[answer.interval ?? "day"];
      return {
        name: "Stickiness",
        keys: ["intervals"],
        people: ["persons", "persons_at_least"],
        headings: { intervals: `${unit}s` },
      };
    }
    case "distribution": {
      const counted = answer.columns.find(({ unit }) => unit === "count")?.name ?? "events";
      return { name: "Distribution", keys: ["value", "from"], people: [counted, "persons"] };
    }
    case "correlation":
      return {
        name: "Correlation",
        keys: ["kind", "value"],
        people: ["persons", "converted", "persons_without", "converted_without"],
        headings: ODDS,
      };
  }
}
