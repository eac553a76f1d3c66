/** Share of the page's time that recording may take, over a stretch of so long. */
const SHARE_MAX = 0.2;
const STRETCH_MS = 15_000;

/** What recording costs the page, as far as the recorder can see it. */
export interface Cost {
  /** Does a piece of work on the clock, unless what called it is on it already. */
  during<T>(work: () => T): T;
  /** An event left. */
  event(): void;
  /** A picture of the page was taken. */
  picture(): void;
  /** Whether it was too much for too long. Asked about every second. */
  isTooHigh(): boolean;
  /** The figures so far. */
  report(bytes: number): Record<string, number>;
}

/** Starts counting. `now` is a clock in milliseconds. */
export function createCost(now: () => number): Cost {
  let events = 0;
  let snapshots = 0;
  let total = 0;
  let longest = 0;
  let isInside = false;
  let before = { at: now(), total: 0 };
  return {
    during(work) {
      if (isInside) return work();
      isInside = true;
      const from = now();
      try {
        return work();
      } finally {
        isInside = false;
        const ms = now() - from;
        total += ms;
        longest = Math.max(longest, ms);
      }
    },
    event() {
      events++;
    },
    picture() {
      snapshots++;
    },
    isTooHigh() {
      const passed = now() - before.at;
      if (passed < STRETCH_MS) return false;
      const share = (total - before.total) / passed;
      before = { at: now(), total };
      return share > SHARE_MAX;
    },
    report: (bytes) => ({
      events,
      snapshots,
      total_ms: Math.round(total),
      longest_ms: Math.round(longest),
      bytes,
    }),
  };
}
