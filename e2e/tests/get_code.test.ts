// Everything that Get code gives to paste is pasted as it stands, into a page as it is made that way,
// and somebody comes: the first event turns the light on.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { nextPages, reactPages, sveltePages, vuePages } from "../support/frameworks.ts";
import { type OwnPage, startOwnPages } from "../support/own_pages.ts";
import { keepPicture } from "../support/pictures.ts";
import { fits, violationsInThemes } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { addSite, type Site, sessionWith } from "../support/sites.ts";
import { sessionOf } from "../support/tracker.ts";
import { openWorld } from "../support/world.ts";

let server: Server;
let browser: Browser;
let owner: Owner;
let desk: Desk;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens Get code of a new site, chooses a way, and gives what is to be pasted. */
async function codeOf(way: string, mode = "Cookieless until consent") {
  const site = await addSite(owner, `By ${way}`);
  await owner.send("PATCH", `sites/${site.id}`, { settings: { count_automated: true } });
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/code`);
  await page.getByRole("radio", { name: new RegExp(mode) }).check();
  await page.getByRole("button", { name: way, exact: true }).click();
  await page.getByText("Waiting for the first event").waitFor();
  return { site, page, snippet: await page.locator(".code pre").innerText() };
}

interface Visit {
  readonly site: Site;
  readonly pages: Record<string, OwnPage>;
  /** Brings the tag into the page that is open already. */
  readonly late?: (page: Page) => Promise<void>;
}

/** Somebody comes, goes on to a second page without a load, and is counted twice in one session. */
async function visit({ site, pages, late }: Visit): Promise<string> {
  const own = await startOwnPages(pages);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(own.origin);
    await late?.(page);
    await page.waitForFunction(() => typeof window.hitmetrix?.session === "function");
    const id = await sessionOf(page);
    await sessionWith(owner, site, id, { pageview: 1 });
    await page.evaluate(() => history.pushState({}, "", "/second"));
    const session = await sessionWith(owner, site, id, { pageview: 2 });
    return session.mode;
  } finally {
    await context.close();
    await own.stop();
  }
}

async function expectLight(page: Page): Promise<void> {
  await page.getByText("Events are coming").waitFor();
}

test("the line for plain HTML", async () => {
  const { site, page, snippet } = await codeOf("HTML");
  expect(await visit({ site, pages: { "/": { head: snippet } } })).toBe("cookieless");
  await expectLight(page);
  expect(await violationsInThemes(page, "get-code")).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
});

test("a tag manager that drops attributes and comes late, in the other mode too", async () => {
  for (const [mode, expected] of [
    ["Cookieless until consent", "cookieless"],
    ["Persistent", "persistent"],
  ] as const) {
    const { site, page, snippet } = await codeOf("Tag manager", mode);
    const late = (visited: Page) => visited.evaluate(injectLikeTagManager, snippet);
    expect(await visit({ site, pages: { "/": {} }, late })).toBe(expected);
    await expectLight(page);
  }
  await keepPicture(desk.page, "get-code-tag-manager");
  await desk.page.setViewportSize({ width: 390, height: 844 });
  await fits(desk.page);
  await keepPicture(desk.page, "get-code-phone");
  await desk.page.setViewportSize({ width: 1440, height: 900 });
});

/**
 * What tag managers do with custom HTML: it is parsed without running, and each script is made anew
 * out of its address and text, at the end of the body, long after the page has loaded.
 */
function injectLikeTagManager(html: string): void {
  const parsed = document.createElement("div");
  parsed.innerHTML = html;
  for (const old of parsed.querySelectorAll("script")) {
    const script = document.createElement("script");
    if (old.src) script.src = old.src;
    else script.text = old.text;
    document.body.append(script);
  }
}

test("the address alone, as a module and twice", async () => {
  const { site, page } = await codeOf("Tag manager");
  const address = await page.locator(".address code").innerText();
  const tag = `<script type="module" src="${address}"></script>`;
  expect(await visit({ site, pages: { "/": { head: tag + tag } } })).toBe("cookieless");
});

test("a page with a nonce, whose policy lets only that run what it brings", async () => {
  const { site, snippet } = await codeOf("Tag manager");
  const policy = `script-src 'nonce-abc' 'strict-dynamic'; connect-src ${server.origin}`;
  const head = snippet.replace("<script", '<script nonce="abc"');
  const page = { head, headers: { "content-security-policy": policy } };
  expect(await visit({ site, pages: { "/": page } })).toBe("cookieless");
});

for (const [way, pagesOf] of [
  ["React", reactPages],
  ["Vue", vuePages],
  ["Svelte", sveltePages],
  ["Next.js", nextPages],
] as const) {
  test(`the lines for ${way}`, async () => {
    const { site, page, snippet } = await codeOf(way);
    await keepPicture(page, `get-code-${way.toLowerCase().replace(".js", "")}`);
    expect(await visit({ site, pages: await pagesOf(snippet) })).toBe("cookieless");
    await expectLight(page);
  });
}
