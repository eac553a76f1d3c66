import { roots } from "./freeze";

/** What scrolls in place of its page is at least so much of the window, each way. */
const SHARE_MIN = 0.5;
/** Less than this beyond its edge is no scrolling to speak of. */
const BEYOND_PX_MIN = 40;
/** Elements that scroll in each other and are made higher; a further one stays as it is. */
const ELEMENTS_MAX = 3;

/** The size of a window, and how high its page may become. */
interface Room {
  width: number;
  height: number;
  heightMax: number;
}

/**
 * A page that stands still while an element in it scrolls, as many apps do, would be shown with its
 * first screen alone: makes that element, and what it is in, as high as what is in it. What cannot be
 * made so stays as it was. Whether anything was.
 */
export function unroll(document: Document, room: Room): boolean {
  let count = 0;
  if (beyond(document.documentElement) > BEYOND_PX_MIN) return false;
  for (; count < ELEMENTS_MAX; count += 1) {
    const element = main(document, room);
    if (!element || !grow(element, room)) break;
  }
  return count > 0;
}

/** The largest element that scrolls in place of the page. */
function main(document: Document, { width, height }: Room): HTMLElement | null {
  let found: HTMLElement | null = null;
  for (const root of roots(document)) {
    for (const element of root.querySelectorAll<HTMLElement>("*")) {
      const { clientWidth, clientHeight } = element;
      const isLarge = clientWidth >= width * SHARE_MIN && clientHeight >= height * SHARE_MIN;
      if (!isLarge || beyond(element) <= BEYOND_PX_MIN || !scrolls(element)) continue;
      const area = clientWidth * clientHeight;
      if (!found || area > found.clientWidth * found.clientHeight) found = element;
    }
  }
  return found;
}

function beyond({ scrollHeight, clientHeight }: Element): number {
  return scrollHeight - clientHeight;
}

function scrolls(element: Element): boolean {
  const style = element.ownerDocument.defaultView?.getComputedStyle(element);
  return /auto|scroll/.test(style?.overflowY ?? "");
}

/** Makes it so high that nothing of it is left to scroll; false, and as it was, where that fails. */
function grow(element: HTMLElement, { height, heightMax }: Room): boolean {
  const chain: HTMLElement[] = [];
  for (let at: Element | null = element; at; at = outerOf(at)) chain.unshift(at as HTMLElement);
  const before = chain.map((each) => ({ each, style: each.getAttribute("style") }));
  // The page is never less high than its window, whatever is in its flow.
  const heights = chain.map((each, index) => Math.max(each.offsetHeight, index ? 0 : height));
  const most = heightMax - (heights[0] ?? 0);
  const more = Math.min(beyond(element), most);
  // From the outside inwards: what is as high as what it is in grows with it.
  for (const [index, each] of chain.entries()) {
    const wanted = (heights[index] ?? 0) + more;
    if (each.offsetHeight >= wanted - 1) continue;
    each.style.setProperty("max-height", "none", "important");
    each.style.setProperty("height", `${wanted - frameOf(each)}px`, "important");
  }
  element.scrollTop = 0;
  if (more > 0 && (beyond(element) <= BEYOND_PX_MIN || more === most)) return true;
  for (const { each, style } of before) {
    if (style === null) each.removeAttribute("style");
    else each.setAttribute("style", style);
  }
  return false;
}

/** What its height as it is written does not have in it. */
function frameOf(element: HTMLElement): number {
  const style = element.ownerDocument.defaultView?.getComputedStyle(element);
  if (!style || style.boxSizing === "border-box") return 0;
  const of = (name: string) => Number.parseFloat(style.getPropertyValue(name)) || 0;
  return (
    of("padding-top") + of("padding-bottom") + of("border-top-width") + of("border-bottom-width")
  );
}

/** What an element stands in, through slots and shadow roots. */
function outerOf(element: Element): Element | null {
  const root = element.parentNode;
  const host = root?.nodeType === 11 ? (root as ShadowRoot).host : null;
  return element.assignedSlot ?? element.parentElement ?? host;
}
