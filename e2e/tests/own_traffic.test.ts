// Those who work on a site leave themselves out: by their address, with a click, and by a link that
// marks one browser.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import type { Loopback } from "../support/loopback.ts";
import { startOwnPages } from "../support/own_pages.ts";
import { keepPicture } from "../support/pictures.ts";
import { tooWide, violationsInThemes } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { addSite, type Site, sessionWith } from "../support/sites.ts";
import { sessionOf, snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

let server: Server;
let browser: Browser;
let owner: Owner;
let desk: Desk;
let site: Site;
let pages: Loopback;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Own traffic");
  await owner.send("PATCH", `sites/${site.id}`, { settings: { count_automated: true } });
  pages = await startOwnPages({
    "/": { head: snippetOf(server.origin, site.key, "persistent") },
  });
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await pages?.stop();
  await browser?.close();
  await server?.stop();
});

/** What was counted, and what was left out. */
async function counted(): Promise<{ sessions: number; leftOut: number }> {
  const answer = await owner.send<{
    columns: { name: string }[];
    rows: number[][];
    bot_events: number;
  }>("POST", `sites/${site.id}/ask`, {
    kind: "totals",
    period: { last: "2d" },
    measures: ["sessions"],
  });
  const column = answer.columns.findIndex(({ name }) => name === "sessions");
  return { sessions: answer.rows[0]?.[column] ?? 0, leftOut: answer.bot_events };
}

async function visit(): Promise<string> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(pages.origin);
  const id = await sessionOf(page);
  await sessionWith(owner, site, id, { pageview: 1 });
  await context.close();
  return id;
}

async function openOwn(): Promise<Page> {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/settings/own`);
  await page.getByRole("heading", { name: "This is me" }).waitFor();
  return page;
}

test("one's own address is left out with a click, and counted again when it is taken off", async () => {
  const none = await counted();
  await visit();
  expect(await counted()).toEqual({ ...none, sessions: none.sessions + 1 });
  const page = await openOwn();
  expect(await violationsInThemes(page, "own-traffic")).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
  await page.getByRole("button", { name: "Leave out my address, 127.0.0.1" }).click();
  await page.getByText("Your address now, 127.0.0.1, is among them.").waitFor();
  await keepPicture(page, "own-traffic-set");
  const id = await visit();
  const session = await owner.get<{ bot: string }>(`sites/${site.id}/sessions/${id}`);
  expect(session.bot).toBe("own traffic");
  const { sessions, leftOut } = await counted();
  expect(sessions).toBe(none.sessions + 1);
  expect(leftOut).toBeGreaterThan(none.leftOut);

  const list = page.getByLabel("Addresses and networks to leave out");
  await list.fill("127.0.0.1\nthe office");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page
    .getByRole("alert")
    .filter({ hasText: "`the office` is no address and no network" })
    .waitFor();
  await list.fill("");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Leave out my address, 127.0.0.1" }).waitFor();
  await visit();
  expect((await counted()).sessions).toBe(none.sessions + 2);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await tooWide(page)).toEqual([]);
  await keepPicture(page, "own-traffic-phone");
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("a browser that opened the link sends nothing, until the other link takes it back", async () => {
  const page = await openOwn();
  const link = async (query: string): Promise<string> => {
    const href = await page.locator(`a[href*="${query}"]`).getAttribute("href");
    return pages.origin + new URL(href ?? "").pathname + new URL(href ?? "").search;
  };
  const [leaveOut, countAgain] = [await link("hm_me=1"), await link("hm_me=0")];
  const before = (await counted()).sessions;
  const context = await browser.newContext();
  const mine = await context.newPage();
  const sent: string[] = [];
  context.on("request", (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin === server.origin && !pathname.endsWith(".js")) sent.push(pathname);
  });
  const notice = mine.locator("[data-hm-block=own]");
  await mine.goto(leaveOut);
  await notice.waitFor({ state: "attached" });
  await keepPicture(mine, "own-traffic-notice");
  // A link alone, which anybody can send, leaves nobody out.
  expect(await mine.evaluate(() => localStorage.getItem("hm_me"))).toBe(null);
  await mine.getByRole("button", { name: "Do not count this browser" }).click();
  await mine.getByText("are not counted on this site any more").waitFor();
  expect(await mine.evaluate(() => localStorage.getItem("hm_me"))).toBe("1");
  await mine.waitForURL(`${pages.origin}/`);
  // The pages after it: the consent of a banner begins nothing either.
  await mine.goto("about:blank");
  sent.length = 0;
  await context.clearCookies();
  await mine.goto(pages.origin);
  await until("the tracker's calls", 15_000, () =>
    mine.evaluate(() => typeof window.hitmetrix?.track === "function"),
  );
  await mine.evaluate(() => {
    window.hitmetrix.consent("persistent");
    window.hitmetrix.track("order");
  });
  await mine.goto("about:blank");
  expect(sent).toEqual([]);
  expect(await context.cookies()).toEqual([]);

  await mine.goto(countAgain);
  await notice.waitFor({ state: "attached" });
  expect(await mine.evaluate(() => localStorage.getItem("hm_me"))).toBe(null);
  expect(sent).toEqual([]);
  await mine.goto(pages.origin);
  // The page that asked, and the first after the mark was taken off.
  await sessionWith(owner, site, await sessionOf(mine), { pageview: 2 });
  expect((await counted()).sessions).toBe(before + 1);
  await context.close();
});
