// The replay looks as the page did, at several moments in any order: words, boxes and computed
// styles of every element, on one small page for each feature of browsers. Boxes may be off by a
// pixel and 0.3 % of their distance from the corner, styles not at all.
//
// What is excepted, and why:
// - the inside of frames, and what a canvas or video shows: they are boxes of their size, which
//   keep no proportions of their own;
// - popovers: nothing in the page's tree says that one is shown, and it is not recorded yet;
// - `:defined`: the replay runs no code, so that no custom element is ever defined in it;
// - web fonts are not part of a recording yet.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FEATURES, type Feature, pageOf } from "../fidelity/features.ts";
import { firstUser, type Owner } from "../support/api.ts";
import { startBrowser, watchErrors } from "../support/browser.ts";
import { type Seen, seenOf, unlike } from "../support/likeness.ts";
import { startLoopback } from "../support/loopback.ts";
import { openReplay, type Replay } from "../support/replay.ts";
import { type Server, startServer } from "../support/server.ts";
import { addSite, recordingOf } from "../support/sites.ts";
import { sessionOf, snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";

/** The picture stands still for so long before and after the moment at which it is compared. */
const STILL_MS = 350;
const VIEWPORT = { width: 900, height: 600 };

let server: Server;
let browser: Browser;
let owner: Owner;

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  owner = await firstUser(server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

interface Moment {
  /** Before what led to it, and when it was looked at. */
  readonly began_ms: number;
  readonly time_ms: number;
  readonly seen: readonly Seen[];
}

describe("the replay looks as the page did", () => {
  for (const feature of FEATURES) {
    test(feature.name, async () => {
      const site = await addSite(owner, feature.name.slice(0, 40));
      const html = pageOf(feature, snippetOf(server.origin, site.key, "persistent"));
      const loopback = await startLoopback((_request, response) => {
        response.writeHead(200, { "content-type": "text/html" }).end(html);
      });
      const context = await browser.newContext({ viewport: VIEWPORT });
      try {
        const page = await context.newPage();
        const errors = watchErrors(page);
        await page.goto(loopback.origin);
        const session = await sessionOf(page);
        await recordingOf(owner, site, session);
        const moments = await live(page, feature);
        await page.goto("about:blank");
        expect(errors).toEqual([]);
        const opened = { site: site.id, id: session };
        await until("the last chunk", 10_000, () => isThere(opened, moments));
        await compare(await openReplay(browser, server, owner, opened), opened, moments);
      } finally {
        await context.close();
        await loopback.stop();
      }
    });
  }
});

/** Runs the steps and looks at the page after each. */
async function live(page: Page, feature: Feature): Promise<Moment[]> {
  const moments: Moment[] = [];
  for (const step of [() => {}, ...feature.steps]) {
    const began_ms = Date.now();
    await page.evaluate(step);
    await page.waitForTimeout(STILL_MS);
    moments.push({ began_ms, time_ms: Date.now(), seen: await seenOf(page) });
    await page.waitForTimeout(STILL_MS);
  }
  return moments;
}

type Opened = { readonly site: number; readonly id: string };

interface Chunk {
  readonly sequence: number;
  readonly first_ms: number;
  readonly last_ms: number;
}

async function chunksOf({ site, id }: Opened): Promise<Chunk[]> {
  const path = `sites/${site}/recordings/${id}`;
  return (await owner.get<{ chunks: Chunk[] }>(path)).chunks;
}

/** Whether all that happened before the last moment has been stored: chunks come in any order. */
async function isThere(opened: Opened, moments: readonly Moment[]): Promise<boolean> {
  const before = moments.at(-1)?.began_ms ?? 0;
  const chunks = await chunksOf(opened);
  const last = Math.max(...chunks.map(({ sequence }) => sequence));
  return chunks.length === last + 1 && chunks.some(({ last_ms }) => last_ms >= before);
}

/** Seeks to the moments, the last ones first and the first ones last, and compares. */
async function compare(replay: Replay, opened: Opened, moments: readonly Moment[]): Promise<void> {
  const started = Math.min(...(await chunksOf(opened)).map(({ first_ms }) => first_ms));
  const order = [...moments.keys()].sort((a, b) => (a % 2) - (b % 2) || b - a);
  const found: string[] = [];
  for (const index of order) {
    const moment = moments[index];
    if (!moment) continue;
    await seek(replay.page, moment.time_ms - started);
    let last: string[] = [];
    await until("the picture", 4_000, async () => {
      const inner = replay.page.frames().find((frame) => frame.url().endsWith("/player-frame"));
      const frame = inner?.childFrames()[0];
      last = frame ? unlike(moment.seen, await seenOf(frame)) : ["no frame"];
      return last.length === 0;
    }).catch(() => {});
    found.push(...last.map((line) => `after step ${index}: ${line}`));
  }
  await replay.close();
  expect(found).toEqual([]);
}

function seek(page: Page, ms: number): Promise<void> {
  return page.getByRole("slider", { name: "Position" }).evaluate((slider, to) => {
    (slider as HTMLInputElement).value = String(to);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }, ms);
}
