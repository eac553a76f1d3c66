// The dashboard as its people use it: from the printed link to a site with its first event, and
// what somebody with a smaller role gets. The tests go on from each other, as an evening does.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Owner, signIn } from "../support/api.ts";
import { startBrowser } from "../support/browser.ts";
import { type Desk, enter, openDesk } from "../support/dashboard.ts";
import { startOwnPages } from "../support/own_pages.ts";
import { type Server, startServer } from "../support/server.ts";
import { demoSite, type Site, sessionWith } from "../support/sites.ts";
import { sessionOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { inviteViewer } from "../support/viewer.ts";

const EMAIL = "owner@example.org";
const PASSWORD = "a sentence that is long enough";
const VIEWER = { email: "viewer@example.org", password: "another long sentence" };

let server: Server;
let browser: Browser;
let desk: Desk;
let owner: Owner;
let demo: Site;
let visitor: { page: Page; session: string };

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  desk = await openDesk(browser, server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("the printed link makes the owner and leads to the demo site; it works once", async () => {
  const { page } = desk;
  await page.goto(server.link);
  await enter(page, EMAIL, PASSWORD);
  await page.getByRole("link", { name: "Overview" }).waitFor();
  owner = await signIn(server, EMAIL, PASSWORD);
  demo = await demoSite(owner);
  await page.waitForURL(({ pathname }) => pathname === `/sites/${demo.id}`);
  await page.getByText("Waiting for the first event").waitFor();

  const late = await openDesk(browser, server);
  await late.page.goto(server.link);
  await late.page.getByRole("alert").waitFor();
  expect(await late.page.getByLabel("Password").count()).toBe(0);
  expect(await late.context.cookies()).toEqual([]);
  await late.context.close();
});

test("the overview shows the numbers of a visit", async () => {
  const { page } = desk;
  // One who came for an earlier attempt is still there.
  visitor ??= await visitTheShop();
  await page.goto(`${server.origin}/sites/${demo.id}`);
  await tile(page, "Persons", 1);
  await tile(page, "Sessions", 1);
  await tile(page, "Pageviews", 2);
  const row = page.getByRole("row", { name: "/product/arc" });
  expect(await row.getByRole("link").innerText()).toBe("1");
});

test("a click on a row is a filter in the address, and the address shows it to others", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${demo.id}`);
  const name = page.getByRole("button", { name: "/product/arc", exact: true });
  await name.click();
  await until("the filter", 15_000, () => page.url().includes("?page="));
  expect(new URL(page.url()).searchParams.get("page")).toBe("/product/arc");
  await tile(page, "Pageviews", 1);
  expect(await name.first().getAttribute("aria-pressed")).toBe("true");

  const other = await openDesk(browser, server);
  await other.page.goto(page.url());
  await enter(other.page, EMAIL, PASSWORD);
  await tile(other.page, "Pageviews", 1);
  expect(other.page.url()).toBe(page.url());
  await until("the same numbers", 20_000, async () => {
    const [mine, theirs] = [await numbersOf(page), await numbersOf(other.page)];
    if (theirs === mine) return true;
    // What the visit still sends, its speed among it, may come between the two.
    for (const each of [page, other.page]) {
      await each.reload();
      await tile(each, "Pageviews", 1);
    }
    expect(theirs).toBe(mine);
    return false;
  });
  other.expectQuiet();
  await other.context.close();

  await name.first().click();
  await tile(page, "Pageviews", 2);
  expect(new URL(page.url()).search).toBe("");
});

test("the live view shows who is here", async () => {
  const { page } = desk;
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Live/ }).click();
  await page.getByRole("heading", { name: "1 person is here now" }).waitFor();
  const here = page.locator(`.here a[href*="${visitor.session}"]`);
  expect(await here.innerText()).toBe("/product/arc");
  await visitor.page.getByRole("link", { name: "Help" }).click();
  await until("the next page", 15_000, async () => (await here.innerText()) === "/help");
  await visitor.page.context().close();
});

test("a site is added, gets its code, and its light turns on at the first event", async () => {
  const { page } = desk;
  await page.getByRole("link", { name: "Sites", exact: true }).click();
  await page.getByRole("button", { name: "Add a site" }).click();
  const box = page.getByRole("dialog", { name: "Add a site" });
  await box.getByLabel("Name").fill("Boat shed");
  await box.getByLabel("Domains").fill("127.0.0.1\n*.boats.example");
  await box.getByLabel("Time zone").fill("Pacific/Auckland");
  await box.getByRole("button", { name: "Add and get code" }).click();
  await page.getByRole("heading", { name: "Paste one line into Boat shed" }).waitFor();
  const me = await owner.get<{
    sites: { site: Site & { domains: string[]; time_zone: string } }[];
  }>("me");
  const site = me.sites.map((each) => each.site).find(({ name }) => name === "Boat shed");
  expect(site?.domains).toEqual(["127.0.0.1", "*.boats.example"]);
  expect(site?.time_zone).toBe("Pacific/Auckland");

  // The visitor of this test is driven by a program.
  await owner.send("PATCH", `sites/${site?.id}`, { settings: { count_automated: true } });
  const light = page.getByRole("status").filter({ hasText: "event" });
  expect(await light.innerText()).toContain("Waiting for the first event");
  const head = await page.locator("pre code").first().innerText();
  expect(head).toContain(`${server.origin}/t.js`);
  expect(head).toContain(`data-key="${site?.key}"`);
  const shed = await startOwnPages({ "/": { head, body: "<h1>Boats</h1>" } });
  try {
    const context = await browser.newContext();
    const boats = await context.newPage();
    await boats.goto(shed.origin);
    expect(await sessionOf(boats)).toMatch(/^[0-9a-f]{32}$/);
    await light.getByText("Events are coming").waitFor();
    // Nobody is told to paste what is there.
    await page.getByRole("heading", { name: "Events of Boat shed are coming" }).waitFor();
    await context.close();
  } finally {
    await shed.stop();
  }
});

test("a site is deleted by typing its name, and its key stops working", async () => {
  const { page } = desk;
  const me = await owner.get<{ sites: { site: Site }[] }>("me");
  const key = me.sites.map(({ site }) => site).find(({ name }) => name === "Boat shed")?.key;
  await page.getByRole("link", { name: "Site settings" }).click();
  await page.getByRole("button", { name: "Delete…" }).click();
  const box = page.getByRole("dialog", { name: "Delete Boat shed" });
  const sure = box.getByRole("button", { name: "Delete", exact: true });
  await box.getByRole("textbox").fill("boat shed");
  expect(await sure.isDisabled()).toBe(true);
  await box.getByRole("textbox").fill("Boat shed");
  await sure.click();
  await page.getByRole("heading", { name: "Sites" }).waitFor();
  await page.getByRole("rowheader", { name: "Boat shed" }).waitFor({ state: "detached" });
  expect((await fetch(`${server.origin}/c/${key}`)).status).toBe(404);
});

test("who signed out is out; a wrong password is refused, the right one opens again", async () => {
  const { page, context } = desk;
  const [login] = await context.cookies();
  await page.getByRole("link", { name: EMAIL }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(await context.cookies()).toEqual([]);
  const cookie = `${login?.name}=${login?.value}`;
  const again = await fetch(`${server.origin}/api/v1/me`, { headers: { cookie } });
  expect(again.status).toBe(401);
  await page.goto(`${server.origin}/sites/${demo.id}/live`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await enter(page, EMAIL, "not the password");
  await page.getByRole("alert").waitFor();
  expect(await context.cookies()).toEqual([]);
  await enter(page, EMAIL, PASSWORD);
  await page.getByRole("heading", { name: /is here now/ }).waitFor();
  expect(new URL(page.url()).pathname).toBe(`/sites/${demo.id}/live`);
});

test("a viewer sees the site's numbers and changes nothing", async () => {
  const { id, link } = await inviteViewer(owner, demo, VIEWER.email);

  const theirs = await openDesk(browser, server);
  const { page } = theirs;
  await page.goto(link);
  await enter(page, VIEWER.email, VIEWER.password);
  await tile(page, "Sessions", 1);
  const rail = page.getByRole("navigation", { name: "Main" });
  expect(await rail.getByRole("link", { name: "Users" }).count()).toBe(0);
  expect(await rail.getByRole("link", { name: "Storage" }).count()).toBe(0);
  await page.goto(`${server.origin}/sites/${demo.id}/settings`);
  await page.getByText("You are a viewer here").waitFor();
  expect(await page.getByLabel("Name").isDisabled()).toBe(true);
  expect(await page.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
  expect(await page.getByRole("button", { name: "Delete…" }).count()).toBe(0);
  theirs.expectQuiet();

  const viewer = await signIn(server, VIEWER.email, VIEWER.password);
  for (const [method, path, body] of [
    ["PATCH", `sites/${demo.id}`, { name: "Mine" }],
    ["DELETE", `sites/${demo.id}`, { name: demo.name }],
    ["POST", `sites/${demo.id}/tokens`, { name: "mine", scope: "read" }],
    ["PUT", `sites/${demo.id}/members/${id}`, { role: "admin" }],
    ["POST", "sites", { name: "Mine", domains: ["mine.example"] }],
    ["GET", "users", undefined],
    ["GET", "status", undefined],
  ] as const) {
    await expect(viewer.send(method, path, body), `${method} ${path}`).rejects.toThrow(/ 40[34] /);
  }
  await theirs.context.close();
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

/** Two pages of the shop, by a visitor who stays. */
async function visitTheShop(): Promise<{ page: Page; session: string }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(server.shop);
  const session = await sessionOf(page);
  await page.getByRole("link", { name: /Arc/ }).click();
  await sessionWith(owner, demo, session, { pageview: 2, click: 1 });
  return { page, session };
}

const tiles = (page: Page) => page.getByRole("group", { name: /^Numbers of the period/ });

/** Waits until the tile shows this number. */
async function tile(page: Page, name: string, number: number): Promise<void> {
  const shown = tiles(page).getByRole("button", { name: new RegExp(`^${name}`) });
  await until(`${name} ${number}`, 10_000, async () => {
    const text = (await shown.innerText()).split(/\s+/).slice(0, 2);
    expect(text).toEqual([name, `${number}`]);
    return true;
  });
}

/** Every number of the overview, without when and how fast it was counted. */
async function numbersOf(page: Page): Promise<string> {
  const panels = await page.locator(".panels").innerText();
  return `${await tiles(page).innerText()}\n${panels}`;
}
