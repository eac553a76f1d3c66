// What an admin does under a site's settings, in a browser, while somebody else changes the same site.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firstUser, type Owner } from "../support/api.ts";
import { startBrowser } from "../support/browser.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { violationsOf } from "../support/explore.ts";
import { keepPicture } from "../support/pictures.ts";
import { type Server, startServer } from "../support/server.ts";
import { addSite, type Site } from "../support/sites.ts";

let server: Server;
let browser: Browser;
let owner: Owner;
let desk: Desk;

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  owner = await firstUser(server);
  desk = await openDesk(browser, server);
  const [name, value] = owner.cookie.split("=");
  await desk.context.addCookies([{ name: name ?? "", value: value ?? "", url: server.origin }]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function openSettings(site: Site, section: string): Promise<Page> {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/settings/${section}`);
  await page.getByRole("button", { name: "Save", exact: true }).waitFor();
  return page;
}

async function settingsOf(site: Site): Promise<Site["settings"]> {
  return (await owner.get<Site>(`sites/${site.id}`)).settings;
}

/** What somebody else does meanwhile. */
async function meanwhile(site: Site, settings: unknown): Promise<void> {
  await owner.send("PATCH", `sites/${site.id}`, { settings });
}

test("saving a form leaves what somebody else set since it opened", async () => {
  const site = await addSite(owner, "Two at once");
  const page = await openSettings(site, "counting");
  await meanwhile(site, { rules: { mask: [".customer-name"], record: false } });
  await page.getByLabel("Query keys to keep in addresses").fill("q");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved; pages have it within a minute").waitFor();
  const { rules } = await settingsOf(site);
  expect(rules).toMatchObject({ mask: [".customer-name"], record: false, query_keys: ["q"] });
});

test("who changed the same meanwhile is told, sees theirs, and nothing is lost", async () => {
  const site = await addSite(owner, "The same at once");
  const page = await openSettings(site, "recording");
  await meanwhile(site, { rules: { mask: [".theirs"] } });
  const mask = page.getByLabel("Mask these too");
  await mask.fill(".mine");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("alert").getByText("Somebody else has changed rules.mask").waitFor();
  expect((await settingsOf(site)).rules.mask).toEqual([".theirs"]);
  expect(await violationsOf(page)).toEqual([]);
  await keepPicture(page, "settings-conflict");
  await page.getByRole("button", { name: "Show what stands now" }).click();
  await page.getByRole("alert").waitFor({ state: "detached" });
  expect(await mask.inputValue()).toBe(".theirs");
  await mask.fill(".theirs\n.mine");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved; pages have it within a minute").waitFor();
  expect((await settingsOf(site)).rules.mask).toEqual([".theirs", ".mine"]);
});
