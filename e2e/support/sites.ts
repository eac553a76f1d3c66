// Sites as an owner adds them, and what is known of their sessions.
import type { Owner } from "./api.ts";
import { until } from "./until.ts";

export interface Site {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly settings: { readonly rules: Record<string, unknown> } & Record<string, unknown>;
}

export interface Session {
  readonly session: string;
  readonly visitor: string;
  readonly mode: "cookieless" | "persistent";
  readonly source: string;
  readonly bot: string;
  readonly events: readonly { readonly name: string; readonly page: { readonly path: string } }[];
}

/** Where sites of tests are: for an hour or two of each day theirs is another than that of UTC. */
const TIME_ZONE = "Europe/Berlin";

/** The day at a site that was added, as `2026-01-31`. */
export const dayAtSite = (ms: number): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: TIME_ZONE }).format(ms);

/** Adds a site whose pages come from loopback; a test that is tried once more gets another one. */
export async function addSite(owner: Owner, name: string): Promise<Site> {
  const me = await owner.get<{ sites: { site: Site }[] }>("me");
  const same = me.sites.filter(({ site }) => site.name.startsWith(name)).length;
  return owner.send("POST", "sites", {
    name: same ? `${name} ${same + 1}` : name,
    domains: ["127.0.0.1"],
    time_zone: TIME_ZONE,
  });
}

/** The session once it has these events, whatever else it has. */
export function sessionWith(
  owner: Owner,
  site: Site,
  id: string,
  wanted: Record<string, number>,
): Promise<Session> {
  const words = Object.entries(wanted).map(([name, count]) => `${count} ${name}`);
  return until(`a session with ${words.join(", ")}`, 10_000, async () => {
    const session = await owner.get<Session>(`sites/${site.id}/sessions/${id}`);
    const counted = (name: string) => session.events.filter((event) => event.name === name).length;
    const held = Object.entries(wanted).every(([name, count]) => counted(name) === count);
    if (!held) throw new Error(`it has ${session.events.map(({ name }) => name).join(" ")}`);
    return session;
  });
}

/** Waits for a recording of the session that can be played. */
export async function recordingOf(owner: Owner, site: Site, session: string): Promise<void> {
  await until("a playable recording", 10_000, async () => {
    const list = await owner.get<{ recordings: { playable: boolean }[] }>(
      `sites/${site.id}/recordings?session=${session}`,
    );
    return list.recordings[0]?.playable;
  });
}

/** The site of the demo shop. */
export async function demoSite(owner: Owner): Promise<Site> {
  const me = await owner.get<{ sites: { site: Site & { demo: boolean } }[] }>("me");
  const found = me.sites.find(({ site }) => site.demo);
  if (!found) throw new Error("no demo site");
  return found.site;
}
