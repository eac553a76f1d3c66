/**
 * The button or link that an event's path leads through, and what may be told of it: the masking
 * table of the page and the values typed on it decide. Without rules nothing is told.
 */
import { isMasked } from "./is_masked.ts";
import { matches } from "./matches.ts";
import { visibleText } from "./visible_text.ts";
import type { Watched } from "./watched.ts";

const CONTROLS = "a[href],area[href],button,summary,[role=button],[role=link],[role=tab]";
const FIELDS = "select,[contenteditable],[role$=box]";
const attribute = Element.prototype.getAttribute;

export function control(
  path: readonly unknown[],
  { base, repeats }: Watched,
): { element?: Element | undefined; text?: string | undefined; href?: string | undefined } {
  const outer = path.slice(path.findIndex((node) => matches(node, CONTROLS)));
  const element = outer[0];
  if (!matches(element, CONTROLS)) return {};
  if (isMasked(outer, base.rules, FIELDS)) return { element };
  const text = visibleText(element);
  const link = attribute.call(element, "href");
  return {
    element,
    text: (!repeats(text) && text) || undefined,
    href: (link && base.address(link)) || undefined,
  };
}
