// Times the player for `cargo xtask bench player`: a session of an hour, posted to the real server and
// put in order there, is opened from the list of sessions and sought in the dashboard. A time ends
// when what is meant to be seen is drawn.
import { writeFile } from "node:fs/promises";
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { firstUser, type Owner } from "../support/api.ts";
import { startBrowser } from "../support/browser.ts";
import { type LongSession, postLongSession } from "../support/long_session.ts";
import { type Server, startServer } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";

const MINUTES = Number(process.env.HITMETRIX_BENCH_MINUTES ?? "60");
const OPENED = Number(process.env.HITMETRIX_BENCH_OPENED ?? "9");
const SOUGHT = Number(process.env.HITMETRIX_BENCH_SOUGHT ?? "60");
const REPORT = process.env.HITMETRIX_BENCH_REPORT;
const SEED = 7;
const LIMIT_MS = 600_000;

interface Detail {
  readonly chunks: readonly { readonly keyframe: boolean; readonly stored_bytes: number }[];
}

/** What is measured of one opening. */
interface Opening {
  readonly first_ms: number;
  /** Bytes of recorder events that were loaded until then, of all that there are. */
  readonly loaded_bytes: number;
}

/** What the page did during a seek, mean milliseconds. */
interface Profile {
  /** By samples of the stack; what the browser does for scripts in them included. */
  readonly script_ms: number;
  readonly garbage_ms: number;
  readonly style_ms: number;
  readonly layout_ms: number;
  /** All tasks of the page's main thread, the above included. */
  readonly tasks_ms: number;
  /** From the request of the first chunk to the last byte of the last. */
  readonly chunks_ms: number;
  readonly seeks: number;
}

declare global {
  interface Window {
    /** Milliseconds from the next click to the first picture that is drawn. */
    firstPicture: Promise<number>;
  }
}

let browser: Browser;
let server: Server;
let owner: Owner;
let site: Site;
let session: LongSession;
let page: Page;
let repack_ms = 0;
let loaded = 0;

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  owner = await firstUser(server);
  site = await addSite(owner, "Office");
  session = await postLongSession(browser, server, site, MINUTES);
  await recordingOf(owner, site, session.id);
  const before = performance.now();
  await server.command("repack");
  repack_ms = performance.now() - before;
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const [name, value] = owner.cookie.split("=");
  await context.addCookies([{ name: name ?? "", value: value ?? "", url: server.origin }]);
  page = await context.newPage();
  page.on("response", async (response) => {
    if (response.url().includes("/chunks/")) loaded += (await response.body()).length;
  });
}, LIMIT_MS);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("first pictures and seeks", { timeout: LIMIT_MS }, async () => {
  const openings: Opening[] = [];
  for (let index = 0; index < OPENED; index += 1) openings.push(await open());
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  const seeks_ms: number[] = [];
  const profile = await startProfile(page);
  let state = SEED;
  const near_ms = Array.from({ length: SOUGHT }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2_147_483_647) * session.duration_ms;
  });
  for (const { at_ms, text } of await session.moments(near_ms)) {
    const took_ms = await page.evaluate(seek, { at_ms, wanted: text });
    // Where the same stands there already, nobody can tell when it came.
    if (took_ms !== null) seeks_ms.push(took_ms);
  }
  const path = `sites/${site.id}/recordings/${session.id}`;
  const { chunks } = await owner.get<Detail>(path);
  const lines_bytes = session.lines.reduce((sum, line) => sum + line.length + 1, 0);
  const report = {
    chromium: browser.version(),
    minutes: MINUTES,
    events: session.lines.length,
    lines_bytes,
    stored_bytes: chunks.reduce((sum, chunk) => sum + chunk.stored_bytes, 0),
    segments: chunks.length,
    keyframes: chunks.filter(({ keyframe }) => keyframe).length,
    repack_ms,
    openings,
    seeks_ms,
    profile: await profile.end(seeks_ms.length),
  };
  console.log(JSON.stringify({ ...report, seeks_ms: seeks_ms.map(Math.round) }));
  if (REPORT) await writeFile(REPORT, JSON.stringify(report));
});

/** Seconds that the browser has spent since the page began, by what it did. */
async function spent(devtools: CDPSession): Promise<Record<string, number>> {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** What Profiler.stop gives; times in microseconds. */
interface StackProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { functionName: string } }[];
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
}

/** Milliseconds of the main thread in scripts and in collecting garbage. */
function sampledMs(profile: StackProfile): { script: number; garbage: number } {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
  const sum = { script: 0, garbage: 0 };
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const name = names.get(id);
    const took_ms = (profile.timeDeltas?.[index] ?? 0) / 1000;
    if (name === "(garbage collector)") sum.garbage += took_ms;
    else if (name !== "(idle)" && name !== "(program)" && name !== "(root)") sum.script += took_ms;
  }
  return sum;
}

/** Adds up what the page does from now on. */
async function startProfile(of: Page): Promise<{ end(seeks: number): Promise<Profile> }> {
  const devtools = await of.context().newCDPSession(of);
  await devtools.send("Performance.enable");
  await of.evaluate(() => {
    performance.clearResourceTimings();
    performance.setResourceTimingBufferSize(10_000);
  });
  await devtools.send("Profiler.enable");
  await devtools.send("Profiler.start");
  const before = await spent(devtools);
  return {
    async end(seeks) {
      const after = await spent(devtools);
      const sampled = sampledMs((await devtools.send("Profiler.stop")).profile);
      const mean_ms = (name: string) =>
        (((after[name] ?? 0) - (before[name] ?? 0)) * 1000) / Math.max(1, seeks);
      const loading_ms = await of.evaluate(loadingChunks);
      return {
        script_ms: sampled.script / Math.max(1, seeks),
        garbage_ms: sampled.garbage / Math.max(1, seeks),
        style_ms: mean_ms("RecalcStyleDuration"),
        layout_ms: mean_ms("LayoutDuration"),
        tasks_ms: mean_ms("TaskDuration"),
        chunks_ms: loading_ms / Math.max(1, seeks),
        seeks,
      };
    },
  };
}

/** Runs in the page: milliseconds in which a chunk was on its way. */
function loadingChunks(): number {
  const chunks = performance
    .getEntriesByType("resource")
    .filter(({ name }) => name.includes("/chunks/"))
    .sort((a, b) => a.startTime - b.startTime);
  let sum = 0;
  let until = 0;
  for (const { startTime, duration } of chunks) {
    const end = startTime + duration;
    sum += Math.max(0, end - Math.max(until, startTime));
    until = Math.max(until, end);
  }
  return sum;
}

/** Opens the session from the list, in a page that shows nothing else before. */
async function open(): Promise<Opening> {
  await page.goto(`${server.origin}/sites/${site.id}/sessions`);
  const row = page.getByRole("region", { name: "Sessions" }).locator("li:has(a)").first();
  await row.waitFor();
  await page.evaluate(watchFirst);
  loaded = 0;
  await row.getByRole("link").first().click();
  const first_ms = await page.evaluate(() => window.firstPicture);
  return { first_ms, loaded_bytes: loaded };
}

/** Runs in the page: waits for a click, then for a picture. */
function watchFirst(): void {
  window.firstPicture = new Promise((done) => {
    const clicked = () => {
      const from = performance.now();
      const look = () => {
        const outer = document.querySelector("iframe")?.contentDocument;
        const inner = outer?.querySelector("iframe")?.contentDocument;
        if (!inner?.querySelector("tr")) requestAnimationFrame(look);
        else requestAnimationFrame(() => setTimeout(() => done(performance.now() - from)));
      };
      look();
    };
    addEventListener("click", clicked, { capture: true, once: true });
  });
}

/** Runs in the page: moves the slider, and waits until the picture of that moment is drawn. */
function seek({ at_ms, wanted }: { at_ms: number; wanted: string }): Promise<number | null> {
  const said = () => {
    const outer = document.querySelector("iframe")?.contentDocument;
    const inner = [...(outer?.querySelectorAll("iframe") ?? [])].at(-1)?.contentDocument;
    return inner?.querySelector("#ticker")?.textContent;
  };
  const slider = document.querySelector<HTMLInputElement>("input[type=range]");
  if (!slider || said() === wanted) return Promise.resolve(null);
  return new Promise((done, fail) => {
    const from = performance.now();
    slider.value = String(at_ms);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    const look = () => {
      if (performance.now() - from > 30_000)
        fail(new Error(`${said()} stands at ${at_ms}, not ${wanted}`));
      else if (said() !== wanted) requestAnimationFrame(look);
      else requestAnimationFrame(() => setTimeout(() => done(performance.now() - from)));
    };
    requestAnimationFrame(look);
  });
}
