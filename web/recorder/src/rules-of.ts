import { STRING, URLS } from "./css-words";

const WORDS = new RegExp(`${URLS}|${STRING}|\\\\[^]|[{};]`, "gi");
/** What may stand around a rule: it can only be about less then. */
const AROUND = /^@(media|supports|layer)\b/i;
/** A declaration of what is not handed down, as custom properties, signs of lists and cursors are. */
const PLAIN = /^\s*(?!list-style|cursor)-?[a-z][\w-]*\s*:/i;

/**
 * By the place of each address in a style text: the selector of the rule whose declaration it
 * stands in, `*` where there is none around. An address in anything less plain has none: in a
 * custom property or another that is handed down, a rule inside another one, an animation.
 */
export function rulesOf(text: string): Map<number, string> {
  const found = new Map<number, string>();
  const around: string[] = [];
  let from = 0;
  for (const { 0: word, index } of text.matchAll(WORDS)) {
    if (word === "{") around.push(text.slice(from, index).trim());
    else if (word === "}") around.pop();
    else if (word !== ";") {
      const selector = around.at(-1) ?? "*";
      const isPlain =
        PLAIN.test(text.slice(from, index)) &&
        around.slice(0, -1).every((each) => AROUND.test(each));
      if (isPlain && selector[0] !== "@") found.set(index, selector);
      continue;
    }
    from = index + 1;
  }
  return found;
}
