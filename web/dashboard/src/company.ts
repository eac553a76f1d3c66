// Whom somebody watches one after the other: the sessions behind a number, in the order in which
// they were listed when one of them was opened. Kept in this tab, also when it is loaded anew, until
// one signs out; the address in another tab shows the list of all.

export interface Company {
  /** What they have in common, as the number said it. */
  readonly words: string;
  /** Address of the number. */
  readonly back: string;
  /** Each with where it opens, as the end of its address. */
  readonly sessions: readonly { readonly session: string; readonly hash: string }[];
}

const KEPT = "company";

/** What was kept last; not read yet when it is undefined. */
let kept: Company | null | undefined;

/** Remembers those that one of them was chosen from. */
export function keepCompany(company: Company): void {
  kept = company;
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(company));
  } catch {
    // A browser that keeps nothing forgets it when the page is loaded anew.
  }
}

/** Forgets them, so that whoever signs in next in this tab sees nothing of them. */
export function forgetCompany(): void {
  kept = null;
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // Then there was nothing.
  }
}

/** Those that a session was chosen from last, and its place among them. */
export function companyOf(session: string): (Company & { readonly at: number }) | null {
  if (kept === undefined) kept = readKept();
  const at = kept?.sessions.findIndex((each) => each.session === session) ?? -1;
  return kept && at >= 0 ? { ...kept, at } : null;
}

/** What this tab kept before it was loaded anew, where it is what `keepCompany` wrote. */
function readKept(): Company | null {
  try {
    const read: unknown = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    return isCompany(read) ? read : null;
  } catch {
    return null;
  }
}

function isCompany(value: unknown): value is Company {
  if (typeof value !== "object" || value === null) return false;
  const { words, back, sessions } = value as Partial<Record<keyof Company, unknown>>;
  // A path of ours, and no address of somebody else.
  const isPath = typeof back === "string" && /^\/(?![/\\])/.test(back);
  return typeof words === "string" && isPath && Array.isArray(sessions) && sessions.every(isOne);
}

function isOne(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { session, hash } = value as { session?: unknown; hash?: unknown };
  return typeof session === "string" && typeof hash === "string";
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
