import { type Entry, UNKNOWN } from "./table";

/** Everything that holds for a node: its own flags and those of all its ancestors. */
export function flags(entry: Entry | undefined): number {
  if (!entry) return UNKNOWN;
  let all = 0;
  let root = entry;
  for (let at: Entry | null = entry; at; at = at.parent) {
    if (at.gone) return UNKNOWN;
    all |= at.own;
    root = at;
  }
  return root.tag === "#document" ? all : UNKNOWN;
}
