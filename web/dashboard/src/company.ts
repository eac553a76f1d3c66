// Whom somebody watches one after the other: the sessions behind a number, in the order in which
// they were listed when one of them was opened. Kept while the page is open, for the screen of
// sessions; an address that is opened anew shows the list of all.

export interface Company {
  /** What they have in common, as the number said it. */
  readonly words: string;
  /** Address of the number. */
  readonly back: string;
  /** Each with where it opens, as the end of its address. */
  readonly sessions: readonly { readonly session: string; readonly hash: string }[];
}

let kept: Company | null = null;

/** Remembers those that one of them was chosen from. */
export function keepCompany(company: Company): void {
  kept = company;
}

/** Those that a session was chosen from last, and its place among them. */
export function companyOf(session: string): (Company & { readonly at: number }) | null {
  const at = kept?.sessions.findIndex((each) => each.session === session) ?? -1;
  return kept && at >= 0 ? { ...kept, at } : null;
}

/** Where a session opens: the second of its recording, else the moment itself in its events. */
export function openingAt(second: number | null, at_ms: number): string {
  return second === null ? `#at=${at_ms}` : `#t=${second}`;
}

/** What `openingAt` wrote, in milliseconds: into the recording, or as a time. */
export function readOpening(hash: string): { start_ms: number | null; moment_ms: number | null } {
  const [, what, digits] = /^#(t|at)=(\d{1,15})$/.exec(hash) ?? [];
  return {
    start_ms: what === "t" ? Number(digits) * 1000 : null,
    moment_ms: what === "at" ? Number(digits) : null,
  };
}
