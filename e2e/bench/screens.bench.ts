// Times the screens of the dashboard for `cargo xtask bench screens`: the demo with many times as
// many visits in the release build, each screen gone to as a link in the dashboard does. A time ends
// with the last change of the page that an answer brought. What was made stays in a folder and is
// copied for the next run.

import { cp, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import type { InUse } from "../screenshots/in_use.ts";
import { type Shot, screensOf, settled } from "../screenshots/screens.ts";
import { firstUser, type Owner } from "../support/api.ts";
import { checkoutBoard } from "../support/boards.ts";
import { startBrowser } from "../support/browser.ts";
import { letIn } from "../support/dashboard.ts";
import { type Server, startServer } from "../support/server.ts";
import { demoSite, type Site } from "../support/sites.ts";

const TIMES = Number(process.env.HITMETRIX_BENCH_TIMES ?? "90");
const REPEATS = Number(process.env.HITMETRIX_BENCH_REPEATS ?? "5");
const MADE = process.env.HITMETRIX_BENCH_MADE ?? join(tmpdir(), `hitmetrix-demo-${TIMES}`);
const REPORT = process.env.HITMETRIX_BENCH_REPORT;
/** Only screens whose names have one of these in them; all when there is none. */
const ONLY = (process.env.HITMETRIX_BENCH_ONLY ?? "").split(" ").filter(Boolean);
const LIMIT_MS = 3_600_000;
const SCREEN_MS = 60_000;
/** What comes of an answer is there by then, and what is asked next is on its way. */
const IDLE_MS = 250;
const DAY_MS = 24 * 3_600_000;

/** What is not made for this: alerts, a funnel, links. */
const NOTHING: InUse = {
  insight: "",
  funnel: "",
  alert: "",
  links: { board: "", boardWithPassword: "", recording: "", invitation: "" },
  second: { email: "", password: "" },
};
/** Screens of these, and the tabs of a recording, which is one screen. */
const LEFT_OUT = /^(alert|alert-new|funnel|session-.*)$/;

/** What it took to get to a screen once. */
interface Going {
  /** From the click to the last change of the page. */
  readonly all_ms: number;
  /** The request that took longest, with its milliseconds, and how many there were. */
  readonly slowest: string;
  readonly slowest_ms: number;
  readonly requests: number;
}

interface Timed {
  readonly name: string;
  readonly first: Going;
  /** With periods that nobody has asked for. */
  readonly anew: readonly Going[];
  readonly again: readonly Going[];
}

declare global {
  interface Window {
    clickedAt: number;
    changedAt: number;
  }
}

let browser: Browser;
let server: Server;
let owner: Owner;
let site: Site;
let page: Page;
let data: string;

beforeAll(async () => {
  if (!(await stat(join(MADE, "catalog.db")).catch(() => undefined))) await make();
  data = await mkdtemp(join(tmpdir(), "hitmetrix-bench-"));
  await cp(MADE, data, { recursive: true });
  server = await startServer(undefined, [], data);
  browser = await startBrowser();
  owner = await firstUser(server);
  site = await demoSite(owner);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await letIn(context, server, owner);
  page = await context.newPage();
  countRequests(page);
  await page.addInitScript(watch);
}, LIMIT_MS);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  if (data) await rm(data, { recursive: true, force: true });
});

/** Fills a folder as a server does in ninety days, and leaves it without a user. */
async function make(): Promise<void> {
  await rm(MADE, { recursive: true, force: true });
  await mkdir(MADE, { recursive: true });
  const filling = await startServer(undefined, [], MADE);
  const from = performance.now();
  console.log(await filling.command("demo", "--times", String(TIMES)));
  await filling.command("doctor", "--seal");
  console.log(`made in ${Math.round((performance.now() - from) / 1000)} s`);
  await filling.stop();
}

test("screens", { timeout: LIMIT_MS }, async () => {
  const { recordings } = await owner.get<{ recordings: { session: string }[] }>(
    `sites/${site.id}/recordings?limit=1`,
  );
  const board = await checkoutBoard(page, `${server.origin}/sites/${site.id}/boards`);
  const session = recordings[0]?.session ?? "";
  const shots = screensOf({ ...NOTHING, session, board, asked: "" }).filter(
    ({ name, path, isOpen }) =>
      !path.startsWith("/") &&
      !isOpen &&
      !LEFT_OUT.test(name) &&
      (!ONLY.length || ONLY.some((word) => name.includes(word))),
  );
  const timed: Timed[] = [];
  for (const shot of shots) {
    const first = await goTo(shot, shot.path);
    const anew: Going[] = [];
    if (/[?&]last=/.test(shot.path) || shot.path === "")
      for (let shift = 1; shift <= REPEATS; shift += 1)
        anew.push(await goTo(shot, withPeriod(shot.path, shift)));
    const again: Going[] = [];
    for (let round = 0; round < REPEATS; round += 1) again.push(await goTo(shot, shot.path));
    const one = { name: shot.name, first, anew, again };
    timed.push(one);
    console.log(line(one));
  }
  const kept = await owner.get<{ events: { count: number } }>(`sites/${site.id}/storage`);
  const report = { chromium: browser.version(), events: kept.events.count, timed };
  if (REPORT) await writeFile(REPORT, JSON.stringify(report));
});

const median = (all: readonly Going[]): number =>
  all.map(({ all_ms }) => all_ms).sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;

function line({ name, first, anew, again }: Timed): string {
  const slow = [first, ...anew, ...again].sort((a, b) => b.slowest_ms - a.slowest_ms)[0];
  const times = [first.all_ms, median(anew), median(again)].map(Math.round).join(" / ");
  return `${name}: ${times} ms; ${slow?.requests} requests, ${slow?.slowest} ${Math.round(slow?.slowest_ms ?? 0)} ms`;
}

/** The same screen with thirty days that end some days ago. */
function withPeriod(path: string, shift: number): string {
  const day = (ago: number) => new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10);
  const period = `from=${day(30 + shift)}&to=${day(shift)}`;
  // The overview's own address has no question in it.
  return path === "" ? `?${period}` : path.replace(/last=\w+/, period);
}

/** Goes to a screen from one that shows nothing of visits. */
async function goTo(shot: Shot, path: string): Promise<Going> {
  const at = `/sites/${site.id}`;
  await page.goto(`${server.origin}${at}/settings`);
  await quiet();
  await page.evaluate(
    follow,
    path === "" || path.startsWith("?") ? `${at}${path}` : `${at}/${path}`,
  );
  await quiet();
  if (shot.act && shot.act !== settled) {
    await shot.act(page);
    await quiet();
  }
  return page.evaluate(told);
}

/** Requests that are on their way, and when the last one ended. */
const onTheWay = { count: 0, ended_ms: 0 };

function countRequests(of: Page): void {
  const ended = () => {
    onTheWay.count -= 1;
    onTheWay.ended_ms = performance.now();
  };
  of.on("request", () => {
    onTheWay.count += 1;
  });
  of.on("requestfinished", ended);
  of.on("requestfailed", ended);
}

/** Waits until nothing is asked any more and the page has shown what came. */
async function quiet(): Promise<void> {
  const isBusy = () => document.querySelector('[aria-busy="true"]') !== null;
  const until_ms = performance.now() + SCREEN_MS;
  for (;;) {
    const is_idle = onTheWay.count === 0 && performance.now() - onTheWay.ended_ms > IDLE_MS;
    if (is_idle && !(await page.evaluate(isBusy))) return;
    if (performance.now() > until_ms) throw new Error(`${page.url()} is not there yet`);
    await page.waitForTimeout(20);
  }
}

/** Runs in the page: notes when something was clicked, and when the page changed. */
function watch(): void {
  performance.setResourceTimingBufferSize(10_000);
  addEventListener(
    "click",
    () => {
      window.clickedAt = performance.now();
    },
    { capture: true },
  );
  const changed = () => {
    window.changedAt = performance.now();
  };
  new MutationObserver(changed).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
  });
}

/** Runs in the page: follows a link. */
function follow(href: string): void {
  const link = document.createElement("a");
  link.href = href;
  document.body.append(link);
  link.click();
  link.remove();
}

/** Runs in the page: what came of the last click. */
function told(): Going {
  const asked = performance
    .getEntriesByType("resource")
    .filter((one) => one.startTime >= window.clickedAt && one.name.includes("/api/"))
    .sort((a, b) => b.duration - a.duration);
  const slowest = asked[0];
  return {
    all_ms: window.changedAt - window.clickedAt,
    slowest: slowest ? new URL(slowest.name).pathname.replace(/^\/api\/v1/, "") : "",
    slowest_ms: slowest?.duration ?? 0,
    requests: asked.length,
  };
}
