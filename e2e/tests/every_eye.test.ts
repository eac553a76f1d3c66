// Everything that can be opened in an installation that is worked with, as its pictures have it: the
// door, invitations, what links show, each kind of heatmap, the player's tabs, pop-overs, menus,
// dialogs and editors. axe knows no violation in any of them, in light and dark.
import type { BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Installation, openInstallation, there } from "../screenshots/installation.ts";
import { overlaysOf } from "../screenshots/overlays.ts";
import { type Shot, screensOf } from "../screenshots/screens.ts";
import { letIn } from "../support/dashboard.ts";
import { violationsInThemes } from "../support/screens.ts";

const LIMIT_MS = 1_800_000;
/** Screens that are opened at a time: while one comes to rest, others are looked at. */
const TOGETHER = 3;
/** The names of what is looked at together; each test has its own. */
const SESSIONS = /^session/;
const HEATMAPS = /^heatmap/;
const EXPLORE = /^explore/;
const SETTINGS = /^(settings|status|users|profile|sites)/;
const OVER = /^(over|board)-/;

let at: Installation;

beforeAll(async () => {
  at = await openInstallation();
}, LIMIT_MS);

afterAll(async () => {
  await at?.close();
});

const all = (): Shot[] => [...screensOf(at.named), ...overlaysOf(at.named)];

/** What is wrong with those, each in light and in dark. */
async function wrongWith(shots: readonly Shot[]): Promise<string[]> {
  const found: string[] = [];
  const waiting = [...shots];
  const lane = async () => {
    for (let shot = waiting.shift(); shot; shot = waiting.shift()) {
      const { name } = shot;
      let wrong = await lookAt(shot);
      // On a busy machine it may have been looked at while it was still coming.
      if (wrong.length > 0) wrong = await lookAt(shot);
      found.push(...wrong.map((one) => `${name} ${one}`));
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, lane));
  return found;
}

/** Opens a screen in a window of its own; what is wrong with it. */
async function lookAt(shot: Shot): Promise<string[]> {
  const context = await at.browser.newContext({
    viewport: { width: shot.widest ?? 1440, height: 900 },
    reducedMotion: "reduce",
  });
  try {
    if (!shot.isOpen) await letIn(context, at.server, at.owner);
    return await wrongIn(context, shot);
  } finally {
    await context.close();
  }
}

async function wrongIn(context: BrowserContext, { path, act }: Shot): Promise<string[]> {
  const page = await context.newPage();
  try {
    await page.goto(new URL(path, `${at.server.origin}/sites/${at.demo.id}/`).href);
    await there(page);
    if (act) {
      await act(page);
      await there(page);
    }
    return await violationsInThemes(page);
  } catch (error) {
    return [`does not open: ${error}`];
  }
}

const named = (words: RegExp) => all().filter(({ name, isOpen }) => !isOpen && words.test(name));

test("what somebody sees who has not signed in", { timeout: LIMIT_MS, retry: 0 }, async () => {
  expect(await wrongWith(all().filter(({ isOpen }) => isOpen))).toEqual([]);
});

for (const [what, words] of [
  ["the player and the list of sessions", SESSIONS],
  ["each kind of heatmap", HEATMAPS],
  ["each kind of question", EXPLORE],
  ["settings and what is of no site", SETTINGS],
  ["what opens over screens and boards", OVER],
] as const)
  test(what, { timeout: LIMIT_MS, retry: 0 }, async () => {
    expect(await wrongWith(named(words))).toEqual([]);
  });

test("all others", { timeout: LIMIT_MS, retry: 0 }, async () => {
  const others = all().filter(
    ({ name, isOpen }) =>
      !isOpen && ![SESSIONS, HEATMAPS, EXPLORE, SETTINGS, OVER].some((words) => words.test(name)),
  );
  expect(others.length).toBeGreaterThan(20);
  expect(await wrongWith(others)).toEqual([]);
});
