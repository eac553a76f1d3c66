// Many sites in groups, found by a few letters; and what a site's numbers may have missed.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { keepPicture } from "../support/pictures.ts";
import { tooWide, violationsInThemes } from "../support/screens.ts";
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

async function looksRight(page: Page, name: string): Promise<void> {
  expect(await violationsInThemes(page, name)).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await tooWide(page)).toEqual([]);
  await keepPicture(page, `${name}-phone`);
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** Names of the sites below each heading, as the screen has them. */
function listed(page: Page): Promise<string[][]> {
  return page
    .locator("tbody")
    .evaluateAll((bodies) =>
      bodies.map((body) =>
        [...body.querySelectorAll(".group th, .name .cut")].map(
          (cell) => cell.firstChild?.textContent ?? "",
        ),
      ),
    );
}

test("sites are put into groups where they are edited, and found by name, domain and group", async () => {
  for (const name of ["Boats", "Fins", "Tents"]) await addSite(owner, name);
  const { page } = desk;
  await page.goto(server.origin);
  for (const [name, group] of [
    ["Boats", "Water sports"],
    ["Fins", "Water sports"],
    ["Tents", "Camping"],
  ] as const) {
    await page.getByRole("button", { name: `More for ${name}` }).click();
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    const box = page.getByRole("dialog");
    await box.getByLabel("Group").fill(group);
    await box.getByRole("button", { name: "Save" }).click();
    await box.waitFor({ state: "detached" });
  }
  const groups = async () => {
    const [first, second, third] = await listed(page);
    return [first, second, third?.[0]];
  };
  await expect
    .poll(groups)
    .toEqual([["Camping", "Tents"], ["Water sports", "Boats", "Fins"], "No group"]);
  await looksRight(page, "sites-groups");
  const find = page.getByRole("searchbox", { name: "Find a site" });
  await find.fill("water f");
  await expect.poll(() => listed(page)).toEqual([["Water sports", "Fins"]]);
  await find.fill("zeppelins");
  await page.getByText("No site is called “zeppelins”").waitFor();
  await find.fill("tents");
  await find.press("Enter");
  await page.waitForURL(/\/sites\/\d+/);
  await page.getByRole("link", { name: "Overview" }).first().waitFor();
});

/** A body of events as a page sends it. */
function send(site: Site, origin: string, lines: readonly string[], lost = 0): Promise<Response> {
  const head = { v: 1, window: "d".repeat(32), mode: "cookieless", sent_ms: Date.now(), lost };
  return fetch(`${server.origin}/e/${site.key}`, {
    method: "POST",
    headers: { origin, "user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)" },
    body: [JSON.stringify({ ...head, tracker: "test" }), ...lines].join("\n"),
  });
}

test("lost, refused and left out are told by reason and day, and by site", async () => {
  const site = await addSite(owner, "Losses");
  const event = { name: "pageview", sequence: 0, time_ms: Date.now(), url: "http://127.0.0.1/" };
  const first = await send(site, "http://127.0.0.1", [JSON.stringify(event), "nonsense", "{}"], 7);
  expect(first.status).toBe(200);
  for (let time = 0; time < 3; time++) {
    expect((await send(site, "https://elsewhere.example", [])).status).toBe(403);
  }
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/settings/losses`);
  await page.getByRole("heading", { name: "7 lost on the way, 5 refused" }).waitFor();
  const cells = (name: string) =>
    page.getByRole("row").filter({ hasText: name }).first().getByRole("cell").first().innerText();
  expect(await cells("Given up in the page")).toBe("7");
  expect(await cells("A body of events was refused: the page is on no domain of the site")).toBe(
    "3",
  );
  expect(await cells("An event was refused: no event in JSON")).toBe("1");
  const day = page.getByRole("table").nth(1).locator("tbody tr");
  expect(await day.first().getByRole("cell").allInnerTexts()).toEqual(["7", "5"]);
  const bots = page.getByRole("region", { name: "Left out as bots and own traffic" });
  await bots.getByRole("rowheader", { name: /Googlebot/ }).waitFor();
  await looksRight(page, "losses");

  await page.getByRole("button", { name: "7 days" }).click();
  await page.getByRole("heading", { name: "7 lost on the way, 5 refused" }).waitFor();

  // Where nobody else came, the overview says so and leads to them.
  await page.goto(`${server.origin}/sites/${site.id}?last=24h`);
  await page
    .getByRole("heading", { name: "Only bots and own traffic came in this period: 1 session" })
    .waitFor();
  await looksRight(page, "only-bots");
  expect(
    await page.getByRole("link", { name: "What gave them away" }).getAttribute("href"),
  ).toContain("/settings/losses");
  await page.getByRole("link", { name: "Show them" }).click();
  await page.getByRole("button", { name: "Leave bots out again" }).waitFor();
  await page.getByRole("heading", { name: /^Only bots/ }).waitFor({ state: "detached" });

  await page.goto(`${server.origin}/status`);
  const bySite = page
    .locator("section")
    .filter({ has: page.getByRole("heading", { name: "By site" }) });
  await bySite.getByRole("rowheader", { name: site.name, exact: true }).waitFor();
  await looksRight(page, "status-by-site");
});
