// In which currency the orders of a list of people are. Apart from the list, whose names are on the
// first screen: this knows much of Explore.
import type { Period, Question } from "@hitmetrix/wire";
import { currencyQuestion, isAmount } from "../explore/currency.ts";
import type { Asking } from "../question.ts";
import type { Listing } from "./list.ts";

const DAY_MS = 86_400_000;

/** With the day after it: so far sessions that begin in a period are followed. What goes up to now
 * has nothing after it. */
function withTail(period: Period): Period {
  if ("last" in period) return period;
  if ("to_ms" in period) return { ...period, to_ms: period.to_ms + DAY_MS };
  const next_ms = Date.parse(period.to) + DAY_MS;
  // No day of the calendar: the server refuses the list too.
  if (Number.isNaN(next_ms)) return period;
  return { ...period, to: new Date(next_ms).toISOString().slice(0, 10) };
}

/**
 * Asks for the currencies of the orders; null where no amount of them is shown. Of all orders: a list
 * sums up every order in the sessions that pass, and conditions of this question would be put on the
 * orders themselves. More orders may only hide a currency, never name a wrong one.
 */
export function worthQuestion(asking: Asking, listing: Listing): Question | null {
  const { event, property } = listing.worth;
  if (!listing.columns.includes("value") || !isAmount(property, [event])) return null;
  const period = withTail(asking.period);
  const all: Asking = { ...asking, period, compare: "none", filters: [], where: [], segment: null };
  return currencyQuestion({ events: [event] }, all);
}
