// What the parts of the builder share: the question as it stands, how it is changed, what can be
// picked, and where the server found something wrong.
import type { Interval } from "@hitmetrix/wire";
import type { Explore, Who } from "./explore.ts";
import type { Seen } from "./seen.ts";

export interface Build {
  readonly explore: Explore;
  readonly seen: Seen;
  /** True where nobody behind a number can be asked for, as behind a link. */
  readonly nameless?: boolean;
  /** The interval of the answer that is shown. */
  readonly interval: Interval | null;
  /** Changes the question; who was looked at is not looked at any more. */
  change(change: Partial<Explore>): void;
  /** Opens who stands behind a cell. */
  look(who: Who): void;
  /** True when the server refused this part of the question, as `funnel.steps[1]`. */
  wrong(path: string): boolean;
}

export const BUILD = Symbol("build");

/** Whether a problem's field is this part or lies within it. */
export function isWithin(field: string | null, path: string): boolean {
  if (field === null) return false;
  return field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`);
}
