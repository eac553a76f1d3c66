import { STRING } from "./css-words";

/** Rules of sheets that may name one picture, where something is hidden; with more it is a box. */
const RULES_MAX = 20;
/** Elements that one such rule may be about; with more its picture is a box. */
const ELEMENTS_MAX = 100;
/** Elements of all these rules that are asked what they show. */
const ASKED_MAX = 20;
/**
 * Only of these can be tried whom they mean: all others come and go, mean another tree, or mean more
 * in a sheet than they do by themselves, as `&`.
 */
const UNTRIED =
  /&|:(?!(?:root|(?:first|last|only)-(?:child|of-type))(?![\w-]|\()|(?:not|nth-(?:last-)?(?:child|of-type))\()/i;
/** The pieces that an element adds to itself; strings are taken first, because what is in them is none. */
const PIECE = new RegExp(`(${STRING})|([\\w)\\]-])::?(?:before|after)(?![\\w-])`, "gi");
/** What shows a picture, and is not handed down to what is below. */
const SHOWING = "background-image mask-image border-image-source content".split(" ");

/** Pictures that style sheets name, on a page of which something is hidden. */
export interface Painted {
  /** A rule with this selector names a picture; an empty one is of a rule that cannot be tried. */
  note(name: string, selector: string): void;
  /** Whether a rule is about nothing that is hidden now. */
  isOpen(selector: string): boolean;
  /** Whether what is shown shows a picture, and no rule that names it is about anything hidden. */
  isFree(name: string, href: string): boolean;
}

/** Knows of no picture yet. */
export function createPainted(isHidden: (element: Element) => boolean): Painted {
  const rules = new Map<string, Set<string>>();
  /** What a rule is about; null where that is hidden, or nobody can tell. */
  const find = (selector: string): Element[] | null => {
    const plain = selector.replace(PIECE, "$1$2");
    if (UNTRIED.test(plain.replace(/\\./g, ""))) return null;
    try {
      const all = document.querySelectorAll(plain);
      if (all.length > ELEMENTS_MAX) return null;
      const found = [...all];
      return found.some(isHidden) ? null : found;
    } catch {
      return null;
    }
  };
  /** What was found in this task, in which the page does not have its turn. */
  const known = new Map<string, Element[] | null>();
  const about = (selector: string): Element[] | null => {
    if (!known.size) queueMicrotask(() => known.clear());
    const before = known.get(selector);
    const found = before === undefined ? find(selector) : before;
    known.set(selector, found);
    return found;
  };
  return {
    note(name, selector) {
      const all = rules.get(name) ?? new Set();
      if (all.size <= RULES_MAX) rules.set(name, all.add(selector));
    },
    isOpen: (selector) => about(selector) !== null,
    isFree(name, href) {
      const all = rules.get(name);
      if (!all || all.size > RULES_MAX) return false;
      const found: Element[] = [];
      for (const selector of all) {
        const elements = about(selector);
        if (!elements) return false;
        found.push(...elements.slice(0, ASKED_MAX - found.length));
      }
      return found.some((element) => shows(element, href));
    },
  };
}

/** Whether an element stands on the page with this picture. */
function shows(element: Element, href: string): boolean {
  if (!element.getClientRects().length) return false;
  return ["", "::before", "::after"].some((piece) => {
    const style = getComputedStyle(element, piece);
    return SHOWING.some((property) => {
      const value = style.getPropertyValue(property);
      return value.includes(`"${href}"`) || value.includes(`"${href}#`);
    });
  });
}
