// What must hold for every screen: nobody needs eyes, a mouse or a wide window to use it.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { tooWide, violationsOf } from "./explore.ts";
import { keepPicture } from "./pictures.ts";

/** A screen at an address, and what is on it once it is there. */
export interface Screen {
  readonly name: string;
  readonly url: string;
  readonly there: (page: Page) => Promise<unknown>;
}

/** No violation that axe knows in light and dark; nothing wider than a phone; pictures of each. */
export async function holdEverywhere(page: Page, screens: readonly Screen[]): Promise<void> {
  const found: string[] = [];
  for (const { name, url, there } of screens) {
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      for (const [width, height] of [
        [1440, 900],
        [390, 844],
      ] as const) {
        await page.setViewportSize({ width, height });
        await page.goto(url);
        await there(page);
        // Screens that show what happens now ask again and again.
        await page.waitForLoadState("networkidle", { timeout: 5_000 }).catch(() => {});
        const where = `${name}-${theme}-${width}`;
        found.push(...(await violationsOf(page)).map((one) => `${where} ${one}`));
        if (width === 390) found.push(...(await tooWide(page)).map((one) => `${where} ${one}`));
        await keepPicture(page, where);
      }
    }
  }
  await page.emulateMedia({});
  await page.setViewportSize({ width: 1440, height: 900 });
  expect(found).toEqual([]);
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
