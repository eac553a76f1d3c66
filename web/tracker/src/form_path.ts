/** The part of a path from the form around its element outwards; empty where none is. */
import { matches } from "./matches.ts";

export function formPath(path: readonly EventTarget[]): EventTarget[] {
  const at = path.findIndex((node) => matches(node, "form"));
  return at < 0 ? [] : path.slice(at);
}
