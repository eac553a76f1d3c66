/**
 * Whether a visitor is among the share that is asked. The visitor and the survey decide, so that it
 * is the same on each page, and another survey asks others.
 */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

export function isChosen(visitor: string, survey: string, percent: number): boolean {
  let hash = OFFSET;
  for (const sign of visitor + survey) hash = Math.imul(hash ^ sign.charCodeAt(0), PRIME);
  // The last signs reach the upper bits only now.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash ^= hash >>> 13;
  return ((hash >>> 0) / 2 ** 32) * 100 < percent;
}
