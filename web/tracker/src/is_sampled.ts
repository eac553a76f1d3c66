/** Whether a session is among the share that is recorded: FNV-1a of its id, so all tabs agree. */
export function isSampled(session: string, share: number): boolean {
  let hash = 0x811c9dc5;
  for (const character of session) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  }
  return (hash >>> 0) / 2 ** 32 < share;
}
