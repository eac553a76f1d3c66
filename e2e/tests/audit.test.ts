// Who did what: an owner looks who watched a recording and who was let in, narrows it, takes it out
// as a file; an admin sees their own site, a viewer nothing.
import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Owner, signIn } from "../support/api.ts";
import { startBrowser } from "../support/browser.ts";
import { type Desk, enter, openDesk } from "../support/dashboard.ts";
import { holdOnPhone } from "../support/screens.ts";
import { type Server, startServer } from "../support/server.ts";
import { addSite, type Site } from "../support/sites.ts";
import { until } from "../support/until.ts";
import { viewerOf } from "../support/viewer.ts";

const EMAIL = "owner@example.org";
const PASSWORD = "a sentence that is long enough";
let server: Server;
let browser: Browser;
let desk: Desk;
let owner: Owner;
let boats: Site;

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  desk = await openDesk(browser, server);
  await desk.page.goto(server.link);
  await enter(desk.page, EMAIL, PASSWORD);
  await desk.page.getByRole("link", { name: "Overview" }).waitFor();
  owner = await signIn(server, EMAIL, PASSWORD);
  boats = await addSite(owner, "Boats");
  await signIn(server, EMAIL, "not the right one").catch(() => {});
  const token = { name: "Deploy", scope: "admin" };
  await owner.send("POST", `sites/${boats.id}/tokens`, token);
  await owner.send("PATCH", `sites/${boats.id}`, { name: "Boats and more" });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** What the list says, without the times. */
const told = (page: Page): Promise<string[]> =>
  page
    .getByRole("region", { name: "Audit log" })
    .locator("tbody tr")
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.children]
          .slice(1, 3)
          .map((cell) => (cell as HTMLElement).innerText.replaceAll(/\s+/g, " ").trim())
          .join(" "),
      ),
    );

const says = (page: Page, wanted: string[]): Promise<boolean> =>
  until(`the entries ${wanted}`, 20_000, async () => {
    expect(await told(page)).toEqual(wanted);
    return true;
  });

test("the owner sees who did what on all sites, and narrows it", async () => {
  const { page } = desk;
  await page.getByRole("link", { name: "Audit log" }).click();
  await page.getByRole("heading", { name: "Audit log", level: 1 }).waitFor();
  const all = await until("the entries", 20_000, async () => {
    const rows = await told(page);
    return rows.length >= 5 && rows;
  });
  const site = `site ${boats.id}`;
  expect(all[0]).toBe(`${EMAIL} changed the site name`);
  expect(all[1]).toMatch(
    new RegExp(`^${EMAIL} made an API token Deploy, admin · token [0-9a-f]{8}…$`),
  );
  expect(all.slice(2, 5)).toEqual([
    `${EMAIL} failed to sign in`,
    `${EMAIL} made a site Boats · ${site}`,
    `${EMAIL} signed in`,
  ]);
  await page.getByRole("combobox", { name: "What", exact: true }).selectOption("sign_in_failed");
  await says(page, [`${EMAIL} failed to sign in`]);
  await page.getByRole("combobox", { name: "What", exact: true }).selectOption("");
  await page.getByRole("combobox", { name: "When", exact: true }).selectOption("7");
  await until("all again", 20_000, async () => (await told(page)).length === all.length);
});

test("it is taken out as a file that says the same", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/audit`);
  await page.getByRole("combobox", { name: "What", exact: true }).selectOption("token_made");
  await until("one entry", 20_000, async () => (await told(page)).length === 1);
  await page.getByRole("button", { name: "Export the audit log as a file" }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "CSV, for spreadsheets" }).click(),
  ]);
  const lines = (await readFile(await file.path(), "utf8")).trim().split("\r\n");
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('"Deploy, admin"');
  await page.reload();
  await until("that it was taken out", 20_000, async () =>
    (await told(page)).includes(`${EMAIL} took the audit log out`),
  );
});

test("an admin finds their site's in its settings, a viewer is told whose it is", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${boats.id}/settings/audit`);
  await until("the entries of the site", 20_000, async () => {
    const rows = await told(page);
    expect(rows[0]).toBe(`${EMAIL} changed the site name`);
    expect(rows.some((row) => row.includes("signed in"))).toBe(false);
    return true;
  });
  const theirs = await viewerOf({ server, owner, browser }, boats);
  await theirs.page.goto(`${server.origin}/sites/${boats.id}/settings/audit`);
  await theirs.page.getByText("Who did what on this site is for its admins.").waitFor();
  await theirs.context.close();
});

test("it holds on every screen, by eye, key and reader", async () => {
  const there = (page: Page) => page.getByRole("region", { name: "Audit log" }).waitFor();
  await holdOnPhone(desk.page, [
    { name: "audit", url: `${server.origin}/audit`, there },
    { name: "audit-site", url: `${server.origin}/sites/${boats.id}/settings/audit`, there },
  ]);
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());
