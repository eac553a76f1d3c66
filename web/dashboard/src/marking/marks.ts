// What a site's masking rules reach on a page, and what an element can be called in a rule.
import { type Box, boxOf } from "../heat/places.ts";

/** What a rule does with an element, beside what is masked without one. */
export type Mark = "mask" | "block" | "show";

export const MARKS: readonly Mark[] = ["mask", "block", "show"];

/** The selectors of each kind. */
export type Marks = Readonly<Record<Mark, readonly string[]>>;

/** An element of the page that a rule reaches, or that is masked on every page. */
export interface Marked {
  box: Box;
  /** `field`: what is typed into it is masked, whatever the rules say. */
  how: Mark | "field";
  selector: string;
}

export interface Reached {
  marked: Marked[];
  /** Selectors that no browser can read. */
  wrong: string[];
}

const FIELDS =
  "input:not([type=button]):not([type=submit]):not([type=reset]):not([type=image]):not([type=hidden]), textarea, select, [contenteditable]";
/** Boxes are drawn for so many elements of one selector. */
const DRAWN_MAX = 200;
/** Names that a build makes anew each time are no names to rely on. */
const MADE = /\d{3}|^(css|sc|jsx|svelte|emotion)-|__|[A-Z0-9]{5}$/;
/** So many classes of an element are looked at, of at most this length: a recording may have any. */
const CLASSES_MAX = 8;
const NAME_CHARS_MAX = 60;
/** Nothing but classes: other pages have them too, on elements that nobody thought of. */
const BARE = /^(\.(\\.|[^\s.#>[\]:\\])+)+$/;

/** Where the rules reach on a page, and the page's own marks; what is left out covers what is masked. */
export function reached(document: Document, marks: Marks): Reached {
  const marked: Marked[] = [
    ...boxesOf(document, FIELDS, "field"),
    ...boxesOf(document, "[data-hm-mask]", "mask"),
    // Those of the rules of then too: what was left out cannot be told apart any more.
    ...boxesOf(document, "[data-hm-block]", "block"),
  ];
  const wrong: string[] = [];
  for (const how of MARKS) {
    for (const selector of marks[how]) {
      if (matching(document, selector) === null) wrong.push(selector);
      else marked.push(...boxesOf(document, selector, how));
    }
  }
  return { marked, wrong };
}

/** How many elements of the page a selector means; null when it cannot be read. */
export function matching(document: Document, selector: string): number | null {
  try {
    return document.querySelectorAll(selector).length;
  } catch {
    return null;
  }
}

/**
 * What an element can be called, the most lasting first: its id, its classes, alone or within what
 * is around it, at last its place. Each means it on this page. What is to be shown is called by
 * nothing that stands for a kind of element.
 */
export function selectorsOf(element: Element, how: Mark = "mask"): string[] {
  const own = namesOf(element);
  const around = element.parentElement?.closest("[id], [class]");
  const outer = around && namesOf(around).find(({ selector }) => selector.startsWith("#"));
  const within = outer && own[0] ? [`${outer.selector} ${own[0].selector}`] : [];
  const names = own.map(({ selector }) => selector);
  const all = [...names, ...within];
  if (how === "show") return unique([...all.filter((each) => !isBare(each)), placeOf(element)]);
  return unique(own.some(({ count }) => count === 1) ? all : [...all, placeOf(element)]);
}

/** Whether a selector is nothing but classes. */
export function isBare(selector: string): boolean {
  return BARE.test(selector.trim());
}

interface Name {
  selector: string;
  /** How many elements of the page have it. */
  count: number;
}

/** The id and the rarest classes of an element. */
function namesOf(element: Element): Name[] {
  const named = (selector: string): Name => ({
    selector,
    count: matching(element.ownerDocument, selector) ?? 0,
  });
  const classes: Name[] = [];
  for (const name of element.classList) {
    if (classes.length === CLASSES_MAX) break;
    if (isLasting(name)) classes.push(named(`.${CSS.escape(name)}`));
  }
  const rarest = classes.sort((one, other) => one.count - other.count).slice(0, 2);
  const pair = rarest.map(({ selector }) => selector).join("");
  const id = isLasting(element.id) ? [named(`#${CSS.escape(element.id)}`)] : [];
  return [...id, ...rarest, ...(rarest.length > 1 ? [named(pair)] : [])];
}

function isLasting(name: string): boolean {
  return name !== "" && name.length <= NAME_CHARS_MAX && !MADE.test(name);
}

/** By the places of its ancestors, from the nearest that has a lasting id. */
function placeOf(element: Element): string {
  const steps: string[] = [];
  for (let at: Element | null = element; at && at.localName !== "html"; at = at.parentElement) {
    if (isLasting(at.id)) {
      steps.unshift(`#${CSS.escape(at.id)}`);
      break;
    }
    const { localName } = at;
    const alike = [...(at.parentElement?.children ?? [])].filter(
      (child) => child.localName === localName,
    );
    steps.unshift(
      alike.length > 1 ? `${localName}:nth-of-type(${alike.indexOf(at) + 1})` : localName,
    );
  }
  return steps.join(" > ");
}

function boxesOf(document: Document, selector: string, how: Marked["how"]): Marked[] {
  return [...document.querySelectorAll(selector)].slice(0, DRAWN_MAX).flatMap((element) => {
    const box = boxOf(element);
    return box ? [{ box, how, selector }] : [];
  });
}

function unique(all: readonly string[]): string[] {
  return [...new Set(all)];
}
