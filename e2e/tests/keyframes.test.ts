// A keyframe is the page: rebuilt from it alone, at random moments, a page has the same text,
// attributes, field values, scroll positions, rules and frames as when all that happened before is
// played, and what comes later applies to it as it does to the whole.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FEATURES, pageOf } from "../fidelity/features.ts";
import { restlessPage } from "../fidelity/restless.ts";
import { serveFeature } from "../fidelity/serve.ts";
import type { Owner } from "../support/api.ts";
import type { Server } from "../support/server.ts";
import { addSite, demoSite } from "../support/sites.ts";
import type { Way } from "../support/stage_page.ts";
import { keyframesOf, openStages, type Stages } from "../support/stages.ts";
import { sessionOf, snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { windowsOf } from "../support/windows.ts";
import { openWorld } from "../support/world.ts";

const INPUTS =
  process.env.HITMETRIX_TEST_INPUTS ?? new URL("../../../shared/inputs", import.meta.url).pathname;
const FIXTURES = `${INPUTS}/rrweb`;
/** Moments of each page load that are tried. */
const MOMENTS = Number(process.env.HITMETRIX_MOMENTS ?? 6);
/** Another page and other moments with HITMETRIX_SEED. */
const SEED = Number(process.env.HITMETRIX_SEED ?? 0);
/** Restless pages: one that shadow hosts move about in, one with sheets that change their host. */
const SEEDS = SEED ? [SEED] : [13, 34];
/** Our player, and the replayer as it is. */
const WAYS: readonly Way[] = ["player", "rrweb"];
/** Nobody looks at a page that long without a move. */
const LEAP_MS = 3_600_000;
/** How often the restless page changes, and in how many goes. */
const CHANGES = 600;
const GOES = 40;

let server: Server;
let browser: Browser;
let owner: Owner;
let stages: Stages;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  stages = await openStages(browser);
});

afterAll(async () => {
  await stages?.close();
  await browser?.close();
  await server?.stop();
});

describe.skipIf(!existsSync(FIXTURES))("recordings of rrweb itself", () => {
  for (const file of existsSync(FIXTURES) ? readdirSync(FIXTURES) : []) {
    test(file, () => holds(linesOf(JSON.parse(readFileSync(`${FIXTURES}/${file}`, "utf8")))));
  }
});

describe("one page for each feature of browsers", () => {
  for (const feature of FEATURES) {
    test(feature.name, async () => {
      const site = await addSite(owner, feature.name.slice(0, 40));
      const html = pageOf(feature, snippetOf(server.origin, site.key, "persistent"));
      await recorded(site.id, html, async (page) => {
        for (const step of feature.steps) await page.evaluate(step);
      });
    });
  }
});

test.each(SEEDS)("a page that changes in every way at random, seed %i", async (seed) => {
  const site = await addSite(owner, `Restless ${seed}`);
  const html = restlessPage(seed, snippetOf(server.origin, site.key, "persistent"));
  const change = async (page: Page) => {
    for (let go = 0; go < GOES; go += 1) {
      await page.evaluate((count) => {
        (window as unknown as { change(count: number): void }).change(count);
      }, CHANGES / GOES);
      await page.mouse.move(10 + 13 * go, 40 + 7 * go);
    }
  };
  // Where shadow hosts and frames move, the replayer as it is shows things twice or not at all.
  await recorded(site.id, html, change, ["player"]);
});

test("a visit to the demo shop", async () => {
  const { id } = await demoSite(owner);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(server.shop);
  const session = await sessionOf(page);
  const recording = { site: id, session };
  /** A page that is left before it has a picture has no keyframe either. */
  const pictured = (count: number) =>
    until(`${count} page loads`, 20_000, async () => {
      const found = await windowsOf(server, owner, recording);
      const has = (lines: string[]) => lines.some((line) => line.includes('"initialOffset"'));
      return found.filter(has).length >= count;
    });
  await page.mouse.wheel(0, 300);
  await pictured(1);
  await page.getByRole("link", { name: /Arc/ }).click();
  await page.getByRole("button", { name: "Add to cart" }).click();
  await pictured(2);
  await page.getByRole("link", { name: /^Cart/ }).click();
  await page.getByRole("link", { name: "To checkout" }).waitFor();
  await pictured(3);
  await page.getByRole("link", { name: "To checkout" }).click();
  for (const field of ["#full-name", "#email", "#street", "#zip", "#city"]) {
    await page.locator(field).focus();
    await page.keyboard.type("12345");
  }
  await page.getByRole("button", { name: "Next: delivery" }).click();
  await pictured(4);
  await page.evaluate(() => document.body.setAttribute("role", "feed"));
  const windows = await until("all page loads", 20_000, async () => {
    const found = await windowsOf(server, owner, recording);
    return found.flat().some((line) => line.includes('"role":"feed"')) && found;
  });
  await context.close();
  for (const lines of windows) await holds(lines);
});

/** Records a page while it changes, and tries all its page loads. */
async function recorded(
  site: number,
  html: string,
  change: (page: Page) => Promise<void>,
  ways?: readonly Way[],
): Promise<void> {
  const loopback = await serveFeature(html);
  const context = await browser.newContext({ viewport: { width: 900, height: 600 } });
  try {
    const page = await context.newPage();
    await page.goto(loopback.origin);
    const session = await sessionOf(page);
    const recording = { site, session };
    const has = (text: string) => async () => {
      const windows = await windowsOf(server, owner, recording);
      return windows.flat().some((line) => line.includes(text)) && windows;
    };
    await until("the snapshot", 20_000, has('"initialOffset"'));
    await change(page);
    // The last thing that is recorded, so that all before it is there too.
    await page.evaluate(() => document.body.setAttribute("role", "feed"));
    const windows = await until("the last change", 20_000, has('"role":"feed"'));
    for (const lines of windows) await holds(lines, ways);
  } finally {
    await context.close();
    await loopback.stop();
  }
}

type Recorded = { readonly type: number; readonly timestamp: number };

function linesOf(events: readonly Recorded[]): string[] {
  return events.map((event) =>
    JSON.stringify({ ...event, timestamp: Math.round(event.timestamp) }),
  );
}

/** Compares at random moments and at the end, and goes on to the end from each. */
async function holds(lines: readonly string[], ways: readonly Way[] = WAYS): Promise<void> {
  const times = timesOf(lines);
  const all = lines.join("\n");
  const end = times.at(-1) ?? 0;
  const found: string[] = [];
  const keyframes = await keyframesOf(all, [...momentsOf(times), lines.length]);
  expect(keyframes.length).toBeGreaterThan(0);
  for (const { before_line, time_ms, lines: own } of keyframes) {
    const until_ms = before_line === lines.length ? end : time_ms - 1;
    for (const way of ways) {
      const differences = await stages.unlike(
        { lines: all, at_ms: until_ms, way },
        { lines: own, at_ms: time_ms, way },
      );
      if (differences.length) found.push(`before line ${before_line}, ${way}:`, ...differences);
    }
    const onward = own + lines.slice(before_line).join("\n");
    const differences = await stages.unlike(
      { lines: all, at_ms: end },
      { lines: onward, at_ms: end },
    );
    if (differences.length) found.push(`from line ${before_line} to the end:`, ...differences);
  }
  expect(found).toEqual([]);
}

/** Times of lines, none before the one before it, as a player takes them. */
function timesOf(lines: readonly string[]): number[] {
  let now = 0;
  return lines.map((line) => {
    now = Math.max(now, (JSON.parse(line) as Recorded).timestamp);
    return now;
  });
}

/**
 * Lines that are later than the one before them, but not where a clock leapt: all that comes after is
 * then held at that time, and a replayer shows moves, which began before their time, too early.
 */
function momentsOf(times: readonly number[]): number[] {
  const since_ms = (at: number) => (times[at] ?? 0) - (times[at - 1] ?? 0);
  const later = [...times.keys()].filter(
    (at) => at > 0 && since_ms(at) > 0 && since_ms(at) < LEAP_MS,
  );
  let state = SEED || 1;
  const chosen = new Set<number>();
  for (
    let tries = 0;
    tries < 10 * MOMENTS && chosen.size < Math.min(MOMENTS, later.length);
    tries += 1
  ) {
    state = (state * 48_271) % 2_147_483_647;
    chosen.add(later[state % later.length] ?? 0);
  }
  return [...chosen].sort((a, b) => a - b);
}
