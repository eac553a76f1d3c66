/** What recording costs the page, as far as the recorder can see it. */
export interface Cost {
  /** One event took `ms` at the choke point. */
  add(type: number, ms: number): void;
  /** The figures so far. */
  report(bytes: number): Record<string, number>;
}

/** Starts counting. A snapshot is timed from its meta event, which rrweb gives just before. */
export function createCost(): Cost {
  let events = 0;
  let total = 0;
  let longest = 0;
  let snapshots = 0;
  let metaAt = 0;
  return {
    add(type, ms) {
      events++;
      const now = performance.now();
      if (type === 4) metaAt = now;
      const spent = type === 2 && metaAt ? now - metaAt : ms;
      if (type === 2) {
        snapshots++;
        metaAt = 0;
      }
      total += spent;
      longest = Math.max(longest, spent);
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
