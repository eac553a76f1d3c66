// Loads one thing after another for one place on the screen: the newest wins, the old picture
// stays until the new one is there, and "slow" is said only once it is.

export interface Loaded<T> {
  /** What was loaded last; stays while the next is on its way. */
  data: T | null;
  error: unknown;
  /** Something is on its way. */
  pending: boolean;
  /** It has been on its way long enough to say so. */
  slow: boolean;
}

export const SLOW_AFTER_MS = 150;

export interface Loader<T> {
  /** Loads, and then what may come later: `more` gets what is shown by now and gives it with that
   * added. What fails of it leaves what is shown. */
  run(
    load: (signal: AbortSignal) => Promise<T>,
    more?: (data: T, signal: AbortSignal) => Promise<T>,
  ): void;
  stop(): void;
}

export function createLoader<T>(onChange: (state: Loaded<T>) => void): Loader<T> {
  let state: Loaded<T> = { data: null, error: null, pending: false, slow: false };
  let current: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function set(change: Partial<Loaded<T>>): void {
    state = { ...state, ...change };
    onChange(state);
  }

  function stop(): void {
    current?.abort();
    current = null;
    clearTimeout(timer);
  }

  const run: Loader<T>["run"] = (load, more) => {
    stop();
    const mine = new AbortController();
    current = mine;
    timer = setTimeout(() => set({ slow: true }), SLOW_AFTER_MS);
    set({ pending: true, slow: false });
    load(mine.signal).then(
      (data) => {
        if (current !== mine) return;
        clearTimeout(timer);
        set({ data, error: null, pending: false, slow: false });
        more?.(data, mine.signal).then(
          (whole) => {
            if (current === mine && whole !== data) set({ data: whole });
          },
          () => {},
        );
      },
      (error: unknown) => {
        if (current !== mine) return;
        clearTimeout(timer);
        set({ error, pending: false, slow: false });
      },
    );
  };

  return { run, stop };
}

export function nothingLoaded<T>(): Loaded<T> {
  return { data: null, error: null, pending: true, slow: false };
}
