// Where visitors are, by somebody who shows it to others: the map of the overview filters everything
// else, by pointer and by keys, and hides no country and no number.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { keepPicture } from "../support/pictures.ts";
import { holdOnPhone } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { addSite, demoSite } from "../support/sites.ts";
import { openDemo } from "../support/world.ts";

/** Visits by address: of networks in Germany, Singapore, Malta and of one that no registry gave out. */
const VISITS: [address: string, visits: number][] = [
  ["84.136.1", 6],
  ["165.21.83", 3],
  ["194.158.37", 2],
  ["192.168.7", 1],
];

let server: Server;
let browser: Browser;
let owner: Owner;
let desk: Desk;
/** The demo, and a site with visitors from small countries. */
let base: string;
let small: string;

beforeAll(async () => {
  ({ server, browser, owner } = await openDemo());
  base = `${server.origin}/sites/${(await demoSite(owner)).id}`;
  const site = await addSite(owner, "Islands");
  await importVisits("Islands");
  small = `${server.origin}/sites/${site.id}`;
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function importVisits(site: string): Promise<void> {
  const day = new Date(Date.now() - 86_400_000);
  const [, weekday, date, month, year] = /^(\w+), (\d+) (\w+) (\d+)/.exec(day.toUTCString()) ?? [];
  expect(weekday).toBeDefined();
  const lines = VISITS.flatMap(([network, visits]) =>
    Array.from(
      { length: visits },
      (_, at) =>
        `${network}.${10 + at} - - [${date}/${month}/${year}:12:0${at}:00 +0000] "GET /harbour HTTP/1.1" 200 512 "-" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"`,
    ),
  );
  const file = join(server.data, "access.log");
  await writeFile(file, `${lines.join("\n")}\n`);
  await server.command("import", "access-log", file, "--site", site);
}

const map = (page: Page): Locator => page.getByRole("group", { name: /^World map/ });
const region = (page: Page, name: string | RegExp): Locator =>
  map(page).getByRole("button", { name });

/** The number of a tile, as `Sessions`. */
async function tile(page: Page, name: string): Promise<number> {
  const text = await page
    .getByRole("group", { name: /^Numbers of the period/ })
    .getByRole("button", { name: new RegExp(`^${name}`) })
    .innerText();
  return Number(/[\d,]+/.exec(text)?.[0].replaceAll(",", ""));
}

async function openMap(page: Page, site: string): Promise<void> {
  await page.goto(site);
  await page.getByRole("button", { name: "Map", exact: true }).click();
  await region(page, /:/).first().waitFor();
}

test("a country that is pressed filters every panel, and the address says so", async () => {
  const { page } = desk;
  await openMap(page, base);
  const sweden = region(page, /^Sweden: /);
  const said = (await sweden.getAttribute("aria-label")) ?? "";
  const sessions = Number(/([\d,]+) session/.exec(said)?.[1]?.replaceAll(",", ""));
  expect(said).toMatch(/^Sweden: [\d,]+ sessions, \d+\.\d\s?% of all, .+ on the time before$/);
  expect(sessions).toBeGreaterThan(0);
  await expect.poll(() => tile(page, "Sessions")).toBeGreaterThan(sessions);
  const all = await tile(page, "Sessions");
  // What comes above the map later would move it away from under the pointer.
  await page.waitForLoadState("networkidle");
  const at = await inside(sweden);
  await page.mouse.move(at.x, at.y);
  await page.getByText("Filter by this", { exact: true }).waitFor();
  await keepPicture(page, "map-tip");
  await page.mouse.click(at.x, at.y);
  await page.waitForURL(/[?&]country=SE(&|$)/);
  // The whole screen is of these sessions now, the sessions by device too.
  await expect.poll(() => tile(page, "Sessions")).toBe(sessions);
  await expect.poll(() => sumOf(page, "Device")).toBe(sessions);
  // The map itself still has the others, to go on to; what is chosen says that it is.
  await expect.poll(() => sweden.getAttribute("aria-pressed")).toBe("true");
  expect(await region(page, /^Germany: /).getAttribute("aria-pressed")).toBe("false");
  // So does its row beside the map, and both take it away again.
  await page
    .getByRole("row", { name: /^Sweden/ })
    .getByRole("button", { name: "Sweden", pressed: true })
    .click();
  await expect.poll(() => new URL(page.url()).searchParams.has("country")).toBe(false);
  await expect.poll(() => tile(page, "Sessions")).toBe(all);
});

test("keys go from the country with the most to that with the fewest, and filter", async () => {
  const { page } = desk;
  await openMap(page, base);
  const numbers = await map(page)
    .getByRole("button")
    .evaluateAll((nodes) => nodes.map((node) => node.getAttribute("aria-label") ?? ""));
  expect(numbers.length).toBeGreaterThanOrEqual(9);
  await region(page, /^Germany: /).focus();
  const focused = (): Promise<string> =>
    page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
  const count = (label: string): number =>
    Number(/: ([\d,]+) /.exec(label)?.[1]?.replaceAll(",", ""));
  const seen = [count(await focused())];
  for (let at = 1; at < numbers.length; at += 1) {
    await page.keyboard.press("ArrowRight");
    seen.push(count(await focused()));
  }
  expect(seen).toEqual([...seen].sort((one, other) => other - one));
  expect(new Set(seen).size).toBeGreaterThan(5);
  await page.keyboard.press("Home");
  expect(await focused()).toMatch(/^Germany: /);
  await page.keyboard.press("Enter");
  await page.waitForURL(/[?&]country=DE(&|$)/);
  // One stop of Tab: the next is no country.
  await page.keyboard.press("Tab");
  expect(await focused()).not.toMatch(/: [\d,]+ session/);
});

test("a country too small to be seen has a dot, and what has no place is said with its number", async () => {
  const { page } = desk;
  await openMap(page, small);
  for (const [name, visits] of [
    ["Germany", 6],
    ["Singapore", 3],
    ["Malta", 2],
  ] as const)
    await region(page, new RegExp(`^${name}: ${visits} sessions, `)).waitFor();
  // It is drawn before it is measured.
  await expect
    .poll(async () => {
      const box = await region(page, /^Singapore/).boundingBox();
      return Math.min(box?.width ?? 0, box?.height ?? 0);
    })
    .toBeGreaterThanOrEqual(7);
  await region(page, /^Singapore/).evaluate((node) => node.scrollIntoView({ block: "center" }));
  await keepPicture(page, "map-dots");
  await region(page, /^Malta/).click();
  await page.waitForURL(/[?&]country=MT(&|$)/);
  await expect.poll(() => tile(page, "Sessions")).toBe(2);
  await page.goto(small);
  await page.getByText(/^Not on the map:/).waitFor();
  await page.getByRole("button", { name: "Unknown 1", exact: true }).click();
  await expect.poll(() => tile(page, "Sessions")).toBe(1);
});

test("the choice stays with the one who made it, and the list is one click away", async () => {
  const { page } = desk;
  await openMap(page, base);
  await page.getByRole("button", { name: "Zoom in", exact: true }).click();
  await page.reload();
  await region(page, /^Germany: /).waitFor();
  // Where most are, in Europe, fills the map; who is elsewhere is still reached by keys.
  await region(page, /^Germany: /).focus();
  await page.keyboard.press("End");
  await page.getByRole("button", { name: "Zoom in", exact: true }).click();
  await page.getByRole("button", { name: "Whole world", exact: true }).click();
  await page.getByRole("button", { name: "Languages", exact: true }).click();
  await map(page).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Countries", exact: true }).click();
  await region(page, /^Germany: /).waitFor();
  await page.getByRole("button", { name: "List", exact: true }).click();
  await map(page).waitFor({ state: "detached" });
  await page.reload();
  await page.getByRole("row", { name: /^Germany/ }).waitFor();
  expect(await map(page).count()).toBe(0);
});

test("Explore draws what is spread over countries as a map too, and its address keeps that", async () => {
  const { page } = desk;
  await page.goto(`${base}/explore?kind=distribution&fact=country&last=30d`);
  await page.getByRole("button", { name: "Map", exact: true }).click();
  await page.waitForURL(/[?&]view=map(&|$)/);
  await page.reload();
  const germany = region(page, /^Germany: /);
  await germany.waitFor();
  await keepPicture(page, "map-explore");
  const persons = /^Germany: ([\d,]+)/.exec((await germany.getAttribute("aria-label")) ?? "")?.[1];
  expect(persons).toBeDefined();
  await germany.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("heading").first().waitFor();
});

test("a board of acquisition has the map, and a country opens who came from there", async () => {
  const { page } = desk;
  await page.goto(`${base}/boards`);
  await page.getByRole("button", { name: "Acquisition", exact: true }).click();
  await page.getByRole("button", { name: "Make the board" }).click();
  await page.waitForURL(/\/boards\/[0-9a-f]{16}/);
  const austria = region(page, /^Austria: [\d,]+ events, /);
  await austria.waitFor();
  await map(page).evaluate((node) => node.scrollIntoView({ block: "center" }));
  await keepPicture(page, "map-board");
  await austria.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("heading").first().waitFor();
});

test("everybody can use it: themes, a phone, axe", async () => {
  const { page } = desk;
  await openMap(page, base);
  const there = async (now: Page): Promise<void> => {
    await region(now, /^Germany: /).waitFor();
    await map(now).evaluate((node) => node.scrollIntoView({ block: "center" }));
  };
  await holdOnPhone(page, [
    { name: "map-overview", url: base, there },
    {
      name: "map-filtered",
      url: `${base}?country=SE`,
      there: async (now) => {
        await there(now);
        const closer = now.getByRole("button", { name: "Zoom in", exact: true });
        if (await closer.isVisible()) await closer.click();
        await region(now, /^Sweden: /).focus();
      },
    },
    {
      name: "map-in-explore",
      url: `${base}/explore?kind=distribution&fact=country&view=map&last=30d`,
      there,
    },
  ]);
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

/** A point of the window that is surely on a shape: the middle of its box may be sea. */
async function inside(shape: Locator): Promise<{ x: number; y: number }> {
  await shape.evaluate((node) => node.scrollIntoView({ block: "center" }));
  return shape.evaluate((node) => {
    const { left, top, width, height } = node.getBoundingClientRect();
    const isOn = (x: number, y: number): boolean => document.elementFromPoint(x, y) === node;
    for (let y = top + 2; y < top + height; y += 1) {
      for (let x = left + 2; x < left + width; x += 1) {
        const around = [isOn(x - 2, y), isOn(x + 2, y), isOn(x, y - 2), isOn(x, y + 2)];
        if (isOn(x, y) && !around.includes(false)) return { x, y };
      }
    }
    throw new Error("nothing of it can be pressed");
  });
}

/** What the rows of a panel make together. */
function sumOf(page: Page, head: string): Promise<number> {
  return page
    .locator("section.panel table")
    .filter({ has: page.getByRole("columnheader", { name: head, exact: true }) })
    .locator("tbody tr td:nth-child(2)")
    .evaluateAll((cells) =>
      cells.reduce((sum, cell) => sum + Number((cell.textContent ?? "").replaceAll(",", "")), 0),
    );
}
