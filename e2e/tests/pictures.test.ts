// Pictures and fonts that a page shows are in its recording and in the replay; what is hidden is
// not, and nobody is asked for anything once more: not the site, not by the viewer.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Browser, Frame, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { watchErrors } from "../support/browser.ts";
import { type Loopback, startLoopback } from "../support/loopback.ts";
import { keepPicture } from "../support/pictures.ts";
import { distance, striped } from "../support/pixels.ts";
import { openReplay } from "../support/replay.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { startTap } from "../support/tap.ts";
import { sessionOf, snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const FONT = "cypress-example-kitchensink/app/assets/fonts/woff/FiraSans-Medium.woff";
const DRAWING = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 80" width="120" height="80"><rect width="120" height="80" fill="#0a0"/><circle cx="60" cy="40" r="30" fill="#fc0"/></svg>`;
/** Two pictures are one for the eye below this, and a box and a picture are not above that. */
const SAME = 0.04;
const OTHER = 0.1;

let server: Server;
let browser: Browser;
let owner: Owner;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** A site of pictures, and how often each was asked for. */
async function startPictures(
  html: () => string,
): Promise<Loopback & { asked: Map<string, number> }> {
  const painter = await browser.newPage();
  const picture = await striped(painter, ["#d00", "#00d", "#dd0"]);
  const background = await striped(painter, ["#0dd", "#d0d"]);
  await painter.close();
  const font = await readFile(resolve(import.meta.dirname, "../../node_modules", FONT));
  const asked = new Map<string, number>();
  const loopback = await startLoopback((request, response) => {
    const url = new URL(request.url ?? "/", "http://x");
    asked.set(url.pathname, (asked.get(url.pathname) ?? 0) + 1);
    const answer = (type: string, body: string | Buffer) =>
      response.writeHead(200, { "content-type": type, "cache-control": "max-age=600" }).end(body);
    if (url.pathname === "/") answer("text/html", html());
    else if (url.pathname.endsWith("/bg.png")) answer("image/png", background);
    else if (url.pathname.endsWith(".png")) answer("image/png", picture);
    else if (url.pathname.endsWith(".svg")) answer("image/svg+xml", DRAWING);
    else if (url.pathname.endsWith(".woff")) answer("font/woff", font);
    else if (url.pathname.endsWith(".css"))
      answer(
        "text/css",
        `@font-face { font-family: Own; src: url("font.woff?v=3") format("woff") }
.painted { background: url(masked-bg.png) } .both { background: url(both-bg.png) } .touched:hover { background: url(touched-bg.png) }
.own { font: 24px Own, monospace } #background { background: url(bg.png?v=4) } img, .box { width: 120px; height: 80px; display: block }`,
      );
    else response.writeHead(404).end();
  });
  return { ...loopback, asked };
}

const pageOf = (
  site: Site,
  elsewhere: string,
  origin = server.origin,
) => `<!doctype html><html lang="en"><head>
<meta charset="utf-8"><title>Pictures</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/look/page.css">${snippetOf(origin, site.key, "persistent")}</head><body>
<img id="picture" src="/small.png?size=1" srcset="/shown.png?size=2 1x, /large.png?size=3 2x" alt="">
<img id="drawing" src="/drawing.svg" alt=""><img id="again" src="/again.png" alt=""><div class="box" id="background"></div>
<div class="box both" id="both"></div><div class="box touched" id="touched"></div>
<div class="box" id="styled" style="background: url('/styled.png?id=7')"></div>
<p><span class="own" id="words">Words in a font of the page</span></p>
<div data-hm-mask><img id="masked" src="/masked.png" alt=""><div class="box painted" id="painted"></div><div class="box both"></div></div>
<div data-hm-block><img src="/blocked.png" alt=""></div>
<img id="code" src="/account/qr.png" alt=""><img id="elsewhere" src="${elsewhere}/other.png" alt="">
</body></html>`;

interface Asset {
  readonly href: string;
  readonly type: string;
  /** Its bytes; without, it is only named. */
  readonly data?: string;
}

/** What came with a recording. */
async function assetsOf(site: Site, session: string): Promise<Asset[]> {
  const path = `sites/${site.id}/recordings/${session}`;
  const { chunks } = await owner.get<{ chunks: { window: string; sequence: number }[] }>(path);
  const lines: string[] = [];
  for (const { window, sequence } of chunks) {
    const answer = await fetch(`${server.origin}/api/v1/${path}/chunks/${window}/${sequence}`, {
      headers: { cookie: owner.cookie, "sec-fetch-site": "same-origin" },
    });
    lines.push(...(await answer.text()).split("\n").filter(Boolean));
  }
  return lines
    .map((line) => JSON.parse(line) as { data: { tag?: string; payload?: Asset } })
    .flatMap(({ data }) => (data.tag === "hm-asset" && data.payload?.data ? [data.payload] : []));
}

const widthOf = (of: Page | Frame) =>
  of.locator("#words").evaluate((words) => (words as HTMLElement).offsetWidth);

test("pictures, drawings, backgrounds and fonts are in the replay; what is hidden is not", async () => {
  const site = await addSite(owner, "pictures");
  const other = await startPictures(() => "");
  const shop = await startPictures(() => pageOf(site, other.origin));
  const context = await browser.newContext({ viewport: { width: 800, height: 900 } });
  try {
    const page = await context.newPage();
    const errors = watchErrors(page);
    await page.goto(shop.origin);
    await page.evaluate(() => document.fonts.ready.then(() => {}));
    const session = await sessionOf(page);
    await recordingOf(owner, site, session);
    const assets = await until("all that is shown", 30_000, async () => {
      const found = await assetsOf(site, session);
      return found.length >= 6 && found;
    });
    const shown = ["#picture", "#again", "#drawing", "#background", "#styled"];
    // A rule that is about something hidden as well may show what that is about.
    const hidden = ["#masked", "#painted", "#both", "#code", "#elsewhere"];
    const live = new Map<string, Buffer>();
    for (const one of [...shown, ...hidden]) live.set(one, await page.locator(one).screenshot());
    const width = await widthOf(page);
    await page.goto("about:blank");

    expect(errors).toEqual([]);
    expect(assets.map(({ type }) => type).sort()).toEqual([
      "font/woff",
      "image/png",
      "image/png",
      "image/png",
      "image/png",
      "image/svg+xml",
    ]);
    // Images have no address of their own in a recording, and style sheets lose their queries.
    expect(assets.map(({ href }) => href).join(" ")).not.toMatch(
      /shown|again|drawing|styled|masked|both|touched|blocked|account|other|\?|v=|size/,
    );
    for (const [path, count] of [...shop.asked, ...other.asked])
      expect(`${path} ${count}`).toBe(`${path} 1`);

    const replay = await openReplay(browser, server, owner, { site: site.id, id: session });
    const eye = await context.newPage();
    const apart = async (one: string) =>
      distance(eye, live.get(one) as Buffer, await replay.frame.locator(one).screenshot());
    for (const one of shown)
      await until(`${one} in the replay`, 20_000, async () => (await apart(one)) < SAME);
    for (const one of hidden) expect(await apart(one)).toBeGreaterThan(OTHER);
    await until(
      "the font in the replay",
      20_000,
      async () => (await widthOf(replay.frame)) === width,
    );
    await keepPicture(replay.page, "replay-pictures");
    // The viewer asks for nothing of the site.
    const places = replay.asked
      .map((url) => new URL(url))
      .filter(({ protocol }) => protocol !== "blob:");
    expect(places.filter(({ origin }) => origin !== server.origin).map(String)).toEqual([]);
    await replay.close();
  } finally {
    await context.close();
    await shop.stop();
    await other.stop();
  }
});

test("a page that is left while a large font is on its way lacks the font and nothing else", async () => {
  const site = await addSite(owner, "large font");
  const tap = await startTap(server.origin);
  const font = Buffer.concat([Buffer.from("wOF2"), randomBytes(160_000)]);
  const shop = await startLoopback((request, response) => {
    const isFont = request.url === "/large.woff2";
    response.writeHead(200, {
      "content-type": isFont ? "font/woff2" : "text/html",
      "cache-control": "max-age=600",
    });
    response.end(
      isFont
        ? font
        : `<!doctype html><title>Font</title><style>@font-face{font-family:Large;src:url(/large.woff2)}p{font-family:Large}</style>
<p>Words</p><button type="button">Last click</button>${snippetOf(tap.origin, site.key, "persistent")}`,
    );
  });
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    let begun = 0;
    page.on("request", (request) => {
      if (request.url().includes("/r/")) begun += 1;
    });
    await page.goto(shop.origin);
    const session = await sessionOf(page);
    await recordingOf(owner, site, session);
    await devtools.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 20,
      downloadThroughput: 500_000,
      uploadThroughput: 30_000,
    });
    // What comes after its name are its bytes, which take some seconds.
    await until("the font on its way", 20_000, () => {
      const chunks = tap.requests.filter(({ url }) => url.startsWith("/r/"));
      const named = chunks.findIndex(({ body }) => body.includes('"digest"'));
      return named >= 0 && begun > named + 1;
    });
    await page.getByRole("button").click();
    await page.goto("about:blank");
    const clicked = () => tap.requests.some(({ body }) => /"source":2,"type":2,/.test(body));
    await until("the last click", 20_000, clicked);
    const path = `sites/${site.id}/recordings?session=${session}`;
    const { recordings } = await owner.get<{ recordings: { chunks_missing: number }[] }>(path);
    expect(recordings).toMatchObject([{ chunks_missing: 0 }]);
    expect(await assetsOf(site, session)).toEqual([]);
  } finally {
    await context.close();
    await shop.stop();
    await tap.stop();
  }
});

test("the next page of a visit sends none of them again, and has them all", async () => {
  const site = await addSite(owner, "next page");
  const tap = await startTap(server.origin);
  const shop = await startPictures(() => pageOf(site, server.origin, tap.origin));
  const context = await browser.newContext({ viewport: { width: 800, height: 900 } });
  try {
    const page = await context.newPage();
    const all = async (count: number) => {
      const session = await sessionOf(page);
      await recordingOf(owner, site, session);
      return until(`${count} pictures`, 30_000, async () => {
        const found = await assetsOf(site, session);
        return found.length >= count && found;
      });
    };
    const sent = (from: number) =>
      tap.requests
        .slice(from)
        .flatMap(({ body }) => body.split("\n"))
        .filter((line) => line.includes('"hm-asset"') && line.includes('"data":"'))
        // Drawings are not named: the server makes them safe, so that they are others there.
        .filter((line) => !line.includes('"image/svg+xml"'));
    await page.goto(shop.origin);
    await all(6);
    expect(sent(0)).toHaveLength(5);
    const before = tap.requests.length;
    await page.goto(`${shop.origin}/?next`);
    const assets = await all(12);
    expect(sent(before)).toEqual([]);
    const contents = assets.map(({ type, data }) => `${type} ${data}`);
    expect(contents.slice(6).sort()).toEqual(contents.slice(0, 6).sort());
  } finally {
    await context.close();
    await shop.stop();
    await tap.stop();
  }
});

test("a site that wants none gets none", async () => {
  const site = await addSite(owner, "no pictures");
  const rules = { ...site.settings.rules, record_assets: "none" };
  await owner.send("PATCH", `sites/${site.id}`, { settings: { ...site.settings, rules } });
  const shop = await startPictures(() => pageOf(site, server.origin));
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const scripts: string[] = [];
    page.on("request", (request) => scripts.push(new URL(request.url()).pathname));
    await page.goto(shop.origin);
    await recordingOf(owner, site, await sessionOf(page));
    // What would take them is asked for before the first snapshot is made.
    expect(scripts).toContain("/r.js");
    expect(scripts).not.toContain("/r-assets.js");
  } finally {
    await context.close();
    await shop.stop();
  }
});
