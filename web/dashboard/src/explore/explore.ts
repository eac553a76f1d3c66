// What Explore asks, as a value, and its place in the address. Each kind has a part of its own;
// only the part of the chosen kind stands in the address, and what has its usual value does not.
//
//   ?kind=funnel&step=pageview~page!starts!/product&step=order&within=1d&split=browser
import type { Aggregate, CellAddress, Fact } from "@hitmetrix/wire";
import { factText, joinParts, readFact, splitParts } from "../where.ts";
import { ANY, type Marks, readSelection, type Selection, selectionText } from "./selection.ts";

export const KINDS = [
  "trend",
  "funnel",
  "retention",
  "paths",
  "lifecycle",
  "stickiness",
  "distribution",
  "correlation",
] as const;
export type Kind = (typeof KINDS)[number];

export const AGGREGATES = [
  "persons",
  "count",
  "sessions",
  "accounts",
  "per_person",
  "sum",
  "average",
  "median",
  "minimum",
  "maximum",
  "p75",
  "p90",
  "p95",
  "p99",
] as const satisfies readonly Aggregate[];

export interface TrendLine extends Selection {
  aggregate: Aggregate;
  /** The property whose numbers are looked at; empty where none is. */
  property: string;
  first: boolean;
}

export interface Step extends Selection {
  optional: boolean;
}

/** The step from which one comes to this one: the last before it that cannot be left out. */
export function stepBefore(steps: readonly Pick<Step, "optional">[], index: number): number {
  let at = index - 1;
  while (at > 0 && steps[at]?.optional) at -= 1;
  return at;
}

/** The next step that cannot be left out; -1 after the last. */
export function stepAfter(steps: readonly Pick<Step, "optional">[], index: number): number {
  return steps.findIndex((step, at) => at > index && !step.optional);
}

export interface Without extends Selection {
  /** After this step and before that one, from 1; null for the first and the last. */
  after: number | null;
  before: number | null;
}

/** How a trend's values are shown: as they are, up to now, or smoothed over so many intervals. */
export type Shape = "plain" | "cumulative" | number;

/** A cell whose people are looked at: of the main answer or of one beside it. `whole` is a funnel
    that is not divided. */
export interface Who {
  of: "main" | "whole" | "over" | "time";
  cell: CellAddress;
}

export interface Explore {
  kind: Kind;
  /** What the answer is divided by: a trend and a funnel. */
  split: Fact[];
  trend: { lines: TrendLine[]; formulas: string[]; shape: Shape };
  funnel: {
    steps: Step[];
    order: "ordered" | "strict" | "any";
    window: string;
    by: "persons" | "sessions" | "accounts";
    without: Without[];
    /** Shares of the step before, or of the first. */
    view: "before" | "first";
    credit: "first" | "last";
  };
  retention: {
    start: Selection;
    back: Selection;
    mode: "first_time" | "recurring";
    on: "exactly" | "on_or_after";
  };
  paths: {
    steps: "pages" | "events";
    anchor: "start" | "from" | "to" | "through";
    at: string;
    depth: number;
    groups: string[];
    hide: string[];
    once: boolean;
    rows: "edges" | "sequences";
  };
  active: Selection;
  /** Countries can be drawn as a map; all else is bars. */
  distribution: {
    fact: Fact | null;
    events: Selection;
    classes: number;
    drawn: "bars" | "map";
  };
  correlation: { start: Selection; goal: Selection | null; facts: Fact[]; cases: number };
  who: Who | null;
}

export const USUAL_LINE: TrendLine = { ...ANY, aggregate: "persons", property: "", first: false };
export const WINDOW = "14d";

export function usualExplore(kind: Kind = "trend"): Explore {
  return {
    kind,
    split: [],
    trend: { lines: [USUAL_LINE], formulas: [], shape: "plain" },
    funnel: {
      steps: [],
      order: "ordered",
      window: WINDOW,
      by: "persons",
      without: [],
      view: "before",
      credit: "first",
    },
    retention: { start: ANY, back: ANY, mode: "first_time", on: "exactly" },
    paths: {
      steps: "pages",
      anchor: "start",
      at: "",
      depth: 5,
      groups: [],
      hide: [],
      once: false,
      rows: "edges",
    },
    active: ANY,
    distribution: { fact: null, events: ANY, classes: 20, drawn: "bars" },
    correlation: { start: ANY, goal: null, facts: [], cases: 30 },
    who: null,
  };
}

export type Own = readonly (readonly [string, string])[];

const oneOf = <T extends string>(list: readonly T[], text: string | undefined, usual: T): T =>
  list.find((each) => each === text) ?? usual;

function whole(text: string | undefined, least: number, most: number, usual: number): number {
  const value = Number(text);
  return text && Number.isInteger(value) && value >= least && value <= most ? value : usual;
}

const picked = (text: string | undefined): Selection =>
  text === undefined ? ANY : readSelection(text).selection;

function readLine(text: string): TrendLine {
  const { selection, marks } = readSelection(text);
  const [aggregate, property = ""] = marks.do ?? [];
  return {
    ...selection,
    aggregate: oneOf(AGGREGATES, aggregate, "persons"),
    property,
    first: "first" in marks,
  };
}

function lineText(line: TrendLine): string {
  const marks: Record<string, string[]> = {};
  if (line.aggregate !== "persons" || line.property)
    marks.do = line.property ? [line.aggregate, line.property] : [line.aggregate];
  if (line.first) marks.first = [];
  return selectionText(line, marks);
}

function readWithout(text: string): Without {
  const { selection, marks } = readSelection(text);
  const at = (fields: readonly string[] | undefined): number | null =>
    whole(fields?.[0], 1, 20, 0) || null;
  return { ...selection, after: at(marks.after), before: at(marks.before) };
}

function withoutText(without: Without): string {
  const marks: Record<string, string[]> = {};
  if (without.after !== null) marks.after = [String(without.after)];
  if (without.before !== null) marks.before = [String(without.before)];
  return selectionText(without, marks);
}

const WHO_OF = ["main", "whole", "over", "time"] as const;

export function readWho(text: string | undefined): Who | null {
  if (!text) return null;
  const [[of, column] = [], ...keys] = splitParts(text);
  const known = WHO_OF.find((each) => each === of);
  if (!column || !known) return null;
  const row: CellAddress["row"] = {};
  for (const [name, kind, value = ""] of keys) {
    if (!name) continue;
    row[name] = kind === "n" ? Number(value) : kind === "t" ? value : null;
  }
  return { of: known, cell: { column, row } };
}

export function whoText(who: Who): string {
  const keys = Object.entries(who.cell.row).map(([name, value]) =>
    typeof value === "number"
      ? [name, "n", String(value)]
      : value === null
        ? [name, "0"]
        : [name, "t", String(value)],
  );
  return joinParts([[who.of, who.cell.column], ...keys]);
}

export function readExplore(own: Own): Explore {
  const all = (name: string): string[] =>
    own.filter(([key]) => key === name).map(([, text]) => text);
  const one = (name: string): string | undefined => all(name)[0];
  const facts = (name: string): Fact[] =>
    all(name).flatMap((text) => {
      const fact = readFact(text);
      return fact ? [fact] : [];
    });
  const usual = usualExplore(oneOf(KINDS, one("kind"), "trend"));
  const lines = all("series").map(readLine);
  const shape = one("shape");
  const anchor = splitParts(one("anchor") ?? "")[0] ?? [];
  return {
    ...usual,
    split: facts("split").slice(0, 3),
    trend: {
      lines: lines.length > 0 ? lines : usual.trend.lines,
      formulas: all("formula"),
      shape: shape === "cumulative" ? shape : whole(shape, 2, 100, 0) || "plain",
    },
    funnel: {
      steps: all("step").map((text) => {
        const { selection, marks } = readSelection(text);
        return { ...selection, optional: "optional" in marks };
      }),
      order: oneOf(["ordered", "strict", "any"], one("order"), "ordered"),
      window: one("within") || WINDOW,
      by: oneOf(["persons", "sessions", "accounts"], one("of"), "persons"),
      without: all("without").map(readWithout),
      view: oneOf(["before", "first"], one("view"), "before"),
      credit: oneOf(["first", "last"], one("credit"), "first"),
    },
    retention: {
      start: picked(one("start")),
      back: picked(one("return")),
      mode: oneOf(["first_time", "recurring"], one("mode"), "first_time"),
      on: oneOf(["exactly", "on_or_after"], one("on"), "exactly"),
    },
    paths: {
      steps: oneOf(["pages", "events"], one("of"), "pages"),
      anchor: oneOf(["start", "from", "to", "through"], anchor[0], "start"),
      at: anchor[1] ?? "",
      depth: whole(one("depth"), 2, 10, 5),
      groups: all("group"),
      hide: all("hide"),
      once: one("once") === "yes",
      rows: oneOf(["edges", "sequences"], one("view"), "edges"),
    },
    active: picked(one("active")),
    distribution: {
      fact: facts("fact")[0] ?? null,
      events: picked(one("active")),
      classes: whole(one("classes"), 1, 200, 20),
      drawn: oneOf(["bars", "map"], one("view"), "bars"),
    },
    correlation: {
      start: picked(one("start")),
      goal: one("goal") === undefined ? null : picked(one("goal")),
      facts: facts("fact"),
      cases: whole(one("cases"), 1, 1_000_000, 30),
    },
    who: readWho(one("who")),
  };
}

/** What stands in the address, for the chosen kind only. */
export function writeExplore(explore: Explore): [string, string][] {
  const own: [string, string][] = [];
  const add = (name: string, text: string, usual = ""): void => {
    if (text !== usual) own.push([name, text]);
  };
  const selected = (name: string, selection: Selection, marks: Marks = {}): void =>
    add(name, selectionText(selection, marks));
  const facts = (name: string, list: readonly Fact[]): void => {
    for (const fact of list) own.push([name, factText(fact)]);
  };
  add("kind", explore.kind, "trend");
  switch (explore.kind) {
    case "trend": {
      const texts = explore.trend.lines.map(lineText);
      if (texts.length !== 1 || texts[0] !== "")
        for (const text of texts) own.push(["series", text]);
      for (const formula of explore.trend.formulas) own.push(["formula", formula]);
      add("shape", String(explore.trend.shape), "plain");
      facts("split", explore.split);
      break;
    }
    case "funnel": {
      const funnel = explore.funnel;
      for (const step of funnel.steps)
        own.push(["step", selectionText(step, step.optional ? { optional: [] } : {})]);
      add("order", funnel.order, "ordered");
      add("within", funnel.window, WINDOW);
      add("of", funnel.by, "persons");
      for (const without of funnel.without) own.push(["without", withoutText(without)]);
      facts("split", explore.split.slice(0, 1));
      add("view", funnel.view, "before");
      add("credit", funnel.credit, "first");
      break;
    }
    case "retention":
      selected("start", explore.retention.start);
      selected("return", explore.retention.back);
      add("mode", explore.retention.mode, "first_time");
      add("on", explore.retention.on, "exactly");
      break;
    case "paths": {
      const paths = explore.paths;
      add("of", paths.steps, "pages");
      if (paths.anchor !== "start") own.push(["anchor", joinParts([[paths.anchor, paths.at]])]);
      add("depth", String(paths.depth), "5");
      for (const group of paths.groups) own.push(["group", group]);
      for (const hidden of paths.hide) own.push(["hide", hidden]);
      if (paths.once) own.push(["once", "yes"]);
      add("view", paths.rows, "edges");
      break;
    }
    case "lifecycle":
    case "stickiness":
      selected("active", explore.active);
      break;
    case "distribution":
      facts("fact", explore.distribution.fact ? [explore.distribution.fact] : []);
      selected("active", explore.distribution.events);
      add("classes", String(explore.distribution.classes), "20");
      add("view", explore.distribution.drawn, "bars");
      break;
    case "correlation":
      selected("start", explore.correlation.start);
      if (explore.correlation.goal) own.push(["goal", selectionText(explore.correlation.goal)]);
      facts("fact", explore.correlation.facts);
      add("cases", String(explore.correlation.cases), "30");
      break;
  }
  if (explore.who) own.push(["who", whoText(explore.who)]);
  return own;
}
