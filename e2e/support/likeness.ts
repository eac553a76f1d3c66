// A page as a person sees it, as data that a live page and its replay can be compared by: words,
// boxes and computed styles of every element, through shadow roots.
import type { Frame, Page } from "playwright-core";

export interface Seen {
  /** Tag name, id and class, for telling elements apart in messages. */
  readonly name: string;
  /** x, y, width, height in CSS pixels of the window. */
  readonly at: readonly [number, number, number, number];
  /** The element's own text, white space folded, with what style sheets put before and after it. */
  readonly text: string;
  /** Computed values of PROPERTIES. */
  readonly style: readonly string[];
}

/** What is compared of a computed style: what is seen, and is no length that follows the box. */
export const PROPERTIES = [
  "display",
  "visibility",
  "opacity",
  "color",
  "background-color",
  "font-size",
  "font-weight",
  "font-style",
  "text-decoration-line",
  "text-align",
  "border-top-style",
  "border-top-color",
  "position",
  "z-index",
  "overflow-x",
  "transform",
] as const;

/** Boxes may be off by this, and by this share of their distance from the corner. */
export const TOLERANCE_PX = 1;
export const TOLERANCE_SHARE = 0.003;

/** Every element of the body in document order, but for those that are never seen. */
export function seenOf(frame: Frame | Page): Promise<Seen[]> {
  return frame.evaluate(
    (properties) => {
      const unseen = new Set(["SCRIPT", "NOSCRIPT", "STYLE", "TEMPLATE", "LINK", "META"]);
      const fold = (text: string) => text.replace(/\s+/g, " ").trim();
      const all: {
        name: string;
        at: [number, number, number, number];
        text: string;
        style: string[];
      }[] = [];
      const walk = (element: Element): void => {
        if (unseen.has(element.tagName.toUpperCase())) return;
        const box = element.getBoundingClientRect();
        const own = [...element.childNodes]
          .filter((node) => node.nodeType === Node.TEXT_NODE)
          .map((node) => node.textContent ?? "")
          .join(" ");
        const around = ["::before", "::after"].map((pseudo) => {
          const { content } = getComputedStyle(element, pseudo);
          return content === "none" || content === "normal" ? "" : content;
        });
        const style = getComputedStyle(element);
        all.push({
          name: `${element.tagName.toLowerCase()}#${element.id}.${element.getAttribute("class") ?? ""}`,
          at: [box.x, box.y, box.width, box.height],
          text: fold(`${around[0]} ${own} ${around[1]}`),
          style: properties.map((property) => style.getPropertyValue(property)),
        });
        if (element.shadowRoot) for (const child of element.shadowRoot.children) walk(child);
        for (const child of element.children) walk(child);
      };
      walk(document.body);
      return all;
    },
    PROPERTIES as unknown as string[],
  );
}

/** What differs, as lines that a person can read; at most twenty. */
export function unlike(live: readonly Seen[], shown: readonly Seen[]): string[] {
  const lines: string[] = [];
  if (live.length !== shown.length) {
    lines.push(`${live.length} elements in the page, ${shown.length} in the replay`);
    lines.push(...[live, shown].map((all) => all.map(({ name }) => name).join(" ")));
  }
  for (const [index, one] of live.entries()) {
    const other = shown[index];
    if (other === undefined || lines.length >= 20) break;
    if (one.text !== other.text) lines.push(`${one.name}: "${one.text}" became "${other.text}"`);
    const isSeen = one.at[2] > 0 && one.at[3] > 0;
    const off = one.at.some((value, place) => {
      const allowed = TOLERANCE_PX + Math.abs(value) * TOLERANCE_SHARE;
      return (isSeen || place > 1) && Math.abs(value - (other.at[place] ?? 0)) > allowed;
    });
    if (off) lines.push(`${one.name}: ${one.at.join(" ")} became ${other.at.join(" ")}`);
    for (const [place, value] of one.style.entries()) {
      const shownAs = other.style[place];
      if (value !== shownAs)
        lines.push(`${one.name}: ${PROPERTIES[place]} ${value} became ${shownAs}`);
    }
  }
  return lines;
}
