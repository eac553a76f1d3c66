// Times the player for `cargo xtask bench player`: a session of an hour, posted to the real server and
// put in order there, is opened from the list of sessions and sought in the dashboard. A time ends
// when what is meant to be seen is drawn.

import { writeFile } from "node:fs/promises";
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { letIn } from "../support/dashboard.ts";
import { type LongSession, postLongSession, postShortSession } from "../support/long_session.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { openWorld } from "../support/world.ts";

const MINUTES = Number(process.env.HITMETRIX_BENCH_MINUTES ?? "60");
const OPENED = Number(process.env.HITMETRIX_BENCH_OPENED ?? "9");
const SOUGHT = Number(process.env.HITMETRIX_BENCH_SOUGHT ?? "60");
const REPORT = process.env.HITMETRIX_BENCH_REPORT;
/** Seeks whose parts are told apart from those of all. */
const SLOWEST = 3;
/** Further seeks, of which it is told where their time goes. */
const PROFILED = Number(process.env.HITMETRIX_BENCH_PROFILED ?? "30");
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

/** What the page did from the slider to the picture, milliseconds. */
interface Seek {
  readonly took_ms: number;
  /** By samples of the stack; what the browser does for scripts in them included. */
  readonly script_ms: number;
  readonly garbage_ms: number;
  readonly style_ms: number;
  readonly layout_ms: number;
  /** All tasks of the page's main thread, the above included. */
  readonly tasks_ms: number;
  /** While a chunk was on its way. */
  readonly chunks_ms: number;
  /** How many came, and of how many bytes. */
  readonly chunks: number;
  readonly loaded_bytes: number;
}

/** Mean of some seeks. */
type Profile = Seek & { readonly seeks: number };

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
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Office");
  session = await postLongSession(browser, server, site, MINUTES);
  await recordingOf(owner, site, session.id);
  await postShortSession(server, site);
  const before = performance.now();
  await server.command("repack");
  repack_ms = performance.now() - before;
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await letIn(context, server, owner);
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
  // Watching costs time of its own, so that the times are of seeks that nobody watches.
  const seeks_ms: number[] = [];
  for (const { at_ms, text } of await session.moments(near(SOUGHT, SEED))) {
    const sought = await page.evaluate(seek, { at_ms, wanted: text });
    // Where the same stands there already, nobody can tell when it came.
    if (sought) seeks_ms.push(sought.to_ms - sought.from_ms);
  }
  seeks_ms.sort((one, other) => other - one);
  const profile = await startProfile(page);
  for (const { at_ms, text } of await session.moments(near(PROFILED, SEED + 1))) {
    await profile.during(() => page.evaluate(seek, { at_ms, wanted: text }));
  }
  const seeks = (await profile.end()).sort((one, other) => other.took_ms - one.took_ms);
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
    profile: mean(seeks),
    slowest: mean(seeks.slice(0, SLOWEST)),
  };
  console.log(JSON.stringify({ ...report, seeks_ms: seeks_ms.map(Math.round) }));
  if (REPORT) await writeFile(REPORT, JSON.stringify(report));
});

/** Random times of the session, milliseconds from its beginning. */
function near(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2_147_483_647) * session.duration_ms;
  });
}

/** Seconds that the browser has spent since the page began, by what it did. */
async function spent(devtools: CDPSession): Promise<Record<string, number>> {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** What Profiler.stop gives; times in microseconds. */
interface StackProfile {
  readonly startTime: number;
  readonly nodes: readonly { readonly id: number; readonly callFrame: { functionName: string } }[];
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
}

/** Milliseconds of the main thread in scripts and in collecting garbage, between two times. */
function sampledMs(profile: StackProfile, [from_us, to_us]: readonly [number, number]) {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
  const sum = { script: 0, garbage: 0 };
  let at_us = profile.startTime;
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const took_us = profile.timeDeltas?.[index] ?? 0;
    at_us += took_us;
    if (at_us < from_us || at_us > to_us) continue;
    const name = names.get(id);
    if (name === "(garbage collector)") sum.garbage += took_us / 1000;
    else if (name !== "(idle)" && name !== "(program)" && name !== "(root)")
      sum.script += took_us / 1000;
  }
  return sum;
}

/** What is measured around each seek, until the end. */
interface Profiling {
  /** Gives nothing when nothing was measured. */
  during(seek: () => Promise<Sought | null>): Promise<void>;
  end(): Promise<Seek[]>;
}

/** Measures what the page does while it is sought. */
async function startProfile(of: Page): Promise<Profiling> {
  const devtools = await of.context().newCDPSession(of);
  await devtools.send("Performance.enable");
  await of.evaluate(() => {
    performance.clearResourceTimings();
    performance.setResourceTimingBufferSize(10_000);
  });
  await devtools.send("Profiler.enable");
  await devtools.send("Profiler.start");
  const all: (Omit<Seek, "script_ms" | "garbage_ms"> & { within: [number, number] })[] = [];
  return {
    async during(work) {
      const before = await spent(devtools);
      const sought = await work();
      const after = await spent(devtools);
      if (!sought) return;
      const ms = (name: string) => ((after[name] ?? 0) - (before[name] ?? 0)) * 1000;
      const loaded = await of.evaluate(loadedChunks, sought);
      const within: [number, number] = [us(before), us(after)];
      all.push({
        within,
        took_ms: sought.to_ms - sought.from_ms,
        style_ms: ms("RecalcStyleDuration"),
        layout_ms: ms("LayoutDuration"),
        tasks_ms: ms("TaskDuration"),
        ...loaded,
      });
    },
    async end() {
      const { profile } = await devtools.send("Profiler.stop");
      return all.map(({ within, ...seek }) => {
        const { script, garbage } = sampledMs(profile, within);
        return { ...seek, script_ms: script, garbage_ms: garbage };
      });
    },
  };
}

/** The time of some figures on the clock of stack samples. */
function us({ Timestamp = 0 }: Record<string, number>): number {
  return Timestamp * 1e6;
}

function mean(seeks: readonly Seek[]): Profile {
  const of = (name: keyof Seek) =>
    seeks.reduce((sum, seek) => sum + seek[name], 0) / Math.max(1, seeks.length);
  return {
    seeks: seeks.length,
    took_ms: of("took_ms"),
    script_ms: of("script_ms"),
    garbage_ms: of("garbage_ms"),
    style_ms: of("style_ms"),
    layout_ms: of("layout_ms"),
    tasks_ms: of("tasks_ms"),
    chunks_ms: of("chunks_ms"),
    chunks: of("chunks"),
    loaded_bytes: of("loaded_bytes"),
  };
}

/** When a seek began and ended, by the page's clock. */
interface Sought {
  readonly from_ms: number;
  readonly to_ms: number;
}

/** Runs in the page: what came of chunks between two times, and how long any was on its way. */
function loadedChunks({ from_ms, to_ms }: Sought) {
  const chunks = performance
    .getEntriesByType("resource")
    .map((entry) => entry as PerformanceResourceTiming)
    .filter(({ name, startTime }) => name.includes("/chunks/") && startTime < to_ms)
    .filter(({ responseEnd }) => responseEnd > from_ms)
    .sort((a, b) => a.startTime - b.startTime);
  let [chunks_ms, until] = [0, from_ms];
  for (const { startTime, responseEnd } of chunks) {
    const end = Math.min(responseEnd, to_ms);
    chunks_ms += Math.max(0, end - Math.max(until, startTime));
    until = Math.max(until, end);
  }
  const loaded_bytes = chunks.reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0);
  return { chunks_ms, chunks: chunks.length, loaded_bytes };
}

/**
 * Opens the session from the list. The list opens its first row by itself: a short session, whose
 * picture is there before the click, so that nothing of the long one was asked for.
 */
async function open(): Promise<Opening> {
  await page.goto(`${server.origin}/sites/${site.id}/sessions`);
  const rows = page.getByRole("region", { name: "Sessions" });
  const row = rows.locator(`a[href*="${session.id}"]`).first();
  await row.waitFor();
  const shown = page.frameLocator("iframe").first().frameLocator("iframe").first();
  await shown.getByText("Nothing happens here.").waitFor();
  await page.evaluate(watchFirst);
  loaded = 0;
  await row.click();
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
function seek({ at_ms, wanted }: { at_ms: number; wanted: string }): Promise<Sought | null> {
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
      else
        requestAnimationFrame(() =>
          setTimeout(() => done({ from_ms: from, to_ms: performance.now() })),
        );
    };
    requestAnimationFrame(look);
  });
}
