// A link to one recording, as an editor makes it and as somebody without a login opens it.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser } from "../support/browser.ts";
import type { Desk } from "../support/dashboard.ts";
import { keepPicture } from "../support/pictures.ts";
import { eventMaker, nodeMaker, type RecordedEvents, visited } from "../support/recorded.ts";
import { type Server, startServer } from "../support/server.ts";
import type { Site } from "../support/sites.ts";
import { ended, pictureOf, positionOf, press, wordsOf } from "../support/stage.ts";
import { typeName } from "../support/typed_name.ts";
import { until } from "../support/until.ts";

const SITE_ORIGIN = "http://127.0.0.1:7";
const SESSION = "5a".repeat(16);
const BEGAN_MS = Date.now() - 60_000;
const LASTS_MS = 30_000;

let server: Server;
let browser: Browser;
let site: Site;
let desk: Desk;
let link: string;

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  const event = eventMaker(BEGAN_MS, `${SITE_ORIGIN}/checkout`);
  const events = [
    event(0, "pageview"),
    event(1, "identify", { user: "ada-17" }),
    event(25, "click", { path: "main>button", text: "Pay now" }),
  ];
  const visit = { origin: SITE_ORIGIN, session: SESSION, lines: recorded(), events };
  ({ site, desk } = await visited([server, browser], visit));
  await desk.page.goto(`${server.origin}/sites/${site.id}/sessions/${SESSION}#t=20`);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("an editor makes a link that begins at this second", async () => {
  const { page } = desk;
  await until("the moment", 20_000, async () => (await positionOf(page)).at >= 20_000);
  await press(page, "k");
  await openShare(page);
  expect(await page.getByLabel("It works for").inputValue()).toBe("7");
  expect(await page.getByLabel("Say nothing of who it was").isChecked()).toBe(true);
  await keepPicture(page, "share-open");
  await page.getByLabel(/Begin at 0:2\d/).check();
  await page.getByRole("button", { name: "Make a link" }).click();
  link = await page.getByLabel("The new link").inputValue();
  expect(link).toMatch(/\/share\/[0-9a-f]{16}#[0-9a-f]{32}&t=2\d$/);
  await page.getByText("never opened").waitFor();
  await keepPicture(page, "share");
});

test("who has it watches the recording without a login, and nothing else", async () => {
  const { page, context, asked, complaints, referers } = await stranger();
  await page.goto(link);
  await pictureOf(page);
  await until("the second of the link", 20_000, async () => (await positionOf(page)).at >= 20_000);
  await ended(page, 30_000);
  await until("the last words", 15_000, async () => {
    expect(await wordsOf(await pictureOf(page))).toBe("the last word");
    return true;
  });
  const list = page.getByRole("region", { name: "What happened" });
  await expect.poll(() => list.innerText()).toContain("Clicked “Pay now”");
  expect(await page.locator("body").innerText()).toContain("without the person");
  expect(await page.locator("body").innerText()).not.toMatch(/ada|Said who/);
  expect(await page.getByRole("navigation").count()).toBe(0);
  await keepPicture(page, "shared-light");
  await page.emulateMedia({ colorScheme: "dark" });
  await keepPicture(page, "shared-dark");
  await page.setViewportSize({ width: 390, height: 844 });
  await keepPicture(page, "shared-phone");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);

  const paths = asked.filter((url) => !/^(data|blob):/.test(url)).map((url) => new URL(url));
  expect(paths.filter(({ origin }) => origin !== server.origin)).toEqual([]);
  const api = new Set(paths.map(({ pathname }) => pathname).filter((path) => /^\/api/.test(path)));
  expect([...api]).toEqual(["/api/v1/shared", `/api/v1/shared/chunks/${SESSION}/0`]);
  expect(paths.filter(({ pathname }) => pathname.includes(link.split("#")[1] ?? ""))).toEqual([]);
  expect(referers).toEqual([]);
  expect(complaints).toEqual([]);
  expect(await context.cookies()).toEqual([]);
  await context.close();
});

test("with the person it says who it was", async () => {
  const { page } = desk;
  await openShare(page);
  await page.getByText(/^until .*1 opening, last/).waitFor();
  await page.getByLabel("Say nothing of who it was").uncheck();
  await page.getByRole("button", { name: "Make a link" }).click();
  const open = await page.getByLabel("The new link").inputValue();
  const other = await stranger();
  await other.page.goto(open);
  await other.page.getByText("of ada-17").waitFor();
  await other.context.close();
});

test("a revoked link works no more", async () => {
  const { page } = desk;
  await openShare(page);
  const first = page.getByRole("listitem").filter({ hasText: "1 opening" }).last();
  await first.getByRole("button", { name: "Revoke" }).click();
  await typeName(page, "Revoke the link");
  await page.getByText("The link is revoked").waitFor();
  const other = await stranger();
  await other.page.goto(link);
  await other.page.getByRole("heading", { name: "This link works no more" }).waitFor();
  await keepPicture(other.page, "shared-revoked");
  await other.page.goto(`${server.origin}/share/nothing`);
  await other.page.getByRole("heading", { name: "This link works no more" }).waitFor();
  await other.context.close();
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

async function openShare(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Share this recording by a link" });
  if (await dialog.isVisible()) await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Share this recording by a link" }).click();
  await dialog.waitFor();
}

/** A browser in which nobody is signed in. */
async function stranger() {
  const context: BrowserContext = await browser.newContext({
    viewport: { width: 1280, height: 800 },
  });
  const page = await context.newPage();
  const [asked, complaints, referers]: [string[], string[], string[]] = [[], [], []];
  context.on("request", (request) => {
    asked.push(request.url());
    const { referer } = request.headers();
    if (referer) referers.push(referer);
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  return { context, page, asked, complaints, referers };
}

/** A page whose word changes in the last second; somebody moves all the time. */
function recorded(): RecordedEvents {
  const { element, page } = nodeMaker();
  const word = element("p", {}, "wait");
  const text = (word.childNodes as { id: number }[])[0]?.id;
  const style = element("style", {}, "p { font: 600 28px sans-serif; margin: 80px }");
  const node = page([style], element("body", {}, word));
  const moves = Array.from({ length: 60 }, (_, step) => ({
    type: 3,
    timestamp: BEGAN_MS + (step * LASTS_MS) / 60,
    data: { source: 1, positions: [{ x: step * 9, y: step * 5, id: 1, timeOffset: 0 }] },
  }));
  const texts = [{ id: text, value: "the last word" }];
  return [
    { type: 4, timestamp: BEGAN_MS, data: { href: SITE_ORIGIN, width: 800, height: 500 } },
    { type: 2, timestamp: BEGAN_MS, data: { node, initialOffset: { left: 0, top: 0 } } },
    ...moves,
    {
      type: 3,
      timestamp: BEGAN_MS + LASTS_MS,
      data: { source: 0, texts, attributes: [], removes: [], adds: [] },
    },
  ];
}
