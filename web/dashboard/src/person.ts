// What a session tells of who it was: the name and the properties that the site itself gave.
import type { PersonLedger, SessionEvent } from "@hitmetrix/wire";

export interface Known {
  /** The site's own name of the user; empty when it gave none. */
  user: string;
  /** Whether somebody with a secret vouched for it. */
  verified: boolean;
  /** Properties of the person and of the account, the latest of each. */
  facts: [name: string, value: string][];
}

/** The latest name is that of the session, else that of the person. */
export function knownOf(
  events: readonly Pick<SessionEvent, "name" | "properties" | "unverified">[],
  ledger: PersonLedger | null,
): Known {
  let user = "";
  let verified = false;
  const facts = new Map<string, string>();
  for (const { name, properties, unverified } of events) {
    if (name === "identify" || name === "alias") {
      user = textOf(properties.user) || user;
      verified = !unverified;
    }
    if (name === "group" && properties.account) facts.set("account", textOf(properties.account));
    if (name !== "identify" && name !== "group") continue;
    for (const [key, value] of Object.entries(properties)) {
      if (!key.startsWith("traits.") || typeof value === "object") continue;
      const fact = key.slice("traits.".length);
      facts.set(name === "group" ? `account.${fact}` : fact, textOf(value));
    }
  }
  const last = ledger?.entries.findLast((entry) => entry.reason !== "undo" && entry.user);
  if (!user && last) {
    user = last.user;
    verified = last.verified;
  }
  return { user, verified, facts: [...facts].sort(([a], [b]) => a.localeCompare(b)) };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : value === undefined ? "" : String(value);
}
