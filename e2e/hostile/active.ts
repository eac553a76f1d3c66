// What of a recording could do something in a browser that rebuilds it without looking: found by its
// own short lists, and not by those of the product.

/** Elements that run, load or redirect by being there. */
const TAGS =
  /^(script|noscript|object|embed|applet|base|meta|frame|frameset|portal|fencedframe|animate|animatemotion|animatetransform|set|handler|listener)$/;
/** Attributes that run, send, redirect or bring a document, whatever they say. */
const NAMES =
  /^(on.*|srcdoc|action|formaction|ping|http-equiv|content|rel|target|download|manifest|codebase|sandbox|allow|autofocus|attributename)$/;
/** Attributes that load what they name. */
const LOADING =
  /^(src|srcset|poster|background|data|lowsrc|dynsrc|imagesrcset|xml:base|icon|cite|longdesc|rr_src)$/;
/** A document or script in an address, once a browser has taken the blanks out. */
const SCHEMES =
  /^(javascript|vbscript|livescript|mocha|file|filesystem|blob|data:text|data:image\/svg|data:application|view-source|jar|about)/;
const STYLE = /javascript:|vbscript:|expression\(|-moz-binding|behavior:|<\/style|<script/i;

type Json = Record<string, unknown>;

/** A line for each thing in these lines that acts, loads or leads away by itself. */
export function activeIn(lines: string): string[] {
  const found: string[] = [];
  const open: unknown[] = [];
  for (const line of lines.split("\n")) if (line) open.push(JSON.parse(line));
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== "object" || value === null) continue;
    const { tagName, attributes, textContent, isStyle } = value as Json;
    const tag = typeof tagName === "string" ? (tagName.toLowerCase().split(":").at(-1) ?? "") : "";
    if (TAGS.test(tag)) found.push(`<${tag}>`);
    if (isStyle === true && STYLE.test(String(textContent))) found.push(`style ${textContent}`);
    if (typeof attributes === "object" && attributes !== null && !Array.isArray(attributes))
      for (const [name, of] of Object.entries(attributes))
        if (isActive(tag, name.toLowerCase(), of)) found.push(`<${tag || "?"} ${name}="${of}">`);
    for (const each of Object.values(value)) open.push(each);
  }
  return found;
}

function isActive(tag: string, name: string, value: unknown): boolean {
  if (NAMES.test(name)) return true;
  if (typeof value !== "string") return false;
  const plain = value.replace(/[\0- \u00a0]/g, "").toLowerCase();
  if (/^(style|_csstext)$/.test(name)) return STYLE.test(value);
  if (SCHEMES.test(plain)) return !/^(class|id|for|d|points|type|role)$/.test(name);
  const loads = LOADING.test(name) || (/href$/.test(name) && !/^(a|area|)$/.test(tag));
  return loads && plain !== "" && !/^(#|data:image\/(png|jpeg|gif|webp|avif)[;,])/.test(plain);
}
