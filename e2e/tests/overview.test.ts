// The first screen of a site, by somebody who looks at it every morning: each panel comes by itself,
// and each number leads to the people behind it.
import type { Browser, Page, Route } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { keepPicture } from "../support/pictures.ts";
import { postVisit } from "../support/recorded.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { eventOf, ORIGIN, recorded, type Step } from "../support/steps.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

/** One who looked at two pages and is recorded. */
const WATCHED = "a".repeat(32);

const slow = (second: number, page: string, ms: number): Step => [
  second,
  page,
  "web_vital",
  { metric: "LCP", value: ms, rating: ms > 4000 ? "poor" : "good" },
];
const LETTER = "/?utm_source=letter&utm_medium=email&utm_campaign=may&utm_content=top";
const VISITS: [digit: string, steps: Step[]][] = [
  ["a", [[0, LETTER], slow(1, "/", 1200), [20, "/lamps"]]],
  ["b", [[0, LETTER], slow(1, "/", 1400)]],
  ["c", [[0, "/"], slow(1, "/", 6200)]],
];

/** Questions, one or several in a request. */
const ASK = /\/ask(-together)?$/;

/** Whether a request asks for the totals, be it among others. */
function isOfTotals(route: Route): boolean {
  const asked = route.request().postDataJSON();
  return [asked, ...(asked.questions ?? [])].some(({ kind }) => kind === "totals");
}

/** Whether it asks how many of a panel's rows reached a goal. */
function isOfRows(route: Route): boolean {
  const asked = route.request().postDataJSON();
  return [asked, ...(asked.questions ?? [])].some(
    ({ goals, filters = [] }) =>
      goals?.breakdown || filters.some((filter: object) => "goal" in filter),
  );
}

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;
let base: string;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Lamps");
  base = `${server.origin}/sites/${site.id}`;
  for (const [digit, steps] of VISITS) {
    const visit = { key: site.key, origin: ORIGIN, session: digit.repeat(32) };
    await postVisit(server, { ...visit, lines: recorded(), events: steps.map(eventOf) });
  }
  await recordingOf(owner, site, WATCHED);
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("the panels come though the totals cannot be counted, and those when they are asked for again", async () => {
  const { page, context } = await openDesk(browser, server, owner);
  await page.route(ASK, async (route) => {
    if (isOfTotals(route)) await route.abort("connectionrefused");
    else await route.continue();
  });
  await page.goto(base);
  await page.getByRole("row", { name: /^\/lamps\s/ }).waitFor();
  // What is asked at the same moment goes the same way.
  await page.getByText("the server cannot be reached").first().waitFor();
  expect(await tiles(page).count()).toBe(0);
  await page.unroute(ASK);
  await page.getByRole("button", { name: "Try again" }).first().click();
  await tiles(page)
    .getByRole("button", { name: /^Sessions\s*3\b/ })
    .waitFor();
  await context.close();
});

test("where nothing can be counted that is said once, and one click brings all of it", async () => {
  const { page, context } = await openDesk(browser, server, owner);
  const of = `**/api/v1/sites/${site.id}/**`;
  await page.route(of, (route) => route.abort("connectionrefused"));
  await page.goto(base);
  const quiet = page.getByText("Not counted; see above.");
  // Six breakdowns, the goals and the web vitals.
  await until("eight quiet panels", 15_000, async () => (await quiet.count()) === 8);
  await expect.poll(() => page.locator("main [aria-busy=true]").count()).toBe(0);
  expect(await quiet.count()).toBe(8);
  expect(await page.getByRole("alert").count()).toBe(1);
  expect(await page.getByRole("button", { name: "Try again" }).count()).toBe(1);
  await page.unroute(of);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("row", { name: /^\/lamps\s/ }).waitFor();
  await page.getByText("No goal is shown here yet.").waitFor();
  await tiles(page)
    .getByRole("button", { name: /^Sessions\s*3\b/ })
    .waitFor();
  // Each panel comes by itself.
  await expect.poll(() => quiet.count()).toBe(0);
  await context.close();
});

test("the panels do not wait for totals that take long", async () => {
  const { page, context } = await openDesk(browser, server, owner);
  let answer = (): void => {};
  const late = new Promise<void>((done) => {
    answer = done;
  });
  await page.route(ASK, async (route) => {
    if (isOfTotals(route)) await late;
    await route.continue();
  });
  await page.goto(base);
  await page.getByRole("row", { name: /^\/lamps\s/ }).waitFor();
  expect(
    await tiles(page)
      .getByRole("button", { name: /^Sessions\s*3\b/ })
      .count(),
  ).toBe(0);
  answer();
  await tiles(page)
    .getByRole("button", { name: /^Sessions\s*3\b/ })
    .waitFor();
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await context.close();
});

test("each number of a row leads to the people behind it", async () => {
  const { page } = desk;
  await page.goto(base);
  const sheet = page.getByRole("dialog");
  const shut = () => sheet.getByRole("button", { name: "Close" }).click();
  // One of those who came by the letter left at once.
  await page.getByRole("button", { name: "Sources", exact: true }).click();
  const letter = page.getByRole("row", { name: /^letter\s/ });
  await letter.getByTitle("Who they are").click();
  await sheet.getByRole("heading", { name: "1 person bounced" }).waitFor();
  await sheet.getByText("Source letter").waitFor();
  await shut();
  const lamps = page.getByRole("row", { name: /^\/lamps\s/ });
  await lamps.getByTitle("Who they are").click();
  await sheet.getByRole("heading", { name: "1 person came" }).waitFor();
  await sheet.locator(`a[href*="/sessions/${WATCHED}"]`).waitFor();
  await shut();

  await page.getByRole("button", { name: "Who they are", exact: true }).click();
  await sheet.getByRole("heading", { name: "3 persons came" }).waitFor();
  await shut();
  await tiles(page)
    .getByRole("button", { name: /^Persons/ })
    .click();
  const direct = page.getByRole("row", { name: /^Direct\s/ }).first();
  await direct.getByTitle("Who they are").first().click();
  await sheet.getByRole("heading", { name: "1 person came" }).waitFor();
  await shut();
  await page.getByText("Show as table").click();
  const today = page.getByRole("row").filter({ has: page.getByTitle("Who they are") });
  await today.last().getByTitle("Who they are").first().click();
  await sheet.getByRole("heading", { name: /person/ }).waitFor();
  await shut();
});

test("how campaigns were tagged, and how fast the site was, with who waited", async () => {
  const { page } = desk;
  await page.goto(base);
  const may = page.getByRole("row", { name: /^may\s/ });
  await may.waitFor();
  // Most sessions had none, which is the answer to no question.
  const campaigns = page.getByRole("table").filter({ has: may }).getByRole("rowheader");
  await expect.poll(() => campaigns.allInnerTexts()).toEqual(["may", "No campaign"]);
  await page.getByRole("button", { name: "Media", exact: true }).click();
  await page.getByRole("row", { name: /^email\s/ }).waitFor();
  await page.getByRole("button", { name: "Contents", exact: true }).click();
  await page.getByRole("row", { name: /^top\s/ }).waitFor();
  const vitals = page.getByRole("region", { name: "Web vitals" });
  const row = vitals.getByRole("row", { name: /^Largest paint, LCP/ });
  await row.getByTitle("Who waited").click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("heading", { name: /^1 person waited: LCP over 4/ }).waitFor();
  await sheet.getByRole("button", { name: "Close" }).click();
  await row.getByRole("link").click();
  await page.getByRole("heading", { name: /^Largest paint \(LCP\)/ }).waitFor();
});

test("the conversion of a goal is a tile, the chart, and beside each source and page, with who", async () => {
  const { page } = desk;
  await page.unrouteAll({ behavior: "ignoreErrors" });
  const { goals } = await owner.get<{ goals: { name: string }[] }>(`sites/${site.id}/goals`);
  for (const [name, path] of [
    ["Lamps seen", "/lamps"],
    ["Stayed home", "/"],
  ].filter(([name]) => !goals.some((goal) => goal.name === name)))
    await owner.send("POST", `sites/${site.id}/goals`, {
      name,
      event: {
        events: ["pageview"],
        filters: [{ dimension: "page", operator: "is", values: [path] }],
      },
      on_overview: true,
    });
  await page.goto(base);
  const tile = tiles(page).getByRole("button", { name: /^Conversion: Lamps seen/ });
  await tile.filter({ hasText: "33.3" }).waitFor();
  await tile.click();
  const chart = page.getByRole("region", { name: "Conversion over time" });
  await chart.getByText("1 of 3 sessions reach it, 1 person.").waitFor();
  await page.getByRole("button", { name: "Sources", exact: true }).click();
  const letter = page.getByRole("row", { name: /^letter\s/ });
  await letter.getByText("50.0\u202f%").waitFor();
  await page
    .getByRole("row", { name: /^Direct\s/ })
    .getByText("0.0\u202f%")
    .first()
    .waitFor();
  await page
    .getByRole("row", { name: /^\/lamps\s/ })
    .getByText("100.0\u202f%")
    .waitFor();
  await keepPicture(page, "overview-goal");
  // Until the rows of another tab are counted they have no rate, least of all one of the tab before.
  let answer = (): void => {};
  const late = new Promise<void>((done) => {
    answer = done;
  });
  await page.route(ASK, async (route) => {
    if (isOfRows(route)) await late;
    await route.continue();
  });
  const tabs = page.getByRole("group", { name: "Broken down by" }).filter({ hasText: "Sources" });
  const panel = page.locator("section").filter({ has: tabs });
  await tabs.getByRole("button", { name: "Channels", exact: true }).click();
  await panel.getByRole("columnheader", { name: "Channel", exact: true }).waitFor();
  const mail = panel.getByRole("row").nth(1);
  await mail.getByRole("cell").nth(1).filter({ hasText: "–" }).waitFor();
  answer();
  await mail.getByText("50.0\u202f%").waitFor();
  await page.unroute(ASK);
  await tabs.getByRole("button", { name: "Sources", exact: true }).click();
  await letter.getByText("50.0\u202f%").waitFor();
  const sheet = page.getByRole("dialog");
  await letter.getByTitle("Who reached it").click();
  await sheet.getByRole("heading", { name: "1 person reached “Lamps seen”" }).waitFor();
  await sheet.getByText("Source letter").waitFor();
  await sheet.locator(`a[href*="/sessions/${WATCHED}"]`).waitFor();
  await sheet.getByRole("button", { name: "Close" }).click();

  await chart.getByLabel("Which goal").selectOption("Stayed home");
  await chart.getByText("3 of 3 sessions reach it, 3 persons.").waitFor();
  await tiles(page)
    .getByRole("button", { name: /^Conversion: Stayed home/ })
    .filter({ hasText: "100" })
    .waitFor();
  await chart.getByRole("link", { name: "All about it" }).click();
  await page.getByRole("heading", { name: /reach “Stayed home”$/ }).waitFor();
  await page.goBack();
  await tiles(page)
    .getByRole("button", { name: /^Sessions/ })
    .click();
  await chart.waitFor({ state: "detached" });
  await page.getByRole("columnheader", { name: "Bounce" }).first().waitFor();
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

const tiles = (page: Page) => page.getByRole("group", { name: /^Numbers of the period/ });
