/**
 * Whether a session is among the share that is recorded. Ids are random, so their first 32 bits
 * are as good as a hash, and all tabs agree.
 */
export function isSampled(session: string, share: number): boolean {
  return Number.parseInt(session.slice(0, 8), 16) / 2 ** 32 < share;
}
