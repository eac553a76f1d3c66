/** Real Chromium: short visits arrive, large pages arrive in pieces, nothing is lost on the way. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, missing, type Site, serve, until } from "./site";

const why = missing();
if (why) console.log(`skipped: ${why}`);

const words = (count: number, seed: number) => {
  let state = seed;
  const next = () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state;
  };
  return Array.from({ length: count }, () => next().toString(36)).join(" ");
};
const page = (body: string) =>
  `<!doctype html><html><head><meta charset="utf-8"><title>t</title></head><body>${body}<button id="b">b</button><script type="module" src="/core.js"></script></body></html>`;
const rows = (count: number) =>
  Array.from(
    { length: count },
    (_, row) =>
      `<div class="row r${row % 7}"><b>${row}</b> <span>${words(4, row + 1)}</span></div>`,
  ).join("");

/** A line of 100 ms and 4 Mbit/s. */
async function slow(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 100,
    downloadThroughput: 500_000,
    uploadThroughput: 500_000,
  });
}

describe.skipIf(why !== "")("arrival", { timeout: 120_000 }, () => {
  let browser: Browser;
  let site: Site;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  it("brings a visit of five seconds on a slow line, and what happened in its last moment", async () => {
    site = await serve({ "/": page(rows(4000)), "/away": "<p>away</p>" });
    for (const leave of ["close", "away"] as const) {
      site.bodies.length = 0;
      const context = await browser.newContext();
      const tab = await context.newPage();
      await slow(tab);
      const begun = Date.now();
      await tab.goto(site.origin);
      await tab.click("#b");
      await tab.waitForTimeout(Math.max(0, 5000 - (Date.now() - begun)));
      await tab.evaluate(() => {
        const last = document.createElement("p");
        last.textContent = "the last moment";
        document.body.append(last);
      });
      if (leave === "away") await tab.goto(`${site.origin}/away`);
      else await tab.close({ runBeforeUnload: true });
      await until(() => site.everything().includes("the last moment"));
      await context.close();
      const numbers = site.bodies.map(({ envelope }) => Number(envelope.sequence));
      const distinct = [...new Set(numbers)].sort((a, b) => a - b);
      expect(distinct).toEqual(distinct.map((_, index) => index));
      const events = site.events();
      const first = events.findIndex(({ type }) => type === 2);
      expect(first).toBeGreaterThan(-1);
      expect(events[first - 1]?.type).toBe(4);
      expect(events.some(({ data }) => data.source === 2)).toBe(true);
      expect(events.slice(0, first).length).toBeLessThan(3);
      const wire = site.bodies[0]?.wireBytes ?? 0;
      const plain = JSON.stringify(events[first]).length;
      console.log(
        `left by ${leave}: snapshot of ${plain} bytes came as ${wire}, ${distinct.length} chunks`,
      );
      expect(plain).toBeGreaterThan(256 << 10);
    }
    await site.close();
  });

  it("brings the first picture of a page that is left while that is on its way", async () => {
    site = await serve({ "/": page(rows(1000)), "/away": "<p>away</p>" });
    const tab = await browser.newPage();
    await slow(tab);
    const begun = tab.waitForRequest((request) => request.method() === "POST");
    await tab.goto(site.origin);
    await begun;
    await tab.goto(`${site.origin}/away`);
    const [snapshot] = await until(() => {
      const found = site.events().filter(({ type }) => type === 2);
      return found.length > 0 && found;
    });
    // Too long to be sent once more as it is.
    expect(JSON.stringify(snapshot).length).toBeGreaterThan(60 << 10);
    await tab.close();
    await site.close();
  });

  it("brings a first picture in two pieces, though the page is left with one of them on its way", async () => {
    site = await serve({ "/": page(rows(900)), "/away": "<p>away</p>" });
    const tab = await browser.newPage();
    await slow(tab);
    const begun = tab.waitForRequest((request) => request.method() === "POST");
    await tab.goto(site.origin);
    await begun;
    await tab.goto(`${site.origin}/away`);
    await until(() => site.events().some(({ type }) => type === 2));
    const pieces = site.bodies.filter(({ piece }) => piece);
    // One of them may come twice, which counts once.
    const sizes = new Map(
      pieces.map(({ envelope, wireBytes }) => [`${envelope.piece}`, wireBytes]),
    );
    expect([...sizes.keys()].sort()).toEqual(["0,2", "1,2"]);
    // More than what is kept of one body.
    expect([...sizes.values()].reduce((sum, size) => sum + size, 0)).toBeGreaterThan(28_000);
    await tab.close();
    await site.close();
  });

  it("sends what is larger than a chunk in numbered pieces that join", async () => {
    site = await serve({ "/": page(`<p>${words(150_000, 7)}</p>`) });
    const tab = await browser.newPage();
    await tab.goto(site.origin);
    await until(() => site.events().some(({ type }) => type === 2));
    const pieces = site.bodies.filter(({ piece }) => piece);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.map(({ envelope }) => envelope.piece)).toEqual(
      pieces.map((_, index) => [index, pieces.length]),
    );
    for (const { piece } of pieces) expect(piece?.length).toBeLessThanOrEqual(256 << 10);
    await tab.close();
    await site.close();
  });

  it("takes a new snapshot when the server or a new session asks for one", async () => {
    site = await serve({ "/": page("<p>hello</p>") });
    const tab = await browser.newPage();
    await tab.goto(site.origin);
    const snapshots = () => site.events().filter(({ type }) => type === 2).length;
    await until(() => snapshots() === 1);
    site.answer.snapshot = true;
    await tab.click("#b");
    await until(() => {
      if (snapshots() > 1) site.answer.snapshot = false;
      return snapshots() > 1;
    });
    const before = snapshots();
    await tab.evaluate("newSession()");
    await until(() => snapshots() > before);
    const chunks = site.bodies.filter(({ lines }) => lines.includes('"type":2,'));
    for (const { lines } of chunks)
      expect(lines.split("\n").filter(Boolean).length).toBeGreaterThan(1);
    await tab.evaluate("stopRecording()");
    await until(() => site.everything().includes('"reason":"stopped"'));
    const after = site.bodies.length;
    await tab.click("#b");
    await tab.waitForTimeout(1500);
    expect(site.bodies.length).toBe(after);
    const numbered = snapshots();
    await tab.evaluate("startRecording()");
    await until(() => snapshots() > numbered);
    const numbers = site.bodies.map(({ envelope }) => envelope.sequence);
    expect(new Set(numbers).size).toBe(numbers.length);
    await tab.click("#b");
    await until(() => site.events().at(-1)?.type === 3);
    await tab.close();
    await site.close();
  });

  it("reports its own cost with the recording, on a page of 10,000 nodes", async () => {
    site = await serve({ "/": page(rows(1700)) });
    const tab = await browser.newPage();
    await tab.goto(site.origin);
    await until(() => site.events().some(({ type }) => type === 2));
    const nodes = await tab.evaluate(() => {
      let count = 0;
      const walker = document.createTreeWalker(document);
      while (walker.nextNode()) count++;
      return count;
    });
    await tab.evaluate(async () => {
      for (let round = 0; round < 5; round++) {
        for (const span of [...document.querySelectorAll("span")].slice(
          round * 100,
          round * 100 + 250,
        )) {
          span.textContent = `changed ${round}`;
          span.className = `c${round}`;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    });
    await tab.close({ runBeforeUnload: true });
    const cost = await until(() => site.events().findLast(({ data }) => data.tag === "hm-cost"));
    console.log(`${nodes} nodes: ${JSON.stringify(cost.data.payload)}`);
    expect(nodes).toBeGreaterThan(10_000);
    expect(cost.data.payload).toMatchObject({
      snapshots: 1,
      total_ms: expect.any(Number),
      longest_ms: expect.any(Number),
    });
    await site.close();
  });
});
