// What the menu of a panel is made of.
import type { Answer, Bots } from "@hitmetrix/wire";

export interface PanelMenuParts {
  /** What the panel is called. */
  name: string;
  /** What it shows; null until that is known. */
  answer: Answer | null;
  /** What the question says of bots, where that is not in the address. */
  bots?: Bots | undefined;
  /** How its numbers are counted, in a few sentences. */
  counted: string;
  /** The page under docs/concepts. */
  concept: string;
  /** Where Explore asks for the same; none where it does not. */
  explore?: string | null;
  /** What Explore asks for in its place, where it cannot ask for the same. */
  exploreAs?: string;
  /** Asks for what is saved as a file, where that is more than what is shown. */
  whole?: (() => Promise<Answer>) | undefined;
  /** Names of columns that do not say by themselves what they are. */
  names?: ReadonlyMap<string, string> | undefined;
}

/** As many rows as an answer has. */
export const ROWS_MAX = 10_000;
