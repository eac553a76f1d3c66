// Waiting for something that happens by itself, with a limit and a name for the error.

/** How much longer than it takes on an idle machine a test waits, before it says that it did not come. */
export const PATIENCE = 4;

/**
 * Calls `probe` until it gives something other than undefined, null or false. `limitMs` is what it may
 * take on an idle machine.
 */
export async function until<T>(
  what: string,
  limitMs: number,
  probe: () => T | Promise<T>,
): Promise<NonNullable<Exclude<T, false>>> {
  const patienceMs = PATIENCE * limitMs;
  const end = performance.now() + patienceMs;
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
      throw new Error(`${what} did not come within ${patienceMs} ms${why}`);
    }
    await new Promise((next) => setTimeout(next, 20));
  }
}
