// What stands beside and under the picture: console, network and person, and the tabs of a session
// that were open at the same time.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { keepPicture } from "../support/pictures.ts";
import { nodeMaker, postVisit, type RecordedEvents } from "../support/recorded.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { pictureOf, positionOf, press, seek, wordsOf } from "../support/stage.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const SITE_ORIGIN = "http://127.0.0.1:7";
const VISITOR = "c1".repeat(16);
const [FIRST, SECOND] = ["1a".repeat(16), "2a".repeat(16)];
const [CART, TERMS] = ["b1".repeat(16), "b2".repeat(16)];
const BEGAN_MS = Date.now() - 300_000;

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Lamps");
  const visit = { key: site.key, origin: SITE_ORIGIN, visitor: VISITOR };
  // A cart for 30 s, and beside it the terms from second 8 to second 22.
  const acts = [
    event(0, 0, "pageview", "/cart"),
    event(1, 1, "identify", "/cart", { user: "ada-17", traits: { plan: "pro" } }),
    event(2, 3, "click", "/cart", { path: "main>a", text: "Terms" }),
    event(3, 14, "click", "/cart", { path: "main>button", text: "Pay now" }),
  ];
  const cart = [...recorded("Your cart", 0, 30), ...logged()];
  await postVisit(server, {
    ...visit,
    session: FIRST,
    window: CART,
    path: "/cart",
    lines: cart,
    events: acts,
  });
  const terms = recorded("The terms", 8, 22);
  const read = [
    event(0, 8, "pageview", "/terms"),
    event(1, 18, "click", "/terms", { path: "main>p", text: "Returns" }),
  ];
  await postVisit(server, {
    ...visit,
    session: FIRST,
    window: TERMS,
    path: "/terms",
    lines: terms,
    events: read,
  });
  const later = [event(0, 60, "pageview", "/lamps")];
  const other = recorded("Lamps", 60, 70);
  await postVisit(server, { ...visit, session: SECOND, lines: other, events: later });
  await recordingOf(owner, site, FIRST);
  await recordingOf(owner, site, SECOND);
  desk = await openDesk(browser, server, owner);
  await desk.page.goto(`${server.origin}/sites/${site.id}/sessions/${FIRST}#t=0`);
  await pictureOf(desk.page);
  await press(desk.page, "k");
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("the tab in which the visitor did something last is the one that is shown", async () => {
  const { page } = desk;
  const strip = page.getByRole("group", { name: "Tabs that were open at the same time" });
  await strip.getByRole("button", { name: /^Tab 1: \/cart, 0:00 to 0:(29|30)/ }).waitFor();
  await strip.getByRole("button", { name: /^Tab 2: \/terms, 0:0[78] to 0:2[12]/ }).waitFor();
  for (const [second, words] of [
    [5, "Your cart"],
    [11, "The terms"],
    [16, "Your cart"],
    [20, "The terms"],
    [26, "Your cart"],
  ] as const) {
    await seek(page, second * 1000);
    await until(`${words} at ${second} s`, 15_000, async () => {
      return (await wordsOf(await pictureOf(page))).startsWith(words);
    });
  }
  await strip.getByRole("button", { name: /^Tab 2/ }).click();
  await until("the second of the other tab", 15_000, async () => {
    const { at } = await positionOf(page);
    return at >= 7500 && at < 12_000;
  });
  await until("its picture", 15_000, async () => {
    return (await wordsOf(await pictureOf(page))).startsWith("The terms");
  });
  await keepPicture(page, "tabs-light");
});

test("the console and the network stand beside it, and lead to their seconds", async () => {
  const { page } = desk;
  await page.getByRole("tab", { name: "Console" }).click();
  const lines = page.getByRole("tabpanel");
  await lines.getByText("lamps are in the cart").waitFor();
  await lines.getByText("Where").click();
  await lines.getByText("at pay (http://127.0.0.1:7/shop.js:4:2)").waitFor();
  await lines.getByLabel("Errors and warnings").check();
  await lines.getByText("lamps are in the cart").waitFor({ state: "detached" });
  await keepPicture(page, "console");
  await lines.getByRole("button", { name: /TypeError/ }).click();
  await until("the second of the error", 15_000, async () => {
    const { at } = await positionOf(page);
    return at >= 13_000 && at < 18_000;
  });
  await page.getByRole("tab", { name: "Network" }).click();
  const failed = lines.getByRole("listitem").filter({ hasText: "/api/pay" });
  await failed.waitFor();
  expect(await failed.innerText()).toMatch(
    /503 POST \/api\/pay\s+127\.0\.0\.1:7 · fetch · 40 ms · 2.0 KB/,
  );
  await lines.getByLabel("Failed and slow").check();
  await lines.getByText("/lamp.png").waitFor({ state: "detached" });
  await keepPicture(page, "network");
});

test("the person says who it was and leads to their other sessions", async () => {
  const { page } = desk;
  await page.getByRole("tab", { name: "Person" }).click();
  const panel = page.getByRole("tabpanel");
  await panel.getByRole("heading", { name: "ada-17" }).waitFor();
  await expect.poll(() => panel.innerText()).toMatch(/plan\s+pro/);
  await panel.getByText("nobody has vouched for it").waitFor();
  await keepPicture(page, "person");
  await panel.getByRole("link", { name: "These in the list" }).click();
  await page.waitForURL((url) => url.searchParams.has("person"));
  await page.getByRole("heading", { name: "2 sessions" }).waitFor();
  await page.getByTitle("Sessions of everybody again").filter({ hasText: "ada-17" }).waitFor();
  await page.goto(`${server.origin}/sites/${site.id}/sessions/${FIRST}#t=0`);
  await page.getByRole("tab", { name: "Person" }).click();
  await panel.getByRole("link", { name: /\d:\d\d/ }).click();
  await page.waitForURL((url) => url.pathname.endsWith(SECOND));
});

test("who refused to be known again is told apart for that day, and no more is said", async () => {
  const { page } = desk;
  const key = site.key;
  const envelope = { v: 1, window: "d1".repeat(16), mode: "cookieless", sent_ms: Date.now() };
  const seen = { name: "pageview", sequence: 0, time_ms: Date.now(), url: `${SITE_ORIGIN}/quiet` };
  const answer = await fetch(`${server.origin}/e/${key}`, {
    method: "POST",
    headers: { origin: SITE_ORIGIN, "content-type": "text/plain", "sec-gpc": "1" },
    body: [envelope, seen].map((line) => JSON.stringify(line)).join("\n"),
  });
  const { session } = (await answer.json()) as { session: string };
  await until("the session", 15_000, () => owner.get(`sites/${site.id}/sessions/${session}`));
  await page.goto(`${server.origin}/sites/${site.id}/sessions/${session}`);
  await page.getByRole("tab", { name: "Person" }).click();
  const panel = page.getByRole("tabpanel");
  await panel.getByRole("heading", { name: "Not known by name" }).waitFor();
  await panel.getByText("left nothing on the device").waitFor();
  await panel.getByText("None that day.").waitFor();
  await expect.poll(() => page.getByRole("tab").allInnerTexts()).toEqual(["Events", "Person"]);
});

test("the keyboard plays, goes on, marks and tells its keys", async () => {
  const { page } = desk;
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(`${server.origin}/sites/${site.id}/sessions/${FIRST}#t=0`);
  await pictureOf(page);
  const at = async () => (await positionOf(page)).at;
  const pause = page.getByRole("button", { name: "Pause", exact: true });
  const play = page.getByRole("button", { name: "Play", exact: true });
  await pause.waitFor();
  await press(page, " ");
  await play.waitFor();
  // However far it has played by then.
  await seek(page, 3000);
  const stood = await at();
  await press(page, "l");
  await until("10 s on", 15_000, async () => (await at()) >= stood + 10_000);
  await press(page, "j");
  await until("10 s back", 15_000, async () => (await at()) < stood + 5000);
  await press(page, "ArrowRight");
  await until("5 s on", 15_000, async () => (await at()) >= stood + 5000);
  await press(page, "End");
  await until("the end", 15_000, async () => (await at()) >= 29_900);
  await press(page, "f");
  await until("the full screen", 15_000, () =>
    page.evaluate(() => document.fullscreenElement?.getAttribute("aria-label") === "Replay"),
  );
  await press(page, "f");
  await until("the window", 15_000, () => page.evaluate(() => document.fullscreenElement === null));
  await press(page, "?");
  const sheet = page.getByRole("dialog", { name: "Keyboard" });
  await sheet.getByText("A note at this second").waitFor();
  await keepPicture(page, "keys-dark");
  await page.keyboard.press("Escape");
  await seek(page, 11_000);
  await keepPicture(page, "tabs-dark");
  await page.setViewportSize({ width: 390, height: 844 });
  await keepPicture(page, "tabs-phone");
  for (const name of ["Skips idle time", "Full screen", "Note"])
    await page.getByRole("button", { name, exact: true }).waitFor();
  await page.getByRole("button", { name: "Skips idle time" }).click();
  await page.getByRole("button", { name: "Plays idle time" }).waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
});

test("the keys act on a session as soon as it is opened from the list, and on the next one", async () => {
  const { page } = desk;
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${server.origin}/sites/${site.id}/sessions/${FIRST}#t=0`);
  await pictureOf(page);
  const holder = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
  const at = (id: string) => page.waitForURL((url) => url.pathname.endsWith(id));
  const row = page.locator(`.session-row a[href*="${SECOND}"]`);
  for (const open of [() => row.click(), () => row.press("Enter")]) {
    await open();
    await at(SECOND);
    await pictureOf(page);
    await until("the keys are the player's", 15_000, async () => (await holder()) === "Replay");
    // What a key does there: it plays on, or stands.
    await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
    await page.keyboard.press("k");
    await page.getByRole("button", { name: "Play", exact: true }).waitFor();
    await page.keyboard.press("ArrowDown");
    await at(FIRST);
    await pictureOf(page);
    await until("the keys stay there", 15_000, async () => (await holder()) === "Replay");
  }
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

function event(sequence: number, second: number, name: string, path: string, properties = {}) {
  const [time_ms, url] = [BEGAN_MS + second * 1000, `${SITE_ORIGIN}${path}`];
  return { name, sequence, time_ms, url, properties };
}

/** What a page logged and asked, as the recorder tells it. */
function logged(): RecordedEvents {
  const said = (second: number, tag: string, payload: object) => ({
    type: 5,
    timestamp: BEGAN_MS + second * 1000,
    data: { tag, payload },
  });
  const asked = { method: "GET", status: 200, duration_ms: 40, bytes: 2048, kind: "resource" };
  return [
    said(2, "hm-console", { level: "log", text: "3 lamps are in the cart" }),
    said(4, "hm-network", { ...asked, href: `${SITE_ORIGIN}/lamp.png` }),
    said(14, "hm-network", {
      ...asked,
      method: "POST",
      status: 503,
      kind: "fetch",
      href: `${SITE_ORIGIN}/api/pay`,
    }),
    said(15, "hm-console", {
      level: "error",
      text: "TypeError: sum is undefined\n    at pay (http://127.0.0.1:7/shop.js:4:2)",
    }),
  ];
}

/** A page with a heading on which somebody moves all the time. */
function recorded(words: string, from: number, to: number): RecordedEvents {
  const { element, page } = nodeMaker();
  const style = element("style", {}, "body { font: 20px sans-serif; margin: 40px }");
  const node = page([style], element("body", {}, element("h1", {}, words)));
  const [from_ms, lasts_ms] = [BEGAN_MS + from * 1000, (to - from) * 1000];
  const moves = Array.from({ length: 60 }, (_, step) => ({
    type: 3,
    timestamp: from_ms + ((step + 1) * lasts_ms) / 60,
    data: { source: 1, positions: [{ x: step * 9, y: step * 5, id: 1, timeOffset: 0 }] },
  }));
  return [
    { type: 4, timestamp: from_ms, data: { href: SITE_ORIGIN, width: 800, height: 500 } },
    { type: 2, timestamp: from_ms, data: { node, initialOffset: { left: 0, top: 0 } } },
    ...moves,
  ];
}
