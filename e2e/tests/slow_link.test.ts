// A short visit over a slow link arrives: on 100 ms and 4 Mbit/s each of four visits of five
// seconds, which then leave, can be played.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import type { Server } from "../support/server.ts";
import { demoSite, recordingOf, type Site } from "../support/sites.ts";
import { openWorld } from "../support/world.ts";

const LINK = {
  offline: false,
  latency: 100,
  downloadThroughput: 500_000,
  uploadThroughput: 500_000,
};
const VISITS = 4;
const STAY_MS = 5000;

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await demoSite(owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test(`${VISITS} of ${VISITS} visits of ${STAY_MS / 1000} s over a slow link are playable`, async () => {
  // One after the other: it is the link that is slow, and not the machine with four at once.
  for (let number = 0; number < VISITS; number += 1) {
    const { session, answeredMs } = await visit();
    expect(answeredMs).toBeGreaterThan(LINK.latency);
    await recordingOf(owner, site, session);
  }
});

/** Comes, and is gone five seconds after coming. */
async function visit(): Promise<{ session: string; answeredMs: number }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", LINK);
  const over = new Promise((done) => setTimeout(done, STAY_MS));
  const began = performance.now();
  await page.goto(server.shop, { waitUntil: "commit" });
  const answeredMs = performance.now() - began;
  await over;
  const [cookie] = await context.cookies();
  await page.goto("about:blank");
  await context.close();
  return { session: cookie?.value.split(".")[1] ?? "", answeredMs };
}
