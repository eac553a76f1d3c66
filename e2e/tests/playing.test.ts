// What the player makes of recordings that are not one page in one go: sessions that begin in the
// middle of a page load, long pauses, applications of one page, and tabs that one goes back to.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { startOwnPages } from "../support/own_pages.ts";
import { keepPicture } from "../support/pictures.ts";
import { eventMaker, nodeMaker, postVisit, type RecordedEvents } from "../support/recorded.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { ended, pictureOf, positionOf, press, seek, wordsOf } from "../support/stage.ts";
import { sessionOf, snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const SITE_ORIGIN = "http://127.0.0.1:7";

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Lamps");
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("a session that begins in the middle of a page load has lost nothing", async () => {
  const pages = await startOwnPages({
    "/": {
      head: snippetOf(server.origin, site.key, "persistent"),
      body: "<h1>Lamps</h1><button>Look</button>",
    },
  });
  const visitor = await browser.newContext();
  try {
    const visit = await visitor.newPage();
    await visit.goto(`${pages.origin}/`);
    const first = await sessionOf(visit);
    await recordingOf(owner, site, first);
    await visit.evaluate(() => window.hitmetrix.reset());
    const second = await until("the next session", 15_000, async () => {
      const session = await sessionOf(visit);
      return session !== first && session;
    });
    await visit.getByRole("button").click();
    await recordingOf(owner, site, second);
    await until("its events", 20_000, () => owner.get(`sites/${site.id}/sessions/${second}`));
    const path = `sites/${site.id}/recordings/${second}`;
    const { chunks } = await owner.get<{ chunks: { sequence: number }[] }>(path);
    expect(Math.min(...chunks.map(({ sequence }) => sequence))).toBeGreaterThan(0);
    await open(desk.page, second);
    const lost = desk.page.getByText(/never came|without picture/);
    expect(await lost.count()).toBe(0);
  } finally {
    await visitor.close();
    await pages.stop();
  }
});

test("a pause of three minutes is skipped, although its chunks are not loaded yet", async () => {
  const session = "5a".repeat(16);
  const began_ms = Date.now() - 400_000;
  const said = (second: number) => ({
    type: 5,
    timestamp: began_ms + second * 1000,
    data: { tag: "hm-cost", payload: { events: second } },
  });
  await postAll(session, [
    [...pageOf("Lamps", began_ms), ...movesOf(began_ms, 1, 3)],
    [said(60)],
    [said(120)],
    [said(180)],
    movesOf(began_ms, 190, 193),
  ]);
  const { page } = desk;
  await open(page, session);
  // Played through, it would take more than three minutes.
  await ended(page, 40_000);
  expect((await positionOf(page)).at).toBeGreaterThan(190_000);
});

test("the address goes with the pages of an application that loads only once", async () => {
  const session = "6a".repeat(16);
  const began_ms = Date.now() - 400_000;
  const made = eventMaker(began_ms, SITE_ORIGIN);
  const at = (second: number, path: string) => ({
    ...made(second, "pageview"),
    url: `${SITE_ORIGIN}${path}`,
  });
  await postVisit(server, {
    key: site.key,
    origin: SITE_ORIGIN,
    session,
    lines: [...pageOf("Lamps", began_ms), ...movesOf(began_ms, 1, 30)],
    events: [at(0, "/lamps"), at(10, "/lamps/arc"), at(20, "/cart")],
  });
  await recordingOf(owner, site, session);
  const { page } = desk;
  await open(page, session);
  await press(page, "k");
  const address = page.getByRole("region", { name: "Replay" }).locator("header .url");
  for (const [second, path] of [
    [15, "/lamps/arc"],
    [25, "/cart"],
    [5, "/lamps"],
  ] as const) {
    await seek(page, second * 1000);
    await until(`${path} at ${second} s`, 15_000, async () => (await address.innerText()) === path);
  }
});

test("who goes back to the first tab and only reads there is shown there", async () => {
  const session = "7a".repeat(16);
  const began_ms = Date.now() - 400_000;
  const made = eventMaker(began_ms, SITE_ORIGIN);
  const visit = { key: site.key, origin: SITE_ORIGIN, session, visitor: session };
  const [cart, terms] = ["7b".repeat(16), "7c".repeat(16)];
  await postVisit(server, {
    ...visit,
    window: cart,
    lines: [...pageOf("Your cart", began_ms), ...movesOf(began_ms, 1, 40)],
    events: [made(0, "pageview"), made(8, "page_leave"), made(35, "page_leave")],
  });
  await postVisit(server, {
    ...visit,
    window: terms,
    lines: [...pageOf("The terms", began_ms + 8500), ...movesOf(began_ms, 9, 41)],
    events: [made(9, "pageview"), made(12, "click"), made(20, "page_leave")],
  });
  await recordingOf(owner, site, session);
  const { page } = desk;
  await open(page, session);
  await press(page, "k");
  for (const [second, words] of [
    [14, "The terms"],
    [25, "Your cart"],
    [38, "The terms"],
    [5, "Your cart"],
  ] as const) {
    await seek(page, second * 1000);
    await until(`${words} at ${second} s`, 15_000, async () => {
      return (await wordsOf(await pictureOf(page))).startsWith(words);
    });
  }
});

test("a recording that ended early says why where it ends, and what it cost in the facts", async () => {
  const session = "8a".repeat(16);
  const began_ms = Date.now() - 400_000;
  const said = (second: number, tag: string, payload: object) => ({
    type: 5,
    timestamp: began_ms + second * 1000,
    data: { tag, payload },
  });
  await postAll(session, [
    [...pageOf("Lamps", began_ms), ...movesOf(began_ms, 1, 30)],
    [
      ...movesOf(began_ms, 31, 60),
      said(60, "hm-cost", { total_ms: 14_000, longest_ms: 310, bytes: 2_500_000 }),
      said(60, "hm-stop", { reason: "cost" }),
    ],
  ]);
  const { page } = desk;
  await open(page, session);
  const ending = page.getByText("Recording ended here: it took more than a fifth");
  expect(await ending.count()).toBe(0);
  await press(page, "End");
  await ending.waitFor();
  await keepPicture(page, "ended-early");
  await page.getByRole("button", { name: "Facts of this session" }).click();
  const facts = page.getByRole("dialog", { name: "Facts of this session" });
  await facts
    .getByText("14,000\u202fms a minute of the page's time, 310\u202fms at most")
    .waitFor();
  await facts.getByText("Early: it took more than a fifth of the page's time").waitFor();
  await keepPicture(page, "ended-early-facts");
  await page.keyboard.press("Escape");
  await seek(page, 30_000);
  await ending.waitFor({ state: "detached" });
});

test("a video says where it stood", async () => {
  const session = "9a".repeat(16);
  const began_ms = Date.now() - 400_000;
  const { element, page: whole } = nodeMaker();
  const size = { width: "320", height: "180" };
  const still = element("video", { ...size, rr_mediaState: "paused", rr_mediaCurrentTime: 0 });
  const runs = element("video", { ...size, rr_mediaState: "played", rr_mediaCurrentTime: 100 });
  const node = whole([], element("body", {}, still, runs));
  const turned = (second: number, type: number, currentTime: number) => ({
    type: 3,
    timestamp: began_ms + second * 1000,
    data: { source: 7, type, id: still.id, currentTime, playbackRate: 2 },
  });
  await postAll(session, [
    [
      { type: 4, timestamp: began_ms, data: { href: SITE_ORIGIN, width: 800, height: 500 } },
      { type: 2, timestamp: began_ms, data: { node, initialOffset: { left: 0, top: 0 } } },
      ...movesOf(began_ms, 1, 4),
      turned(5, 0, 40),
      ...movesOf(began_ms, 6, 14),
      turned(15, 1, 60),
      ...movesOf(began_ms, 16, 25),
    ],
  ]);
  const { page } = desk;
  await open(page, session);
  await press(page, "k");
  for (const [second, words] of [
    [20, ["Paused at 1:00", "Playing 2:00"]],
    [10, ["Playing 0:50", "Playing 1:50"]],
    [3, ["", "Playing 1:43"]],
  ] as const) {
    await seek(page, second * 1000);
    await until(`${words.join(", ")} at ${second} s`, 15_000, async () => {
      const frame = await pictureOf(page);
      const signs = await frame.evaluate(() =>
        [...document.querySelectorAll("video")].map((video) => {
          const sign = decodeURIComponent(getComputedStyle(video).backgroundImage);
          return />([^<]*)<\/text>/.exec(sign)?.[1] ?? "";
        }),
      );
      if (signs.join("|") !== words.join("|")) throw new Error(signs.join("|"));
      return true;
    });
    await keepPicture(page, `video-${second}`);
  }
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

/** Opens a session in the dashboard, and waits for its picture and its length. */
async function open(page: Page, session: string): Promise<void> {
  await page.goto(`${server.origin}/sites/${site.id}/sessions/${session}#t=0`);
  await pictureOf(page);
  await until("the length", 20_000, async () => (await positionOf(page)).length > 0);
}

/** Posts the chunks of one page load, and waits until they can be played. */
async function postAll(session: string, chunks: readonly RecordedEvents[]): Promise<void> {
  for (const [sequence, lines] of chunks.entries()) {
    await postVisit(server, {
      key: site.key,
      origin: SITE_ORIGIN,
      session,
      sequence,
      lines,
      events: sequence === 0 ? [eventMaker(Date.now() - 400_000, SITE_ORIGIN)(0, "pageview")] : [],
    });
  }
  await recordingOf(owner, site, session);
}

/** A page with a heading. */
function pageOf(words: string, at_ms: number): RecordedEvents {
  const { element, page } = nodeMaker();
  const node = page([], element("body", {}, element("h1", {}, words)));
  return [
    { type: 4, timestamp: at_ms, data: { href: SITE_ORIGIN, width: 800, height: 500 } },
    { type: 2, timestamp: at_ms, data: { node, initialOffset: { left: 0, top: 0 } } },
  ];
}

/** Somebody moves the pointer from one second to another. */
function movesOf(began_ms: number, from: number, to: number): RecordedEvents {
  return Array.from({ length: (to - from) * 2 + 1 }, (_, step) => ({
    type: 3,
    timestamp: began_ms + from * 1000 + step * 500,
    data: { source: 1, positions: [{ x: 20 + step * 9, y: 40, id: 1, timeOffset: 0 }] },
  }));
}
