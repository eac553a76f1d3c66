/** Share of the page's time that recording may take over a stretch; beyond it it ends, and says so. */
const SHARE_MAX = 0.2;
/** How long such a stretch is. */
const STRETCH_MS = 15_000;

/**
 * What recording costs the page, as far as the recorder can see it: what it does when the page has
 * changed, a timer rings or something is loaded, with masking and writing it down; not what the
 * browser does for it by itself. Packing is the browser's, on the page's thread or beside it: of it
 * only is known from when to when it took, which is the most that it can have cost.
 */
export interface Cost {
  /** Does a piece of work on the clock, unless what called it is on it already. */
  during<T>(work: () => T): T;
  /** An event left. */
  event(): void;
  /** A picture of the page was taken. */
  picture(): void;
  /** A body was packed, which took so long. */
  packed(ms: number): void;
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
  let packing = 0;
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
    packed(ms) {
      packing += ms;
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
      packing_ms: Math.round(packing),
      bytes,
    }),
  };
}
