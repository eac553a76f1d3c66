// Which events somebody picked: names, or a page, with conditions and a name of their own. As a
// value, as text in the address, in words, and as the server takes it.
//
// Text: parts with "~" between them, fields of a part with "!". The first part has the names of
// events, a condition is `subject!operator!value…`, the rest are marks such as `as!Label`.
//   pageview~page!starts!/product~as!Saw a product       order~p.amount!greater!50
import type { EventSelection, Fact } from "@hitmetrix/wire";
import {
  conditionOf,
  factText,
  joinParts,
  OPERATORS,
  readFact,
  splitParts,
  type Where,
} from "../where.ts";
import { valueName } from "../words.ts";

export interface Selection {
  /** Names of events; none stands for any. */
  events: string[];
  where: Where[];
  /** A name of its own; empty when it goes by its events. */
  label: string;
}

export const ANY: Selection = { events: [], where: [], label: "" };

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
