// Records sessions for `cargo xtask bench recordings`: the real server, a real browser, the real
// recorder. What the server kept of each session, masked, becomes one file: a line of JSON about
// it, then its events, one a line, in the order in which they play.
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firstUser, type Owner } from "../support/api.ts";
import { startBrowser } from "../support/browser.ts";
import { type Server, startServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { type Random, seeded } from "./random.ts";
import { NAMES, type Opened, open, SHOP_PORT } from "./sites.ts";
import { lookAround, type Screen, screenOf } from "./visitor.ts";

const SESSIONS = Number(process.env.HITMETRIX_BENCH_SESSIONS ?? "2");
const FOLDER = process.env.HITMETRIX_BENCH_FOLDER ?? "/tmp/hitmetrix-recordings";
/** Visitors at the same time. */
const TOGETHER = Number(process.env.HITMETRIX_BENCH_TOGETHER ?? "4");
const VISIT_MS_MAX = 240_000;
const CLOSE_MS_MAX = 10_000;
/** Nobody but the servers of this machine is asked for anything. */
const ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1";
const ATTEMPTS_MAX = 6;

/** A session that is still to be recorded; what was kept by an earlier run is not recorded again. */
interface Wanted {
  readonly opened: Opened;
  readonly number: number;
  readonly seed: number;
  readonly file: string;
}

interface Visit {
  readonly number: number;
  readonly session: string;
  readonly width: number;
  readonly height: number;
  /** How long the visit lasted, with the pauses that were cut. */
  readonly site_ms: number;
}

interface Chunk {
  readonly window: string;
  readonly sequence: number;
  readonly first_ms: number;
  readonly last_ms: number;
  readonly path: string;
  readonly snapshot: boolean;
  readonly stored_bytes: number;
}

let server: Server;
let owner: Owner;

beforeAll(async () => {
  server = await startServer(SHOP_PORT);
  owner = await firstUser(server);
});

afterAll(async () => {
  await server?.stop();
});

test("sessions", { timeout: SESSIONS * NAMES.length * VISIT_MS_MAX }, async () => {
  const all = await Promise.all(NAMES.map((name) => open(server, owner, name)));
  const waiting: Wanted[] = [];
  for (let number = 0; number < SESSIONS; number += 1)
    for (const [index, opened] of all.entries()) {
      const folder = join(FOLDER, opened.place.name.replaceAll(" ", "-"));
      await mkdir(folder, { recursive: true });
      const file = join(folder, `${String(number).padStart(3, "0")}.jsonl`);
      const wanted = { opened, number, seed: index * 1000 + number, file };
      if (!existsSync(file)) waiting.push(wanted);
    }
  const visitor = async () => {
    for (let wanted = waiting.shift(); wanted; wanted = waiting.shift()) await visitAndKeep(wanted);
  };
  await Promise.all(Array.from({ length: TOGETHER }, visitor));
  for (const opened of all) await opened.stop();
  expect(waiting).toEqual([]);
});

/** A visit that a busy machine broke off, or that hangs, is begun again. */
async function visitAndKeep({ opened, number, seed, file }: Wanted): Promise<void> {
  for (let left = ATTEMPTS_MAX; ; left -= 1) {
    // A browser of its own: nothing of one visit is left for the next, not even a hung process.
    let browser: Browser | undefined;
    try {
      browser = await startBrowser([ALONE]);
      const done = visit(browser, opened, { number, seed });
      return await keep(opened, await within(VISIT_MS_MAX, done), file);
    } catch (error) {
      if (left <= 1) throw error;
      console.log(`${opened.place.name} ${number} again: ${error}`);
    } finally {
      if (browser) await within(CLOSE_MS_MAX, browser.close()).catch(() => {});
    }
  }
}

function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`nothing came within ${limitMs} ms`)), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function visit(
  browser: Browser,
  opened: Opened,
  { number, seed }: { readonly number: number; readonly seed: number },
): Promise<Visit> {
  const random = seeded(seed);
  const screen = screenOf(random);
  const { width, height, touch } = screen;
  const context = await browser.newContext({
    viewport: { width, height },
    hasTouch: touch,
    isMobile: touch,
  });
  try {
    return { number, width, height, ...(await walk(context, opened, { random, screen })) };
  } finally {
    await context.close();
  }
}

async function walk(
  context: BrowserContext,
  opened: Opened,
  { random, screen }: { readonly random: Random; readonly screen: Screen },
): Promise<{ session: string; site_ms: number }> {
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on("dialog", (dialog) => void dialog.dismiss().catch(() => {}));
  const from = performance.now();
  const { place, origin } = opened;
  const { cutMs, session } = await lookAround(page, { place, origin, random, screen });
  const site_ms = Math.round(performance.now() - from + cutMs);
  // Leaving the page sends what is left, as it does when somebody leaves.
  const leave = () => page.goto("about:blank");
  await leave().catch(leave);
  await until("the last chunk", 20_000, () => isSettled(opened, session));
  return { session, site_ms };
}

/** Whether there is a picture, and nothing more has come for half a second. */
async function isSettled(opened: Opened, session: string): Promise<boolean> {
  const before = await chunksOf(opened, session);
  await new Promise((next) => setTimeout(next, 500));
  const { chunks } = await chunksOf(opened, session);
  return chunks.some((chunk) => chunk.snapshot) && chunks.length === before.chunks.length;
}

function chunksOf(opened: Opened, session: string): Promise<{ chunks: readonly Chunk[] }> {
  return owner.get(`sites/${opened.site.id}/recordings/${session}`);
}

/** Writes what the server kept of a session. */
async function keep(opened: Opened, done: Visit, file: string): Promise<void> {
  const { chunks } = await chunksOf(opened, done.session);
  const parts: string[] = [];
  const heads: object[] = [];
  for (const chunk of chunks) {
    const path = `sites/${opened.site.id}/recordings/${done.session}/chunks/${chunk.window}/${chunk.sequence}`;
    const response = await fetch(`${server.origin}/api/v1/${path}`, {
      headers: { cookie: owner.cookie, "sec-fetch-site": "same-origin" },
    });
    const lines = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${lines}`);
    const { window, sequence, first_ms, last_ms, path: page, stored_bytes } = chunk;
    const events = lines.split("\n").filter((line) => line !== "").length;
    heads.push({ window, sequence, first_ms, last_ms, path: page, stored_bytes, events });
    parts.push(lines);
  }
  const head = JSON.stringify({ ...done, chunks: heads });
  await writeFile(file, `${head}\n${parts.join("")}`);
}
