/** A string of a style text, as a pattern. */
export const STRING = `"(?:[^"\\\\]|\\\\[^])*"|'(?:[^'\\\\]|\\\\[^])*'`;
/** An address in one; in its groups with quotes, or bare. */
export const URLS = `\\burl\\(\\s*(?:(${STRING})|((?:[^)"'\\s\\\\]|\\\\[^])*))\\s*\\)?`;
