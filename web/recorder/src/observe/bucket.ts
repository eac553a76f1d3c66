/** Changes of one element that are told at once, and how many more a second. */
const BURST = 30;
const PER_SECOND = 5;

/** Limits how often an element tells of its attributes; what it ends with is always told. */
export interface Bucket {
  /** Whether an element may tell now; all of a drawing is one. */
  take(element: Element): boolean;
  /** The next look at everything begins. */
  turn(): void;
}

interface Tokens {
  count: number;
  at: number;
  /** Look in which it was last asked, and the answer that holds for it. */
  turn: number;
  may: boolean;
}

/** Full buckets for everybody. */
export function createBucket(now: () => number): Bucket {
  const all = new WeakMap<Element, Tokens>();
  let turn = 0;
  return {
    take(element) {
      const whole = (element as SVGElement).ownerSVGElement ?? element;
      const at = now();
      let tokens = all.get(whole);
      if (!tokens) {
        tokens = { count: BURST, at, turn: -1, may: true };
        all.set(whole, tokens);
      }
      if (tokens.turn !== turn) {
        tokens.turn = turn;
        tokens.count = Math.min(BURST, tokens.count + ((at - tokens.at) / 1000) * PER_SECOND);
        tokens.at = at;
        tokens.may = tokens.count >= 1;
        if (tokens.may) tokens.count--;
      }
      return tokens.may;
    },
    turn: () => turn++,
  };
}
