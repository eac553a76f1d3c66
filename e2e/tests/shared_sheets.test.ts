// Style sheets that a site's recordings share are not sent again: the sixth visitor's page names
// them, and its replay looks as those of the others do.
import { createHash } from "node:crypto";
import type { Browser, BrowserContext, Frame } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { watchErrors } from "../support/browser.ts";
import { type Loopback, startLoopback } from "../support/loopback.ts";
import { openReplay } from "../support/replay.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { startTap, type Tap } from "../support/tap.ts";
import { sessionOf, snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

/** Rules that style nothing and fill a sheet, and that packing makes little smaller. */
const filling = (of: string) =>
  Array.from({ length: 150 }, (_, at) => {
    const digits = createHash("sha256").update(`${of}${at}`).digest("hex");
    const [margin = 0, padding = 0, top = 0] =
      digits.match(/../g)?.map((two) => parseInt(two, 16)) ?? [];
    return `.${of}-${digits.slice(0, 12)} { margin: ${margin}px; padding: ${padding}px; top: ${top}px; }`;
  });

const LINKED = [`#linked { color: rgb(1, 2, 3); content: "\\201c"; }`, ...filling("linked")];
const WRITTEN = ["#written { color: rgb(4, 5, 6); }", ...filling("written")];
const ADOPTED = ["#adopted { color: rgb(7, 8, 9); }", ...filling("adopted")];
const SHEETS = [LINKED, WRITTEN, ADOPTED];
const COLOURS = ["rgb(1, 2, 3)", "rgb(4, 5, 6)", "rgb(7, 8, 9)"];

let server: Server;
let browser: Browser;
let owner: Owner;
let tap: Tap;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  tap = await startTap(server.origin);
});

afterAll(async () => {
  await browser?.close();
  await tap?.stop();
  await server?.stop();
});

/** A page with a sheet of each kind. */
function startPage(site: Site): Promise<Loopback> {
  return startLoopback((request, response) => {
    const isSheet = request.url === "/page.css";
    response.writeHead(isSheet || request.url === "/" ? 200 : 404, {
      "content-type": isSheet ? "text/css" : "text/html",
    });
    if (isSheet) response.end(LINKED.join("\n"));
    else
      response.end(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sheets</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/page.css"><style>${WRITTEN.join("\n")}</style>
${snippetOf(tap.origin, site.key, "persistent")}</head><body>
<p id="linked">Linked</p><p id="written">Written</p><p id="adopted">Adopted</p>
<pre>{"_cssText":{"sheet":"AAAAAAAAAAAAAAAAAAAA"}}</pre><script>
const sheet = new CSSStyleSheet(); sheet.replaceSync(${JSON.stringify(ADOPTED.join("\n"))});
document.adoptedStyleSheets = [sheet];
</script></body></html>`);
  });
}

interface Visit {
  readonly session: string;
  /** Bodies of its chunks. */
  readonly chunks: string[];
  /** Bytes of the one with the picture of the page, as it came packed. */
  readonly bytes: number;
}

/** Visits a page as a new visitor until it is recorded, and `then` does something more. */
async function visit(
  site: Site,
  origin: string,
  prepare: (context: BrowserContext) => Promise<unknown> = async () => {},
  then: (bodies: () => string[]) => Promise<unknown> = async () => {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 800, height: 600 } });
  try {
    await prepare(context);
    const page = await context.newPage();
    const errors = watchErrors(page);
    const before = tap.requests.length;
    await page.goto(origin);
    const session = await sessionOf(page);
    await recordingOf(owner, site, session);
    const sent = () =>
      tap.requests.slice(before).filter(({ url }) => url.startsWith(`/r/${site.key}`));
    // The adopted sheet comes right after the picture.
    await until("the adopted sheet", 15_000, () =>
      sent().some(({ body }) => body.includes('"styleIds":[')),
    );
    await then(() => sent().map(({ body }) => body));
    await page.goto("about:blank");
    expect(errors).toEqual([]);
    return {
      session,
      chunks: sent().map(({ body }) => body),
      bytes: Math.min(
        ...sent().flatMap(({ body, bytes }) => (body.includes('\n{"type":2,') ? bytes : [])),
      ),
    };
  } finally {
    await context.close();
  }
}

/** Which of the three sheets stand in what was sent. */
const whole = ({ chunks }: Visit) =>
  SHEETS.filter(([, first = ""]) => chunks.some((body) => body.includes(first.slice(0, -2))))
    .length;
const named = ({ chunks }: Visit) =>
  chunks.flatMap((body) => body.match(/\{"sheet":"[\w+/]{20}"\}/g) ?? []);

const colours = (frame: Frame) =>
  frame.evaluate(() =>
    ["linked", "written", "adopted"].map(
      (id) => getComputedStyle(document.getElementById(id) as HTMLElement).color,
    ),
  );

async function looksAsItDid(site: Site, { session }: Visit): Promise<void> {
  const replay = await openReplay(browser, server, owner, { site: site.id, id: session });
  try {
    await until("the colours of the page", 15_000, async () => {
      const shown = await colours(replay.frame);
      if (shown.join() !== COLOURS.join()) throw new Error(`they are ${shown.join()}`);
      return true;
    });
  } finally {
    await replay.close();
  }
}

test("the sixth visitor's page names the sheets that five have sent", async () => {
  const site = await addSite(owner, "shared sheets");
  const page = await startPage(site);
  try {
    const first: Visit[] = [];
    for (let visitor = 0; visitor < 5; visitor++) {
      await server.command("repack");
      first.push(await visit(site, page.origin));
    }
    expect(first.map(whole)).toEqual([3, 3, 3, 3, 3]);
    expect(first.flatMap(named)).toEqual([]);
    await server.command("repack");
    // Rules tell what is known by now, and have the rest looked up.
    await until("three sheets in the rules", 15_000, async () => {
      const rules = await (await fetch(`${server.origin}/c/${site.key}`)).json();
      return rules.sheets?.length === 3;
    });

    const sixth = await visit(site, page.origin);
    expect([whole(sixth), new Set(named(sixth)).size]).toEqual([0, 3]);
    const least = Math.min(...first.map(({ bytes }) => bytes));
    console.log(`bytes of a picture: ${first.map(({ bytes }) => bytes)}, then ${sixth.bytes}`);
    expect(sixth.bytes * 2.5).toBeLessThan(least);
    await looksAsItDid(site, sixth);
    await looksAsItDid(site, first[0] as Visit);
    // And when it is at rest.
    await server.command("repack");
    await looksAsItDid(site, sixth);

    // A browser that computes no digests, as on a page without TLS, sends all of it.
    const plain = await visit(site, page.origin, (context) =>
      context.addInitScript(() => Object.defineProperty(crypto, "subtle", { value: undefined })),
    );
    expect([whole(plain), named(plain)]).toEqual([3, []]);
    await looksAsItDid(site, plain);
  } finally {
    await page.stop();
  }
});

test("a sheet that the server has no more is asked for and arrives", async () => {
  const site = await addSite(owner, "unknown sheet");
  const page = await startPage(site);
  try {
    const told = await visit(site, page.origin);
    const text = told.chunks
      .flatMap((body) => body.match(/"_cssText":("(?:[^"\\]|\\.)*")/) ?? [])
      .find((found) => found.startsWith('"#linked'));
    if (!text) throw new Error("the sheet was not sent");
    const name = createHash("sha256").update(text).digest("base64").slice(0, 20);
    const late = await visit(
      site,
      page.origin,
      (context) =>
        context.route(`**/c/${site.key}`, async (route) => {
          const response = await route.fetch();
          await route.fulfill({ response, json: { ...(await response.json()), sheets: [name] } });
        }),
      async (bodies) => {
        await until("a second picture", 15_000, () =>
          bodies().some((body) => body.includes("#linked")),
        );
      },
    );
    expect(named(late)).toEqual([`{"sheet":"${name}"}`]);
    expect(whole(late)).toBe(3);
    await looksAsItDid(site, late);
  } finally {
    await page.stop();
  }
});
