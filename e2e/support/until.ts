// Waiting for something that happens by itself, with a limit and a name for the error.

/** Calls `probe` until it gives something other than undefined, null or false. */
export async function until<T>(
  what: string,
  limitMs: number,
  probe: () => T | Promise<T>,
): Promise<NonNullable<Exclude<T, false>>> {
  const end = performance.now() + limitMs;
  let last: unknown;
  for (;;) {
    try {
      const found = await probe();
      if (found !== undefined && found !== null && found !== false) {
        return found as NonNullable<Exclude<T, false>>;
      }
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) {
      const why = last instanceof Error ? `: ${last.message}` : "";
      throw new Error(`${what} did not come within ${limitMs} ms${why}`);
    }
    await new Promise((next) => setTimeout(next, 20));
  }
}
