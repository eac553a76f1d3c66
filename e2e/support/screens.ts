// What must hold for every screen: nobody needs eyes, a mouse or a wide window to use it.
import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { keepPicture } from "./pictures.ts";
import { PATIENCE, until } from "./until.ts";

const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** The one rule of axe that a theme can break by itself. */
const OF_COLOURS = ["color-contrast"];

/** So long it is waited for that nothing is asked any more. */
const IDLE_MS = PATIENCE * 5_000;

/** A screen at an address, and what is on it once it is there. */
export interface Screen {
  readonly name: string;
  readonly url: string;
  readonly there: (page: Page) => Promise<unknown>;
}

/**
 * On a phone: no violation that axe knows in light and dark, nothing wider than the window; a picture
 * in each. The browser test `every_eye` looks at the same screens at a desk.
 */
export async function holdOnPhone(page: Page, screens: readonly Screen[]): Promise<void> {
  const found: string[] = [];
  await page.setViewportSize(PHONE);
  for (const { name, url, there } of screens) {
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await page.goto(url);
    await there(page);
    // Screens that show what happens now ask again and again.
    await page.waitForLoadState("networkidle", { timeout: IDLE_MS }).catch(() => {});
    found.push(...(await tooWide(page)).map((one) => `${name} ${one}`));
    found.push(...(await violationsInThemes(page, name)).map((one) => `${name} ${one}`));
  }
  await page.emulateMedia({});
  await page.setViewportSize(DESK);
  expect(found).toEqual([]);
}

/** What axe finds in light and in dark, with a picture of each where they get a name. */
export async function violationsInThemes(page: Page, picture?: string): Promise<string[]> {
  const found: string[] = [];
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    if (picture) await keepPicture(page, `${picture}-${theme}-${page.viewportSize()?.width}`);
    const of = await violationsOf(page, theme === "dark" ? OF_COLOURS : undefined);
    found.push(...of.map((one) => `${theme} ${one}`));
  }
  return found;
}

/**
 * What axe finds, by all of its rules or by some, run in the page without adding to it: the policy
 * allows no other script.
 */
export async function violationsOf(page: Page, rules?: readonly string[]): Promise<string[]> {
  if (await page.evaluate(() => !("axe" in globalThis))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    (runOnly) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
        resultTypes: ["violations"],
        ...(runOnly && { runOnly: [...runOnly] }),
      }),
    rules,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary}`),
  );
}

/** What reaches beyond the window and cannot be scrolled to inside something; the page itself first. */
export function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const over = (element: Element): boolean =>
      element.getBoundingClientRect().right > innerWidth + 1 && element.scrollWidth > 0;
    const held = (element: Element): boolean => {
      for (let at = element.parentElement; at && at !== document.body; at = at.parentElement)
        if (getComputedStyle(at).overflowX !== "visible") return true;
      return false;
    };
    const found = [...document.querySelectorAll("body *")]
      .filter((element) => over(element) && !held(element))
      .map(
        (element) =>
          `${element.tagName} ${element.className} ${element.getBoundingClientRect().right}`,
      );
    const page = document.documentElement.scrollWidth;
    return page > innerWidth ? [`page ${page}`, ...found] : found;
  });
}

/** Waits until nothing is too wide: charts are drawn anew some frames after their window has its size. */
export function fits(page: Page): Promise<boolean> {
  return until("a page that fits its window", 10_000, async () => {
    expect(await tooWide(page)).toEqual([]);
    return true;
  });
}

/** What is cut to its width and has no title that tells the rest. */
export function cutUntold(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("body *")]
      .filter((node) => getComputedStyle(node).textOverflow === "ellipsis")
      .filter((node) => node.scrollWidth > node.clientWidth + 1 && !node.closest("[title]"))
      .map((node) => `${node.tagName} ${node.textContent?.trim()}`),
  );
}

/** The cells of a table that is a region of this name, as a person reads them. */
export function cellsOf(page: Page, region: string | RegExp): Promise<string[][]> {
  return page
    .getByRole("region", { name: region })
    .locator("tbody tr")
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.children].map((cell) =>
          (cell as HTMLElement).innerText.replaceAll("\u202f", " ").trim(),
        ),
      ),
    );
}
