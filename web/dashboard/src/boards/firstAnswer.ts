// Which answer speaks for a whole board where one has to: that of the panel that stands first.
import type { Answer, Bots, Panel } from "@hitmetrix/wire";
import type { PanelAsked } from "./asks.ts";
import { inOrder } from "./grid.ts";

export interface FirstAnswer extends Pick<PanelAsked, "panel" | "part"> {
  answer: Answer;
  /** What its question says of bots. */
  bots: Bots;
}

/** The one of these two whose panel stands first; of one panel's parts the first, as it is now. What
 * is no part of a panel speaks for none. */
export function firstOf(
  known: FirstAnswer | null,
  next: FirstAnswer,
  panels: readonly Panel[],
): FirstAnswer | null {
  if (next.part === null) return known;
  if (known === null) return next;
  if (known.panel === next.panel) return known.part === next.part ? next : known;
  const order = inOrder(panels).map(({ id }) => id);
  const [before, now] = [order.indexOf(known.panel), order.indexOf(next.panel)];
  return before < 0 || (now >= 0 && now < before) ? next : known;
}
