// What the player makes of recordings that are not one page in one go: sessions that begin in the
// middle of a page load, long pauses, applications of one page, and tabs that one goes back to.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firstUser, type Owner } from "../support/api.ts";
import { startBrowser } from "../support/browser.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { startOwnPages } from "../support/own_pages.ts";
import { type Server, startServer } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { pictureOf, positionOf } from "../support/stage.ts";
import { sessionOf, snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  owner = await firstUser(server);
  site = await addSite(owner, "Lamps");
  desk = await openDesk(browser, server);
  const [name, value] = owner.cookie.split("=");
  await desk.context.addCookies([{ name: name ?? "", value: value ?? "", url: server.origin }]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("a session that begins in the middle of a page load has lost nothing", async () => {
  const pages = await startOwnPages({
    "/": {
      head: snippetOf(server.origin, site.key, "persistent"),
      body: "<h1>Lamps</h1><button>Look</button>",
    },
  });
  const visitor = await browser.newContext();
  try {
    const visit = await visitor.newPage();
    await visit.goto(`${pages.origin}/`);
    const first = await sessionOf(visit);
    await recordingOf(owner, site, first);
    await visit.evaluate(() => window.hitmetrix.reset());
    const second = await until("the next session", 10_000, async () => {
      const session = await sessionOf(visit);
      return session !== first && session;
    });
    await visit.getByRole("button").click();
    await recordingOf(owner, site, second);
    await until("its events", 20_000, () => owner.get(`sites/${site.id}/sessions/${second}`));
    const path = `sites/${site.id}/recordings/${second}`;
    const { chunks } = await owner.get<{ chunks: { sequence: number }[] }>(path);
    expect(Math.min(...chunks.map(({ sequence }) => sequence))).toBeGreaterThan(0);
    await open(desk.page, second);
    const lost = desk.page.getByText(/never came|without picture/);
    expect(await lost.count()).toBe(0);
  } finally {
    await visitor.close();
    await pages.stop();
  }
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

/** Opens a session in the dashboard, and waits for its picture and its length. */
async function open(page: Page, session: string): Promise<void> {
  await page.goto(`${server.origin}/sites/${site.id}/sessions/${session}#t=0`);
  await pictureOf(page);
  await until("the length", 20_000, async () => (await positionOf(page)).length > 0);
}
