/** Characters of style text that are taken in one go. */
const PIECE = 4000;
/** Longest text of one sheet; more would be refused. */
const TEXT_MAX = 3 << 20;
const URLS = /url\(\s*(?:"([^"\\]*)"|'([^'\\]*)'|([^)"'\s\\]*))\s*\)/g;

/**
 * The rules of a sheet as text, in pieces, imported sheets in their place; null when the browser
 * does not show them. Gives way after each piece: a sheet can have ten thousand rules.
 */
export function* sheetText(
  sheet: CSSStyleSheet,
  base: string,
): Generator<undefined, string[] | null> {
  const pieces: string[] = [];
  let piece = "";
  let length = 0;
  let rules: CSSRule[];
  try {
    rules = sheet.disabled ? [] : [...sheet.cssRules];
  } catch {
    // Of another origin, without its leave.
    return null;
  }
  const href = sheet.href ?? base;
  for (const rule of rules) {
    const imported = (rule as CSSImportRule).styleSheet;
    if (imported) {
      pieces.push(piece, ...(yield* inPlace(rule as CSSImportRule, imported, href)));
      piece = "";
    } else piece += ruleText(rule, href);
    if (piece.length > PIECE) {
      pieces.push(piece);
      length += piece.length;
      piece = "";
      if (length > TEXT_MAX) break;
      yield;
    }
  }
  pieces.push(piece);
  return pieces;
}

/** One rule, its addresses absolute. */
export function ruleText({ cssText }: CSSRule, base: string): string {
  if (!cssText.includes("url(")) return cssText;
  return cssText.replace(URLS, (all, double?: string, single?: string, bare?: string) => {
    const url = double ?? single ?? bare ?? "";
    if (!url || /^(#|[a-z][a-z+.-]*:)/i.test(url)) return all;
    try {
      return `url("${new URL(url, base).href}")`;
    } catch {
      return all;
    }
  });
}

function* inPlace(
  rule: CSSImportRule & { layerName?: string | null; supportsText?: string | null },
  sheet: CSSStyleSheet,
  base: string,
): Generator<undefined, string[]> {
  const { media, layerName, supportsText } = rule;
  const around: string[] = [];
  if (media.mediaText) around.push(`@media ${media.mediaText}{`);
  if (supportsText) around.push(`@supports ${supportsText}{`);
  if (typeof layerName === "string") around.push(`@layer ${layerName}{`);
  const inner = yield* sheetText(sheet, base);
  return inner ? [...around, ...inner, "}".repeat(around.length)] : [];
}
