// What taking recordings costs the server, and how soon the longest of them is seen, for
// `cargo xtask bench recordings`: the sessions that recordings.bench.ts kept are sent once more to a
// new server, with nobody else beside it but who sends. Processor time is the server's own, as the
// system counts it for its process. Then the longest is opened and sought in the dashboard.

import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firstUser, type Owner } from "../support/api.ts";
import { startBrowser } from "../support/browser.ts";
import { letIn } from "../support/dashboard.ts";
import { type Server, startServer } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import {
  bodiesOf,
  type Kept,
  keptSites,
  ORIGIN,
  readKept,
  type Sending,
  sendingsOf,
} from "./kept.ts";
import { seeded } from "./random.ts";

const FOLDER = process.env.HITMETRIX_BENCH_FOLDER ?? "/tmp/hitmetrix-recordings";
const REPORT = process.env.HITMETRIX_BENCH_REPORT;
const OPENED = Number(process.env.HITMETRIX_BENCH_OPENED ?? "9");
const SOUGHT = Number(process.env.HITMETRIX_BENCH_SOUGHT ?? "60");
const SEED = 7;
const LIMIT_MS = 1_200_000;
const SEEK_MS_MAX = 30_000;
/** The player says on the page's timeline when a picture stands. */
const SHOWN = "hitmetrix-picture";

/** What one site's sessions cost the server. */
interface Taken {
  readonly name: string;
  readonly sessions: number;
  readonly bodies: number;
  /** As they went over the wire, and unpacked. */
  readonly wire_bytes: number;
  readonly decoded_bytes: number;
  /** Processor time until all was acknowledged, and to put it in order. */
  readonly take_ms: number;
  readonly order_ms: number;
}

interface Longest {
  readonly site: string;
  readonly duration_ms: number;
  readonly page_loads: number;
  readonly events: number;
  readonly lines_bytes: number;
  readonly first_ms: readonly number[];
  readonly seek_ms: readonly number[];
}

let server: Server;
let owner: Owner;
/** The longest session, and where it lies. */
let longest: { readonly kept: Kept; readonly site: Site; readonly shift_ms: number } | undefined;
const taken: Taken[] = [];

beforeAll(async () => {
  server = await startServer();
  owner = await firstUser(server);
}, LIMIT_MS);

afterAll(async () => {
  await server?.stop();
});

test("taking sessions", { timeout: LIMIT_MS }, async () => {
  for (const [name, files] of await keptSites(FOLDER)) taken.push(await takeAll(name, files));
  expect(taken.length).toBeGreaterThan(0);
});

test("the longest is opened and sought", { timeout: LIMIT_MS }, async () => {
  if (!longest) throw new Error("no session was taken");
  const { kept, site, shift_ms } = longest;
  // The list shows its first session at once: that is another one, so that this one is clicked on.
  const before = againOf(kept);
  const sum = { bodies: 0, wire_bytes: 0, decoded_bytes: 0 };
  const later_ms = Date.now() - kept.last_ms;
  await sendAll(site, sendingsOf(before), { shift_ms: later_ms, sum });
  for (const { session } of [kept, before]) await recordingOf(owner, site, session);
  // In the list stands who was counted.
  await count(site, kept, shift_ms);
  await count(site, before, later_ms);
  await server.command("repack");
  const browser = await startBrowser();
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await letIn(context, server, owner);
    const page = await context.newPage();
    const first_ms: number[] = [];
    for (let index = 0; index < OPENED; index += 1) first_ms.push(await open(page, site, kept));
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    const random = seeded(SEED);
    const seek_ms: number[] = [];
    for (let index = 0; index < SOUGHT; index += 1)
      seek_ms.push(await page.evaluate(seek, seekTo(random.next())));
    await tell({
      site: site.name,
      duration_ms: kept.last_ms - kept.first_ms,
      page_loads: new Set(kept.chunks.map(({ window }) => window)).size,
      events: kept.chunks.reduce((sum, { events }) => sum + events, 0),
      lines_bytes: kept.lines_bytes,
      first_ms,
      seek_ms,
    });
  } finally {
    await browser.close();
  }
});

async function tell(told: Longest): Promise<void> {
  const report = JSON.stringify({ taken, longest: told });
  console.log(report);
  if (REPORT) await writeFile(REPORT, report);
}

/** Sends all sessions of a site, one after the other, and has them put in order. */
async function takeAll(name: string, files: readonly string[]): Promise<Taken> {
  const site = await addSite(owner, name);
  const all: { kept: Kept; sendings: Sending[] }[] = [];
  for (const file of files) {
    const kept = await readKept(file);
    all.push({ kept, sendings: sendingsOf(kept) });
  }
  const sum = { bodies: 0, wire_bytes: 0, decoded_bytes: 0 };
  const before = await processorMs();
  for (const { kept, sendings } of all) {
    // Its last moment is now, however long ago it was recorded.
    const shift_ms = Date.now() - kept.last_ms;
    await sendAll(site, sendings, { shift_ms, sum });
    const long_ms = longest ? longest.kept.last_ms - longest.kept.first_ms : 0;
    if (kept.last_ms - kept.first_ms > long_ms) longest = { kept, site, shift_ms };
  }
  const between = await processorMs();
  await server.command("repack");
  const after = await processorMs();
  const [take_ms, order_ms] = [between - before, after - between];
  return { name, sessions: files.length, ...sum, take_ms, order_ms };
}

interface Going {
  readonly shift_ms: number;
  readonly sum: { bodies: number; wire_bytes: number; decoded_bytes: number };
}

async function sendAll(site: Site, sendings: readonly Sending[], going: Going): Promise<void> {
  const last = new Map<unknown, number>();
  for (const { envelope } of sendings)
    last.set(envelope.window, Math.max(last.get(envelope.window) ?? 0, Number(envelope.sequence)));
  for (const { envelope, lines, named } of sendings) {
    const wanted = await send(site, envelope, lines, going);
    const asked = wanted.flatMap((digest) => named.get(digest) ?? []);
    if (asked.length === 0) continue;
    const sequence = (last.get(envelope.window) ?? 0) + 1;
    last.set(envelope.window, sequence);
    await send(site, { ...envelope, sequence }, asked, going);
  }
}

/** Sends a chunk; gives what the server asks for. */
async function send(
  site: Site,
  envelope: Record<string, unknown>,
  lines: readonly string[],
  { shift_ms, sum }: Going,
): Promise<readonly string[]> {
  let wanted: readonly string[] = [];
  for (const body of bodiesOf({ ...envelope, sent_ms: Date.now() - shift_ms }, lines)) {
    const answer = await fetch(`${server.origin}/r/${site.key}`, {
      method: "POST",
      headers: { origin: ORIGIN, "content-type": "text/plain" },
      body: new Uint8Array(body),
    });
    if (!answer.ok) throw new Error(`/r/: ${answer.status} ${await answer.text()}`);
    wanted = ((await answer.json()) as { wanted?: string[] }).wanted ?? [];
    sum.bodies += 1;
    sum.wire_bytes += body.length;
  }
  sum.decoded_bytes += lines.reduce((bytes, line) => bytes + Buffer.byteLength(line) + 1, 0);
  return wanted;
}

/** Processor time that the server has used, milliseconds. */
async function processorMs(): Promise<number> {
  const text = await readFile(`/proc/${server.pid}/stat`, "utf8");
  // Its name may hold spaces; what is counted are the 14th and 15th field.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
}

/** Ticks of that count in a second. */
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** The same session of somebody else. */
function againOf(kept: Kept): Kept {
  const other = (id: string) => [...id].reverse().join("");
  const chunks = kept.chunks.map((chunk) => ({ ...chunk, window: other(chunk.window) }));
  return { ...kept, session: other(kept.session), chunks };
}

/** Sends the pages of a session. */
async function count(site: Site, kept: Kept, shift_ms: number): Promise<void> {
  const seen = new Set<string>();
  for (const { window, first_ms, path } of kept.chunks) {
    if (seen.has(window)) continue;
    seen.add(window);
    const ids = { window, visitor: kept.session, session: kept.session, mode: "persistent" };
    const envelope = { v: 1, ...ids, tracker: "1", sent_ms: Date.now() - shift_ms };
    const event = { name: "pageview", sequence: 0, time_ms: first_ms, url: ORIGIN + path };
    const answer = await fetch(`${server.origin}/e/${site.key}`, {
      method: "POST",
      headers: { origin: ORIGIN, "content-type": "text/plain" },
      body: `${JSON.stringify(envelope)}\n${JSON.stringify(event)}`,
    });
    if (!answer.ok) throw new Error(`/e/: ${answer.status} ${await answer.text()}`);
  }
}

/** Opens the session from the list; the time from the click until a picture is drawn. */
async function open(page: Page, site: Site, { session }: Kept): Promise<number> {
  await page.goto(`${server.origin}/sites/${site.id}/sessions`);
  const list = page.getByRole("region", { name: "Sessions" });
  const row = list.locator(`li:has(a[href*="${session}"])`).first();
  await row.waitFor();
  await page.waitForFunction((name) => performance.getEntriesByName(name).length > 0, SHOWN);
  expect(page.url()).not.toContain(session);
  await page.evaluate(watchFirst, SHOWN);
  await row.getByRole("link").first().click();
  return page.evaluate(() => (window as unknown as { first: Promise<number> }).first);
}

/** Runs in the page: waits for a click, then for a picture. */
function watchFirst(name: string): void {
  performance.clearMarks(name);
  const first = new Promise((done) => {
    const clicked = () => {
      const from = performance.now();
      const look = () => {
        if (!performance.getEntriesByName(name).length) requestAnimationFrame(look);
        else requestAnimationFrame(() => setTimeout(() => done(performance.now() - from)));
      };
      look();
    };
    addEventListener("click", clicked, { capture: true, once: true });
  });
  Object.assign(window, { first });
}

interface SeekTo {
  /** Share of the whole. */
  readonly at: number;
  readonly name: string;
  readonly limit_ms: number;
}

const seekTo = (at: number): SeekTo => ({ at, name: SHOWN, limit_ms: SEEK_MS_MAX });

/** Runs in the page: moves the slider, and waits until the picture of that moment is drawn. */
function seek({ at, name, limit_ms }: SeekTo): Promise<number> {
  const slider = document.querySelector<HTMLInputElement>("input[type=range]");
  if (!slider) throw new Error("no slider");
  const at_ms = Math.floor(Number(slider.max) * at);
  performance.clearMarks(name);
  return new Promise((done, fail) => {
    const from = performance.now();
    slider.value = String(at_ms);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    const look = () => {
      const [mark] = performance.getEntriesByName(name) as PerformanceMark[];
      if (performance.now() - from > limit_ms) fail(new Error(`no picture of ${at_ms} ms`));
      else if (mark?.detail?.at_ms !== at_ms) requestAnimationFrame(look);
      else requestAnimationFrame(() => setTimeout(() => done(performance.now() - from)));
    };
    requestAnimationFrame(look);
  });
}
