const ACTIVE =
  /javascript:|vbscript:|expression\(|-moz-binding|behavior:|data:text|data:application\/x?-?(java|ecma)script|<\/style|<script|<!--/gi;
const URLS =
  /url\(\s*(?:"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|((?:[^)"'\s\\]|\\[\s\S])*))\s*\)?/gi;

/** Style text that runs nothing and asks nobody: imports and addresses outside the text go. */
export function inertCss(css: string): string {
  if (!/url\(|@import|@namespace|image-set|[:(<]/i.test(css)) return css;
  return css
    .replace(ACTIVE, "�")
    .replace(/@import[^;]*;?/gi, "")
    .replace(URLS, (all, double?: string, single?: string, bare?: string) => {
      const url = (double ?? single ?? bare ?? "").trim();
      return url.startsWith("#") || /^data:(image|font|application\/(x-)?font)/i.test(url)
        ? all
        : 'url("data:,")';
    })
    .replace(/(["'])(?:https?:)?\/\/[^"']*\1/gi, '""');
}
