// The words of the builder's sentences.
import type { Aggregate, Fact } from "@hitmetrix/wire";
import { DIMENSIONS } from "../dimensions.ts";
import { factText } from "../where.ts";
import { dimensionName, valueName } from "../words.ts";
import type { Kind, TrendLine } from "./explore.ts";
import type { Seen } from "./seen.ts";
import { selectionName, verbOf } from "./selection.ts";
import { OTHER } from "./shapes.ts";

export const KIND: Record<Kind, { name: string; concept: string }> = {
  trend: { name: "Trend", concept: "trends" },
  funnel: { name: "Funnel", concept: "funnels" },
  retention: { name: "Retention", concept: "retention" },
  paths: { name: "Paths", concept: "paths" },
  lifecycle: { name: "Lifecycle", concept: "lifecycle" },
  stickiness: { name: "Stickiness", concept: "stickiness" },
  distribution: { name: "Distribution", concept: "distribution" },
  correlation: { name: "Correlation", concept: "correlation" },
};

/** How each kind counts, in two sentences. */
export const COUNTED: Record<Kind, string> = {
  trend:
    "One value an interval. Persons, sessions and accounts are exact different ones; the others are of the events themselves.",
  funnel:
    "Of each person one attempt counts: the one that gets furthest, of these the first to get there. An attempt lies within the window, counted from its first step.",
  retention:
    "People are put into cohorts by when they began; each number says how many of them came back so much later. What has not come yet has no value.",
  paths:
    "What follows what within one session, by the sessions that went that way. Paths never join sessions; an end is where the session ended.",
  lifecycle:
    "The persons of each interval, by what they did before: new for the first time ever, returning from the interval before, resurrecting after a pause. Dormant are those of the interval before who did not come.",
  stickiness: "In how many intervals of the period each person was active, however often in each.",
  distribution:
    "Every value of the period, nothing sampled. Numbers go into classes of equal width; anything else is counted by value.",
  correlation:
    "Holds events and facts against converting, one by one, looking only at what came before. It says what goes together, not why.",
};

const AGGREGATE: Record<Aggregate, string> = {
  persons: "persons",
  count: "times",
  sessions: "sessions",
  accounts: "accounts",
  per_person: "times a person",
  sum: "sum of",
  average: "average of",
  median: "median of",
  minimum: "least of",
  maximum: "greatest of",
  p75: "75th percentile of",
  p90: "90th percentile of",
  p95: "95th percentile of",
  p99: "99th percentile of",
};

export function aggregateName(aggregate: Aggregate): string {
  return AGGREGATE[aggregate];
}

/** True for those about a property's numbers. */
export function isNumeric(aggregate: Aggregate): boolean {
  return !["persons", "count", "sessions", "accounts", "per_person"].includes(aggregate);
}

/** What stands between the number and what it is counted of. */
export function joint(line: TrendLine): string {
  if (isNumeric(line.aggregate)) return "in";
  if (line.aggregate === "sessions") return "had";
  if (line.aggregate === "count") return "they";
  return "";
}

/** `Persons: order`, the name of a line where it stands alone. */
export function lineName(line: TrendLine): string {
  if (line.label) return line.label;
  const name = selectionName(line);
  const first = line.first ? "first " : "";
  if (isNumeric(line.aggregate))
    return `${AGGREGATE[line.aggregate]} ${line.property || "…"} in ${first}${name}`;
  if (line.aggregate === "per_person")
    return `${line.property || first + name} a person${line.property ? `, ${name}` : ""}`;
  const verb = line.aggregate === "sessions" ? "with" : `who ${verbOf(line)}`;
  if (line.aggregate === "count") return `times ${first}${name}`;
  return `${AGGREGATE[line.aggregate]} ${verb} ${first}${name}`;
}

export interface Choice {
  value: string;
  label: string;
  group?: string;
}

const COMMON = [
  "device",
  "browser",
  "channel",
  "source",
  "campaign",
  "country",
  "page",
  "entry_page",
];

/** Facts to divide by: the usual ones, properties that were really sent, and the rest. */
export function factChoices(seen: Seen, chosen: readonly Fact[]): Choice[] {
  const rest = DIMENSIONS.filter((each) => !COMMON.includes(each));
  const dimension = (value: string, group: string): Choice => ({
    value,
    label: dimensionName(value as (typeof DIMENSIONS)[number]).toLowerCase(),
    group,
  });
  const list: Choice[] = [
    ...COMMON.map((each) => dimension(each, "Usual")),
    ...seen.properties.map(({ name }) => ({
      value: `p.${name}`,
      label: name,
      group: "Properties",
    })),
  ];
  for (const [event, of] of [
    ["identify", "person"],
    ["group", "account"],
  ] as const) {
    if (!seen.events.some(({ value }) => value === event)) continue;
    for (const { name } of seen.properties)
      list.push({ value: `${of}.${name}`, label: `${of}’s ${name}`, group: `Of the ${of}` });
  }
  list.push(...rest.map((each) => dimension(each, "More")));
  // What stands in the address is shown, whether or not it was seen.
  for (const fact of chosen) {
    const value = factText(fact);
    if (!list.some((each) => each.value === value))
      list.push({ value, label: value.replace(/^p\./, ""), group: "Properties" });
  }
  return list;
}

/** A value of a fact in words; the rest of all values is "all others". */
export function splitName(column: string, value: string): string {
  if (value === OTHER) return "all others";
  const dimension = DIMENSIONS.find((each) => each === column);
  if (dimension) return valueName(dimension, value);
  return value === "" ? "not set" : value;
}

/** What goes through a funnel. */
export const FUNNEL_BY: readonly Choice[] = [
  { value: "persons", label: "persons" },
  { value: "sessions", label: "sessions" },
  { value: "accounts", label: "accounts" },
];

/** How long the steps of a funnel may take. */
export const FUNNEL_WINDOWS: readonly Choice[] = [
  ["10m", "10 minutes"],
  ["30m", "30 minutes"],
  ["1h", "an hour"],
  ["1d", "a day"],
  ["7d", "7 days"],
  ["14d", "14 days"],
  ["30d", "30 days"],
  ["90d", "90 days"],
].map(([value = "", label = ""]) => ({ value, label }));
