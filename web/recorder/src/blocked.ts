/** Whether nothing may be sent from this path; `*` matches any run of characters. */
export function blocked(path: string, patterns: string[]): boolean {
  return patterns.some((pattern) => {
    const source = pattern.replace(/[\\^$.+?()[\]{}|]/g, "\\$&").replace(/\*+/g, ".*");
    return new RegExp(`^${source}$`).test(path);
  });
}
