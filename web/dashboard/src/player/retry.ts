import { faultOf } from "./fault";

/** How long to wait before the next try; the last pause is that of all further ones. */
export const RETRY_PAUSES_MS: readonly number[] = [1000, 2000, 4000, 8000, 15_000];
/** So often is asked in all, over some five minutes; then somebody has to ask for it. */
export const TRIES_MAX = 24;

export interface Retrying {
  /** The server was not reached; it is asked again after a pause. */
  away(): void;
  signal: AbortSignal;
}

/**
 * Asks until there is an answer. What no further try would change is thrown at once, and so is the
 * last failure when all tries are used up or nobody waits any more.
 */
export async function retry<T>(ask: () => Promise<T>, { away, signal }: Retrying): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted || faultOf(error) !== "unreachable" || tries >= TRIES_MAX) throw error;
      away();
      const last = RETRY_PAUSES_MS.length - 1;
      await pause(RETRY_PAUSES_MS[Math.min(tries - 1, last)] ?? 0, signal);
      if (signal.aborted) throw error;
    }
  }
}

/** Ends early when the browser has its network back, and when nobody waits any more. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    globalThis.addEventListener?.("online", done);
    signal.addEventListener("abort", done);
  });
}
