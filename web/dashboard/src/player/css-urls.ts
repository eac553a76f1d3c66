/** Addresses as `url(…)` has them: in double quotes, in single ones, without. */
export const URLS =
  /url\(\s*(?:"((?:[^"\\]|\\[\s\S])*)(?:"|$)|'((?:[^'\\]|\\[\s\S])*)(?:'|$)|((?:[^)"'\s\\]|\\[\s\S])*))\s*\)?/gi;
