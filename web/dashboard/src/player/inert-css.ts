import type { Assets } from "./assets";

const ACTIVE =
  /javascript:|vbscript:|expression\(|-moz-binding|behavior:|data:text|data:application\/x?-?(java|ecma)script|<\/style|<script|<!--/gi;
const URLS =
  /url\(\s*(?:"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|((?:[^)"'\s\\]|\\[\s\S])*))\s*\)?/gi;

/**
 * Style text that runs nothing and asks nobody: imports and addresses outside the text go, and in
 * the place of pictures and fonts stand those that were recorded, if they were.
 */
export function inertCss(css: string, assets?: Assets): string {
  if (!/url\(|@import|@namespace|image-set|[:(<]/i.test(css)) return css;
  const still = css.replace(ACTIVE, "�").replace(/@import[^;]*;?/gi, "");
  if (/@font-face/i.test(still)) assets?.fonts(still);
  // What stands for a picture is no value that a font rule may have.
  const faces = /@font-face[^}]*\}/gi;
  const parts = still.split(faces);
  const between = still.match(faces) ?? [];
  return parts
    .flatMap((part, at) => [addressed(part, assets), addressed(between[at] ?? "")])
    .join("")
    .replace(/(["'])(?:https?:)?\/\/[^"']*\1/gi, '""');
}

function addressed(css: string, assets?: Assets): string {
  return css.replace(URLS, (all, double?: string, single?: string, bare?: string) => {
    const url = (double ?? single ?? bare ?? "").trim();
    if (url.startsWith("#") || /^data:(image|font|application\/(x-)?font)/i.test(url)) return all;
    return assets && /^https?:/i.test(url) ? assets.value(url) : 'url("data:,")';
  });
}
