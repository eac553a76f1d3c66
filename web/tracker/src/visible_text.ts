/** The words an element shows, on one line, cut to what the server keeps. */
/** Characters of such words; what is longer is cut. */
const CHARACTERS_MAX = 128;

export function visibleText(element: Element): string {
  // Rendered text, because what is hidden was not clicked; the page has not reacted yet, so its
  // layout is mostly still valid.
  const words = (element as HTMLElement).innerText ?? "";
  return words.replace(/\s+/g, " ").trim().slice(0, CHARACTERS_MAX);
}
