/** When a page was last loaded anew for that, milliseconds since the epoch. */
const AGAIN = "hitmetrix-newer";
/** Sooner it would not help. */
const AGAIN_MS = 10_000;

/**
 * After an upgrade of the server the parts of the dashboard that this page has not loaded yet are
 * gone: it is loaded anew, with the same address and so with the same picture. Where the server is
 * away, what is there stays.
 */
export async function loadNewer(): Promise<void> {
  const last_ms = Number(sessionStorage.getItem(AGAIN) ?? 0);
  if (Date.now() - last_ms < AGAIN_MS) return;
  const answer = await fetch(location.pathname, { method: "HEAD" }).catch(() => null);
  if (!answer?.ok) return;
  sessionStorage.setItem(AGAIN, String(Date.now()));
  location.reload();
}
