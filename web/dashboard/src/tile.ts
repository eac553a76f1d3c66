// One number of a strip of tiles, ready to be drawn.

export interface Tile {
  key: string;
  name: string;
  number: string;
  unit: string;
  /** How it moved, or what is to be thought of it. */
  change: string;
  /** Class of the change: coloured only outside the usual range. */
  tone: string;
  /** Stands after the change. */
  from: string;
  /** Says why a change has a colour; "unusual" when absent. */
  why?: string;
  /** Path of the sparkline in a box of 56 by 18. */
  spark: string;
  /** Shares of a whole, as a bar below. */
  parts?: readonly { role: "good" | "warn" | "bad"; share: number }[];
}
