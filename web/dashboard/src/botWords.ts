// What is said of bots and own traffic beside an answer. It goes by the question that was asked: the
// server says 0 of them wherever the question does not leave them out.
import type { Bots } from "@hitmetrix/wire";
import { count, plural } from "./format.ts";

/** Under "How counted". */
export function botsCounted(bots: Bots, events: number): string {
  if (bots === "exclude") return `${plural(events, "event", "events")} left out`;
  return bots === "only" ? "only bots" : "counted too";
}

/** Below the numbers: how many events were left out, and the words after it; null where none were to be. */
export function botsLeftOut(bots: Bots, events: number): { number: string; words: string } | null {
  if (bots !== "exclude") return null;
  const number = events === 0 ? "No" : count(events);
  const left = events === 0 ? "" : ", left out";
  return { number, words: `${events === 1 ? "event" : "events"} of bots and own traffic${left}` };
}
