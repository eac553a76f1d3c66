// How a panel asks: at the site's own route in its turn, or through a link. With a link the panel and
// its part are all that is sent, and the server makes the same question of them: `part` must name
// what `question` asks, see crates/model/src/panel_part.rs.
import type { Answer, PanelPart, Question } from "@hitmetrix/wire";

export interface PanelAsked {
  panel: string;
  /** Null: of no part, asked beside the panel; never through a link. */
  part: PanelPart | null;
  question: Question;
}

export type Asks = (asked: PanelAsked, signal: AbortSignal) => Promise<Answer>;

/** The same of one panel. */
export type PanelAsks = (asked: Omit<PanelAsked, "panel">, signal: AbortSignal) => Promise<Answer>;
