// Pictures of what a test saw, for people to look at: kept where HITMETRIX_PICTURES says.
import { join } from "node:path";
import type { Page } from "playwright-core";

/** Keeps a picture of the page when somebody wants pictures. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env.HITMETRIX_PICTURES;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
}
