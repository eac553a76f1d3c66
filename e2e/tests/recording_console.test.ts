// What a page logs and asks of the network, from the page itself to the lists beside its replay: with
// the real recorder, and each part of the recording loaded once for all who read it.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { keepPicture } from "../support/pictures.ts";
import type { Server } from "../support/server.ts";
import { demoSite, type Site, sessionWith } from "../support/sites.ts";
import { pictureOf, press, seek } from "../support/stage.ts";
import { sessionOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;
let session: string;
/** Parts of the recording that the dashboard asked for, in this order. */
const asked: string[] = [];

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await demoSite(owner);
  const rules = { ...site.settings.rules, record_console: true, record_network: true };
  await owner.send("PATCH", `sites/${site.id}`, { settings: { ...site.settings, rules } });
  session = await visit();
  desk = await openDesk(browser, server, owner);
  desk.page.on("request", (request) => {
    if (request.url().includes("/chunks/")) asked.push(new URL(request.url()).pathname);
  });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Somebody types a name into a page that logs it and much else, asks for something that is not there, and breaks. */
async function visit(): Promise<string> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 } });
  const shop = await context.newPage();
  await shop.goto(server.shop);
  const id = await sessionOf(shop);
  // Not as often as one can ask: of too many lines in some seconds the later are left out.
  let askedMs = 0;
  await until("a recorder that listens", 20_000, async () => {
    if (performance.now() - askedMs > 1000) {
      askedMs = performance.now();
      await shop.evaluate(() => console.debug("is anybody there?"));
    }
    return (await linesOf(id)).includes("is anybody there?");
  });
  await shop.getByLabel("Search lamps").fill("Ada Lovelace");
  await shop.evaluate(async () => {
    console.log("%d lamps for %s", 3, "Ada Lovelace", { card: "4111 1111 1111 1111" });
    console.warn("low on lamps, ask ada@example.org");
    await fetch("/nowhere?token=sk4live7Zx9Q").catch(() => {});
    // Too many, even where they fall into two of the stretches in which lines are counted.
    for (let line = 0; line < 600; line++) console.debug("one of many", line);
    setTimeout(() => {
      throw new TypeError("sum is undefined");
    });
  });
  await until("the last of it", 20_000, async () => {
    const lines = await linesOf(id);
    return lines.includes("sum is undefined") && lines.includes("/nowhere");
  });
  await sessionWith(owner, site, id, { pageview: 1 });
  await shop.goto("about:blank");
  await until("what was left out", 20_000, async () =>
    (await linesOf(id)).includes("console_left"),
  );
  await context.close();
  return id;
}

/** All lines of a recording as the server has them; none before there is one. */
async function linesOf(id: string): Promise<string> {
  const path = `sites/${site.id}/recordings/${id}`;
  const found = await owner
    .get<{ chunks: { window: string; sequence: number }[] }>(path)
    .catch(() => ({ chunks: [] }));
  const texts = found.chunks.map(async ({ window, sequence }) => {
    const answer = await fetch(`${server.origin}/api/v1/${path}/chunks/${window}/${sequence}`, {
      headers: { cookie: owner.cookie },
    });
    return answer.text();
  });
  return (await Promise.all(texts)).join("");
}

/** The text of the list that is in front, once it has all of these words: its parts come one by one. */
function listWith(page: Page, ...words: (string | RegExp)[]): Promise<string> {
  const list = page.getByRole("tabpanel");
  return until(`a list with ${words.join(", ")}`, 20_000, async () => {
    const said = await list.innerText();
    for (const each of words) expect(said).toMatch(each);
    return said;
  });
}

test("what the page logged stands beside the replay, without what was typed and secret", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/sessions/${session}`);
  await pictureOf(page);
  await press(page, "k");
  await page.getByRole("tab", { name: "Console" }).click();
  const said = await listWith(
    page,
    /3 lamps for \S+ Object/,
    /warn low on lamps, ask \S+/,
    /error TypeError: sum is undefined/,
    /\d{3} more lines were left out: there were too many at once/,
  );
  expect(said).not.toMatch(/ada|lovelace|example\.org|4111/i);
  await keepPicture(page, "console-recorded");
  await page.getByRole("tab", { name: "Network" }).click();
  const requests = await listWith(page, /404 \/nowhere/);
  expect(requests).not.toMatch(/token|sk4live/);
});

test("the player and the lists load each part of the recording once", async () => {
  const { page } = desk;
  await press(page, "End");
  await seek(page, 0);
  await page.getByRole("tab", { name: "Console" }).click();
  await listWith(page, "sum is undefined");
  expect(asked.length).toBeGreaterThan(0);
  expect(asked).toEqual([...new Set(asked)]);
  desk.expectQuiet();
});
