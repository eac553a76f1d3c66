/** The one edge between the tracker and the page: what goes wrong inside stays inside. */
export function guard<A extends unknown[], R>(
  work: (...args: A) => R,
): (...args: A) => R | undefined {
  return (...args) => {
    try {
      return work(...args);
    } catch {
      return undefined;
    }
  };
}
