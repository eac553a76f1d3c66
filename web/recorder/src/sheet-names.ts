import type { Cost } from "./cost";

/** Where a style sheet stands in the JSON of an event: the text of an element's, and the rules of an adopted one. */
const PLACES = /"(?:_cssText|rules)":(?=["[])/g;
/** The server tells of no shorter ones. */
const NAMED_FROM = 1000;
/** Bytes of a name: a multiple of three, so that its Base64 needs no filling. */
const NAME_BYTES = 15;

/**
 * Puts names in place of the style sheets that the server has. Lines are what is about to leave the
 * page, masked and in JSON: a name stands for just that text, so nothing else is said by leaving it
 * out. No text of a page can be a name, because names are objects. `during` counts what the page's
 * thread does of it; digests are computed elsewhere, all at once.
 */
export async function nameSheets(
  lines: string,
  known: ReadonlySet<string>,
  during: Cost["during"],
): Promise<string> {
  const sheets = during(() => sheetsOf(lines));
  const names = await Promise.all(sheets.map(({ name }) => name));
  return during(() => {
    let short = "";
    let copied = 0;
    sheets.forEach(({ from, end }, index) => {
      const name = names[index] ?? "";
      if (!known.has(name)) return;
      short += `${lines.slice(copied, from)}{"sheet":"${name}"}`;
      copied = end;
    });
    return short + lines.slice(copied);
  });
}

/** Where sheets stand that may have a name, and the name once it is computed. */
function sheetsOf(lines: string): { from: number; end: number; name: Promise<string> }[] {
  const found = [];
  let end = 0;
  for (;;) {
    PLACES.lastIndex = end;
    if (!PLACES.test(lines)) return found;
    const from = PLACES.lastIndex;
    end = endOf(lines, from);
    if (end - from >= NAMED_FROM) found.push({ from, end, name: nameOf(lines.slice(from, end)) });
  }
}

/** The first bytes of the SHA-256; empty where nothing computes it. */
async function nameOf(json: string): Promise<string> {
  try {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(json));
    return btoa(String.fromCharCode(...new Uint8Array(digest, 0, NAME_BYTES)));
  } catch {
    return "";
  }
}

/** Where a text or a list of JSON ends. */
function endOf(json: string, from: number): number {
  let depth = 0;
  let at = from;
  do {
    const sign = json[at] ?? "";
    if (sign === '"') {
      do at = json.indexOf('"', at + 1);
      while (isEscaped(json, at));
      if (at < 0) return json.length;
    } else if ("[{".includes(sign)) depth++;
    else if ("]}".includes(sign)) depth--;
    at++;
  } while (depth && at < json.length);
  return at;
}

function isEscaped(json: string, at: number): boolean {
  let before = at;
  while (json[before - 1] === "\\") before--;
  return (at - before) % 2 > 0;
}
