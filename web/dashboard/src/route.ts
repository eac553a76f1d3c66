// Which screen an address stands for. Paths are words a person can read and type.

export type SiteScreen =
  | "overview"
  | "explore"
  | "live"
  | "sessions"
  | "errors"
  | "speed"
  | "forms"
  | "goals"
  | "funnels"
  | "feedback"
  | "people"
  | "accounts"
  | "heatmaps"
  | "segments"
  | "insights"
  | "alerts"
  | "boards"
  | "code"
  | "settings";

export type Route =
  | { screen: "sites" }
  | { screen: "login" }
  | { screen: "welcome" }
  | { screen: "users" }
  | { screen: "status" }
  | { screen: "audit" }
  | { screen: "account" }
  | { screen: SiteScreen; site: number; session: string | null; section: string | null }
  | { screen: "lost" };

const PLAIN = [
  "explore",
  "live",
  "heatmaps",
  "errors",
  "speed",
  "forms",
  "goals",
  "funnels",
  "feedback",
  "segments",
  "insights",
  "code",
] as const;
const TOP = ["login", "welcome", "users", "status", "audit", "account"] as const;

export function readRoute(path: string): Route {
  const parts = path.split("/").filter(Boolean);
  const [first, second, third, fourth] = parts;
  if (first === undefined) return { screen: "sites" };
  const top = TOP.find((each) => each === first);
  if (top && parts.length === 1) return { screen: top };
  if (first !== "sites") return { screen: "lost" };
  if (second === undefined) return { screen: "sites" };
  const site = Number(second);
  if (!Number.isInteger(site) || site < 0 || parts.length > 4) return { screen: "lost" };
  const bare = { site, session: null, section: null };
  if (third === undefined) return { screen: "overview", ...bare };
  const plain = PLAIN.find((each) => each === third);
  if (plain && fourth === undefined) return { screen: plain, ...bare };
  if (third === "sessions")
    return { screen: "sessions", site, session: fourth ?? null, section: null };
  if (third === "people" || third === "accounts")
    return { screen: third, site, session: null, section: named(fourth) };
  if (third === "boards") return { screen: "boards", site, session: null, section: fourth ?? null };
  if (third === "alerts") return { screen: "alerts", site, session: null, section: fourth ?? null };
  if (third === "settings")
    return { screen: "settings", site, session: null, section: fourth ?? null };
  return { screen: "lost" };
}

/** A part of the path as it was before it was made part of one. */
function named(part: string | undefined): string | null {
  if (part === undefined) return null;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function pathTo(site: number, screen: SiteScreen, detail?: string): string {
  const tail = detail ? `/${detail}` : "";
  return screen === "overview" ? `/sites/${site}` : `/sites/${site}/${screen}${tail}`;
}

/** A session id as people paste it: with blanks, in capitals, or inside an address. */
export function sessionIdIn(text: string): string | null {
  const folded = text.trim().toLowerCase();
  if (/^[0-9a-f]{32}$/.test(folded)) return folded;
  return /\/sessions\/([0-9a-f]{32})\b/.exec(folded)?.[1] ?? null;
}
