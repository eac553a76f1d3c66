/**
 * What is told besides the picture, where the site's rules want it (`/r-logs.js`, loaded for them
 * only): what the page logs, its errors, and what it asks of the network. Unmasked, like all that
 * is watched; whoever is told masks it.
 */
import { watchConsole } from "./watch-console";
import { watchNetwork } from "./watch-network";

/** What is wanted, and who is told. */
export interface LogsWanted {
  console: boolean;
  network: boolean;
  /** Where our own server is: what goes there is none of the page's. */
  origin: string;
  tell(tag: "hm-console" | "hm-network", payload: Record<string, unknown>): void;
}

/** Lines of one recording, of each kind; a page that logs more is in a loop. */
const LINES_MAX = 2000;
/** Lines a second, on the average of ten. */
const A_SECOND = 20;
const STRETCH_MS = 10_000;

/** Watches until the returned function is called. */
export function watchLogs({ console, network, origin, tell }: LogsWanted): () => void {
  const limited = (tag: "hm-console" | "hm-network") => {
    let lines = 0;
    let from = 0;
    let count = 0;
    return (payload: Record<string, unknown>) => {
      const now = performance.now();
      if (now - from > STRETCH_MS) {
        from = now;
        count = 0;
      }
      if (lines >= LINES_MAX || count >= (A_SECOND * STRETCH_MS) / 1000) return;
      lines++;
      count++;
      tell(tag, payload);
    };
  };
  const ends: (() => void)[] = [];
  if (console) ends.push(watchConsole(limited("hm-console")));
  if (network) ends.push(watchNetwork(origin, limited("hm-network")));
  return () => {
    for (const end of ends) end();
  };
}
