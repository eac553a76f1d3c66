// Sites that nobody here wrote, recorded and replayed: the replay has the page's words and boxes.
//
// What is excepted, and why:
// - typed values, and attributes that show as words (placeholders), are masked on purpose;
// - images, videos and embedded frames are boxes of their recorded size, so their inside is not
//   compared;
// - web fonts are not part of a recording yet: the page is shown without them too;
// - e-mail addresses in the page's text are taken out by the server: they are taken out of the
//   page as well before it is measured;
// - the words of options are masked as what is chosen is;
// - an <input> may take its width from its value, which is masked: its width is not compared;
// - what is not shown has no place: only that it has no size is compared;
// - boxes may differ by TOLERANCE_PX, and by TOLERANCE_SHARE of their distance from the page's
//   corner: the browser gives the rules of a sheet back with six digits (a line of 20 px becomes
//   19.984375), and that adds up down the page.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { firstUser, type Owner } from "../support/api.ts";
import { startBrowser, watchErrors } from "../support/browser.ts";
import { startForeignSite } from "../support/foreign_site.ts";
import { type Box, boxesOf } from "../support/layout.ts";
import type { Loopback } from "../support/loopback.ts";
import { openReplay } from "../support/replay.ts";
import { type Server, startServer } from "../support/server.ts";
import { sessionOf, snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";

const TOLERANCE_PX = 2;
const TOLERANCE_SHARE = 0.003;
const VIEWPORT = { width: 1280, height: 800 };

const PAGES = [
  { folder: "cypress-example-kitchensink/app", path: "/index.html" },
  { folder: "cypress-example-kitchensink/app", path: "/commands/actions.html" },
  { folder: "cypress-example-kitchensink/app", path: "/commands/querying.html" },
  { folder: "cypress-example-kitchensink/app", path: "/commands/traversal.html" },
  { folder: "cypress-example-kitchensink/app", path: "/todo.html" },
  { folder: "startbootstrap-shop-homepage/dist", path: "/index.html" },
];

let server: Server;
let browser: Browser;
let owner: Owner;
let site: { id: number; key: string };

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  owner = await firstUser(server);
  site = await owner.send("POST", "sites", {
    name: "Foreign",
    domains: ["127.0.0.1"],
    time_zone: "Europe/Berlin",
  });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe("the replay of a page has the page's words and boxes", () => {
  for (const { folder, path } of PAGES) {
    test(`${folder}${path}`, async () => {
      const snippet = snippetOf(server.origin, site.key, "persistent");
      const foreign = await startForeignSite(folder, snippet);
      try {
        await compare(foreign, path);
      } finally {
        await foreign.stop();
      }
    });
  }
});

async function compare(foreign: Loopback, path: string): Promise<void> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  const errors = watchErrors(page);
  await page.route(
    (url) => url.hostname !== "127.0.0.1" || /\.(woff2?|ttf|otf|eot)$/.test(url.pathname),
    (route) => route.abort(),
  );
  await page.goto(foreign.origin + path);
  const session = await sessionOf(page);
  await page.mouse.wheel(0, 300);
  await until("the recording", 20_000, async () => {
    const found = await owner.get<{ chunks: { snapshot: boolean }[] }>(
      `sites/${site.id}/recordings/${session}`,
    );
    return found.chunks.some((chunk) => chunk.snapshot);
  });
  await takeOutAddresses(page);
  const live = await boxesOf(page);
  expect(errors.filter((error) => error.includes("hitmetrix"))).toEqual([]);
  await page.close();
  const replay = await openReplay(browser, server, owner, { site: site.id, id: session });
  const shown = await boxesOf(replay.frame);
  const foreignHost = new URL(foreign.origin).host;
  expect(replay.asked.filter((url) => new URL(url).host === foreignHost)).toEqual([]);
  await replay.close();
  await context.close();
  expect(differences(live, shown)).toEqual([]);
}

/** Does to the page's own text what the server's second pass does to the recorded text. */
function takeOutAddresses(page: Page): Promise<void> {
  return page.evaluate(() => {
    window.hitmetrix.stop();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { data } = texts.currentNode as Text;
      const without = data.replace(/'?[\w.]+@[\w.]+\.\w+/g, "[email]");
      if (without !== data) (texts.currentNode as Text).data = without;
    }
  });
}

/** What differs, as lines that a person can read; at most twenty. */
function differences(live: readonly Box[], shown: readonly Box[]): string[] {
  const lines: string[] = [];
  const names = (boxes: readonly Box[]) => boxes.map((box) => box.name).join(" ");
  if (live.length !== shown.length) {
    lines.push(`${live.length} elements in the page, ${shown.length} in the replay`);
    lines.push(names(live), names(shown));
  }
  for (const [index, box] of live.entries()) {
    const other = shown[index];
    if (other === undefined || lines.length >= 20) break;
    const isOption = box.name.startsWith("option");
    if (box.text !== other.text && !isOption)
      lines.push(`${box.name}: "${box.text}" became "${other.text}"`);
    const off = box.at.some((value, place) => {
      const [, , width, height] = box.at;
      if (place < 2 && width === 0 && height === 0) return false;
      if (place === 2 && box.name.startsWith("input")) return false;
      const allowed = TOLERANCE_PX + Math.abs(value) * TOLERANCE_SHARE;
      return Math.abs(value - (other.at[place] ?? 0)) > allowed;
    });
    if (off) lines.push(`${box.name}: ${box.at.join(" ")} became ${other.at.join(" ")}`);
  }
  return lines;
}
