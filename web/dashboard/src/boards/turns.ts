// What panels of a board ask and is counted by itself they ask one after the other, a few at a time, so
// that a large board neither fills the server's queue nor keeps other people waiting.

export interface Turns {
  /** Waits for a turn and has it until the promise settles. */
  take<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T>;
}

export function createTurns(atOnce: number): Turns {
  let running = 0;
  const waiting: (() => void)[] = [];

  /** Hands the turn over, so that nobody who comes now gets in between. */
  function end(): void {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }

  return {
    async take(signal, ask) {
      if (running >= atOnce) await new Promise<void>((go) => waiting.push(go));
      else running += 1;
      try {
        signal.throwIfAborted();
        return await ask();
      } finally {
        end();
      }
    },
  };
}
