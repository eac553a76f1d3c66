/** Epoch milliseconds that never run backwards; captured before a page can replace `Date`. */
const clock = Date.now;
let last = 0;

export function now(): number {
  last = Math.max(last, clock());
  return last;
}
