import { masksText } from "./attributes";
import { flags } from "./flags";
import { FIXED, shape } from "./shape";
import type { Table } from "./table";

/** Characters of a log line that are kept. */
const LINE_MAX = 500;
/** And of an error with its places. */
const ERROR_MAX = 1500;
/** Characters of a log line that are looked at; the others are left out. */
const LOOK_MAX = 4000;
/** Longest typed value that is known whole: so much before such an end may be half of one. */
const VALUE_MAX = 200;
/** A place in a script, as the recorder writes it. */
const PLACE = /^( {4}at (?:[\w$.<>[\] ]{0,60} \()?)(https?:\/\/.*):(\d{1,7}:\d{1,7}\)?)$/;
/** Names in addresses, and what stands behind their path. */
const LOGINS = /(\/\/)[^\s/@]*@/g;
const QUERIES = /([\w.~:-]*\/[^\s?#()'"]*)[?#][^\s()'"]*/g;
const EMAILS = /[\w.%+'-]+@[\w-]+(?:\.[\w-]+)+/g;
const NAMED =
  /\b(pass\w*|pwd|pin|otp|token|secret|auth\w*|cookie|session\w*|api[-_ ]?key|key)(["']?\s*[:=]\s*["']?)(?:(?:bearer|basic)\s+)?[^\s"',;)]+|\b(bearer|basic|password|passwd|pwd)\s+\S+/gi;
/** Words that mix letters and digits and are long enough for a key. */
const KEYS = /(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{20,}/gi;
/** Numbers long enough for a telephone, a card or a bank account. */
const NUMBERS = /\+?\d(?:[ ().-]?\d){6,}/g;

/** A line of the page's console as it may leave the page; `body` is the node of the page's body. */
export function said(text: string, body: number, table: Table): string {
  const { page } = table;
  const masked = masksText(flags(table.entries.get(body)), table);
  // What was typed comes first: cut, it would not be known any more.
  const known = (from: string) => page.secret(page.typed(from));
  const whole = known(text.slice(0, LOOK_MAX));
  // At the end of what is looked at half a value may stand, which nobody knows.
  const lines = (text.length > LOOK_MAX ? whole.slice(0, -VALUE_MAX) : whole).split("\n");
  const isError = lines.some((line) => PLACE.test(line));
  const clean = lines.map((line) => {
    const [, before = "", href = "", at = ""] = PLACE.exec(line) ?? [];
    if (href) return `${plain(before)}${page.typed(page.address(href))}:${at}`;
    const words = known(plain(line));
    return masked ? shape(words) : words;
  });
  return clean.join("\n").slice(0, isError ? ERROR_MAX : LINE_MAX);
}

function plain(line: string): string {
  return line
    .replace(LOGINS, "$1")
    .replace(QUERIES, "$1")
    .replace(EMAILS, FIXED)
    .replace(NAMED, (_all, name?: string, sign?: string, other?: string) =>
      name ? `${name}${sign}${FIXED}` : `${other} ${FIXED}`,
    )
    .replace(KEYS, FIXED)
    .replace(NUMBERS, FIXED);
}
