// What a person sees of a page, as data: the words and where the boxes are.
import type { Frame, Page } from "playwright-core";

export interface Box {
  /** Tag name and, for telling them apart in messages, id and class. */
  readonly name: string;
  /** x, y, width, height in CSS pixels of the page, not of the window. */
  readonly at: readonly [number, number, number, number];
  /** The element's own text, white space folded. */
  readonly text: string;
}

/** Elements of the body in document order, but for those that are never seen. */
export function boxesOf(frame: Frame | Page): Promise<Box[]> {
  return frame.evaluate(() => {
    const unseen = new Set(["SCRIPT", "NOSCRIPT", "STYLE", "TEMPLATE", "LINK", "META"]);
    const boxes: { name: string; at: [number, number, number, number]; text: string }[] = [];
    const origin = document.documentElement.getBoundingClientRect();
    const walk = (element: Element): void => {
      if (unseen.has(element.tagName.toUpperCase())) return;
      const box = element.getBoundingClientRect();
      const own = [...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.textContent ?? "")
        .join(" ");
      boxes.push({
        name: `${element.tagName.toLowerCase()}#${element.id}`,
        at: [box.x - origin.x, box.y - origin.y, box.width, box.height],
        text: own.replace(/\s+/g, " ").trim(),
      });
      for (const child of element.children) walk(child);
      if (element.shadowRoot) for (const child of element.shadowRoot.children) walk(child);
    };
    walk(document.body);
    return boxes;
  });
}
