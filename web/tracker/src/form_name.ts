/**
 * What a form or a field is called: by its `name`, else its `id`, else its place in the page; what
 * is marked only by its place. `path` goes from it outwards.
 */
import type { Rules } from "./core.ts";
import { elementPath } from "./element_path.ts";
import { isMasked } from "./is_masked.ts";

const attribute = Element.prototype.getAttribute;

export function formName(path: readonly unknown[], rules: Rules | null): string {
  const get = (name: string) => attribute.call(path[0] as Element, name);
  return (!isMasked(path, rules) && (get("name") || get("id"))) || elementPath(path);
}
