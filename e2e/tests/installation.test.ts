// Somebody has pasted the code and sees nothing. Each mistake is made in a real page, and the screen is
// read: which one it is, in a sentence, with the way out.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { type OwnPage, startOwnPages } from "../support/own_pages.ts";
import { keepPicture } from "../support/pictures.ts";
import { fits, violationsInThemes } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { addSite, type Site } from "../support/sites.ts";
import { snippetOf } from "../support/tracker.ts";
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

interface Setting {
  readonly domains?: string[];
  readonly settings?: Record<string, unknown>;
}

/** A site of a test alone: pages of other tests must not count as its own. */
async function siteWith(name: string, { domains, settings }: Setting = {}): Promise<Site> {
  const site = await addSite(owner, name);
  const change = { domains: domains ?? ["127.0.0.1"], settings: settings ?? {} };
  await owner.send("PATCH", `sites/${site.id}`, change);
  return site;
}

async function openCode(site: Site): Promise<Page> {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/code`);
  await page.getByText("Waiting for the first event").waitFor();
  return page;
}

/** Somebody opens the page at a host of this machine, and stays while the screen is read. */
async function visiting(
  { head, headers }: OwnPage,
  read: () => Promise<void>,
  host = "127.0.0.1",
): Promise<void> {
  const own = await startOwnPages({ "/": { head: head ?? "", headers: headers ?? {} } });
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(own.origin.replace("127.0.0.1", host));
    await read();
  } finally {
    await context.close();
    await own.stop();
  }
}

const findingsOf = async (site: Site): Promise<unknown[]> =>
  (await owner.get<{ findings: unknown[] }>(`sites/${site.id}/installation`)).findings;

const recordingsOf = async (site: Site): Promise<number> =>
  (await owner.get<{ recordings: unknown[] }>(`sites/${site.id}/recordings`)).recordings.length;

/** What the screen says of each cause, as a person reads it. */
async function said(page: Page, sentence: string | RegExp): Promise<string> {
  const row = page.locator(".findings li").filter({ hasText: sentence });
  await row.waitFor();
  return row.innerText();
}

test("the code is not on the page at all", async () => {
  const site = await siteWith("Nothing there", { domains: ["nothing.example"] });
  const page = await openCode(site);
  const text = await said(
    page,
    "No page of nothing.example was seen that asked this server for anything so far.",
  );
  expect(text).toContain("the line is not published, or");
  expect(text).toContain("This server looks since");
  expect(await violationsInThemes(page, "installation-nothing")).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
});

test("the page is on a domain that is not the site's", async () => {
  const site = await siteWith("Foreign", { domains: ["foreign.example"] });
  const page = await openCode(site);
  const head = snippetOf(server.origin, site.key, "cookieless");
  await visiting(
    { head },
    async () => {
      const text = await said(
        page,
        "A page on localhost wanted to send, and localhost is none of the site's domains.",
      );
      expect(text).toContain("Add localhost to the domains of the site, if it is yours.");
      expect(text).toMatch(/Last seen (just now|\d)/);
    },
    "localhost",
  );
  await page.getByRole("link", { name: "Domains of the site" }).click();
  await page.waitForURL(/settings\/site/);
});

test("the tag says that nothing is sent before a consent", async () => {
  const site = await siteWith("Mode none", { domains: ["localhost"] });
  const page = await openCode(site);
  const tag = `<script async src="${server.origin}/tag/${site.key}.js?mode=none" referrerpolicy="origin"></script>`;
  await visiting(
    { head: tag },
    async () => {
      const text = await said(page, "The address of the tag says mode=none");
      expect(text).toContain('hitmetrix.consent("cookieless")');
    },
    "localhost",
  );
  // On the tag itself the server cannot see the mode, and says so.
  const plain = await siteWith("Mode none on the tag", { domains: ["127.0.0.1"] });
  const code = await openCode(plain);
  await visiting({ head: snippetOf(server.origin, plain.key, "none") }, async () => {
    const text = await said(
      code,
      "A page of 127.0.0.1 loads the script and asks for nothing more.",
    );
    expect(text).toContain("This server cannot see which of these it is");
    expect(text).toContain('data-mode="none"');
  });
});

test("the key is wrong", async () => {
  const site = await siteWith("Wrong key", { domains: ["localhost"] });
  const page = await openCode(site);
  await visiting(
    { head: snippetOf(server.origin, "nobodyskey", "cookieless") },
    async () => {
      const text = await said(page, "A page of localhost carries a key that no site has.");
      expect(text).toContain(`The key of this site is ${site.key}.`);
    },
    "localhost",
  );
});

test("only a browser that a program drives came, and the site leaves those out", async () => {
  const site = await siteWith("Automated");
  const page = await openCode(site);
  await visiting({ head: snippetOf(server.origin, site.key, "cookieless") }, async () => {
    const text = await said(page, "What came is from browsers that a program drives");
    expect(text).toContain("Open the page in an ordinary browser.");
  });
  // Events are stored, and the light does not say that all is well.
  await page.getByText("Events come, and none of them counts").waitFor();
  await keepPicture(page, "installation-automated");
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  await keepPicture(page, "installation-automated-phone");
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("a policy lets events through and stops the recorder", async () => {
  const site = await siteWith("Strict policy", { settings: { count_automated: true } });
  await openCode(site);
  const policy = `script-src ${server.origin}/t.js; connect-src ${server.origin}`;
  const head = snippetOf(server.origin, site.key, "cookieless");
  const { page } = desk;
  await visiting({ head, headers: { "content-security-policy": policy } }, async () => {
    await page.getByText("Events are coming").waitFor();
    const text = await said(page, "Pages send events, and none has fetched the recorder.");
    expect(text).toContain(`allow ${server.origin} as a whole in script-src`);
  });

  // The same stands among the settings, where it is looked for later.
  await page.goto(`${server.origin}/sites/${site.id}/settings/installation`);
  await page.getByRole("heading", { name: "Events come, and no recordings" }).waitFor();
  await said(page, "Pages send events, and none has fetched the recorder.");
  expect(await violationsInThemes(page, "installation-settings")).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
});

test("where all is well, nothing is wrong", async () => {
  const site = await siteWith("All well", { settings: { count_automated: true } });
  const page = await openCode(site);
  await visiting({ head: snippetOf(server.origin, site.key, "persistent") }, async () => {
    await page.getByText("Nothing more to do.").waitFor();
    await page.goto(`${server.origin}/sites/${site.id}/settings/installation`);
    await page
      .getByRole("heading", { name: "Everything that this server can see is right" })
      .waitFor();
    // A piece of the recording is there, and it stays so for longer than a recording is waited for.
    await expect.poll(() => recordingsOf(site)).toBe(1);
    const until = Date.now() + 15_000;
    while (Date.now() < until) {
      expect(await findingsOf(site)).toEqual([]);
      await page.waitForTimeout(1000);
    }
    expect(await page.locator(".findings li").count()).toBe(0);
  });
});
