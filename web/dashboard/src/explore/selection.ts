// Which events somebody picked: names, or a page, with conditions and a name of their own. As a
// value, as text in the address, in words, and as the server takes it.
//
// Text: parts with "~" between them, fields of a part with "!". The first part has the names of
// events, a condition is `subject!operator!value…`, the rest are marks such as `as!Label`.
//   pageview~page!starts!/product~as!Saw a product       order~p.amount!greater!50
import type { Condition, Dimension, EventSelection, Fact, Level, Operator } from "@hitmetrix/wire";
import { DIMENSIONS } from "../question.ts";
import { dimensionName, operatorName, valueName } from "../words.ts";

/** A condition that the builder can show and change. */
export interface Where {
  fact: Fact;
  operator: Operator;
  values: string[];
}

export interface Selection {
  /** Names of events; none stands for any. */
  events: string[];
  where: Where[];
  /** A name of its own; empty when it goes by its events. */
  label: string;
}

export const ANY: Selection = { events: [], where: [], label: "" };

export const OPERATORS: readonly Operator[] = [
  "is",
  "is_not",
  "contains",
  "does_not_contain",
  "starts",
  "matches",
  "greater",
  "less",
  "between",
  "set",
  "not_set",
];

export function pageSelection(page: string, operator: "is" | "starts" = "is"): Selection {
  const fact: Fact = { dimension: "page" };
  return { events: ["pageview"], where: [{ fact, operator, values: [page] }], label: "" };
}

export function eventSelection(event: string): Selection {
  return { events: [event], where: [], label: "" };
}

/** The page that it is about, when it is about one. */
export function pageOf(selection: Selection): { page: string; starts: boolean } | null {
  const [first] = selection.where;
  if (selection.events.length !== 1 || selection.events[0] !== "pageview" || !first) return null;
  if (!("dimension" in first.fact) || first.fact.dimension !== "page") return null;
  const [page] = first.values;
  if (first.values.length !== 1 || page === undefined) return null;
  if (first.operator !== "is" && first.operator !== "starts") return null;
  return { page, starts: first.operator === "starts" };
}

/** Conditions beside the one that says which page. */
export function furtherOf(selection: Selection): Where[] {
  return pageOf(selection) ? selection.where.slice(1) : selection.where;
}

export function factName(fact: Fact): string {
  if ("dimension" in fact) return dimensionName(fact.dimension).toLowerCase();
  return fact.of === "person" || fact.of === "account"
    ? `${fact.of}’s ${fact.property}`
    : fact.property;
}

export function whereWords(where: Where): string {
  const said = where.values.map((value) =>
    "dimension" in where.fact ? valueName(where.fact.dimension, value) : value || "empty",
  );
  const values = where.operator === "between" ? said.join(" and ") : said.join(" or ");
  return [factName(where.fact), operatorName(where.operator), values].filter(Boolean).join(" ");
}

/** What it is called on the screen, short. */
export function selectionName(selection: Selection): string {
  if (selection.label) return selection.label;
  const page = pageOf(selection);
  const further = furtherOf(selection).length;
  const tail = further > 0 ? ` +${further}` : "";
  if (page) return `${page.page}${page.starts ? "…" : ""}${tail}`;
  if (selection.events.length === 0) return `anything${tail}`;
  return selection.events.map((event) => valueName("event", event)).join(" or ") + tail;
}

/** `saw` a page, `did` anything else. */
export function verbOf(selection: Selection): "saw" | "did" {
  return pageOf(selection) || selection.events.every((event) => event === "pageview")
    ? selection.events.length > 0
      ? "saw"
      : "did"
    : "did";
}

export function conditionOf(where: Where): Condition {
  const { operator, values } = where;
  const given = operator === "set" || operator === "not_set" ? {} : { values };
  return "dimension" in where.fact
    ? { dimension: where.fact.dimension, operator, ...given }
    : { property: where.fact.property, of: where.fact.of ?? "event", operator, ...given };
}

/** As the server takes it; the name goes along where it has one. */
export function wireOf(selection: Selection): EventSelection {
  const wire: EventSelection = {};
  const label = selection.label || (selection.where.length > 0 ? selectionName(selection) : "");
  if (label) wire.label = label;
  if (selection.events.length > 0) wire.events = selection.events;
  if (selection.where.length > 0) wire.filters = selection.where.map(conditionOf);
  return wire;
}

// ---------- text ----------

const LEVELS: Record<string, Level> = { p: "event", person: "person", account: "account" };

export function factText(fact: Fact): string {
  if ("dimension" in fact) return fact.dimension;
  return `${fact.of === "person" || fact.of === "account" ? fact.of : "p"}.${fact.property}`;
}

export function readFact(text: string): Fact | null {
  const dimension = DIMENSIONS.find((each): each is Dimension => each === text);
  if (dimension) return { dimension };
  const dot = text.indexOf(".");
  const of = dot < 0 ? undefined : LEVELS[text.slice(0, dot)];
  const property = text.slice(dot + 1);
  return of && property ? { property, of } : null;
}

export function joinParts(parts: readonly (readonly string[])[]): string {
  return parts.map((fields) => fields.map(escaped).join("!")).join("~");
}

export function splitParts(text: string): string[][] {
  return text.split("~").map((part) => part.split("!").map(plainText));
}

function escaped(text: string): string {
  return text.replace(/[%~!]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function plainText(text: string): string {
  return text.replace(/%(25|7E|21)/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** Marks that stand beside conditions: name, then fields. */
export type Marks = Record<string, readonly string[]>;

export function selectionText(selection: Selection, marks: Marks = {}): string {
  return joinParts([
    selection.events.length > 0 ? selection.events : [""],
    ...selection.where.map(({ fact, operator, values }) => [factText(fact), operator, ...values]),
    ...(selection.label ? [["as", selection.label]] : []),
    ...Object.entries(marks).map(([name, fields]) => [name, ...fields]),
  ]);
}

/** What cannot be read as a condition is a mark; what is neither is left out. */
export function readSelection(text: string): { selection: Selection; marks: Marks } {
  const [events = [], ...rest] = splitParts(text);
  const selection: Selection = { events: events.filter(Boolean), where: [], label: "" };
  const marks: Record<string, string[]> = {};
  for (const [subject = "", ...fields] of rest) {
    const fact = readFact(subject);
    const operator = OPERATORS.find((each) => each === fields[0]);
    if (subject === "as") selection.label = fields[0] ?? "";
    else if (fact && operator) selection.where.push({ fact, operator, values: fields.slice(1) });
    else if (!fact) marks[subject] = fields;
  }
  return { selection, marks };
}
