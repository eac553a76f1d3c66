import type { Node } from "./events";
import { flags } from "./flags";
import { json } from "./json";
import { BLOCK, type Entry, type Table } from "./table";
import { BOXES, one } from "./tree";

/** Nodes inside each other; the server takes half as many as it takes levels of JSON. */
const DEPTH_MAX = 500;

interface Level {
  readonly children: readonly Node[];
  readonly entry: Entry | undefined;
  at: number;
}

/**
 * The JSON of a node and all below it as they may leave the page, made in slices. The table knows
 * the nodes already, so that all that is known of a node counts for those before it too.
 */
export function* picture(top: Node, table: Table): Generator<undefined, string> {
  const parts: string[] = [];
  const levels: Level[] = [];
  const open = (from: Node, parent: Entry | undefined) => {
    const { childNodes, ...rest } = one(from, parent, table);
    const text = json(rest);
    if (!childNodes) {
      parts.push(text);
      return;
    }
    const entry = table.entries.get(from.id);
    const isShown =
      levels.length < DEPTH_MAX && !(flags(entry) & BLOCK) && !(entry && BOXES.test(entry.tag));
    parts.push(`${text.slice(0, -1)},"childNodes":[`);
    levels.push({ children: (isShown && from.childNodes) || [], entry, at: 0 });
  };
  open(top, table.entries.get(top.id)?.parent ?? undefined);
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    const child = level.children[level.at];
    if (!child) {
      parts.push("]}");
      levels.pop();
      continue;
    }
    if (level.at++) parts.push(",");
    open(child, level.entry);
    yield;
  }
  return parts.join("");
}
