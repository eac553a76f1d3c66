// A page that is left while its first picture is on its way: what browsers let outlive a page
// brings a picture of up to 48 KB packed, whatever the link; of a larger one the session says that it
// cannot be played and that something is missing. What happened on the page arrives in any case.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firstUser, type Owner } from "../support/api.ts";
import { startBrowser } from "../support/browser.ts";
import { startLoopback } from "../support/loopback.ts";
import { type Server, startServer } from "../support/server.ts";
import { addSite, sessionWith } from "../support/sites.ts";
import { startTap, type Tap } from "../support/tap.ts";
import { snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";

const LATENCY_MS = 100;

let server: Server;
let browser: Browser;
let owner: Owner;

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  owner = await firstUser(server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Lines of a list, of words that hardly pack. */
function lines(count: number): string {
  let state = 7;
  const word = () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state.toString(36);
  };
  return Array.from({ length: count }, () => `<p>${word()} ${word()} ${word()} ${word()}</p>`).join(
    "",
  );
}

/** What the list says of a recording. */
interface Listed {
  readonly playable: boolean;
  readonly chunks_missing: number;
}

interface Visit {
  readonly recordings: readonly Listed[];
  /** Pieces of its recording that came. */
  readonly pieces: readonly [index: number, count: number][];
}

/** Comes to a page of so many lines, and leaves it when the first part of its recording is on its way. */
async function visit(
  name: string,
  count: number,
  isDone: (listed: Listed) => boolean,
): Promise<Visit> {
  const site = await addSite(owner, name);
  const tap = await startTap(server.origin);
  const page = `<!doctype html><title>List</title>${lines(count)}${snippetOf(tap.origin, site.key, "persistent")}`;
  const shop = await startLoopback((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(page);
  });
  const context = await browser.newContext();
  try {
    const tab = await context.newPage();
    const devtools = await context.newCDPSession(tab);
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: LATENCY_MS,
      downloadThroughput: 500_000,
      uploadThroughput: 60_000,
    });
    // Listened for before there is one: a browser may be faster than its test.
    await Promise.all([
      tab.waitForRequest((request) => request.url().includes("/r/")),
      tab.goto(shop.origin, { waitUntil: "commit" }),
    ]);
    await tab.goto("about:blank");
    const [cookie] = await context.cookies();
    const session = cookie?.value.split(".")[1] ?? "";
    await sessionWith(owner, site, session, { pageview: 1, page_leave: 1 });
    const recordings = await until("the recording in the list", 10_000, async () => {
      const path = `sites/${site.id}/recordings?session=${session}`;
      const found = await owner.get<{ recordings: Listed[] }>(path);
      return found.recordings.some(isDone) && found.recordings;
    });
    return { recordings, pieces: piecesAt(tap) };
  } finally {
    await context.close();
    await shop.stop();
    await tap.stop();
  }
}

function piecesAt(tap: Tap): Visit["pieces"] {
  return tap.requests
    .filter(({ url }) => url.startsWith("/r/"))
    .flatMap(({ body }) => {
      const { piece } = JSON.parse(body.split("\n", 1)[0] ?? "");
      return piece ? [piece] : [];
    });
}

test("a picture too large for one body that outlives the page arrives in two", async () => {
  const { recordings, pieces } = await visit("two pieces", 1400, ({ playable }) => playable);
  expect(recordings).toMatchObject([{ playable: true, chunks_missing: 0 }]);
  // One of them may come twice, which counts once.
  expect([...new Set(pieces.map(String))].sort()).toEqual(["0,2", "1,2"]);
});

test("of a picture that is too large for that, the session says that it is missing", async () => {
  const { recordings, pieces } = await visit(
    "many pieces",
    12_000,
    (listed) => listed.chunks_missing > 0 || listed.playable,
  );
  expect(recordings).toMatchObject([{ playable: false, chunks_missing: 1 }]);
  // Those that were under way, and fit, may have come; they are no picture.
  for (const [, count] of pieces) expect(pieces.length).toBeLessThan(count);
});
