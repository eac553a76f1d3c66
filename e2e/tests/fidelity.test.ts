// The replay looks as the page did, at several moments in any order: words, boxes and computed
// styles of every element, on one small page for each feature of browsers. Boxes may be off by a
// pixel and 0.3 % of their distance from the corner, styles not at all.
//
// What is excepted, and why:
// - what a canvas or video shows: they are boxes of their size, which keep no proportions of their
//   own; where a video stands is in its recording;
// - `:defined`: the replay runs no code, so that no custom element is ever defined in it;
// - `:focus`: the replay takes the focus from nobody, and draws none.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FEATURES, type Feature, pageOf } from "../fidelity/features.ts";
import { serveFeature } from "../fidelity/serve.ts";
import { pageOfFeatures, type Row } from "../proof/fidelity.ts";
import { isProving, proofs, writeProof } from "../proof/pages.ts";
import type { Owner } from "../support/api.ts";
import { watchErrors } from "../support/browser.ts";
import { type Seen, seenOf, unlike } from "../support/likeness.ts";
import { startLoopback } from "../support/loopback.ts";
import { openReplay, type Replay } from "../support/replay.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf } from "../support/sites.ts";
import { sessionOf, snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { windowsOf } from "../support/windows.ts";
import { openWorld } from "../support/world.ts";

/** The picture stands still for so long before and after the moment at which it is compared. */
const STILL_MS = 350;
/** Sheets, fonts and scrolling come a moment after the page. */
const REST_MS = 15_000;
const DESK = { viewport: { width: 900, height: 600 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
/** Features that a phone has its own way with: what scrolls, and what lies above the page. */
const ON_PHONE = ["scroll containers", "dialogs and details", "popovers"];
const TRIALS = [
  ...FEATURES.map((feature) => ({ feature, name: feature.name, screen: DESK, head: "" })),
  ...FEATURES.filter(({ name }) => ON_PHONE.includes(name)).map((feature) => ({
    feature,
    name: `${feature.name}, on a phone`,
    screen: PHONE,
    head: '<meta name="viewport" content="width=device-width, initial-scale=1">',
  })),
];

let server: Server;
let browser: Browser;
let owner: Owner;

/** What was compared, feature by feature. */
const rows = new Map<string, Row>();

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
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
  for (const { feature, name, screen, head } of TRIALS) {
    test(name, async () => {
      const site = await addSite(owner, name.slice(0, 40));
      const html = pageOf(feature, head + snippetOf(server.origin, site.key, "persistent"));
      const loopback = await serveFeature(html);
      const context = await browser.newContext(screen);
      try {
        const page = await context.newPage();
        const errors = watchErrors(page);
        await page.goto(loopback.origin);
        const session = await sessionOf(page);
        await recordingOf(owner, site, session);
        const moments = await live(page, feature);
        const opened = { site: site.id, id: session };
        await until("fonts and pictures", 20_000, async () => {
          const lines = (await windowsOf(server, owner, { site: site.id, session })).flat();
          const taken = lines.filter((line) => /"hm-asset".*"data"/.test(line));
          return taken.length >= (feature.assets ?? 0);
        });
        await page.goto("about:blank");
        expect(errors).toEqual([]);
        await until("the last chunk", 10_000, () => isThere(opened, moments));
        const replay = await openReplay(browser, server, owner, opened);
        const found = await compare(replay, opened, moments);
        const all = moments.flatMap(({ seen }) => seen);
        rows.set(name, {
          name,
          pages: 1,
          moments: moments.length,
          elements: all.length,
          inside: all.filter(({ inside }) => inside).length,
          differences: found.length,
        });
        expect(found).toEqual([]);
      } finally {
        await context.close();
        await loopback.stop();
      }
    });
  }
});

test("the documentation says what was compared", async () => {
  expect(rows.size).toBe(FEATURES.length + ON_PHONE.length);
  if (isProving("fidelity")) await writeProof("features", pageOfFeatures([...rows.values()]));
  else expect(await proofs()).toContain("the browser test `fidelity`");
});

test("where a video stands is recorded", async () => {
  const site = await addSite(owner, "Video");
  const html = `<!doctype html><link rel="icon" href="data:,"><title>Video</title>
${snippetOf(server.origin, site.key, "persistent")}<video width="200" height="100" muted></video>`;
  const loopback = await startLoopback((request, response) => {
    const isSound = request.url === SOUND_PATH;
    response.writeHead(200, { "content-type": isSound ? "audio/wav" : "text/html" });
    response.end(isSound ? silence(SOUND_S) : html);
  });
  const page = await browser.newPage();
  try {
    await page.goto(loopback.origin);
    const session = await sessionOf(page);
    await recordingOf(owner, site, session);
    const stood_s = await page.evaluate(async () => {
      const video = document.querySelector("video") as HTMLVideoElement;
      const after = (kind: string) => new Promise((done) => video.addEventListener(kind, done));
      // One that lies in the page can be sought without asking the server for parts of it.
      video.src = URL.createObjectURL(await (await fetch("/silence.wav")).blob());
      await video.play();
      const paused = after("pause");
      video.pause();
      await paused;
      const first = video.currentTime;
      const sought = after("seeked");
      video.currentTime = 4.5;
      await sought;
      return [first, video.currentTime];
    });
    const told = await until("what became of the video", 20_000, async () => {
      const lines = (await windowsOf(server, owner, { site: site.id, session })).flat();
      const media = lines
        .map((line) => (JSON.parse(line) as { data: Media }).data)
        .filter(({ source }) => source === 7);
      return media.some(({ type }) => type === 2) && media;
    });
    expect(told.map(({ type }) => type)).toEqual([0, 1, 2]);
    const [, paused, sought] = told;
    expect(paused?.currentTime).toBeCloseTo(stood_s[0] ?? 0, 2);
    expect(sought?.currentTime).toBeCloseTo(4.5, 2);
    expect(stood_s[1]).toBeCloseTo(4.5, 2);
  } finally {
    await page.close();
    await loopback.stop();
  }
});

/** What is recorded of a video: kinds 0 played, 1 paused, 2 sought. */
interface Media {
  readonly source?: number;
  readonly type: number;
  readonly currentTime: number;
}

const SOUND_PATH = "/silence.wav";
const SOUND_S = 6;

/** So many seconds of nothing that a browser plays, 8,000 samples a second of a byte each. */
function silence(seconds: number): Buffer {
  const [rate, head] = [8000, Buffer.alloc(44)];
  head.write("RIFF");
  head.writeUInt32LE(36 + rate * seconds, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 36);
  head.writeUInt32LE(rate * seconds, 40);
  return Buffer.concat([head, Buffer.alloc(rate * seconds, 128)]);
}

/** Runs the steps and looks at the page after each. */
async function live(page: Page, feature: Feature): Promise<Moment[]> {
  const moments: Moment[] = [];
  for (const step of [() => {}, ...feature.steps]) {
    const began_ms = Date.now();
    await page.evaluate(step);
    // What it does is drawn, and told to the recorder, with one of the next frames, whenever they come.
    await page.evaluate(
      () => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))),
    );
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
async function compare(
  replay: Replay,
  opened: Opened,
  moments: readonly Moment[],
): Promise<string[]> {
  const started = Math.min(...(await chunksOf(opened)).map(({ first_ms }) => first_ms));
  const order = [...moments.keys()].sort((a, b) => (a % 2) - (b % 2) || b - a);
  const found: string[] = [];
  for (const index of order) {
    const moment = moments[index];
    if (!moment) continue;
    await seek(replay.page, moment.time_ms - started);
    let last: string[] = [];
    await until("the picture", REST_MS, async () => {
      const inner = replay.page.frames().find((frame) => frame.url().endsWith("/player-frame"));
      const frame = inner?.childFrames()[0];
      last = frame ? unlike(moment.seen, await seenOf(frame)) : ["no frame"];
      return last.length === 0;
    }).catch(() => {});
    found.push(...last.map((line) => `after step ${index}: ${line}`));
  }
  await replay.close();
  return found;
}

function seek(page: Page, ms: number): Promise<void> {
  return page.getByRole("slider", { name: "Position" }).evaluate((slider, to) => {
    (slider as HTMLInputElement).value = String(to);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }, ms);
}
