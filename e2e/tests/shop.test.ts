// The main job, end to end: a visit to the demo shop in a real browser becomes exact numbers, a
// session that is found by its id, and a replay in which nothing that was typed can be read.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Sent, watchErrors, watchWire } from "../support/browser.ts";
import { keepPicture } from "../support/pictures.ts";
import { openReplay } from "../support/replay.ts";
import type { Server } from "../support/server.ts";
import { sessionOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { eventsSent, everythingSent } from "../support/wire.ts";
import { openWorld } from "../support/world.ts";

const CARD = "4539 1488 0343 6467";
const EMAIL = "lucia.quick@example.net";
const TYPED = [
  "Lucia Quick",
  EMAIL,
  "Harbour Row 71",
  "90210",
  "Springvale",
  CARD,
  "11 / 29",
  "907",
];
const SEEN_WITHIN_MS = 2000;
const LIVE_WITHIN_MS = 1000;
/** What is to be so quick is so once in so many times: a machine that is busy holds up some of them. */
const TIMES = 4;

let server: Server;
let browser: Browser;
let owner: Owner;
let site: number;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  const me = await owner.get<{ sites: { site: { id: number; demo: boolean } }[] }>("me");
  site = me.sites.find((one) => one.site.demo)?.site.id ?? -1;
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("a visit of eight clicks through checkout is counted, found and replayed", async () => {
  let bought = await buy();
  for (let time = 1; time < TIMES && bought.seenMs >= SEEN_WITHIN_MS; time += 1) {
    await bought.context.close();
    bought = await buy();
  }
  expect(bought.seenMs).toBeLessThan(SEEN_WITHIN_MS);
  const { context, sent, session, visibleText } = bought;
  const replay = await openReplay(browser, server, owner, { site, id: session });
  await expect
    .poll(async () => fold(await replay.frame.evaluate(() => document.body.innerText)))
    .toBe(fold(visibleText));
  const html = await replay.frame.evaluate(() => document.documentElement.outerHTML);
  for (const secret of TYPED) expect(stands(secret, html), secret).toBe(false);
  expect(html).not.toContain(CARD.replaceAll(" ", ""));
  expect(replay.asked.filter((url) => url.startsWith(server.shop))).toEqual([]);
  await keepPicture(replay.page, "replay");
  await replay.close();

  nothingTypedIn(sent);
  await context.close();
});

test("the session is in the list of recordings and playable within two seconds", async () => {
  const quickest = await quickestOf(SEEN_WITHIN_MS, async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(server.shop);
    const session = await sessionOf(page);
    const started = performance.now();
    await until("a playable recording", 15_000, async () => {
      const list = await owner.get<{ recordings: { playable: boolean }[] }>(
        `sites/${site}/recordings?session=${session}`,
      );
      return list.recordings[0]?.playable;
    });
    const tookMs = performance.now() - started;
    await context.close();
    return tookMs;
  });
  expect(quickest).toBeLessThan(SEEN_WITHIN_MS);
});

test("a visitor is in the live view within a second", async () => {
  let context: BrowserContext | undefined;
  let page: Page | undefined;
  let session = "";
  const quickest = await quickestOf(LIVE_WITHIN_MS, async () => {
    await context?.close();
    context = await browser.newContext();
    page = await context.newPage();
    await page.goto(`${server.shop}/help`);
    session = await sessionOf(page);
    const started = performance.now();
    await until("the visitor", 15_000, async () => {
      const live = await owner.get<{ sessions: { session: string; page: string }[] }>(
        `sites/${site}/live`,
      );
      return live.sessions.find((one) => one.session === session)?.page === "/help";
    });
    return performance.now() - started;
  });
  expect(quickest).toBeLessThan(LIVE_WITHIN_MS);
  await page?.getByRole("link", { name: "Lamps", exact: true }).click();
  await until("the words of the click", 15_000, async () => {
    const live = await owner.get<{ recent: { name: string; text: string; session: string }[] }>(
      `sites/${site}/live`,
    );
    const clicks = live.recent.filter((one) => one.session === session && one.name === "click");
    return clicks.some((one) => one.text === "Lamps");
  });
  await context?.close();
});

/** Does something until it is quicker than that, a few times at most: how long the quickest took. */
async function quickestOf(limitMs: number, deed: () => Promise<number>): Promise<number> {
  let quickest = Number.POSITIVE_INFINITY;
  for (let time = 0; time < TIMES && quickest >= limitMs; time += 1)
    quickest = Math.min(quickest, await deed());
  return quickest;
}

interface Bought {
  readonly context: BrowserContext;
  readonly sent: readonly Sent[];
  readonly session: string;
  /** What stood on the last page. */
  readonly visibleText: string;
  /** When numbers and recording were there, after the last click. */
  readonly seenMs: number;
}

/** Visits as a new visitor, who is still there, and waits until numbers and recording are exact. */
async function buy(): Promise<Bought> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const sent = watchWire(context);
  const page = await context.newPage();
  const errors = watchErrors(page);
  const session = await visit(page);
  const visibleText = await wordsOf(page);
  const done = performance.now();

  // What a page sends as it goes may come after what the next one begins with.
  const counted = await until("the exact numbers", 15_000, async () => {
    const seen = await countEvents(session);
    expect(seen).toMatchObject({
      pageview: 7,
      click: 8,
      form_submit: 4,
      add_to_cart: 1,
      order: 1,
    });
    return seen;
  });
  const countedMs = performance.now() - done;
  expect(counted.form_abandon ?? 0).toBe(0);
  expect(counted.rage_click ?? 0).toBe(0);
  expect(errors).toEqual([]);

  await until("the last page of the recording", 15_000, async () => {
    const found = await owner.get<{ chunks: { path: string; snapshot: boolean }[] }>(
      `sites/${site}/recordings/${session}`,
    );
    return found.chunks.some(({ path, snapshot }) => snapshot && path === "/thanks");
  });
  const seenMs = performance.now() - done;
  console.log(
    `numbers ${countedMs.toFixed(0)} ms, recording ${seenMs.toFixed(0)} ms after the last click`,
  );
  return { context, sent, session, visibleText, seenMs };
}

/** Eight clicks: lamp, add, cart, checkout, two nexts, terms, pay; typing between them. */
async function visit(page: Page): Promise<string> {
  await page.goto(server.shop);
  const session = await sessionOf(page);
  await page.getByRole("link", { name: /Arc/ }).click();
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.getByRole("link", { name: /^Cart/ }).click();
  await page.getByRole("link", { name: "To checkout" }).click();
  await type(page, { "#full-name": "Lucia Quick", "#email": EMAIL, "#street": "Harbour Row 71" });
  await type(page, { "#zip": "90210", "#city": "Springvale" });
  await page.getByRole("button", { name: "Next: delivery" }).click();
  await page.getByRole("button", { name: "Next: payment" }).click();
  await type(page, { "#card": CARD, "#valid": "11 / 29", "#code": "907" });
  await page.getByRole("checkbox").click();
  await page.getByRole("button", { name: "Pay now" }).click();
  await page.getByRole("heading", { name: "Thank you" }).waitFor();
  return session;
}

/** Types with the keyboard's focus, so that no click is added. */
async function type(page: Page, values: Record<string, string>): Promise<void> {
  for (const [selector, value] of Object.entries(values)) {
    await page.locator(selector).focus();
    await page.keyboard.type(value);
  }
}

async function countEvents(session: string): Promise<Record<string, number>> {
  const found = await owner.get<{ events: { name: string }[] }>(
    `sites/${site}/sessions/${session}`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of found.events) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function nothingTypedIn(sent: readonly Sent[]): void {
  expect(eventsSent(sent).length).toBeGreaterThan(10);
  const everything = everythingSent(sent.filter((one) => one.url.startsWith(server.origin)));
  for (const secret of TYPED) expect(stands(secret, everything), secret).toBe(false);
  for (const form of [CARD.replaceAll(" ", ""), encodeURIComponent(EMAIL), "lucia", "springvale"]) {
    expect(everything.toLowerCase().includes(form.toLowerCase()), form).toBe(false);
  }
}

/** Whether a text is there; a few digits count as a word or value, not within a time or an id. */
function stands(secret: string, text: string): boolean {
  return /^\d{1,5}$/.test(secret)
    ? new RegExp(`["'>\\s]${secret}["'<\\s\\\\]`).test(text)
    : text.includes(secret);
}

function wordsOf(page: Page): Promise<string> {
  return page.evaluate(() => document.body.innerText);
}

function fold(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
