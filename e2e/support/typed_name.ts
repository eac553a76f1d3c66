// What goes for good asks for its name, typed by hand.
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Types the name in the box of this title, where nothing goes without it, and does it. */
export async function typeName(page: Page, title: string, name?: string): Promise<void> {
  const box = page.getByRole("dialog", { name: title, exact: true });
  const asked = (await box.locator("label b").textContent()) ?? "";
  if (name !== undefined) expect(asked).toBe(name);
  const sure = box.locator("button[type=submit]");
  await box.getByRole("textbox").fill(asked.slice(0, -1));
  expect(await sure.isDisabled()).toBe(true);
  await box.getByRole("textbox").fill(asked);
  await sure.click();
  await box.waitFor({ state: "detached" });
}
