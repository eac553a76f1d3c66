import { STRING, URLS } from "./css-words";
import { rulesOf } from "./rules-of";
import { shape } from "./shape";
import type { Page } from "./table";

/**
 * Where a style text stands: in a sheet of the page's own tree, in one of a shadow root or a frame or
 * without an element, or on an element itself.
 */
export type Stands = "page" | "apart" | "element";

/** Longest image or font that may lie in a style sheet itself. */
const DATA_URL_LENGTH_MAX = 65_536;

const ADDRESSES = new RegExp(URLS, "gi");
/** A string, with what says that it is an address or the value of a selector. */
const STRINGS = new RegExp(`(=\\s*|url\\()?(?:${STRING})`, "g");
/** A declaration; strings outside them are taken first, because an address in one looks like one. */
const DECLARATIONS = new RegExp(
  `${STRING}|(--[^\\s:;{}"']+|[\\w-]+)\\s*:(?:[^;{}"']|${STRING})*`,
  "g",
);
/** Properties whose strings are names and never seen. */
const NAMES = /^(font|src$|grid|syntax$)/i;

/**
 * Style text as it may leave the page: no comments, addresses cut, images only where they lie in
 * the sheet itself or are taken along, and texts in it (`content: "…"`, `quotes`, …) masked as page text is.
 */
export function css(text: string, page: Page, masked: boolean, stands: Stands): string {
  if (!text || !/["'\\@]|url\(|\/[*/]|--/i.test(text)) return text;
  const address = (url: string) => page.typed(page.address(url));
  let clean = text;
  if (clean.includes("/*")) {
    // rrweb marks the borders of text nodes by comments of its own.
    clean = clean.replace(/\/\*(?! rr_split \*\/)[\s\S]*?(?:\*\/|$)/g, "");
  }
  let rules: Map<number, string> | undefined;
  const before = clean;
  clean = clean.replace(ADDRESSES, (_all, quoted?: string, bare?: string, at?: number) => {
    const url = (quoted?.slice(1, -1) ?? bare ?? "").trim();
    if (url.startsWith("#")) return `url("${url.replace(/["\\\s]/g, "")}")`;
    if (/^data:/i.test(url)) {
      // A picture can show words.
      const kept =
        /^data:(font|application\/(x-)?font)/i.test(url) || (!masked && /^data:image/i.test(url));
      return kept && url.length <= DATA_URL_LENGTH_MAX
        ? `url("${url.replace(/(\\)?"/g, '\\"')}")`
        : 'url("")';
    }
    const plain = url.replace(/\\(.)/g, "$1");
    const rule = () => {
      // Whom it is about nobody can ask the page.
      if (stands === "apart") return "";
      rules ??= rulesOf(before);
      return rules.get(Number(at)) ?? "";
    };
    return `url("${(!masked && page.asset(plain, stands !== "element", rule)) || address(plain)}")`;
  });
  // As the server does: a sheet whose text it would change has another name there.
  clean = clean.replace(/javascript:/gi, "\ufffd");
  // Addresses outside url(): imports, image-set("…"), unfinished text.
  clean = clean.replace(/(["'])([^"'\s]*[?#][^"']*)\1/g, (all, quote: string, url: string) =>
    /^(https?:)?\/|^[.\w-]+\//i.test(url) ? quote + address(url) + quote : all,
  );
  clean = clean.replace(/\bhttps?:\/\/[^\s"')]*[?#@][^\s"')]*/gi, (url) => address(url));
  return clean.replace(DECLARATIONS, (all, name?: string) => {
    if (!name || NAMES.test(name)) return all;
    const known = name.startsWith("--") ? page.typed(all) : all;
    return known.replace(STRINGS, (string, before?: string) =>
      before ? string : masked ? shape(string) : page.typed(string),
    );
  });
}
