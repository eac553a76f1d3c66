// Where on the picture the element of a click stands. Path and picture may be of two versions of
// the page: a list with a new first entry has all others one place further. So what was clicked is
// held against what stands there by its words, and looked for among its kind; what told no words
// is where its path leads, unless what has words around it is known to have moved.
import { findElement, findKind, placeOf, type Step, stepsOf } from "./find.ts";
import { createSayings, lettersOf, type Said, wordsOf } from "./said.ts";

export interface Found {
  element: Element | null;
  /**
   * `words`: its words stand there and nowhere else. `elsewhere`: they do in another place.
   * `path`: only its path leads there. `moved`: something else stands there. `gone`: nothing does.
   */
  by: "words" | "elsewhere" | "path" | "moved" | "gone";
}

/** The element of a path, and of the words on it where they are known. */
export type Finder = (path: string, said?: string) => Found;

/** What was clicked how often: what the picture has of it tells which places have moved. */
export interface Clicked {
  element: string;
  said: string;
  times: number;
}

/** By a place in a path, clicks whose words stand in it, and those that left it. */
type Places = Map<string, { stayed: number; left: number }>;

const NOWHERE: Found = { element: null, by: "gone" };

/** Finds each path and words once. */
export function createFinder(document: Document, clicked: readonly Clicked[] = []): Finder {
  const look = createLook(document);
  const places: Places = new Map();
  for (const { element, said, times } of clicked) note(places, look(element, said), element, times);
  const known = new Map<string, Found>();
  return (path, said = "") => {
    const key = `${path}\n${said}`;
    let found = known.get(key);
    if (!found) {
      found = look(path, said);
      if (found.by === "path" && hasMoved(places, path)) found = { element: null, by: "moved" };
      known.set(key, found);
    }
    return found;
  };
}

/** Elements of one kind, and what those of them say that say something. */
interface Kind {
  elements: readonly Element[];
  saying: readonly { element: Element; says: Said }[];
}

/** Finds each path and words by what the picture says alone. */
function createLook(document: Document): (path: string, said: string) => Found {
  const sayings = createSayings();
  const kinds = new Map<string, Kind>();
  const kindOf = (path: string): Kind => {
    const shape = path.replace(/:nth-of-type\(\d+\)/g, "");
    let kind = kinds.get(shape);
    if (!kind) {
      const elements = findKind(document, path);
      const saying = elements.flatMap((element) => {
        const says = sayings(element);
        return says && !says.isMasked ? [{ element, says }] : [];
      });
      kind = { elements, saying };
      kinds.set(shape, kind);
    }
    return kind;
  };
  const find = (path: string, said: string): Found => {
    const there = path ? findElement(document, path) : null;
    if (!said) return there ? { element: there, by: "path" } : NOWHERE;
    const kind = kindOf(path);
    const [words, letters] = [wordsOf(said), lettersOf(said)];
    const same = kind.saying.filter(({ says }) => says.words === words);
    if (same.length > 0) return ofSame(same, there);
    // A counter in them went up, unless others of the kind differ in nothing but a number.
    const alike = kind.saying.filter(({ says }) => says.letters === letters);
    // Numbers and signs alone are all alike: one of them is it only in its own place.
    const [one] = alike;
    if (alike.length === 1 && (letters || one?.element === there)) return ofSame(alike, there);
    const says = there && sayings(there);
    const isSure = alike.length === 0 && (says?.isMasked || isPart(says, letters));
    if (there && (isSure || isOnly(path, kind))) return { element: there, by: "path" };
    return kind.elements.length > 0 ? { element: null, by: "moved" } : NOWHERE;
  };
  const known = new Map<string, Found>();
  return (path, said) => {
    const key = `${path}\n${said}`;
    const found = known.get(key) ?? find(path, said);
    known.set(key, found);
    return found;
  };
}

/** What was the only one of its kind, and is, may call itself otherwise. */
function isOnly(path: string, { elements }: Kind): boolean {
  return elements.length === 1 && !path.includes(":nth-of-type");
}

/** One or more elements of the kind say the same. */
function ofSame(same: readonly { element: Element }[], there: Element | null): Found {
  const [only] = same;
  const isThere = same.some(({ element }) => element === there);
  if (same.length === 1 && only) {
    return { element: only.element, by: isThere ? "words" : "elsewhere" };
  }
  return isThere ? { element: there, by: "path" } : { element: null, by: "moved" };
}

/** Another width shows other parts of the same words. */
function isPart(says: Said | null, letters: string): boolean {
  return letters !== "" && says !== null && says.parts.has(letters);
}

/** Notes which places of a path were kept, and which were left. */
function note(places: Places, { element, by }: Found, path: string, times: number): void {
  const steps = stepsOf(path);
  if (!steps || by === "path" || by === "gone") return;
  const add = (at: number, how: "stayed" | "left"): void => {
    const key = upTo(steps, at);
    const place = places.get(key) ?? { stayed: 0, left: 0 };
    place[how] += times;
    places.set(key, place);
  };
  if (by === "moved") {
    const innermost = steps.findLastIndex(({ nth }) => nth > 0);
    if (innermost >= 0) add(innermost, "left");
    return;
  }
  let stands: Element | null = element;
  for (let at = steps.length - 1; at >= 0 && stands; at -= 1) {
    const { nth, inShadow } = steps[at] as Step;
    if (nth > 0) add(at, placeOf(stands) === nth ? "stayed" : "left");
    const root: Node = stands.getRootNode();
    stands = inShadow && "host" in root ? (root as ShadowRoot).host : stands.parentElement;
  }
}

/** Whether more has left than stayed in the innermost place of a path of which that is known. */
function hasMoved(places: Places, path: string): boolean {
  const steps = stepsOf(path) ?? [];
  for (let at = steps.length - 1; at >= 0; at -= 1) {
    const place = steps[at]?.nth ? places.get(upTo(steps, at)) : undefined;
    if (place) return place.left > place.stayed;
  }
  return false;
}

function upTo(steps: readonly Step[], at: number): string {
  const names = steps.slice(0, at + 1).map(({ tag, id, nth, inShadow }) => {
    return `${inShadow ? ">>" : ""}${tag}#${id}:${nth}`;
  });
  return names.join(">");
}
