// In which currency the amounts of an answer are. The events are asked what their property `currency`
// says: an amount is shown with a currency only where no other one is among what it was made of.
// Events that say none are in that of the site, if it has one.
import type { Answer, EventSelection, Question, SavedGoal } from "@hitmetrix/wire";
import { currencyOf } from "../goals/goals.ts";
import { type Asking, conditionsOf } from "../question.ts";
import { columnOf, numberAt, textAt } from "../rows.ts";
import { letterOf } from "./asked.ts";
import type { Explore } from "./explore.ts";
import { isNumeric } from "./phrases.ts";
import { wireOf } from "./selection.ts";

/** Codes by the columns of an answer; a column that is not here has plain numbers. */
export type Currencies = Readonly<Record<string, string>>;

/** What properties with an amount of money are mostly called. */
const AMOUNT =
  /(^|_)(value|revenue|total|subtotal|amount|price|cost|fee|tax|shipping|discount|turnover|income)$/i;
/** What browsers measure is no money, whatever its property is called. */
const MEASURED: readonly string[] = ["web_vital", "page_leave", "form_view"];
/** Currencies that are told apart; with more there is none to be shown. */
const CLASSES = 4;

type Goal = NonNullable<Question["goals"]>["goals"][number];

/** Amounts of an answer: where they stand, and the events that they are of. */
export interface Amounts {
  columns: readonly string[];
  events: EventSelection;
}

/** Whether a property of these events is an amount of money, by its name. */
export function isAmount(property: string, events: readonly string[]): boolean {
  const known = events.length > 0 && !events.some((event) => MEASURED.includes(event));
  return known && AMOUNT.test(property);
}

/** The amounts in the answer to a question; none in most. */
export function amountsOf(explore: Explore): Amounts[] {
  if (explore.kind === "trend")
    return explore.trend.lines.flatMap((line, at) => {
      const added = isNumeric(line.aggregate) || line.aggregate === "per_person";
      return added && line.property && isAmount(line.property, line.events)
        ? [{ columns: [letterOf(at)], events: wireOf(line) }]
        : [];
    });
  if (explore.kind === "distribution") {
    const { fact, events } = explore.distribution;
    const ofEvent = fact && "property" in fact && (fact.of ?? "event") === "event";
    return ofEvent && isAmount(fact.property, events.events)
      ? [{ columns: ["from", "to"], events: wireOf(events) }]
      : [];
  }
  return [];
}

/** What currencies those events say, in either period. */
export function currencyQuestion(
  events: EventSelection,
  asking: Pick<Asking, "period" | "compare" | "filters" | "where" | "segment" | "bots">,
): Question {
  const { label: _, ...of } = events;
  const fact = { property: "currency", of: "event" as const };
  return {
    kind: "distribution",
    period: asking.period,
    compare: asking.compare,
    filters: conditionsOf(asking),
    bots: asking.bots,
    distribution: { fact, events: of, classes: CLASSES },
  };
}

/** The one currency of all events; empty where there are several, or none is known. */
export function currencyIn(answer: Answer, ofSite: string): string {
  const [value, from, now, before] = ["value", "from", "events", "events_previous"].map((name) =>
    columnOf(answer, name),
  ) as [number, number, number, number];
  const counted = answer.rows.filter(
    (row) => (numberAt(row, now) ?? 0) > 0 || (numberAt(row, before) ?? 0) > 0,
  );
  // Numbers, such as 840, come in classes without a value; they say a currency that has no letters.
  if (counted.some((row) => numberAt(row, from) !== null)) return "";
  const codes = new Set(counted.map((row) => textAt(row, value) || ofSite));
  const [only = ""] = codes;
  return codes.size === 1 && /^[A-Z]{3}$/.test(only) ? only : "";
}

/** The currencies of the amounts of a question; what cannot be told is left out. */
export async function loadCurrencies(
  ask: (question: Question) => Promise<Answer>,
  explore: Explore,
  { asking, ofSite }: { asking: Asking; ofSite: string },
): Promise<Currencies> {
  const found = await Promise.all(
    amountsOf(explore).map(async ({ columns, events }) => {
      // The amounts are there without it.
      const answer = await ask(currencyQuestion(events, asking)).catch(() => null);
      const code = answer ? currencyIn(answer, ofSite) : "";
      return columns.flatMap((column): [string, string][] => (code ? [[column, code]] : []));
    }),
  );
  return Object.fromEntries(found.flat());
}

/** The same answer with these; the very same where it has them, so that nothing is drawn anew. */
export function withCurrencies<T extends { currencies?: Currencies }>(
  answered: T,
  currencies: Currencies,
): T {
  const known = answered.currencies ?? {};
  return JSON.stringify(known) === JSON.stringify(currencies)
    ? answered
    : { ...answered, currencies };
}

/** Those of the goals' values in an answer, where all are in one. */
export function currenciesOfGoals(
  goals: readonly Goal[],
  { saved, ofSite }: { saved: readonly SavedGoal[]; ofSite: string },
): Currencies {
  const worth = goals.flatMap((goal) => {
    const known = goal.goal ? saved.find(({ id }) => id === goal.goal) : goal;
    if (!known) return [""];
    const worth = known.value_property || (known.value_thousandths ?? null) !== null;
    return worth ? [currencyOf(known, ofSite)] : [];
  });
  const codes = new Set(worth);
  const [only = ""] = codes;
  return codes.size === 1 && only ? { value: only, value_per_session: only } : {};
}

/** That of a column, or of its counterpart in the period before. */
export function currencyAt(currencies: Currencies, column: string): string {
  return currencies[column.replace(/_previous$/, "")] ?? "";
}
