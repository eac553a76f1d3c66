// Segments as the screen shows and changes them: conditions as parts that can be picked, parts as
// conditions, drafts to be saved. What is in one stands in docs/concepts/segments.md.
//
// What somebody did is a part of its own: "saw the prices" and "ordered" are two events, and
// conditions beside each other would have to hold for one.
import type { Condition, Dimension, Segment, SegmentDraft } from "@hitmetrix/wire";
import { conditionWords, type SegmentNames } from "../conditions.ts";
import { pickedSelection } from "../explore/fromQuestion.ts";
import {
  eventSelection,
  pageSelection,
  type Selection,
  selectionName,
  verbOf,
  wireOf,
} from "../explore/selection.ts";
import { freeName, type Visit, visitCondition, visitOf, visitWords } from "../goals/goals.ts";
import { conditionOf, OPERATORS, type Where, whereWords } from "../where.ts";
import { valueName } from "../words.ts";

export type Part =
  /** A fact of the visit, the person or an event. */
  | { kind: "fact"; where: Where }
  /** Something that happened, or did not. */
  | { kind: "did"; selection: Selection; did: boolean }
  | { kind: "goal"; goal: string; reached: boolean }
  | { kind: "segment"; segment: string; inside: boolean }
  | { kind: "visit"; visit: Visit }
  /** What no picker has: it is said in words and stays as it is. */
  | { kind: "other"; condition: Condition };

const not = (condition: Condition, holds: boolean): Condition =>
  holds ? condition : { not: condition };

export function conditionOfPart(part: Part, of: SegmentDraft["of"]): Condition {
  switch (part.kind) {
    case "fact":
      return conditionOf(part.where);
    case "goal":
      return not({ goal: part.goal }, part.reached);
    case "segment":
      return not({ segment: part.segment }, part.inside);
    case "visit":
      return visitCondition(part.visit);
    case "other":
      return part.condition;
    case "did": {
      const { label: _, ...event } = wireOf(part.selection);
      if (of === "persons") return not({ did: { sequence: [event] } }, part.did);
      const { events = [], filters = [] } = event;
      const named: Condition[] =
        events.length > 0 ? [{ dimension: "event", operator: "is", values: events }] : [];
      return not({ session_has: [...named, ...filters] }, part.did);
    }
  }
}

/** The events that a session has, where that is all that is asked. */
function selectionIn(condition: Condition): Selection | null {
  if ("session_has" in condition) {
    const [first, ...filters] = condition.session_has;
    if (!first || !("dimension" in first) || first.dimension !== "event") return null;
    if (first.operator !== "is") return null;
    return pickedSelection({ events: first.values ?? [], filters });
  }
  if (!("did" in condition)) return null;
  const { sequence, at_least, at_most, last, within } = condition.did;
  const [only] = sequence;
  const plain = !at_least && (at_most ?? null) === null && !last && !within;
  return plain && sequence.length === 1 && only ? pickedSelection(only) : null;
}

export function partOf(condition: Condition): Part {
  const other: Part = { kind: "other", condition };
  const holds = !("not" in condition);
  const inner = holds ? condition : condition.not;
  const selection = selectionIn(inner);
  if (selection) return { kind: "did", selection, did: holds };
  if ("goal" in inner) return { kind: "goal", goal: inner.goal, reached: holds };
  if ("segment" in inner) return { kind: "segment", segment: inner.segment, inside: holds };
  if (!holds) return other;
  const visit = visitOf(condition);
  if (visit) return { kind: "visit", visit };
  const operator =
    "operator" in condition ? OPERATORS.find((each) => each === condition.operator) : undefined;
  if (!operator) return other;
  if ("dimension" in condition)
    return {
      kind: "fact",
      where: {
        fact: { dimension: condition.dimension },
        operator,
        values: condition.values ?? [],
      },
    };
  if ("property" in condition)
    return {
      kind: "fact",
      where: {
        fact: { property: condition.property, of: condition.of ?? "event" },
        operator,
        values: condition.values ?? [],
      },
    };
  return other;
}

export function partWords(part: Part, names: SegmentNames): string {
  switch (part.kind) {
    case "fact":
      return whereWords(part.where);
    case "did": {
      const verb = verbOf(part.selection);
      const what = selectionName({ ...part.selection, label: "" });
      const where = part.selection.where.slice(verb === "saw" ? 1 : 0).map(whereWords);
      const said = where.length > 0 ? `${what}, where ${where.join(" and ")}` : what;
      if (part.did) return `${verb} ${said}`;
      return verb === "saw" ? `did not see ${said}` : `did not ${said}`;
    }
    case "goal":
      return `${part.reached ? "reached" : "missed"} “${names.get(part.goal) ?? part.goal}”`;
    case "segment":
      return `${part.inside ? "in" : "not in"} “${names.get(part.segment) ?? part.segment}”`;
    case "visit":
      return visitWords(visitCondition(part.visit), names);
    case "other":
      return conditionWords(part.condition, names);
  }
}

export const segmentWords = (segment: Pick<Segment, "conditions">, names: SegmentNames): string =>
  segment.conditions.map((each) => partWords(partOf(each), names)).join(", and ");

export function draftOf({ name, of, conditions }: Segment): SegmentDraft {
  return { name, of, conditions };
}

/** What one click makes a segment of. */
export const QUICK = [
  "device",
  "browser",
  "system",
  "country",
  "source",
  "page",
  "event",
] as const satisfies readonly Dimension[];

/** A segment of the sessions with one value that was seen. */
export function quickDraft(
  dimension: Dimension,
  value: string,
  taken: ReadonlySet<string>,
): SegmentDraft {
  const said = valueName(dimension, value);
  const part: Part =
    dimension === "page"
      ? { kind: "did", selection: pageSelection(value), did: true }
      : dimension === "event"
        ? { kind: "did", selection: eventSelection(value), did: true }
        : { kind: "fact", where: { fact: { dimension }, operator: "is", values: [value] } };
  const name = dimension === "page" ? `Saw ${said}` : said.charAt(0).toUpperCase() + said.slice(1);
  return {
    name: freeName(name, taken),
    of: "sessions",
    conditions: [conditionOfPart(part, "sessions")],
  };
}
