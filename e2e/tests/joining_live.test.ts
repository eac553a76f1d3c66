// Who joins a session that has gone on for long stands at what happens now after few requests: its
// single chunks are asked for a minute at a time, and six at once. `HITMETRIX_LIVE_MINUTES` makes it
// longer, to measure.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firstUser, type Owner } from "../support/api.ts";
import { startBrowser } from "../support/browser.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { type LongSession, postLongSession } from "../support/long_session.ts";
import { type Server, startServer } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { pictureOf, positionOf } from "../support/stage.ts";
import { until } from "../support/until.ts";

const MINUTES = Number(process.env.HITMETRIX_LIVE_MINUTES ?? 5);
const AT_ONCE_MAX = 6;

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;
let session: LongSession;

beforeAll(
  async () => {
    server = await startServer();
    browser = await startBrowser();
    owner = await firstUser(server);
    site = await addSite(owner, "Office");
    session = await postLongSession(browser, server, site, MINUTES);
    await recordingOf(owner, site, session.id);
    desk = await openDesk(browser, server);
    const [name, value] = owner.cookie.split("=");
    await desk.context.addCookies([{ name: name ?? "", value: value ?? "", url: server.origin }]);
  },
  600_000 + MINUTES * 10_000,
);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("a session of many minutes is joined with some requests for each of them", async () => {
  const { page } = desk;
  const { chunks } = await owner.get<{ chunks: unknown[] }>(
    `sites/${site.id}/recordings/${session.id}`,
  );
  expect(chunks.length).toBeGreaterThan(MINUTES * 10);
  const asked = counted(page);
  const began = performance.now();
  await page.goto(`${server.origin}/sites/${site.id}/sessions/${session.id}#live`);
  const picture = await pictureOf(page);
  await until("the picture of now", 60_000, async () => {
    const { at, length } = await positionOf(page);
    const said = await picture.evaluate(() => document.querySelector("#ticker")?.textContent ?? "");
    if (!said || length < session.duration_ms - 2000 || at < length - 3000)
      throw new Error(`it stands at ${at} of ${length} and says ${said}`);
    return true;
  });
  const took_ms = Math.round(performance.now() - began);
  console.log(
    `joined ${MINUTES} min of ${chunks.length} chunks: ${asked.all} requests, ${asked.most} at once, ${took_ms} ms`,
  );
  expect(asked.all).toBeLessThanOrEqual(2 * MINUTES + 2);
  expect(asked.most).toBeLessThanOrEqual(AT_ONCE_MAX);
  expect(await page.getByRole("button", { name: "Live", exact: true }).count()).toBe(1);
  desk.expectQuiet();
});

/** Counts requests for lines of chunks, and how many are open at a time. */
function counted(page: Page): { all: number; most: number } {
  const asked = { all: 0, most: 0 };
  let open = 0;
  const isOne = (url: string) => /\/chunks\/\w+\/\d+\?/.test(url);
  page.on("request", (request) => {
    if (!isOne(request.url())) return;
    asked.all += 1;
    open += 1;
    asked.most = Math.max(asked.most, open);
  });
  const done = (request: { url(): string }) => {
    if (isOne(request.url())) open -= 1;
  };
  page.on("requestfinished", done);
  page.on("requestfailed", done);
  return asked;
}
