// Nothing jumps: on each screen, what is there stays where it is while the rest comes, in whatever
// order and however late it does. The numbers come late on purpose, each by another time.
import type { Browser, Page, Request } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { checkoutBoard } from "../support/boards.ts";
import { openDesk } from "../support/dashboard.ts";
import type { Server } from "../support/server.ts";
import { demoSite, type Site } from "../support/sites.ts";
import { until } from "../support/until.ts";
import { openDemo } from "../support/world.ts";

/** The field calls a tenth good; a tool that is looked at all day is to be five times as calm. */
const MOST = 0.02;
/** Between these an answer is held up, by its turn. */
const [FIRST_MS, LAST_MS, STEP_MS] = [40, 600, 173];
const FUNNEL = "kind=funnel&step=pageview~page!starts!/product/&step=add_to_cart&step=order";
const SCREENS: readonly [name: string, path: string][] = [
  ["overview", ""],
  ["live", "/live"],
  ["trend", "/explore?series=order&split=device"],
  ["funnel", `/explore?${FUNNEL}&split=browser`],
  ["retention", "/explore?kind=retention"],
  ["sessions", "/sessions"],
  ["people", "/people"],
  ["accounts", "/accounts"],
  ["heatmaps", "/heatmaps?at=/product/*"],
  ["boards", "/boards"],
  ["insights", "/insights"],
  ["alerts", "/alerts"],
  ["goals", "/goals"],
  ["goal", "/goals?reach=de30000000000001"],
  ["funnels", "/funnels"],
  ["feedback", "/feedback"],
  ["forms", "/forms"],
  ["form", "/forms?form=address"],
  ["errors", "/errors"],
  ["speed", "/speed"],
  ["segments", "/segments"],
  ["settings", "/settings"],
  ["installation", "/settings/installation"],
  ["recording and masking", "/settings/recording"],
  ["counting", "/settings/counting"],
  ["annotations", "/settings/annotations"],
  ["own traffic", "/settings/own"],
  ["losses", "/settings/losses"],
  ["members", "/settings/members"],
  ["tokens", "/settings/tokens"],
  ["audit", "/settings/audit"],
  ["code", "/code"],
  ["distribution", "/explore?kind=distribution"],
  ["paths", "/explore?kind=paths"],
  ["lifecycle", "/explore?kind=lifecycle"],
  ["stickiness", "/explore?kind=stickiness"],
  ["scroll map", "/heatmaps?at=/product/*&heat=scroll"],
  ["account", "/accounts/harbour-hotels?last=90d"],
  ["person", "/people/harbour-hotels-buying?last=90d"],
  ["speed of interactions", "/speed?vital=INP"],
];
/** Made before: what their addresses name is known only then. */
const more: [name: string, path: string][] = [];

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
/** Windows in which screens are opened, side by side: most of the time they wait for what is held up. */
let lanes: Lane[] = [];

interface Lane {
  readonly page: Page;
  /** Requests of the screen that are not answered yet. */
  readonly open: Set<Request>;
  turn: number;
}

beforeAll(async () => {
  ({ server, browser, owner } = await openDemo());
  site = await demoSite(owner);
  const { context, page } = await openDesk(browser, server, owner);
  const board = await checkoutBoard(page, `${server.origin}/sites/${site.id}/boards`);
  more.push(["board", `/boards/${board}`], ["player", `/sessions/${await recorded()}`]);
  more.push(["error", await anError(page)]);
  await context.close();
  lanes = [await openLane(), await openLane()];
});

/** The address of an error that is looked at, below the site's. */
async function anError(page: Page): Promise<string> {
  const errors = `/sites/${site.id}/errors`;
  await page.goto(`${server.origin}${errors}`);
  const href = await page.getByRole("link", { name: /card\.scheme/ }).getAttribute("href");
  return (href ?? errors).replace(`/sites/${site.id}`, "");
}

/** A window in which answers are held up, and what moves by itself is kept. */
async function openLane(): Promise<Lane> {
  const { context, page } = await openDesk(browser, server, owner);
  const lane: Lane = { page, open: new Set(), turn: 0 };
  await context.addInitScript(watchShifts);
  await page.route("**/api/v1/**", async (route) => {
    lane.turn += 1;
    const heldMs = FIRST_MS + ((lane.turn * STEP_MS) % (LAST_MS - FIRST_MS));
    await new Promise((next) => setTimeout(next, heldMs));
    // Who went on to the next screen waits for it no more.
    await route.continue().catch(() => undefined);
  });
  page.on("request", (request) => {
    if (request.url().includes("/api/v1/")) lane.open.add(request);
  });
  const answered = (request: Request): void => {
    lane.open.delete(request);
  };
  page.on("requestfinished", answered);
  page.on("requestfailed", answered);
  return lane;
}

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const)
  test(`nothing jumps while a screen comes, at ${width} pixels`, async () => {
    const jumped: string[] = [];
    const waiting = [...SCREENS, ...more];
    const goThrough = async (lane: Lane) => {
      await lane.page.setViewportSize({ width, height });
      for (let next = waiting.shift(); next; next = waiting.shift())
        jumped.push(...(await jumpsOf(lane, ...next)));
    };
    await Promise.all(lanes.map(goThrough));
    expect(jumped).toEqual([]);
  });

// So high that all of it is in view, where it counts; on a phone nothing is so high.
for (const [width, height] of [
  [1440, 4000],
  [390, 844],
] as const)
  test(`nor where countries are a map, at ${width} pixels`, async () => {
    const [lane] = lanes as [Lane];
    const { page } = lane;
    await page.setViewportSize({ width, height });
    await page.evaluate(() => localStorage.setItem("countries", "on"));
    expect(await jumpsOf(lane, "overview", "")).toEqual([]);
    await page.getByRole("group", { name: /^World map/ }).waitFor();
    await page.evaluate(() => localStorage.removeItem("countries"));
  });

/** A session that can be watched. */
async function recorded(): Promise<string> {
  const found = await until("a recording", 30_000, async () => {
    const path = `sites/${site.id}/recordings?limit=1`;
    return (await owner.get<{ recordings: { session: string }[] }>(path)).recordings[0];
  });
  return found.session;
}

/** What moved by itself while a screen came, where it is more than may be. */
async function jumpsOf(lane: Lane, name: string, path: string): Promise<string[]> {
  const { page } = lane;
  lane.open.clear();
  await page.goto(`${server.origin}/sites/${site.id}${path}`);
  await page.locator("main h1").first().waitFor();
  await settled(lane);
  const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: Shift[] }).shifts);
  const sum = shifts.reduce((all, { value }) => all + value, 0);
  const told = shifts.map(({ value, moved }) => `${value.toFixed(3)} ${moved.join("; ")}`);
  return sum >= MOST ? [`${name} ${sum.toFixed(3)}:\n  ${told.join("\n  ")}`] : [];
}

interface Shift {
  value: number;
  moved: string[];
}

/** Keeps what moved by itself, in the page. */
function watchShifts(): void {
  const shifts: Shift[] = [];
  Object.assign(globalThis, { shifts });
  const said = (at: DOMRectReadOnly): string =>
    `${Math.round(at.x)},${Math.round(at.y)} ${Math.round(at.width)}×${Math.round(at.height)}`;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value, hadRecentInput, sources } = entry as unknown as {
        value: number;
        hadRecentInput: boolean;
        sources: {
          node: Node | null;
          previousRect: DOMRectReadOnly;
          currentRect: DOMRectReadOnly;
        }[];
      };
      if (hadRecentInput) continue;
      const moved = sources.map(({ node, previousRect, currentRect }) => {
        const element = node instanceof Element ? node : node?.parentElement;
        const name = element ? `${element.tagName.toLowerCase()}.${element.className}` : "?";
        const words = (element?.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 30);
        return `${name} “${words}” ${said(previousRect)} → ${said(currentRect)}`;
      });
      shifts.push({ value, moved });
    }
  }).observe({ type: "layout-shift", buffered: true });
}

/** Nothing is asked any more, and what came was drawn. */
async function settled(lane: Lane): Promise<void> {
  const { page } = lane;
  let quiet = 0;
  await until("all answers", 60_000, async () => {
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
    // Between two answers there may be a moment; live numbers go on being asked for.
    quiet = lane.open.size === 0 || page.url().endsWith("/live") ? quiet + 1 : 0;
    return quiet > 10;
  });
}
