// Finds elements by their paths in a document that was rebuilt from a recording. The page may have
// moved on since the click: what is not there is not guessed.

interface Step {
  tag: string;
  id: string;
  /** Which of the siblings with this tag, from 1; 0 where it was the only one. */
  nth: number;
  /** Whether it stands in the shadow root of the step before. */
  inShadow: boolean;
}

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

/** The element of a path, or null when the document has none that is surely it. */
export function findElement(document: Document, path: string): Element | null {
  const steps = stepsOf(path);
  const first = steps?.[0];
  if (!steps || !first) return null;
  let found: Element | null = null;
  for (const start of starts(document, first)) {
    const end = follow(start, steps.slice(1));
    if (!end) continue;
    // A path that was cut at its beginning may lead to several.
    if (found && found !== end) return null;
    found = end;
  }
  return found;
}

function starts(document: Document, { tag, id, nth }: Step): Element[] {
  if (id) {
    const named = [...document.querySelectorAll(`[id="${id}"]`)];
    return named.filter((each) => each.localName === tag).slice(0, 1);
  }
  if (tag === "html") return [document.documentElement];
  const alike = [...document.getElementsByTagName("*")].filter((each) => each.localName === tag);
  return nth === 0 ? alike : alike.filter((each) => place(each) === nth);
}

function place(element: Element): number {
  const siblings = [...(element.parentElement?.children ?? [])];
  return siblings.filter(({ localName }) => localName === element.localName).indexOf(element) + 1;
}

function follow(start: Element, steps: readonly Step[]): Element | null {
  let at: Element = start;
  for (const { tag, id, nth, inShadow } of steps) {
    const parent = inShadow ? at.shadowRoot : at;
    const alike = [...(parent?.children ?? [])].filter(({ localName }) => localName === tag);
    const next = id ? alike.find((each) => each.id === id) : alike[Math.max(0, nth - 1)];
    if (!next) return null;
    at = next;
  }
  return at;
}
