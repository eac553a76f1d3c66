// Whoever doubts a number reads how it is counted, on the server itself: from the number to the page,
// from there to any other, and no link leads nowhere.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { openDesk } from "../support/dashboard.ts";
import { holdOnPhone } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { demoSite } from "../support/sites.ts";
import { openWorld } from "../support/world.ts";

let server: Server;
let browser: Browser;
let owner: Owner;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("from a number to how it is counted", async () => {
  const { page, context, expectQuiet } = await openDesk(browser, server, owner);
  const site = await demoSite(owner);
  await page.goto(`${server.origin}/sites/${site.id}/explore?kind=funnel&step=pageview&step=order`);
  await page.getByRole("button", { name: "How counted" }).first().click();
  const opened = context.waitForEvent("page");
  await page.getByRole("link", { name: /How it is counted/ }).click();
  const reading = await opened;
  await reading.getByRole("heading", { level: 1, name: "Funnels" }).waitFor();
  await reading
    .getByRole("navigation", { name: "Documentation" })
    .getByRole("link", { name: "Periods" })
    .click();
  await reading.getByRole("heading", { level: 1, name: "Periods" }).waitFor();
  expect(await reading.locator("nav a[aria-current]").innerText()).toBe("Periods");
  expectQuiet();
  await context.close();
});

/** Where a page leads to, what it shows, and the places in it that can be led to. */
interface Read {
  readonly links: string[];
  readonly anchors: string[];
  readonly broken: string[];
}

const read = (page: Page): Promise<Read> =>
  page.evaluate(async () => {
    for (const image of document.images) image.loading = "eager";
    await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
    const broken = [...document.images].filter((image) => image.naturalWidth === 0);
    return {
      links: [...document.links].map((link) => link.href),
      anchors: [...document.querySelectorAll("[id]")].map(({ id }) => id),
      broken: broken.map((image) => image.src),
    };
  });

test("every link and picture is there", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const known = new Map<string, Read>();
  const wrong: string[] = [];
  const waiting = [`${server.origin}/docs`];
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (known.has(url)) continue;
    const response = await page.goto(url);
    if (response?.status() !== 200) {
      wrong.push(`${url}: ${response?.status()}`);
      continue;
    }
    const found = await read(page);
    known.set(url, found);
    wrong.push(...found.broken.map((src) => `${url} shows ${src}`));
    const onward = found.links.map((link) => link.split("#")[0] ?? "");
    waiting.push(...onward.filter((link) => link.startsWith(`${server.origin}/docs`)));
  }
  for (const [url, { links }] of known) {
    for (const link of links) {
      const [target = "", anchor] = link.split("#");
      if (anchor && known.has(target) && !known.get(target)?.anchors.includes(anchor))
        wrong.push(`${url} leads to ${link}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(known.size).toBeGreaterThan(40);
  await context.close();
});

test("read by anybody", async () => {
  const { page, context } = await openDesk(browser, server, owner);
  const at = (name: string, path: string) => ({
    name,
    url: `${server.origin}${path}`,
    there: (on: Page) => on.getByRole("heading", { level: 1 }).waitFor(),
  });
  await holdOnPhone(page, [
    at("docs", "/docs"),
    at("docs-heatmaps", "/docs/guide/heatmaps"),
    at("docs-limits", "/docs/reference/limits"),
  ]);
  await context.close();
});
