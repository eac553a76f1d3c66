// The stories of docs/guide/demo.md, found through the screens by somebody who was told nothing:
// the data is put in by the command, and taken out again by one click.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { table } from "../support/explore.ts";
import { keepPicture } from "../support/pictures.ts";
import type { Server } from "../support/server.ts";
import { demoSite, type Site } from "../support/sites.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

let server: Server;
let browser: Browser;
let owner: Owner;
let desk: Desk;
let site: Site;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await demoSite(owner);
  const said = await server.command("demo");
  expect(said).toMatch(
    /90 days of made-up visits: [1-9]\d{4,} events and [34]\d recordings now, 0 events were there/,
  );
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens one of the questions behind the mark of the demo. */
async function ask(words: RegExp): Promise<void> {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}`);
  await page.getByRole("button", { name: "Demo site: what is in it" }).click();
  const overview = page.url();
  await page.getByRole("link", { name: words }).click();
  await page.waitForURL((url) => url.href !== overview);
}

/** The rows of a table once there are some. */
async function rowsOf(name: string): Promise<string[][]> {
  const region = desk.page.getByRole("region", {
    name: `${name}, as a table`,
    includeHidden: true,
  });
  await region.waitFor({ state: "attached" });
  return until(`rows of ${name}`, 20_000, async () => {
    const rows = await table(desk.page, name);
    return rows.length > 0 && rows;
  });
}

/** "1,204" and "94 (12 %)" as numbers. */
function numberOf(cell: string | undefined): number {
  return Number(/^[\d,]+/.exec(cell ?? "")?.[0].replaceAll(",", "") ?? Number.NaN);
}

/** How many reached each step of a funnel, by value. */
async function reached(): Promise<Map<string, number[]>> {
  const steps = new Map<string, number[]>();
  for (const [value = "", , , count] of await rowsOf("Funnel by value"))
    steps.set(value, [...(steps.get(value) ?? []), numberOf(count)]);
  return steps;
}

test("payments fail in Safari since the release", async () => {
  await ask(/^Where do payments fail/);
  const { page } = desk;
  const url = new URL(page.url());
  url.searchParams.set("last", "20d");
  await page.goto(url.href);
  const steps = await reached();
  await keepPicture(page, "demo-payments");
  const [, , bought = Number.NaN] = steps.get("Safari") ?? [];
  const [, tried = 0] = steps.get("Safari") ?? [];
  expect(tried).toBeGreaterThan(5);
  expect(bought).toBeLessThan(0.25 * tried);
  const [, others = 0, paid = 0] = steps.get("Chrome") ?? [];
  expect(others).toBeGreaterThan(10);
  expect(paid).toBeGreaterThan(0.75 * others);
});

test("beside the step that loses most stands what tells those who left from those who paid", async () => {
  const { page } = desk;
  const why = page.getByRole("region", { name: "Why they leave" });
  await why.getByRole("heading", { name: "Who leaves before “order”?" }).waitFor();
  const rows = why.getByRole("listitem");
  await until("five of them", 15_000, async () => (await rows.count()) === 5);
  const safari = rows.filter({ hasText: "browser Safari" });
  await safari.waitFor();
  const said = await safari.innerText();
  const [went = Number.NaN, others = 0] = [...said.matchAll(/([\d.]+)\u202f?%/g)].map(
    ([, number]) => Number(number),
  );
  expect(went).toBeLessThan(others / 3);
  await keepPicture(page, "demo-why");
  await safari.getByRole("button", { name: "browser Safari" }).click();
  const sheet = page.getByRole("dialog", { name: /browser Safari$/ });
  await sheet.locator('li a[href*="/sessions/"]').first().waitFor();
  await sheet.getByRole("button", { name: "Close" }).click();
  await safari.getByRole("link", { name: "Sessions with browser Safari" }).click();
  await page.getByRole("region", { name: "Sessions" }).waitFor();
  expect(new URL(page.url()).searchParams.get("browser")).toBe("Safari");
});

test("those who left in anger are listed, worst first", async () => {
  const { page } = desk;
  await page.goto(
    `${server.origin}/sites/${site.id}/sessions?last=20d&signal=rage_click&sort=worth_watching`,
  );
  const list = page.getByRole("region", { name: "Sessions" });
  await list.getByRole("heading", { name: /sessions$/ }).waitFor();
  const first = list.locator("li:has(a)").first();
  await until("the reason of the first", 10_000, async () =>
    /rage click/.test(await first.innerText()),
  );
  // The worst of them met the checkout's fault, whatever else made them angry on the way there.
  await until("the reasons of all", 15_000, async () => {
    const rows = await list.locator("li:has(a)").allInnerTexts();
    expect(rows.slice(0, 5).filter((row) => /error click[\s\S]*Safari/.test(row))).not.toEqual([]);
    const atPayment = rows.filter((row) => /on \/checkout-payment[\s\S]*Safari/.test(row));
    expect(atPayment.length).toBeGreaterThan(3);
    return true;
  });
});

test("the campaign brings many and sells nothing", async () => {
  await ask(/^Which campaign/);
  const steps = await reached();
  await keepPicture(desk.page, "demo-campaign");
  const [came = 0, , ordered] = steps.get("autumn-glow") ?? [];
  expect(came).toBeGreaterThan(900);
  expect(ordered).toBe(0);
  const [newsletter = 0, , bought = 0] = steps.get("evening-light") ?? [];
  expect(newsletter).toBeLessThan(came);
  expect(bought).toBeGreaterThan(0.05 * newsletter);
});

test("the postcode is the field at which people leave", async () => {
  await ask(/^At which field/);
  const left = new Map<string, number>();
  for (const [, field = "", count] of await rowsOf("Trend"))
    left.set(field, (left.get(field) ?? 0) + numberOf(count));
  await keepPicture(desk.page, "demo-field");
  const postcode = left.get("zip") ?? 0;
  left.delete("zip");
  expect(postcode).toBeGreaterThan([...left.values()].reduce((sum, count) => sum + count, 0));
});

test("a company comes back for weeks before it buys", async () => {
  await ask(/^Which company came back/);
  const { page } = desk;
  await page.getByRole("heading", { name: "harbour-hotels", exact: true }).waitFor();
  const said = page.getByText(/^3 persons, \d+ sessions/);
  const [, sessions = ""] = /, (\d+) sessions/.exec(await said.innerText()) ?? [];
  expect(Number(sessions)).toBeGreaterThanOrEqual(8);
  const list = page.getByRole("list", { name: "Sessions of the account, the latest first" });
  const names = await until("all of them in the list", 15_000, async () => {
    const found = await list.locator("a.who").allInnerTexts();
    expect(found.length).toBe(Number(sessions));
    return found;
  });
  // All three are known by name, whichever of their sessions one looks at.
  expect(new Set(names).size).toBe(3);
  expect(names.filter((name) => !name.startsWith("harbour-hotels-"))).toEqual([]);
  await keepPicture(page, "demo-company");
  await list.getByRole("link", { name: "harbour-hotels-buying" }).first().click();
  const story = page.getByRole("region", { name: "What they did" });
  await story.getByText(/order/).first().waitFor();
});

test("it came seven times in four weeks before the one order that it made", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/accounts?last=90d`);
  await page.getByRole("link", { name: "harbour-hotels", exact: true }).click();
  const list = page.getByRole("list", { name: "Sessions of the account, the latest first" });
  await list.getByRole("listitem").first().waitFor();
  const rows = list.getByRole("listitem");
  const days = (await rows.locator("time").allInnerTexts()).map((words) => Date.parse(words));
  const orders: boolean[] = [];
  for (const each of await rows.all()) {
    const href = await each.getByRole("link", { name: /the session of/ }).getAttribute("href");
    const session = await desk.context.newPage();
    await session.goto(`${server.origin}${href}`);
    const events = session.getByRole("region", { name: "What happened" });
    await events
      .getByText(/\/product\/harbour|order/i)
      .first()
      .waitFor();
    orders.push(/\border\b[\s\S]*3,?096/.test(await events.innerText()));
    await session.close();
  }
  // Only the last of them ordered, four weeks and more after the first.
  expect(orders).toEqual(orders.map((_, index) => index === 0));
  expect(orders.length).toBeGreaterThanOrEqual(8);
  const [last = Number.NaN] = days;
  expect(last - (days.at(-1) ?? Number.NaN)).toBeGreaterThan(28 * 86_400_000);
});

test("every story is behind the mark of the demo", async () => {
  const { page } = desk;
  for (const [words, there] of [
    [/^What looks as if it opened/, /\/heatmaps\?.*heat=dead/],
    [/^What do those say/, /\/feedback\?last=90d/],
    [/^What is slower since/, /\/speed\?.*since=\d{4}-\d\d-\d\d/],
  ] as const) {
    await ask(words);
    await page.waitForURL(there);
  }
  await page.getByRole("heading", { level: 1, name: /is slower since Shop 4\.2/ }).waitFor();
});

test("who leaves the checkout says what does not work", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/feedback?last=90d`);
  await page.getByRole("link", { name: "Leaving the checkout" }).click();
  const said = page.getByRole("table", { name: "What they answered" });
  await said.waitFor();
  const rows = await said
    .locator("tbody tr")
    .evaluateAll((all) =>
      all.map((row) => [...row.children].map((cell) => (cell as HTMLElement).innerText.trim())),
    );
  const counts = new Map(rows.map(([choice = "", count]) => [choice, numberOf(count)]));
  const broken = counts.get("Something does not work") ?? 0;
  expect(broken).toBeGreaterThan(20);
  expect(Math.max(...counts.values())).toBe(broken);
  await page.getByLabel("Find in comments and choices").fill("pay now");
  const answers = page.getByRole("list", { name: "Answers, the newest first" });
  const first = answers.getByRole("listitem").filter({ hasText: "/checkout-payment" }).first();
  await first.getByText("I press Pay now and nothing happens.").waitFor();
  await keepPicture(page, "demo-leavers");
  await first.getByRole("link", { name: /open this session/ }).click();
  await page.waitForURL(/\/sessions\/[0-9a-f]{32}.*#at=\d+$/);
  await page.getByText("Answered Something does not work").first().waitFor();
});

test("one click takes the visits out", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}?last=90d`);
  await page.getByRole("button", { name: "Demo site: what is in it" }).click();
  await page.getByRole("button", { name: "Take all visits out" }).click();
  const question = { kind: "totals", period: { last: "90d" }, measures: ["events"] };
  await until("nothing is left", 30_000, async () => {
    const answer = await owner.send<{ rows: unknown[][] }>(
      "POST",
      `sites/${site.id}/ask`,
      question,
    );
    return answer.rows[0]?.[0] === 0;
  });
});
