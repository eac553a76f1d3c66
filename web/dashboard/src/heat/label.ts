// What an element is called: by the words that were clicked, else by what it says of itself, else
// by what it is.
import { isMasked } from "./said.ts";

const WORDS_MAX = 48;

const NAMES: Record<string, string> = {
  a: "Link",
  article: "Article",
  aside: "Aside",
  body: "Page background",
  button: "Button",
  canvas: "Canvas",
  circle: "Drawing",
  dialog: "Dialog",
  figure: "Figure",
  footer: "Foot of the page",
  form: "Form",
  h1: "Heading",
  h2: "Heading",
  h3: "Heading",
  header: "Head of the page",
  html: "Page background",
  iframe: "Frame",
  img: "Picture",
  input: "Field",
  label: "Label",
  li: "Entry of a list",
  main: "Main part",
  nav: "Menu",
  ol: "List",
  p: "Paragraph",
  path: "Drawing",
  picture: "Picture",
  rect: "Drawing",
  section: "Section",
  select: "Choice",
  summary: "Summary",
  svg: "Drawing",
  table: "Table",
  td: "Cell of a table",
  textarea: "Field",
  ul: "List",
  video: "Video",
};

export function labelOf(
  { zone, text }: { zone: string; text: string },
  element: Element | null,
): string {
  if (zone === "(all)") return "All clicks";
  if (zone === "(other)") return "All other elements";
  if (zone === "") return "Element unknown";
  const own = text || (element ? ownWords(element) : "");
  if (own) return own;
  const step = /([^>]*)$/.exec(zone)?.[1] ?? "";
  const [, tag = "", id = ""] = /^([^#:]*)(?:#([\w-]+))?/.exec(step) ?? [];
  const name = NAMES[tag] ?? `<${tag}>`;
  return id ? `${name} “${id}”` : name;
}

/** What an element says of itself, where that is short. Masked words are none. */
function ownWords(element: Element): string {
  const told = ["aria-label", "alt", "title", "placeholder"].map((name) =>
    element.getAttribute(name),
  );
  const [named] = told.filter((words) => words && !isMasked(words));
  if (named) return shortened(named);
  const words = (element.textContent ?? "").replace(/\s+/g, " ").trim();
  return words && words.length <= WORDS_MAX && !isMasked(words) ? words : "";
}

function shortened(words: string): string {
  const line = words.replace(/\s+/g, " ").trim();
  return line.length > WORDS_MAX ? `${line.slice(0, WORDS_MAX - 1)}…` : line;
}
