// What a developer comes for: which error is new, whom it reached, what they did before, and the
// recording at that second; and whether the site is slower since a release, and who waited.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { postVisit } from "../support/recorded.ts";
import { cellsOf, holdOnPhone } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { addSite, dayAtSite, recordingOf, type Site } from "../support/sites.ts";
import { ORIGIN, type Step, visitsFrom } from "../support/steps.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const SAFARI =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15";
const CHROME =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Mobile/15E148 Safari/604.1";
const id = (digit: string): string => digit.repeat(32);
const [PAID, TRIED, OLD] = ["a", "b", "c"].map(id) as [string, string, string];
const DAY_MS = 86_400_000;
const LASTS_MS = 100_000;
/** All visits began some minutes ago, and not so that midnight parts them. */
const LATELY_MS = Date.now() - 180_000;
const isParted = dayAtSite(LATELY_MS) !== dayAtSite(LATELY_MS + LASTS_MS);
const { eventOf, recorded } = visitsFrom(isParted ? LATELY_MS - LASTS_MS : LATELY_MS);

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Lamps");
  await importThePast();
  const pay = (order: number, script: string) => ({
    message: `Uncaught TypeError: order ${order} has no card.token`,
    source: `${ORIGIN}/${script}.js`,
    line: 12,
    column: 7,
  });
  const visits: [string, string, Step[]][] = [
    [
      PAID,
      SAFARI,
      [
        [0, "/cart"],
        [20, "/checkout"],
        [59.8, "/checkout", "click", { path: "form>button", text: "Pay" }],
        [60.5, "/checkout", "error", pay(1007, "app.3f9c2b1a")],
        [62, "/checkout", "error", pay(1007, "app.3f9c2b1a")],
      ],
    ],
    [
      TRIED,
      SAFARI,
      [
        [1, "/checkout"],
        [30.5, "/checkout", "error", pay(1012, "app.77aa0b3c")],
      ],
    ],
    [
      OLD,
      CHROME,
      [
        [2, "/"],
        [
          10,
          "/",
          "error",
          { message: "menu is null", source: `${ORIGIN}/menu.js`, line: 3, column: 1 },
        ],
      ],
    ],
  ];
  for (const [session, userAgent, happens] of visits) {
    const visit = { key: site.key, origin: ORIGIN, session, userAgent };
    await postVisit(server, { ...visit, lines: recorded(95), events: happens.map(eventOf) });
    await recordingOf(owner, site, session);
  }
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("the new error is the title, and leads to the recording where it happened", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}`);
  const rail = page.getByRole("navigation", { name: "Main" });
  await rail.getByRole("link", { name: "Errors and speed" }).click();
  await page
    .getByRole("heading", {
      name: "“TypeError: order … has no card.token” is new and reached 2 sessions",
    })
    .waitFor();
  await page.getByText("only in Safari, on /checkout").waitFor();
  await until("both errors", 15_000, async () => {
    expect((await cellsOf(page, "Errors, one a row")).map(firstLines)).toEqual([
      ["TypeError: order … has no card.token", "2", "2", "3", "/checkout", "Safari"],
      ["menu is null", "1", "1", "1", "/", "Chrome"],
    ]);
    return true;
  });
  const rows = page.getByRole("region", { name: "Errors, one a row" }).getByRole("row");
  await expect.poll(() => rows.filter({ hasText: "card.token" }).innerText()).toContain("New");
  // It is there since the visit of six weeks ago.
  expect(await rows.filter({ hasText: "menu is null" }).innerText()).not.toContain("New");

  await page.getByRole("link", { name: "TypeError: order … has no card.token" }).click();
  await page.getByRole("heading", { name: "TypeError: order … has no card.token" }).waitFor();
  await page.getByText("Only Safari, only on /checkout").waitFor();
  const watch = page.getByRole("listitem").filter({ hasText: "error at 1:00" });
  const href = await watch.getByRole("link").getAttribute("href");
  expect(href).toContain(`/sessions/${PAID}`);
  expect(href).toMatch(/#t=55$/);
  await watch.getByRole("link").click();
  await page.getByRole("region", { name: "Replay" }).waitFor();
  await until("the recording at that second", 20_000, async () => {
    const at = Number(await page.getByRole("slider", { name: "Position" }).inputValue());
    return at >= 55_000 && at < 75_000;
  });
});

test("an error leads to its sessions and its people, and the address shows it to others", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/errors`);
  await page.getByRole("link", { name: "TypeError: order … has no card.token" }).click();
  await page.getByText("As it was told").waitFor();
  for (const told of ["order 1007 has no card.token", "order 1012 has no card.token"])
    await page.getByText(`Uncaught TypeError: ${told}`).waitFor();
  const other = await desk.context.newPage();
  await other.goto(page.url());
  await other.getByRole("heading", { name: "TypeError: order … has no card.token" }).waitFor();
  await other.close();

  await page.getByRole("button", { name: "Who met it" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("heading", { name: "2 persons met this error" }).waitFor();
  await sheet.getByRole("link", { name: "The same as a list of sessions" }).click();
  await until("the two sessions", 15_000, async () => {
    const rows = page.getByRole("region", { name: "Sessions" }).locator("li:has(a)");
    const links = await rows.getByRole("link").all();
    const paths = await Promise.all(links.map((link) => link.getAttribute("href")));
    const found = paths.map((path) => /[0-9a-f]{32}/.exec(path ?? "")?.[0]);
    expect(found).toEqual([TRIED, PAID]);
    return true;
  });
});

test("by message an error that moved is one row; filters hold here too", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/errors?last=90d`);
  const messages = () =>
    cellsOf(page, "Errors, one a row").then((rows) => rows.map((row) => row[0]?.split("\n")[0]));
  // The menu's error came from another line six weeks ago.
  await until("three places", 15_000, async () => {
    expect(await messages()).toEqual([
      "TypeError: order … has no card.token",
      "menu is null",
      "menu is null",
    ]);
    return true;
  });
  await page.getByRole("button", { name: "By message" }).click();
  await until("two messages", 15_000, async () => {
    const rows = await cellsOf(page, "Errors, one a row");
    expect(rows.map((row) => row[0]?.split("\n"))).toEqual([
      ["menu is null", "2 places"],
      ["TypeError: order … has no card.token", "New1 place"],
    ]);
    expect(rows.map((row) => row[2])).toEqual(["4", "2"]);
    return true;
  });
  await page.goto(`${server.origin}/sites/${site.id}/errors?browser=Chrome`);
  await page.getByRole("heading", { name: "“menu is null” reached 1 session" }).waitFor();
});

test("the site is slower since the release, where, and who waited", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/errors`);
  await page
    .getByRole("navigation", { name: "Errors and speed" })
    .getByRole("link", { name: "Speed" })
    .click();
  await page.getByRole("heading", { name: /^The site is quick/ }).waitFor();
  // All twenty days together hide what came with the release of ten days ago.
  const released = new Date(Date.now() - 10 * DAY_MS).toISOString().slice(0, 10);
  await page.getByLabel("Before and since").fill(released);
  await page
    .getByRole("heading", {
      name: /^Largest paint \(LCP\) is slower since .+: 3\.2\ss after 1\.6\ss, ×2\.0$/,
    })
    .waitFor();
  await until("the pages, before and since", 15_000, async () => {
    const rows = await cellsOf(page, "Web vitals by page");
    const words = (cell = ""): string => cell.replace(/\s+/g, " ");
    expect(rows.map((row) => [row[0], words(row[1]), row[7], words(row.at(-1))])).toEqual([
      ["/", "1.2 s good", "40", "±0 ms"],
      ["/product", "3.2 s needs work", "40", "+1.2 s ×1.6"],
    ]);
    return true;
  });
  await page.getByRole("button", { name: "Devices" }).click();
  await until("the devices", 15_000, async () => {
    const rows = await cellsOf(page, "Web vitals by device");
    expect(rows.map((row) => row[0])).toEqual(["Desktop", "Phone"]);
    return true;
  });
  await page.getByRole("button", { name: "Who waited" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("heading", { name: /^4 persons waited: LCP over 4\.0\ss/ }).waitFor();
  await sheet.getByRole("button", { name: "Close" }).click();

  const other = await desk.context.newPage();
  await other.goto(page.url());
  await other.getByRole("heading", { name: /is slower since/ }).waitFor();
  await other.close();
});

test("a day of the lines leads to whose it is, by keyboard too", async () => {
  const { page } = desk;
  const sheet = page.getByRole("dialog");
  const base = `${server.origin}/sites/${site.id}`;
  const lookAt = async (name: string, value: string, said: RegExp) => {
    await page.getByText("Show as table").first().click();
    const table = page.getByRole("region", { name: `${name} over time, as a table` });
    const number = table.getByRole("button", { name: value, exact: true }).last();
    await number.focus();
    await page.keyboard.press("Enter");
    await sheet.getByRole("heading", { name: said }).waitFor();
    await sheet.getByRole("button", { name: "Close" }).click();
  };
  await page.goto(`${base}/errors`);
  await lookAt("Sessions with an error", "3", /^3 persons met an error$/);
  await page.getByRole("link", { name: "TypeError: order … has no card.token" }).click();
  await page.getByText("As it was told").waitFor();
  await lookAt("Sessions with it", "2", /^2 persons met this error$/);
  await page.goto(`${base}/speed`);
  await page.getByRole("heading", { name: /^The site is quick/ }).waitFor();
  await page.getByText("Show as table").first().click();
  const days = page.getByRole("region", { name: "LCP, p75 over time, as a table" });
  await days.getByRole("button").first().press("Enter");
  await sheet.getByRole("heading", { name: /^8 persons had a page load with LCP$/ }).waitFor();
  await sheet.getByRole("button", { name: "Close" }).click();
  // The bounds of what is good are nobody's.
  const [first] = await days.locator("tbody tr:has(button)").all();
  expect(await first?.getByRole("button").count()).toBe(1);
});

test("a site on which nothing happened says so, and what to do", async () => {
  const empty = await addSite(owner, "Nothing yet");
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${empty.id}/errors`);
  await page.getByRole("heading", { name: "No JavaScript error in this period" }).waitFor();
  await page.goto(`${server.origin}/sites/${empty.id}/speed`);
  await page.getByRole("heading", { name: "No page told how fast it was" }).waitFor();
  await page.getByRole("link", { name: "Check the code" }).click();
  await page.getByText("data-key").first().waitFor();
});

test("both screens work for all eyes and hands, in light and dark, on a phone", async () => {
  const base = `${server.origin}/sites/${site.id}`;
  const released = new Date(Date.now() - 10 * DAY_MS).toISOString().slice(0, 10);
  const detail = "error=menu+is+null!http://…/menu.js!3!1";
  await holdOnPhone(desk.page, [
    {
      name: "errors",
      url: `${base}/errors`,
      there: (page) => page.getByRole("region", { name: "Errors, one a row" }).waitFor(),
    },
    {
      name: "error",
      url: `${base}/errors?${detail}`,
      there: (page) => page.getByText("As it was told").waitFor(),
    },
    {
      name: "speed",
      url: `${base}/speed?since=${released}`,
      there: (page) => page.getByRole("region", { name: "Web vitals by page" }).waitFor(),
    },
  ]);
});

test("on a phone the screens that have no tab stand behind one", async () => {
  const { page } = desk;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${server.origin}/sites/${site.id}`);
  await page.getByRole("button", { name: "More screens" }).click();
  await page.getByRole("link", { name: "Errors and speed" }).click();
  await page.getByRole("heading", { name: /is new and reached 2 sessions/ }).waitFor();
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

/** An error of six weeks ago, and page loads of the last twenty days: slower for ten. */
async function importThePast(): Promise<void> {
  const noon = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2;
  const lines: string[] = [];
  const add = (visitor: string, daysAgo: number, line: object, user_agent = CHROME): void => {
    const time = new Date(noon - daysAgo * DAY_MS).toISOString();
    lines.push(JSON.stringify({ visitor, time, user_agent, ...line }));
  };
  const menu = { message: "menu is null", source: `${ORIGIN}/menu.js` };
  for (const visitor of ["past-1", "past-2"])
    add(visitor, 44, {
      event: "error",
      url: `${ORIGIN}/`,
      properties: { ...menu, line: 1, column: 1 },
    });
  add("past-1", 45, {
    event: "error",
    url: `${ORIGIN}/`,
    properties: { ...menu, line: 3, column: 1 },
  });
  const vital = (visitor: string, daysAgo: number, path: string, ms: number): void => {
    const properties = { metric: "LCP", value: ms };
    const phone = Number(visitor.split("-")[1]) % 4 === 0;
    const line = { event: "web_vital", url: `${ORIGIN}${path}`, properties };
    add(visitor, daysAgo, line, phone ? PHONE : CHROME);
  };
  for (let load = 0; load < 40; load += 1) {
    vital(`load-${load}`, 15 + (load % 5), "/", 1200);
    vital(`load-${load}`, 5 + (load % 5), "/", 1200);
    vital(`load-${load}`, 15 + (load % 5), "/product", 2000 - (load % 2) * 400);
    // Of forty page loads four are poor.
    vital(
      `load-${load}`,
      5 + (load % 5),
      "/product",
      load % 10 === 3 ? 5000 : 3200 - (load % 2) * 200,
    );
  }
  const file = join(server.data, "past.jsonl");
  await writeFile(file, `${lines.join("\n")}\n`);
  await server.command("import", "jsonl", file, "--site", "Lamps");
}

/** Of a row what it is, and how much; the small print left out. */
function firstLines(row: string[]): string[] {
  const at = [0, 2, 3, 4, 5, 6];
  return at.map((cell) => row[cell]?.split("\n")[0] ?? "");
}
