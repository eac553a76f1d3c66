/**
 * Whether the words of an element may not be kept, by the marks in the page and the site's rules
 * on it, around it or within it. `path` goes from the element outwards, through shadow roots. A
 * selector that cannot be read masks everything, and shows nothing.
 */
import type { Rules } from "./core.ts";
import { matches } from "./matches.ts";

const select = Element.prototype.querySelector;

export function isMasked(path: readonly unknown[], rules: Rules): boolean {
  const around = (selectors: string[]) => path.some((node) => matches(node, selectors.join()));
  const hidden = ["[data-hm-mask]", "[data-hm-block]", ...rules.mask, ...rules.block];
  try {
    if (around(hidden) || select.call(path[0] as Element, hidden.join())) return true;
  } catch {
    return true;
  }
  return rules.mask_text && !around(["[data-hm-show]", ...rules.show]);
}
