/** Whether a session is in the sample: decided by its id, so alike in all its windows. */
export function chosen(session: string, sample: number): boolean {
  return Number.parseInt(session.slice(0, 8), 16) / 2 ** 32 < sample;
}
