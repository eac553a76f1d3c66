// Boards as a person makes them.
import type { Page } from "playwright-core";

/** Makes a board of the checkout by its template, once what it stands on is found; its id. */
export async function checkoutBoard(page: Page, boards: string): Promise<string> {
  await page.goto(boards);
  await page.getByRole("button", { name: "Checkout", exact: true }).click();
  const make = page.getByRole("button", { name: "Make the board" });
  await make.waitFor();
  await page.waitForLoadState("networkidle");
  await make.click();
  await page.waitForURL(/\/boards\/[0-9a-f]{16}/);
  return /[0-9a-f]{16}/.exec(new URL(page.url()).pathname)?.[0] ?? "";
}
