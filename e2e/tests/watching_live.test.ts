// A session is watched while it happens: what the visitor sees comes to the viewer by itself, at
// most two seconds later. Visitor and viewer are two pages of one browser and share a clock.
import { setTimeout as delay } from "node:timers/promises";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import type { Loopback } from "../support/loopback.ts";
import { startOwnPages } from "../support/own_pages.ts";
import { keepPicture } from "../support/pictures.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { pictureOf, positionOf, press } from "../support/stage.ts";
import { sessionOf, snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

/** The page says its time ten times a second. */
const CLOCK = `const said = document.querySelector("#now");
setInterval(() => { said.textContent = String(Date.now()); }, 100);`;
const LATE_MS = 2000;
/** How long the picture must stay as fresh as that. */
const FRESH_FOR_MS = 6000;

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;
let pages: Loopback;
let visitor: BrowserContext;
let visit: Page;
let session: string;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Lamps");
  // The visitor is a browser that a program drives, and one of the people here all the same.
  const settings = { ...site.settings, count_automated: true };
  await owner.send("PATCH", `sites/${site.id}`, { settings });
  const head = `${snippetOf(server.origin, site.key, "persistent")}<script defer src="/clock.js"></script>`;
  const body = `<h1>Lamps</h1><p id="now">0</p><a href="/second">Second</a><button>Look</button>`;
  pages = await startOwnPages({
    "/": { head, body },
    "/second": { head, body: body.replace("Lamps", "Second") },
    "/long": {
      head: snippetOf(server.origin, site.key, "persistent"),
      body: `<h1>Long</h1><div style="height:60000px">Read on</div>`,
    },
    "/clock.js": { script: CLOCK },
  });
  visitor = await browser.newContext();
  visit = await visitor.newPage();
  await visit.goto(`${pages.origin}/`);
  session = await sessionOf(visit);
  await recordingOf(owner, site, session);
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await visitor?.close();
  await browser?.close();
  await pages?.stop();
  await server?.stop();
});

test("who opens a session of the live view sees what happens, at most two seconds later", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/live`);
  await page.getByRole("link", { name: "/", exact: true }).first().click();
  await page.waitForURL((url) => url.pathname.endsWith(session) && url.hash === "#live");
  await pictureOf(page);
  await isPressed(page, "true");
  const { worst, median } = await fresh(page);
  await keepPicture(page, "live");
  console.log(`live: ${median} ms behind at the median, ${worst} ms at the worst`);
  expect(worst).toBeLessThanOrEqual(LATE_MS);
});

test("it goes with the visitor to the next page", async () => {
  const { page } = desk;
  await visit.getByRole("link", { name: "Second" }).click();
  await until("the next page", 20_000, async () => {
    const picture = await pictureOf(page);
    return (await picture.locator("h1").innerText()) === "Second";
  });
  const { worst } = await fresh(page);
  expect(worst).toBeLessThanOrEqual(LATE_MS);
});

test("who looks back stays there, and comes back to what happens", async () => {
  const { page } = desk;
  await press(page, "Home", "k");
  await isPressed(page, "false");
  const before = await positionOf(page);
  await until("the recording grows meanwhile", 20_000, async () => {
    return (await positionOf(page)).length > before.length + 2000;
  });
  expect((await positionOf(page)).at).toBeLessThan(before.length);
  await page.getByRole("button", { name: "Live", exact: true }).click();
  await isPressed(page, "true");
  const { worst } = await fresh(page);
  expect(worst).toBeLessThanOrEqual(LATE_MS);
});

test("who only scrolls for minutes is live all the same, and again after a pause", async () => {
  const { page } = desk;
  // Nothing on that page moves by itself, so that only scrolling is recorded.
  await visit.goto(`${pages.origin}/long`);
  await until("the long page", 20_000, async () => {
    return (await (await pictureOf(page)).locator("h1").innerText()) === "Long";
  });
  const scrolling = setInterval(() => void visit.mouse.wheel(0, 40).catch(() => {}), 400);
  try {
    // The viewer's clock goes on: the last event is minutes old, what is recorded is not.
    await later(page, 285_000);
    await delay(25_000);
    await isPressed(page, "true");
    await scrollsOn(page);
    const live = page.getByRole("button", { name: "Live", exact: true });
    await later(page, 400_000);
    await until("no longer live", 30_000, async () => (await live.count()) === 0);
    await later(page, 0);
    await until("live again", 45_000, async () => (await live.count()) === 1);
    await live.click();
    await scrollsOn(page);
  } finally {
    clearInterval(scrolling);
  }
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

/** From now on the page's clock is so far ahead. */
function later(page: Page, ms: number): Promise<void> {
  return page.evaluate((ahead) => {
    const own = window as unknown as { clock?: () => number };
    const real = own.clock ?? Date.now;
    own.clock = real;
    Date.now = () => real() + ahead;
  }, ms);
}

/** Waits until the picture has scrolled on, as the visitor does. */
async function scrollsOn(page: Page): Promise<void> {
  const scrolled = async () =>
    (await pictureOf(page)).evaluate(() => document.scrollingElement?.scrollTop ?? 0);
  let first: number | undefined;
  await until("the picture scrolls on", 30_000, async () => {
    const now = await scrolled();
    first ??= now;
    if (now <= first + 80) throw new Error(`it went from ${first} to ${now}`);
    return true;
  });
}

function isPressed(page: Page, value: string): Promise<unknown> {
  const live = page.getByRole("button", { name: "Live", exact: true });
  return until(`live ${value}`, 20_000, async () => {
    return (await live.getAttribute("aria-pressed")) === value;
  });
}

/**
 * Waits until the picture has been as fresh as it must be for some seconds without a break: how
 * far it was behind in them. On a machine that is busy it may take some time to get there.
 */
function fresh(page: Page): Promise<{ worst: number; median: number }> {
  let since = performance.now();
  let behind: number[] = [];
  return until(`a picture at most ${LATE_MS} ms old for ${FRESH_FOR_MS} ms`, 90_000, async () => {
    const late = await page.evaluate(() => {
      const outer = document.querySelector<HTMLIFrameElement>("iframe");
      const inner = outer?.contentDocument?.querySelector("iframe")?.contentDocument;
      return Date.now() - Number(inner?.querySelector("#now")?.textContent);
    });
    if (!(late <= LATE_MS)) {
      since = performance.now();
      behind = [];
      throw new Error(`${late} ms behind`);
    }
    behind.push(late);
    if (performance.now() - since < FRESH_FOR_MS) return undefined;
    behind.sort((a, b) => a - b);
    const at = (share: number) => behind[Math.floor((behind.length - 1) * share)] ?? 0;
    return { worst: at(1), median: at(0.5) };
  });
}
