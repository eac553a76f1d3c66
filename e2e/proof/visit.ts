// One visit under a set of options: a site of its own, a browser that has never been there, every
// secret planted, typed and changed, and then all bytes that left the browser or were kept.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import type { Owner } from "../support/api.ts";
import { watchErrors } from "../support/browser.ts";
import { startLoopback } from "../support/loopback.ts";
import type { Server } from "../support/server.ts";
import { addSite, type Session, type Site } from "../support/sites.ts";
import { startTap, type Tap } from "../support/tap.ts";
import { sessionOf, snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { change, firstAddress, send } from "./changes.ts";
import { nameOf, type On, settingsOf } from "./options.ts";
import { pagesOf } from "./page.ts";
import { type Heap, type Place, planter } from "./secrets.ts";

/** So long nothing comes any more where all has come, on a machine that is busy too. */
const QUIET_MS = 1000;

/** Where visits take place. */
export interface World {
  readonly server: Server;
  readonly browser: Browser;
  readonly owner: Owner;
  /** Scripts that are served instead of the server's own, to see that a broken one is found out. */
  readonly scripts?: Readonly<Record<string, string>>;
}

/** What one visit left behind. */
export interface Visit {
  readonly on: On;
  readonly places: readonly Place[];
  readonly heaps: readonly Heap[];
  readonly errors: readonly string[];
  /** Kinds of recorder events and names of events that were sent: that there was something to find. */
  readonly kinds: ReadonlySet<string>;
}

/** Visits the page with this number under these options. */
export async function visit(world: World, number: number, on: On): Promise<Visit> {
  const { server, owner } = world;
  const site = await addSite(owner, `${number} ${nameOf(on)}`);
  const settings = settingsOf(on, site.settings);
  await owner.send("PATCH", `sites/${site.id}`, { settings });
  const isDown = (path: string) => on.has("rules that come late") && path.startsWith("/c/");
  const tap = await startTap(server.origin, {
    isDown,
    ...(world.scripts && { scripts: world.scripts }),
  });
  try {
    const { places, errors } = await happen(world, { number, on, site, tap });
    await until("the last bytes", 10_000, () => isSettled(owner, site, tap));
    const wire: Heap = {
      where: "wire",
      name: "what left the browser",
      text: tap.requests.map((request) => request.text).join("\n"),
    };
    const heaps = [wire, ...(await kept(world, site))];
    return { on, places, heaps, errors, kinds: kindsOf(tap) };
  } finally {
    await tap.stop();
  }
}

interface Happening {
  readonly number: number;
  readonly on: On;
  readonly site: Site;
  readonly tap: Tap;
}

async function happen(
  { browser }: World,
  { number, on, site, tap }: Happening,
): Promise<{ places: readonly Place[]; errors: string[] }> {
  const s = planter(number);
  const mode = on.has("persistent") ? "persistent" : "cookieless";
  const marks = [
    on.has("body shown by the page") ? "data-hm-show" : "",
    on.has("body masked by the page") ? "data-hm-mask" : "",
  ];
  const pages = pagesOf(s, {
    snippet: snippetOf(tap.origin, site.key, mode),
    bodyMark: marks.join(" "),
  });
  const loopback = await startLoopback((request, response) => {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    if (path === "/broken.js") {
      response.writeHead(200, { "content-type": "text/javascript" }).end("nothing.here()");
      return;
    }
    const headers = { "content-type": "text/html", "referrer-policy": "unsafe-url" };
    const found = pages[path];
    response.writeHead(found === undefined ? 404 : 200, headers).end(found);
  });
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 } });
  try {
    const page = await context.newPage();
    const errors = watchErrors(page);
    await page.goto(loopback.origin + firstAddress(s));
    await recorderRuns(on, tap);
    await change(page, s);
    await send(page, s);
    for (const path of ["/marked", "/ruled"]) {
      await page.goto(loopback.origin + path);
      await sessionOf(page);
    }
    await page.goto("about:blank");
    return { places: s.places, errors };
  } finally {
    await context.close();
    await loopback.stop();
  }
}

/** Waits until the second file is there, and the first snapshot where there is to be one. */
async function recorderRuns(on: On, tap: Tap): Promise<void> {
  const asked = (path: string) => tap.requests.some(({ url }) => url.startsWith(path));
  await until("the second file", 10_000, () => asked("/v.js"));
  const isRecorded = !on.has("events only") && !on.has("rules that come late");
  if (isRecorded) await until("a snapshot", 10_000, () => kindsOf(tap).has("recorder 2"));
}

/** Whether the server has everything: no new bytes for a moment, and each chunk can be read. */
async function isSettled(owner: Owner, site: Site, tap: Tap): Promise<boolean> {
  const before = tap.requests.length;
  await new Promise((later) => setTimeout(later, QUIET_MS));
  const live = await owner.get<{ recordings: unknown[] }>(`sites/${site.id}/recordings`);
  return tap.requests.length === before && Array.isArray(live.recordings);
}

/** Everything the server kept of a site, as its API tells it. */
async function kept({ owner, server }: World, site: Site): Promise<Heap[]> {
  const heaps: Heap[] = [];
  const put = (name: string, text: string) => heaps.push({ where: "disk", name, text });
  const out = await mkdtemp(join(tmpdir(), "hitmetrix-proof-"));
  const file = join(out, "events.jsonl");
  await server.command("export", "--site", String(site.id), "--format", "jsonl", "--out", file);
  put("the export of events", await readFile(file, "utf8"));
  await rm(out, { recursive: true });
  const { recordings } = await owner.get<{ recordings: { session: string }[] }>(
    `sites/${site.id}/recordings?limit=200`,
  );
  for (const { session } of recordings) {
    const path = `sites/${site.id}/recordings/${session}`;
    const { chunks } = await owner.get<{ chunks: { window: string; sequence: number }[] }>(path);
    put("the catalog of recordings", JSON.stringify(chunks));
    for (const { window, sequence } of chunks) {
      const answer = await fetch(`${server.origin}/api/v1/${path}/chunks/${window}/${sequence}`, {
        headers: { cookie: owner.cookie, "sec-fetch-site": "same-origin" },
      });
      if (!answer.ok) throw new Error(`chunk ${sequence}: ${answer.status}`);
      put("recordings", await answer.text());
    }
    const detail = await owner.get<Session>(`sites/${site.id}/sessions/${session}`);
    put("sessions", JSON.stringify(detail));
  }
  return heaps;
}

/** Every byte of the data folder as it lies there, and what the server printed. */
export async function folder({ server }: World): Promise<Heap[]> {
  const names = await readdir(server.data, { recursive: true, withFileTypes: true });
  const heaps: Heap[] = [{ where: "disk", name: "what the server printed", text: server.output() }];
  for (const entry of names) {
    if (!entry.isFile()) continue;
    const text = await readFile(join(entry.parentPath, entry.name), "latin1");
    heaps.push({ where: "disk", name: `the file ${entry.name}`, text });
  }
  return heaps;
}

/** Kinds of what was sent: "recorder 2", "recorder 3.0", "event click". */
function kindsOf(tap: Tap): Set<string> {
  const kinds = new Set<string>();
  for (const { url, body } of tap.requests) {
    const lines = body.split("\n").slice(1);
    for (const line of lines) {
      if (url.startsWith("/e/")) kinds.add(`event ${/"name":"(\w+)"/.exec(line)?.[1]}`);
      if (!url.startsWith("/r/")) continue;
      const type = /"type":(\d+)/.exec(line)?.[1];
      const source = /"source":(\d+)/.exec(line)?.[1];
      kinds.add(type === "3" ? `recorder 3.${source}` : `recorder ${type}`);
    }
  }
  return kinds;
}
