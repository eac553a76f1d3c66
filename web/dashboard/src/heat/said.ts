// What elements say, as far as it tells them apart: the words of the link or button that they are
// in. Told as the tracker tells them with a click, so that both can be held against each other.

const CONTROLS = "a,area,button,summary,[role=button],[role=link],[role=tab]";
/** What the tracker keeps of a click's words. */
const CHARACTERS_MAX = 128;
/** Parts of a control that are looked at; what has more is no control to speak of. */
const PARTS_MAX = 60;

export interface Said {
  /** The words on one line, in small letters. */
  words: string;
  /** The same without what is no letter. */
  letters: string;
  /** The letters of each part, those that this width does not show among them. */
  parts: ReadonlySet<string>;
  /** Whether the recording has other letters in their place. */
  isMasked: boolean;
}

/** Null of what is in no control, and of one without words. */
export type Sayings = (element: Element) => Said | null;

/** Reads each control once. */
export function createSayings(): Sayings {
  const known = new Map<Element, Said | null>();
  return (element) => {
    const control = controlOf(element);
    if (!control) return null;
    let said = known.get(control);
    if (said === undefined) {
      said = saidBy(control);
      known.set(control, said);
    }
    return said;
  };
}

function controlOf(element: Element): Element | null {
  for (let at: Element | null = element; at; ) {
    const found: Element | null = at.closest(CONTROLS);
    if (found) return found;
    const root: Node = at.getRootNode();
    at = "host" in root ? (root as ShadowRoot).host : null;
  }
  return null;
}

function saidBy(control: Element): Said | null {
  // jsdom lays nothing out, so it knows no rendered words.
  const shown = (control as HTMLElement).innerText ?? control.textContent ?? "";
  const words = wordsOf(shown).slice(0, CHARACTERS_MAX);
  if (words === "") return null;
  const all = [control, ...control.querySelectorAll("*")].slice(0, PARTS_MAX);
  const parts = all.flatMap((each) => [
    lettersOf(each.textContent ?? ""),
    ...[...each.childNodes].map((node) => (node.nodeType === 3 ? lettersOf(node.nodeValue) : "")),
  ]);
  return {
    words,
    letters: lettersOf(words),
    parts: new Set(parts.filter((part) => part !== "")),
    isMasked: isMasked(words),
  };
}

/** Words on one line, in small letters. */
export function wordsOf(text: string): string {
  return text.replace(/\s+/g, " ").trim().toLowerCase();
}

/** Words without what is no letter, in small letters. */
export function lettersOf(text: string | null): string {
  const words = (text ?? "").toLowerCase().split(/[^\p{L}\p{M}]+/u);
  return words.filter((word) => word !== "").join(" ");
}

/** Whether words are, or have within them, what the recorder puts in the place of others. */
export function isMasked(words: string): boolean {
  return /[•█*]{3}/.test(words) || /(^|[^\p{L}])x{2,}($|[^\p{L}])/u.test(words);
}
