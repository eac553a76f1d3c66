/**
 * What is told of a click: where it was, and the button or link that it went to with the words
 * that may be told of it; the masking table of the page and the values typed on it decide. Without
 * rules no words are told. Read before the page reacts.
 */
import type { Seen } from "./core.ts";
import { elementPlace } from "./element_place.ts";
import { isMasked } from "./is_masked.ts";
import { matches } from "./matches.ts";
import { visibleText } from "./visible_text.ts";
import type { Watched } from "./watched.ts";

const CONTROLS = "a[href],area[href],button,summary,[role=button],[role=link],[role=tab]";
const FIELDS = "select,[contenteditable],[role$=box]";
const attribute = Element.prototype.getAttribute;

export type Told = {
  path: string;
  x: number;
  y: number;
  text?: string | undefined;
  href?: string | undefined;
};

export function control(
  seen: Seen,
  { base, repeats }: Watched,
): { element?: Element | undefined; told: Told } {
  const told: Told = elementPlace(seen);
  const outer = seen.path.slice(seen.path.findIndex((node) => matches(node, CONTROLS)));
  const element = outer[0];
  if (!matches(element, CONTROLS)) return { told };
  if (!isMasked(outer, base.rules, FIELDS)) {
    const text = visibleText(element);
    if (!repeats(text)) told.text = text || undefined;
    const link = attribute.call(element, "href");
    told.href = (link && base.address(link)) || undefined;
  }
  return { element, told };
}
