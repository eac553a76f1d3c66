import type { Assets } from "./assets";
import { URLS } from "./css-urls";

const ACTIVE =
  /javascript:|vbscript:|expression\(|-moz-binding|(?<![\w-])behavior:|data:text|data:application\/x?-?(java|ecma)script|<\/style|<script|<!--/gi;
/** An escape: by the number of a sign, with the blank that ends it, or by the sign itself. */
const ESCAPES = /\\(?:([0-9a-f]{1,6})(?:\r\n|[ \t\r\n\f])?|([\s\S]))/gi;
/** What is left of a longer name in recordings of before; no reader of sheets would take the whole. */
const TORN = /(?<=[\s{;])(?:scroll|overscroll|transition)-\ufffd/g;
/** Functions that take an address as a mere string. */
const ADDRESSED = /(?:image-set|image|src|cross-fade)\(/gi;
/** What may stand in them; of any other nobody knows here what it comes to. */
const FUNCTIONS =
  /^(?:url|type|(?:-webkit-)?(?:image-set|cross-fade)|image|(?:repeating-)?(?:linear|radial|conic)-gradient|rgba?|hsla?|hwb|(?:ok)?(?:lab|lch)|color|color-mix|calc)$/i;
const COMMENT = /\/\*[\s\S]*?(?:\*\/|$)/g;
/** An address that is a mere string. */
const NAMED = /(["'])(?:https?:)?\/\/[^"']*\1/gi;
/**
 * The same, but comments and images in the text are found as a whole: what these have in them, such as
 * the namespace of drawings, is no address, and without it they would be cut in two. On one line, as a
 * browser reads them.
 */
const NAMED_OUTSIDE =
  /\/\*[\s\S]*?(?:\*\/|$)|url\(\s*(?:"data:(?:[^"\\\r\n\f]|\\[^\r\n\f])*"|'data:(?:[^'\\\r\n\f]|\\[^\r\n\f])*')\s*\)|(["'])(?:https?:)?\/\/[^"']*\1/gi;
const STRING = /"(?:[^"\\]|\\[\s\S])*(?:"|$)|'(?:[^'\\]|\\[\s\S])*(?:'|$)/g;

/**
 * Style text that runs nothing and asks nobody: imports and addresses outside the text go, and in
 * the place of pictures and fonts stand those that were recorded, if they were.
 */
export function inertCss(css: string, assets?: Assets): string {
  const plain = css.includes("\\") ? letters(css) : css;
  if (!/url\(|@import|@namespace|image-set|[:(<]/i.test(plain)) return css;
  // Something stays in the place of an import, so that no two ends can come together to a new one.
  const still = withoutAddresses(plain.replace(ACTIVE, "\ufffd").replace(TORN, "--gone:")).replace(
    /@import[^;]*;?/gi,
    " ",
  );
  if (/@font-face/i.test(still)) assets?.fonts(still);
  // What stands for a picture is no value that a font rule may have.
  const faces = /@font-face[^}]*\}/gi;
  const parts = still.split(faces);
  const between = still.match(faces) ?? [];
  return parts
    .flatMap((part, at) => [addressed(part, assets), addressed(between[at] ?? "")])
    .join("")
    .replace(NAMED_OUTSIDE, (all) => (/^u/i.test(all) ? all : all.replace(NAMED, '""')));
}

/**
 * Letters and dashes that were written as escapes, as the letters that a browser reads: names show
 * then. A dash is left that would begin a name which may not begin so.
 */
function letters(css: string): string {
  return css.replace(ESCAPES, (all: string, number: string, sign: string, at: number) => {
    const letter = number ? String.fromCodePoint(codeOf(number)) : sign;
    if (letter === "-") return /^[a-z_\\-]/i.test(css.slice(at + all.length)) ? "-" : all;
    return /^[a-z]$/i.test(letter) ? letter : all;
  });
}

/** What no sign has is none that matters here. */
function codeOf(number: string): number {
  const code = Number.parseInt(number, 16);
  return code > 0x10ffff ? 0xfffd : code;
}

/** Without what is named in functions that load it, but for what carries its image itself. */
function withoutAddresses(css: string): string {
  let out = "";
  let from = 0;
  ADDRESSED.lastIndex = 0;
  for (let found = ADDRESSED.exec(css); found; found = ADDRESSED.exec(css)) {
    const start = found.index + found[0].length;
    const end = closing(css, start);
    out += css.slice(from, start) + inside(css.slice(start, end));
    from = end;
    ADDRESSED.lastIndex = Math.max(end, start);
  }
  return out + css.slice(from);
}

/** What stands in such a function, without comments, in which quotes do not count. */
function inside(css: string): string {
  return css
    .replace(COMMENT, " ")
    .replace(STRING, (string) => (isOwn(string) ? string : '""'))
    .replace(/([\w-]+)\(/g, (all, name: string) => (FUNCTIONS.test(name) ? all : "none("));
}

/** What carries its image itself, and the kind of an image. */
function isOwn(string: string): boolean {
  return /^["'](?:data:image\/(?:png|jpeg|gif|webp|avif)[;,]|image\/[\w+.-]+["']$)/i.test(string);
}

/** Where a function ends whose inner text begins there. */
function closing(css: string, from: number): number {
  let depth = 1;
  let quote = "";
  for (let at = from; at < css.length; at += 1) {
    const sign = css[at];
    if (sign === "\\") at += 1;
    else if (!quote && css.startsWith("/*", at)) {
      const end = css.indexOf("*/", at + 2);
      if (end < 0) return css.length;
      at = end + 1;
    } else if (quote) quote = sign === quote ? "" : quote;
    else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "(") depth += 1;
    else if (sign === ")") {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return css.length;
}

function addressed(css: string, assets?: Assets): string {
  return css.replace(URLS, (all, double?: string, single?: string, bare?: string) => {
    const url = (double ?? single ?? bare ?? "").trim();
    if (url.startsWith("#") || /^data:(image|font|application\/(x-)?font)/i.test(url)) return all;
    return assets && /^https?:/i.test(url) ? assets.value(url) : 'url("data:,")';
  });
}
