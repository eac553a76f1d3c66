// A page as a person sees it, as data that a live page and its replay can be compared by: words,
// boxes and computed styles of every element, through shadow roots and into frames.
import type { Frame, Page } from "playwright-core";

export interface Seen {
  /** Tag name, id and class, for telling elements apart in messages. */
  readonly name: string;
  /**
   * x, y, width, height in CSS pixels of the window; of a document, which stands before its
   * elements, how far it is scrolled and the size of its window.
   */
  readonly at: readonly [number, number, number, number];
  /** The element's own text, white space folded, with what style sheets put before and after it. */
  readonly text: string;
  /** Computed values of PROPERTIES; none of a document. */
  readonly style: readonly string[];
  /** Whether it lies in a frame or in a shadow root. */
  readonly inside: boolean;
}

/** What is compared of a computed style: what is seen, and is no length that follows the box. */
export const PROPERTIES = [
  "display",
  "visibility",
  "opacity",
  "color",
  "background-color",
  "font-family",
  "font-size",
  "font-weight",
  "font-style",
  "text-decoration-line",
  "text-transform",
  "text-align",
  "white-space",
  "list-style-type",
  "border-top-style",
  "border-top-color",
  "position",
  "float",
  "z-index",
  "overflow-x",
  "transform",
] as const;

/** How far boxes may be off. */
export interface Tolerance {
  readonly px: number;
  /** Of their distance from the page's corner, and of their size. */
  readonly share: number;
}

/** For small pages. */
export const CLOSE: Tolerance = { px: 1, share: 0.003 };
/** For one page that is looked at twice. */
export const EXACT: Tolerance = { px: 0, share: 0 };

/**
 * Every element in document order, but for those that are never seen and those that a replay leaves
 * out because they act.
 */
export function seenOf(frame: Frame | Page): Promise<Seen[]> {
  return frame.evaluate(
    (properties) => {
      const unseen = new Set(
        "head script noscript style template link meta title base object embed param animate animatetransform animatemotion set".split(
          " ",
        ),
      );
      const fold = (text: string) => text.replace(/\s+/g, " ").trim();
      const all: {
        name: string;
        at: [number, number, number, number];
        text: string;
        style: string[];
        inside: boolean;
      }[] = [];
      const walkDocument = (inner: Document): void => {
        const { defaultView: view, documentElement: top } = inner;
        if (!view || !top) return;
        const at = [view.scrollX, view.scrollY, view.innerWidth, view.innerHeight] as const;
        const inside = inner !== document;
        all.push({ name: "document", at: [...at], text: "", style: [], inside });
        walk(top, view);
      };
      const walk = (element: Element, view: Window): void => {
        const tag = element.localName.toLowerCase();
        if (unseen.has(tag)) return;
        const box = element.getBoundingClientRect();
        const own = [...element.childNodes]
          .filter((node) => node.nodeType === Node.TEXT_NODE)
          .map((node) => node.textContent ?? "")
          .join(" ");
        const attributes = [...element.attributes].map(({ value }) => JSON.stringify(value));
        const around = ["::before", "::after"].map((pseudo) => {
          const { content } = view.getComputedStyle(element, pseudo);
          // What a sheet takes from an attribute is masked with it.
          const isTaken = attributes.includes(content) || content === '""';
          return content === "none" || content === "normal" || isTaken ? "" : content;
        });
        const style = view.getComputedStyle(element);
        // What is typed there is masked, with all that is made of it.
        const isTyped = element.hasAttribute("contenteditable");
        all.push({
          name: `${tag}#${element.id}.${element.getAttribute("class") ?? ""}`,
          at: [box.x, box.y, box.width, box.height],
          text: isTyped ? "" : fold(`${around[0]} ${own} ${around[1]}`),
          style: properties.map((property) => style.getPropertyValue(property)),
          inside: element.getRootNode() !== document,
        });
        if (isTyped || element.hasAttribute("data-hm-block")) return;
        if (tag === "iframe") {
          // One of another origin shows nobody its inside, and an empty one has none.
          const inner = (element as HTMLIFrameElement).contentDocument;
          if (inner?.body?.childNodes.length) walkDocument(inner);
          return;
        }
        if (element.shadowRoot) for (const child of element.shadowRoot.children) walk(child, view);
        for (const child of element.children) walk(child, view);
      };
      walkDocument(document);
      return all;
    },
    PROPERTIES as unknown as string[],
  );
}

/** What is not compared, and why, is said where this is given. */
export interface Comparing {
  readonly tolerance?: Tolerance;
  /** What masking makes of a text that is seen in the page. */
  readonly masked?: (text: string) => string;
  /** Elements whose text is masked on purpose. */
  readonly wordless?: RegExp;
  /** Elements whose width follows a text that is masked on purpose. */
  readonly widthless?: RegExp;
}

/** What differs, as lines that a person can read; at most twenty. */
export function unlike(
  live: readonly Seen[],
  shown: readonly Seen[],
  { tolerance = CLOSE, masked = (text) => text, wordless, widthless }: Comparing = {},
): string[] {
  const lines: string[] = [];
  if (live.length !== shown.length) {
    lines.push(`${live.length} elements in the page, ${shown.length} in the replay`);
    lines.push(firstOther(live, shown));
  }
  let scroll: readonly number[] = [0, 0];
  for (const [index, one] of live.entries()) {
    const other = shown[index];
    if (other === undefined || lines.length >= 20) break;
    if (one.name === "document") scroll = one.at.slice(0, 2);
    if (!wordless?.test(one.name) && masked(one.text) !== other.text)
      lines.push(`${one.name}: "${one.text}" became "${other.text}"`);
    const isSeen = one.at[2] > 0 && one.at[3] > 0;
    const off = one.at.some((value, place) => {
      if (place === 2 && widthless?.test(one.name)) return false;
      const distance = Math.abs(value + (scroll[place] ?? 0));
      const allowed = tolerance.px + Math.max(Math.abs(value), distance) * tolerance.share;
      return (isSeen || place > 1) && Math.abs(value - (other.at[place] ?? 0)) > allowed;
    });
    if (off) lines.push(`${one.name}: ${one.at.join(" ")} became ${other.at.join(" ")}`);
    for (const [place, value] of one.style.entries()) {
      const shownAs = other.style[place] ?? "";
      if (value !== shownAs && !isNear(value, shownAs, tolerance))
        lines.push(`${one.name}: ${PROPERTIES[place]} ${value} became ${shownAs}`);
    }
  }
  return lines;
}

/** Where one list goes on otherwise than the other. */
function firstOther(live: readonly Seen[], shown: readonly Seen[]): string {
  const tag = (seen: Seen | undefined) => seen?.name.split("#")[0];
  const at = live.findIndex((one, index) => tag(one) !== tag(shown[index]));
  const from = at < 0 ? Math.min(live.length, shown.length) : at;
  const names = (all: readonly Seen[]) =>
    all
      .slice(Math.max(0, from - 2), from + 4)
      .map(({ name }) => name)
      .join(" ");
  return `from element ${from} on: ${names(live)} became ${names(shown)}`;
}

/** Places of lengths among the numbers of a matrix, by how many there are. */
const LENGTHS: Readonly<Record<number, readonly number[]>> = { 6: [4, 5], 16: [12, 13, 14] };

/** Whether two transforms are the same but for lengths that follow boxes. */
function isNear(one: string, other: string, { px, share }: Tolerance): boolean {
  const [from, to] = [one, other].map((text) =>
    text.startsWith("matrix") ? (text.match(/-?[\d.][\d.e-]*(?=[,)])/g) ?? []).map(Number) : [],
  );
  const lengths = LENGTHS[from?.length ?? 0];
  if (!from || !to || !lengths || from.length !== to.length) return false;
  return from.every((value, index) => {
    const allowed = lengths.includes(index) ? px + Math.abs(value) * share : 0.001;
    return Math.abs(value - (to[index] ?? 0)) <= allowed;
  });
}
