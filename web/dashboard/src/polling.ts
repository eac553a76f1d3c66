// Asks again and again, never twice at once, not while the page is hidden, and slower while the
// server does not answer.

export interface Polling {
  everyMs: number;
  ask: (signal: AbortSignal) => Promise<void>;
  onError: (error: unknown) => void;
}

const SLOWEST_MS = 15_000;

export function poll({ everyMs, ask, onError }: Polling): () => void {
  const life = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = everyMs;
  /** One asks now, and goes on by itself when it has its answer. */
  let asking = false;

  async function turn(): Promise<void> {
    if (life.signal.aborted) return;
    if (!document.hidden) {
      asking = true;
      try {
        await ask(life.signal);
        waitMs = everyMs;
      } catch (error) {
        if (life.signal.aborted) return;
        waitMs = Math.min(SLOWEST_MS, waitMs * 2);
        onError(error);
      } finally {
        asking = false;
      }
    }
    if (!life.signal.aborted) timer = setTimeout(() => void turn(), waitMs);
  }

  const onVisible = (): void => {
    if (document.hidden || life.signal.aborted) return;
    waitMs = everyMs;
    if (asking) return;
    clearTimeout(timer);
    timer = setTimeout(() => void turn(), 0);
  };
  document.addEventListener("visibilitychange", onVisible);
  void turn();
  return () => {
    life.abort();
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onVisible);
  };
}
