// A panel of half a board on a small screen: nothing that it says lies outside of it, and what it
// draws can be told apart.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkoutBoard } from "../support/boards.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { cutUntold, tooWide, violationsInThemes } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { demoSite } from "../support/sites.ts";
import { openDemo } from "../support/world.ts";

let server: Server;
let browser: Browser;
let desk: Desk;

beforeAll(async () => {
  const world = await openDemo();
  ({ server, browser } = world);
  const site = await demoSite(world.owner);
  desk = await openDesk(browser, server, world.owner);
  await checkoutBoard(desk.page, `${server.origin}/sites/${site.id}/boards`);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const panel = (name: string) => desk.page.getByRole("region", { name, exact: true });

for (const width of [1024, 390])
  test(`a funnel by browser shows all its steps at ${width} pixels, each with its people`, async () => {
    const { page } = desk;
    await page.setViewportSize({ width, height: 768 });
    const table = panel("Checkout by browser").getByRole("table");
    await table.getByRole("columnheader", { name: "Step" }).waitFor();
    // Of another width it was another table.
    await expect
      .poll(() => table.getByRole("rowheader").allInnerTexts())
      .toEqual([
        "/product/…",
        "add_to_cart",
        "/cart",
        "/checkout",
        "/checkout-delivery",
        "/checkout-payment",
        "order",
        "In all",
      ]);
    const hidden = () =>
      table.evaluate((node) => {
        const box = node.parentElement;
        return box ? box.scrollWidth - box.clientWidth : -1;
      });
    await expect.poll(hidden).toBe(0);
    await table.getByRole("button").last().click();
    await page.getByRole("dialog").getByText("Edge").first().waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await tooWide(page)).toEqual([]);
    expect(await cutUntold(page)).toEqual([]);
  });

test("many channels stand one under the other, each with the people of its best day", async () => {
  const { page } = desk;
  await page.setViewportSize({ width: 1024, height: 768 });
  const orders = panel("Orders by channel");
  const best = orders.getByRole("button", { name: /, the most: \d+ / });
  await best.first().waitFor();
  await expect.poll(() => best.count()).toBeGreaterThan(3);
  const most = /the most:\s*(\d+)/.exec((await best.first().textContent()) ?? "")?.[1];
  await best.first().click();
  await page
    .getByRole("dialog")
    .getByText(new RegExp(`^${most} persons?`))
    .first()
    .waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await violationsInThemes(page, "narrow-board")).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await orders.getByRole("img", { name: /over time/ }).waitFor();
});
