/** A country with its number, as a row of a list has it. */
export interface Region {
  /** ISO 3166 alpha-2, or what else was sent; empty where it is not known. */
  value: string;
  name: string;
  number: number;
  /** How it moved, in words; empty where nothing is compared. */
  change: string;
  /** `good` or `bad` where the change is unusual. */
  tone: string;
  /** Whether it is filtered by; not there where pressing it filters by nothing. */
  on?: boolean;
}
