// Recordings of rrweb itself: each is imported by the command line, played from its beginning to
// its end and sought at moments of chance, and at its end shows what rrweb's own replayer shows.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import type { Server } from "../support/server.ts";
import { addSite, type Site } from "../support/sites.ts";
import { ended, pictureOf, positionOf, press, seek, wordsOf } from "../support/stage.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const INPUTS = join(
  process.env.HITMETRIX_TEST_INPUTS ?? resolve(import.meta.dirname, "../../../shared/inputs"),
  "rrweb",
);
const FILES = existsSync(INPUTS)
  ? readdirSync(INPUTS).filter((name) => name.endsWith(".json"))
  : [];
if (FILES.length === 0)
  console.log(`skipped: no rrweb recordings in ${INPUTS}; set HITMETRIX_TEST_INPUTS`);
const RRWEB = resolve(
  import.meta.dirname,
  "../../node_modules/@rrweb/replay/dist/replay.umd.min.cjs",
);
/** Chance that comes again: the moments are the same at each run. */
const SEED = 20_261_126;
const MOMENTS = 6;

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Fixtures");
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test.skipIf(FILES.length === 0)("all of them are imported, and twice is once", async () => {
  const at = new Date(Date.now() - 3_600_000).toISOString();
  const words = FILES.map((name) => join(INPUTS, name));
  for (const _ of [1, 2])
    await server.command("import", "rrweb", ...words, "--site", site.name, "--at", at);
  const { recordings, total } = await owner.get<{ total: number; recordings: Recording[] }>(
    `sites/${site.id}/recordings`,
  );
  expect(total).toBe(FILES.length);
  expect(recordings.map(({ playable, chunks_missing }) => [playable, chunks_missing])).toEqual(
    FILES.map(() => [true, 0]),
  );
  expect(recordings.every(({ pageviews }) => pageviews === 1)).toBe(true);
});

const dice = chance(SEED);
for (const name of FILES) {
  test(`${name} plays and seeks as in rrweb's own player`, async () => {
    const { page } = desk;
    const text = readFileSync(join(INPUTS, name), "utf8");
    const session = await imported(name);
    await page.goto(`${server.origin}/sites/${site.id}/sessions/${session}`);
    await pictureOf(page);
    await press(page, ">", ">", ">");
    await ended(page, 30_000);
    const expected = await wordsInRrweb(text);
    await said(page, expected);
    const { length } = await positionOf(page);
    for (let moment = 0; moment < MOMENTS; moment += 1) await seek(page, dice() * length);
    await press(page, "End");
    await ended(page, 20_000);
    await said(page, expected);
    desk.expectQuiet();
  });
}

interface Recording {
  readonly session: string;
  readonly playable: boolean;
  readonly chunks_missing: number;
  readonly pageviews: number;
}

/** The session that a file became: importing it once more says it and changes nothing. */
async function imported(name: string): Promise<string> {
  const file = join(INPUTS, name);
  const at = new Date(Date.now() - 3_600_000).toISOString();
  const told = await server.command("import", "rrweb", file, "--site", site.name, "--at", at);
  const session = /session ([0-9a-f]{32})/.exec(told)?.[1];
  if (session === undefined) throw new Error(told);
  return session;
}

/** Waits until the picture has these words. */
async function said(page: Page, expected: string): Promise<void> {
  await until("the words of the end", 15_000, async () => {
    const frame = await pictureOf(page);
    expect(await wordsOf(frame)).toBe(expected);
    return true;
  });
}

/** What rrweb's own replayer shows at the end of the same events. */
async function wordsInRrweb(events: string): Promise<string> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route("**/*", (route) => route.abort());
  await page.addScriptTag({ path: RRWEB });
  await page.evaluate((text) => {
    const { Replayer } = (window as unknown as { rrwebReplay: RrwebReplay }).rrwebReplay;
    const replayer = new Replayer(JSON.parse(text), { showWarning: false });
    replayer.pause(replayer.getMetaData().totalTime + 1);
  }, events);
  const frame = await until("rrweb's picture", 15_000, () => page.frames()[1]);
  const words = await wordsOf(frame);
  await context.close();
  return words;
}

interface RrwebReplay {
  readonly Replayer: new (
    events: unknown,
    options: object,
  ) => { pause(ms: number): void; getMetaData(): { totalTime: number } };
}

/** Numbers from 0 to 1 (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
