// What an admin does under a site's settings, in a browser, while somebody else changes the same site.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { keepPicture } from "../support/pictures.ts";
import { violationsInThemes, violationsOf } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { addSite, type Site } from "../support/sites.ts";
import { openWorld } from "../support/world.ts";

let server: Server;
let browser: Browser;
let owner: Owner;
let desk: Desk;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  desk = await openDesk(browser, server, owner);
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
  await page
    .getByRole("alert")
    .filter({ hasText: "Somebody else has changed “Mask these too” meanwhile" })
    .waitFor();
  expect((await settingsOf(site)).rules.mask).toEqual([".theirs"]);
  expect(await violationsOf(page)).toEqual([]);
  await keepPicture(page, "settings-conflict");
  await page.getByRole("button", { name: "Show what stands now" }).click();
  await page.getByRole("alert").waitFor({ state: "detached" });
  await expect.poll(() => mask.inputValue()).toBe(".theirs");
  await mask.fill(".theirs\n.mine");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved; pages have it within a minute").waitFor();
  expect((await settingsOf(site)).rules.mask).toEqual([".theirs", ".mine"]);
});

test("keeping less says what goes before it is saved, and asks for the site's name", async () => {
  const site = await addSite(owner, "Keeps less");
  await sendOld(site, 3);
  const page = await openSettings(site, "counting");
  await page.getByLabel("Keep events").fill("30");
  const said = page.getByRole("status").filter({ hasText: "This keeps less than before." });
  await said.getByText("Erased for good within ten minutes: 3 events").waitFor();
  // As many days as the events are old, and one more: they stay.
  await page.getByLabel("Keep events").fill("42");
  await said.getByText("Nothing that is stored now goes at once.").waitFor();
  await page.getByLabel("Keep events").fill("30");
  await said.getByText("3 events").waitFor();
  await keepPicture(page, "settings-keep-less");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const box = page.getByRole("dialog", { name: `Keep less of ${site.name}` });
  await box.getByText("3 events").waitFor();
  const erase = box.getByRole("button", { name: "Erase and save" });
  expect(await erase.isDisabled()).toBe(true);
  expect(await violationsInThemes(page, "settings-keep-less-name")).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
  await box.getByRole("button", { name: "Keep everything" }).click();
  expect((await settingsOf(site)).event_days).toBe(0);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await box.getByRole("textbox").fill(site.name);
  await erase.click();
  await page.getByText("Saved; pages have it within a minute").waitFor();
  expect((await settingsOf(site)).event_days).toBe(30);
  await said.waitFor({ state: "detached" });
});

/** Events of forty days ago, as another system reports them. */
async function sendOld(site: Site, many: number): Promise<void> {
  const path = `sites/${site.id}/tokens`;
  const { secret } = await owner.send<{ secret: string }>("POST", path, {
    name: "old",
    scope: "ingest",
  });
  const time = Date.now() - 40 * 86_400_000;
  const lines = Array.from({ length: many }, (_, id) =>
    JSON.stringify({ id: `${id}`, event: "order", time, visitor: "ada" }),
  );
  const sent = await fetch(`${server.origin}/api/v1/sites/${site.id}/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}` },
    body: lines.join("\n"),
  });
  expect(sent.status).toBe(200);
}

test("a site gets its currency, and the values of its goals are shown in it", async () => {
  const site = await addSite(owner, "Currency");
  await meanwhile(site, { count_automated: true });
  const { secret } = await owner.send<{ secret: string }>("POST", `sites/${site.id}/tokens`, {
    name: "orders",
    scope: "ingest",
  });
  const sends = async (properties: object) => {
    const order = { event: "order", time: Date.now() - 60_000, visitor: "a", properties };
    const sent = await fetch(`${server.origin}/api/v1/sites/${site.id}/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}` },
      body: JSON.stringify(order),
    });
    expect(sent.status).toBe(200);
  };
  await sends({ value: 12.5 });
  const goal = { event: { events: ["order"] }, filters: [], on_overview: false };
  for (const worth of [
    { name: "Order", value_thousandths: 7250 },
    { name: "Any currency", value_property: "value" },
  ])
    await owner.send("POST", `sites/${site.id}/goals`, { ...goal, ...worth });
  const page = await openSettings(site, "site");
  const currency = page.getByLabel("Currency");
  await currency.fill("abc");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: "`ABC` is no currency" }).waitFor();
  await currency.fill("chf");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  expect((await settingsOf(site)).currency).toBe("CHF");
  await page.goto(`${server.origin}/sites/${site.id}/goals`);
  await page.getByRole("cell", { name: "7.25\u202fCHF" }).waitFor();
  // A sum in which any currency may be says none.
  await page.getByRole("cell", { name: "12.50", exact: true }).waitFor();
  // Of what orders say in Explore and on a board, it is asked whether there are several.
  const series = "series=order~do!sum!value";
  const explore = `${server.origin}/sites/${site.id}/explore?last=7d&${series}`;
  await page.goto(explore);
  await page.getByRole("heading", { name: /^The sum of value in order is 12\.50\sCHF$/ }).waitFor();
  const { id } = await owner.send<{ id: string }>("POST", `sites/${site.id}/insights`, {
    name: "Takings",
    address: series,
    question: {
      kind: "trend",
      period: { last: "7d" },
      trend: { series: [{ events: ["order"], aggregate: "sum", property: "value" }] },
    },
  });
  const board = await owner.send<{ id: string }>("POST", `sites/${site.id}/boards`, {
    name: "Money",
    panels: [
      {
        id: "a",
        place: { x: 0, y: 0, width: 4, height: 3 },
        shows: { insight: id, display: "number" },
      },
    ],
  });
  await page.goto(`${server.origin}/sites/${site.id}/boards/${board.id}`);
  await page.getByRole("button", { name: /^Takings: 12\.50\sCHF, the people$/ }).waitFor();
  await sends({ value: 10, currency: "USD" });
  await page.goto(explore);
  await page.getByRole("heading", { name: /^The sum of value in order is 22\.50$/ }).waitFor();
});
