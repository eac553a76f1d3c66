// A session of whose pages one was not recorded, and one lost its end: it plays, and says so on the
// timeline, in the facts, in the list and over the picture.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firstUser, type Owner } from "../support/api.ts";
import { startBrowser } from "../support/browser.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { keepPicture } from "../support/pictures.ts";
import { eventMaker, nodeMaker, postVisit, type RecordedEvents } from "../support/recorded.ts";
import { type Server, startServer } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { pictureOf, press, seek } from "../support/stage.ts";
import { until } from "../support/until.ts";

const ORIGIN = "http://127.0.0.1:7";
const SESSION = "c3".repeat(16);
const BEGAN_MS = Date.now() - 300_000;
const [CART, CHECKOUT, THANKS] = ["b1".repeat(16), "b2".repeat(16), "b3".repeat(16)];

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  owner = await firstUser(server);
  site = await addSite(owner, "Lamps");
  const visit = { key: site.key, origin: ORIGIN, session: SESSION, visitor: SESSION };
  const page = (path: string, window: string, lines: RecordedEvents, acts: [number, string][]) => {
    const event = eventMaker(BEGAN_MS, ORIGIN + path);
    const events = acts.map(([second, name]) => event(second, name));
    return postVisit(server, { ...visit, window, path, lines, events });
  };
  await page("/cart", CART, recorded("Your cart", 0, 20), [
    [0, "pageview"],
    [19, "click"],
  ]);
  await page(
    "/checkout",
    CHECKOUT,
    [],
    [
      [20, "pageview"],
      [41, "form_submit"],
      [59, "page_leave"],
    ],
  );
  // Its last chunk was lost, and another page load came after it.
  await page("/thanks", THANKS, recorded("Thank you", 60, 70), [
    [60, "pageview"],
    [85, "click"],
  ]);
  await page("/lamps", "b4".repeat(16), recorded("Lamps", 90, 100), [[90, "pageview"]]);
  await recordingOf(owner, site, SESSION);
  desk = await openDesk(browser, server);
  const [name, value] = owner.cookie.split("=");
  await desk.context.addCookies([{ name: name ?? "", value: value ?? "", url: server.origin }]);
  await desk.page.goto(`${server.origin}/sites/${site.id}/sessions/${SESSION}#t=0`);
  await pictureOf(desk.page);
  await press(desk.page, "k");
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("a page of which nothing came is a gap of the timeline and stands among the events", async () => {
  const gaps = desk.page.locator(".timeline .sr li");
  await until("both gaps", 15_000, async () => {
    const said = (await gaps.allTextContents()).map((text) => text.replaceAll(/\s/g, " "));
    expect(said).toEqual([
      "Gap: /checkout not recorded, 39 s",
      "Gap: the end of /thanks not recorded, 15 s",
    ]);
    const box = await desk.page.locator(".timeline .gap").first().boundingBox();
    const track = await desk.page.locator(".timeline .track").boundingBox();
    const share = ((box?.x ?? 0) - (track?.x ?? 0)) / (track?.width ?? 1);
    expect(share).toBeGreaterThan(0.19);
    expect(share).toBeLessThan(0.21);
    return true;
  });
});

test("what is not there is said over the picture while it lasts", async () => {
  const note = desk.page.locator(".stage .note");
  await seek(desk.page, 40_000);
  await until(
    "the note",
    15_000,
    async () => (await note.textContent())?.includes("/checkout") ?? false,
  );
  await expect.poll(() => note.textContent()).toContain("This page was not recorded: /checkout");
  await expect.poll(() => desk.page.locator(".stage .url").textContent()).toBe("/checkout");
  await keepPicture(desk.page, "recording-missing");
  await seek(desk.page, 62_000);
  await until("no note", 15_000, async () => (await note.count()) === 0);
});

test("facts and the list say how much is missing", async () => {
  const row = desk.page.locator(".session-row", { hasText: "not recorded" });
  expect(await row.locator(".lacks").textContent()).toBe(
    "1 page not recorded, the end of 1 page not recorded",
  );
  await desk.page.getByRole("button", { name: "Facts of this session" }).click();
  const facts = desk.page.locator("dl.facts");
  const missing = await facts.locator("dt", { hasText: "Missing" }).locator("+ dd").textContent();
  expect(missing?.replaceAll(/\s/g, " ")).toBe(
    "/checkout not recorded (39 s); the end of /thanks not recorded (15 s)",
  );
  await keepPicture(desk.page, "recording-missing-facts");
});

/** A page with a title, in which the pointer moves once a second. */
function recorded(title: string, from: number, to: number): RecordedEvents {
  const { element, page } = nodeMaker();
  const root = page([], element("body", {}, element("h1", {}, title)));
  const at = (second: number) => BEGAN_MS + second * 1000;
  const meta = { href: `${ORIGIN}/`, width: 1000, height: 700 };
  const moves = Array.from({ length: to - from }, (_, index) => ({
    type: 3,
    timestamp: at(from + index + 1),
    data: { source: 1, positions: [{ x: 20 + index, y: 30, id: 2, timeOffset: 0 }] },
  }));
  return [
    { type: 4, timestamp: at(from), data: meta },
    { type: 2, timestamp: at(from), data: { node: root, initialOffset: { left: 0, top: 0 } } },
    ...moves,
  ];
}
