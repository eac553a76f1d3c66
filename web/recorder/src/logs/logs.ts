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
  tell(tag: "hm-console" | "hm-network", payload: Record<string, unknown>, kind: Kind): void;
  /** One of this kind was too much and is not told. */
  left(kind: Kind): void;
}

/** Lines of the console, errors that nobody caught, and what is asked of the network. */
type Kind = "console" | "errors" | "network";

/** Lines of one recording, of each kind; a page that logs more is in a loop. What is left out is counted. */
const LINES_MAX = 2000;
/** Errors of one recording that nobody caught, however much the page logs besides. */
const ERRORS_MAX = 200;
/** Lines of each kind in one stretch of time; those beyond are left out and counted. */
const STRETCH_LINES_MAX = 200;
/** Errors in one stretch of time; those beyond are left out and counted. */
const STRETCH_ERRORS_MAX = 50;
/** How long such a stretch is. */
const STRETCH_MS = 10_000;

/** Watches until the returned function is called. */
export function watchLogs({ console, network, origin, tell, left }: LogsWanted): () => void {
  const limited = (kind: Kind, max: number, stretchMax: number) => {
    const tag = kind === "network" ? "hm-network" : "hm-console";
    let lines = 0;
    let from = 0;
    let count = 0;
    return (payload: Record<string, unknown>) => {
      const now = performance.now();
      if (now - from > STRETCH_MS) {
        from = now;
        count = 0;
      }
      if (lines >= max || count >= stretchMax) return left(kind);
      lines++;
      count++;
      tell(tag, payload, kind);
    };
  };
  const ends: (() => void)[] = [];
  const lines = (kind: "console" | "network") => limited(kind, LINES_MAX, STRETCH_LINES_MAX);
  const errors = limited("errors", ERRORS_MAX, STRETCH_ERRORS_MAX);
  if (console) ends.push(watchConsole(lines("console"), errors));
  if (network) ends.push(watchNetwork(origin, lines("network")));
  return () => {
    for (const end of ends) end();
  };
}
