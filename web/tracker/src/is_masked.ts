/**
 * Whether what an element says may not be kept, by the marks in the page and the site's rules on
 * it or around it; with `fields`, whether its words may not: these count within it too, as does
 * what visitors type and choose there. `path` goes from the element outwards, through shadow
 * roots. A selector that cannot be read masks everything; so do rules that did not come.
 */
import type { Rules } from "./core.ts";
import { matches } from "./matches.ts";

const select = Element.prototype.querySelector;

export function isMasked(path: readonly unknown[], rules: Rules | null, fields?: string): boolean {
  const around = (selector: string) => path.some((node) => matches(node, selector));
  try {
    const { mask, block, mask_text, show } = rules as Rules;
    const hidden = `${["[data-hm-mask],[data-hm-block]", ...mask, ...block]}`;
    const inner = `${hidden},${fields}`;
    return fields
      ? around(inner) ||
          !!select.call(path[0] as Element, inner) ||
          (mask_text && !around(`${["[data-hm-show]", ...show]}`))
      : around(hidden);
  } catch {
    return true;
  }
}
