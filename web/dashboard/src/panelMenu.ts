// What the menu of a panel is made of.
import type { Answer } from "@hitmetrix/wire";

export interface PanelMenuParts {
  /** What the panel is called. */
  name: string;
  /** What it shows; null until that is known. */
  answer: Answer | null;
  /** How its numbers are counted, in a few sentences. */
  counted: string;
  /** The page under docs/concepts. */
  concept: string;
}
