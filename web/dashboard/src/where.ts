// A condition on a fact, as filters and what is picked have it: as a value, in words, as the server
// takes it, and as text in the address: `subject!operator!value…`, several with "~" between them.
//   p.amount!greater!50        page!starts!/product/
import type { Condition, Dimension, Fact, Level, Operator } from "@hitmetrix/wire";
import { DIMENSIONS } from "./dimensions.ts";
import { dimensionName, operatorName, valueName } from "./words.ts";

/** A condition that can be shown and changed. */
export interface Where {
  fact: Fact;
  operator: Operator;
  values: string[];
}

export const OPERATORS: readonly Operator[] = [
  "is",
  "is_not",
  "contains",
  "does_not_contain",
  "starts",
  "matches",
  "alike",
  "greater",
  "less",
  "between",
  "set",
  "not_set",
];

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

export function conditionOf(where: Where): Condition {
  const { operator, values } = where;
  const given = operator === "set" || operator === "not_set" ? {} : { values };
  return "dimension" in where.fact
    ? { dimension: where.fact.dimension, operator, ...given }
    : { property: where.fact.property, of: where.fact.of ?? "event", operator, ...given };
}

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

export function whereText({ fact, operator, values }: Where): string {
  return joinParts([[factText(fact), operator, ...values]]);
}

/** Null where it is no condition. */
export function readWhere(text: string): Where | null {
  const [[subject = "", name, ...values] = []] = splitParts(text);
  const fact = readFact(subject);
  const operator = OPERATORS.find((each) => each === name);
  return fact && operator ? { fact, operator, values } : null;
}
