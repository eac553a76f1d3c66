// Times the player for `cargo xtask bench player`: a session of an hour, posted to the real server and
// put in order there, is opened from the list of sessions and sought in the dashboard. A time ends
// when what is meant to be seen is drawn.
import { writeFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
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
  };
  console.log(JSON.stringify({ ...report, seeks_ms: seeks_ms.map(Math.round) }));
  if (REPORT) await writeFile(REPORT, JSON.stringify(report));
});

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
