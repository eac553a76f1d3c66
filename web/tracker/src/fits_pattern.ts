/**
 * Whether a path fits a pattern as a whole; `*` stands for any run of characters. Each part is looked
 * for once and after the one before, so that no pattern makes a page wait. A `?`, which is in no
 * path, marks both ends.
 */
export function fitsPattern(pattern: string, path: string): boolean {
  let at = 0;
  const text = `?${path}?`;
  return `?${pattern}?`.split("*").every((part) => {
    at = text.indexOf(part, at) + part.length;
    return at >= part.length;
  });
}
