// What the screen of heatmaps asks beside the question bar, and how the address has it:
//
//   ?at=/product/*&heat=dead&class=phone&done=order&against=device:desktop&zone=clicks:main#a>button&said=Buy
//   ?at=/cart&aim=missed:ID        those who missed a saved goal
import type { Condition, Heatmap, Question } from "@hitmetrix/wire";
import { amongCondition, goalOf, missedGoal, reachedGoal } from "../among.ts";
import { type Asking, type Filter, questionOf } from "../question.ts";
import { conditionOf, type Where } from "../where.ts";

export const KINDS = ["clicks", "rage", "dead", "move", "scroll", "attention"] as const;
export type Kind = (typeof KINDS)[number];

export const DEVICES = ["desktop", "phone", "tablet"] as const;
export type Device = (typeof DEVICES)[number];

/** What the second picture shows in place of the first one's. */
export type Against =
  | { of: "before" }
  | { of: "device"; device: Device }
  | { of: "segment"; segment: string }
  /** Those on the other side of the goal. */
  | { of: "goal" };

/** Sessions with an event of this name, or that reached a saved goal; or without. */
export type Goal = ({ event: string } | { goal: string }) & { reached: boolean };

/** Whose sessions are listed: of a column of a zone's row. */
export interface Who {
  zone: string;
  /** Its words, where they tell it. */
  said: string;
  column: string;
}

export interface Heat {
  /** A path, or a pattern with `*`; null until one is chosen. */
  page: string | null;
  kind: Kind;
  device: Device | null;
  zones: boolean;
  goal: Goal | null;
  against: Against | null;
  who: Who | null;
}

export function readHeat(own: Asking["own"]): Heat {
  const search = new Map(own.map(([name, value]) => [name, value]));
  const oneOf = <T extends string>(list: readonly T[], name: string): T | null =>
    list.find((each) => each === search.get(name)) ?? null;
  const [done, missed] = [search.get("done"), search.get("missed")];
  const goal = goalOf(search.get("aim") ?? "") ?? (done ? { event: done, reached: true } : null);
  return {
    page: search.get("at") || null,
    kind: oneOf(KINDS, "heat") ?? "clicks",
    device: oneOf(DEVICES, "class"),
    zones: search.get("zones") !== "off",
    goal: goal ?? (missed ? { event: missed, reached: false } : null),
    against: readAgainst(search.get("against") ?? ""),
    who: readWho(search.get("zone") ?? "", search.get("said") ?? ""),
  };
}

function readAgainst(text: string): Against | null {
  if (text === "before" || text === "goal") return { of: text };
  const [of, value = ""] = cut(text);
  const device = DEVICES.find((each) => each === value);
  if (of === "device" && device) return { of, device };
  return of === "segment" && value ? { of, segment: value } : null;
}

function readWho(text: string, said: string): Who | null {
  const [column, zone] = cut(text);
  return zone === undefined ? null : { column, zone, said };
}

function cut(text: string): [string, string | undefined] {
  const at = text.indexOf(":");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

export function writeHeat(heat: Heat): [string, string][] {
  const own: [string, string][] = [];
  if (heat.page) own.push(["at", heat.page]);
  if (heat.kind !== "clicks") own.push(["heat", heat.kind]);
  if (heat.device) own.push(["class", heat.device]);
  if (!heat.zones) own.push(["zones", "off"]);
  if (heat.goal)
    own.push(
      "goal" in heat.goal
        ? ["aim", aimText(heat.goal)]
        : [heat.goal.reached ? "done" : "missed", heat.goal.event],
    );
  if (heat.against) own.push(["against", againstText(heat.against)]);
  if (heat.who) own.push(["zone", `${heat.who.column}:${heat.who.zone}`]);
  if (heat.who?.said) own.push(["said", heat.who.said]);
  return own;
}

const aimText = ({ goal, reached }: { goal: string; reached: boolean }): string =>
  reached ? reachedGoal(goal) : missedGoal(goal);

function againstText(against: Against): string {
  if (against.of === "device") return `device:${against.device}`;
  return against.of === "segment" ? `segment:${against.segment}` : against.of;
}

/** One of the pictures that stand side by side: whose visits, and when. */
export interface Side {
  asking: Asking;
  device: Device | null;
  goal: Goal | null;
}

/** The first picture, and the second where two are held against each other. */
export function sidesOf(
  asking: Asking,
  heat: Heat,
  period: { from_ms: number; to_ms: number } | null,
): [Side] | [Side, Side] {
  const first: Side = { asking, device: heat.device, goal: heat.goal };
  const against = heat.against;
  switch (against?.of) {
    case "device":
      return [first, { ...first, device: against.device }];
    case "segment":
      return [first, { ...first, asking: { ...asking, segment: against.segment } }];
    case "goal":
      if (!heat.goal) return [first];
      return [first, { ...first, goal: { ...heat.goal, reached: !heat.goal.reached } }];
    case "before": {
      // Until the first answer tells the dates, there is no span before.
      if (!period) return [first];
      const { from_ms, to_ms } = period;
      const before = { from_ms: from_ms - (to_ms - from_ms), to_ms: from_ms };
      return [first, { ...first, asking: { ...asking, period: before } }];
    }
  }
  return [first];
}

/** Facts of single events, which no click has that is not about them. */
const OF_EVENT: ReadonlySet<string> = new Set(["event", "host", "page", "title"]);
const OPPOSITE = { is_not: "is", does_not_contain: "contains", not_set: "set" } as const;

/**
 * What must hold for the sessions of a heatmap. A click is no other event, so what the bar asks of
 * events is asked of the session: that it has such an event, or has none.
 */
export function conditionsOfHeat({ asking, device, goal }: Side): Condition[] {
  const [has, all]: [Condition[], Condition[]] = [[], []];
  for (const each of [...asking.filters, ...asking.where]) {
    const condition = "fact" in each ? conditionOf(each) : each;
    if (!isOfEvent(each)) {
      all.push(condition);
    } else if (each.operator in OPPOSITE) {
      const operator = OPPOSITE[each.operator as keyof typeof OPPOSITE];
      all.push({ not: { session_has: [{ ...condition, operator } as Condition] } });
    } else {
      has.push(condition);
    }
  }
  if (has.length > 0) all.push({ session_has: has });
  if (goal && "goal" in goal) all.push(amongCondition(aimText(goal)));
  else if (goal) {
    const done: Condition = {
      session_has: [{ dimension: "event", operator: "is", values: [goal.event] }],
    };
    all.push(goal.reached ? done : { not: done });
  }
  if (device) all.push({ dimension: "device", operator: "is", values: [device] });
  if (asking.segment) all.push(amongCondition(asking.segment));
  return all;
}

function isOfEvent(each: Filter | Where): boolean {
  if (!("fact" in each)) return OF_EVENT.has(each.dimension);
  return "dimension" in each.fact
    ? OF_EVENT.has(each.fact.dimension)
    : (each.fact.of ?? "event") === "event";
}

/** A question about a page, or a group of pages. */
export function heatQuestion(
  side: Side,
  page: string,
  rows: NonNullable<Heatmap["rows"]>,
  limit?: number,
): Question {
  const question = questionOf(side.asking, { kind: "heatmap", compare: "none" });
  question.filters = conditionsOfHeat(side);
  // Pages of one kind say something else in the same place.
  question.heatmap = { pages: [page], rows, told_by: isGroup(page) ? "path" : "words" };
  if (limit !== undefined) question.limit = limit;
  return question;
}

/** Whether several pages are meant. */
export function isGroup(page: string): boolean {
  return page.includes("*");
}
