/**
 * The path outwards from the form that an element belongs to: the one that its attribute `form` names,
 * wherever it stands, else the one around it, also over the edge of a shadow tree. Empty where none is.
 */
import { matches } from "./matches.ts";
import { pathOf } from "./path_of.ts";

export function formPath(path: readonly EventTarget[]): EventTarget[] {
  // Of a form itself `form` may be a field that is called so.
  const owner = (path[0] as HTMLInputElement | undefined)?.form;
  if (matches(owner, "form")) return pathOf(owner);
  const at = path.findIndex((node) => matches(node, "form"));
  return at < 0 ? [] : path.slice(at);
}
