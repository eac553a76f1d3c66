// Finds elements by their paths in a document that was rebuilt from a recording. The page may have
// moved on since the click: what is not there is not guessed.

export interface Step {
  tag: string;
  id: string;
  /** Which of the siblings with this tag, from 1; 0 where it was the only one. */
  nth: number;
  /** Whether it stands in the shadow root of the step before. */
  inShadow: boolean;
}

/** Which element of several is meant: the one in its place, or any of the kind. */
type Meant = "place" | "kind";

/** More are not looked at. */
const FOUND_MAX = 2000;
const STEP = /^([^#:>]+)(?:#([A-Za-z][A-Za-z_-]*)|:nth-of-type\((\d{1,6})\))?$/;

/** The steps of a path, from the outside inwards; null when it is none. */
export function stepsOf(path: string): Step[] | null {
  const steps: Step[] = [];
  for (const [index, root] of path.split(">>>").entries()) {
    for (const [at, text] of root.split(">").entries()) {
      const [, tag, id = "", nth = "0"] = STEP.exec(text) ?? [];
      if (!tag) return null;
      steps.push({ tag, id, nth: Number(nth), inShadow: index > 0 && at === 0 });
    }
  }
  return steps;
}

/**
 * The element of a path, or null when the document has none or several: what was the only one of
 * its tag may have got siblings, and a path that was cut at its beginning may lead to several.
 */
export function findElement(document: Document, path: string): Element | null {
  const found = lead(document, stepsOf(path), "place");
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** The elements to which the tags and ids of a path lead, whichever of their siblings they are. */
export function findKind(document: Document, path: string): Element[] {
  return lead(document, stepsOf(path), "kind");
}

function lead(document: Document, steps: readonly Step[] | null, meant: Meant): Element[] {
  const [first, ...further] = steps ?? [];
  if (!first) return [];
  let found = starts(document, first, meant);
  for (const step of further) {
    found = found.flatMap((from) => next(from, step, meant)).slice(0, FOUND_MAX);
  }
  return found;
}

function starts(document: Document, { tag, id, nth }: Step, meant: Meant): Element[] {
  if (id) {
    const named = [...document.querySelectorAll(`[id="${id}"]`)];
    return named.filter((each) => each.localName === tag).slice(0, 1);
  }
  if (tag === "html") return [document.documentElement];
  const alike = [...document.getElementsByTagName("*")].filter((each) => each.localName === tag);
  return nth === 0 || meant === "kind" ? alike : alike.filter((each) => placeOf(each) === nth);
}

/** Which of the siblings with its tag an element is, from 1. */
export function placeOf(element: Element): number {
  const siblings = [...(element.parentNode?.children ?? [])];
  return siblings.filter(({ localName }) => localName === element.localName).indexOf(element) + 1;
}

function next(from: Element, { tag, id, nth, inShadow }: Step, meant: Meant): Element[] {
  const parent = inShadow ? from.shadowRoot : from;
  const alike = [...(parent?.children ?? [])].filter(({ localName }) => localName === tag);
  if (id) return alike.filter((each) => each.id === id).slice(0, 1);
  return nth === 0 || meant === "kind" ? alike : alike.slice(nth - 1, nth);
}
