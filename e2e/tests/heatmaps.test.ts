// What a designer comes for: what visitors click on a page, drawn on the page itself; what of it
// does nothing; how far they scroll; and the sessions behind it.
import { readFile } from "node:fs/promises";
import type { Browser, BrowserContextOptions, Download, Page } from "playwright-core";
import { devices } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { keepPicture } from "../support/pictures.ts";
import { nodeMaker, postVisit } from "../support/recorded.ts";
import { tooWide, violationsInThemes } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { demoSite, recordingOf, type Site, sessionWith } from "../support/sites.ts";
import { sessionOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const LAMP = "/product/arc";
const SIZES = "/broken";
const MENU = "/menu";
const APP = "/app";
/** Where in the button everybody clicks: a quarter from its left. */
const SHARE = 0.25;
/** Less high than the pages, so that they have a fold. */
const WIDE = { viewport: { width: 1280, height: 420 } };
const NARROW = { viewport: { width: 900, height: 700 } };
const { defaultBrowserType: _, ...PHONE } = devices["Pixel 7"] ?? { defaultBrowserType: "" };

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;
let page: Page;
const sessions: Record<"wide" | "narrow" | "phone", string> = { wide: "", narrow: "", phone: "" };

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await demoSite(owner);
  sessions.narrow = await visit(NARROW);
  sessions.phone = await visit(PHONE);
  sessions.wide = await visit(WIDE, clickInVain);
  await clickOnWhatIsGone();
  await clickInOtherVersions();
  await clickWhereAnElementScrolls();
  desk = await openDesk(browser, server, owner);
  page = desk.page;
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("the screen opens on a page that was seen, and every page can be chosen", async () => {
  await page.goto(`${server.origin}/sites/${site.id}`);
  await page.getByRole("link", { name: "Heatmaps" }).first().waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("h");
  await until("an address with a page", 15_000, () => new URL(page.url()).searchParams.get("at"));
  await page.getByRole("button", { name: /^Page:/ }).click();
  await page.getByLabel(/^Find a page/).fill("arc");
  await page.locator(".pages").getByRole("button", { name: LAMP }).click();
  // It names a page already.
  await page.waitForURL(({ searchParams }) => searchParams.get("at") === LAMP);
  const desktop = page.getByRole("button", { name: "Desktop" });
  await until("the desktop visits", 15_000, async () =>
    /2$/.test((await desktop.innerText()).trim()),
  );
  if ((await desktop.getAttribute("aria-pressed")) !== "true") await desktop.click();
});

test("clicks are drawn where they were, whatever the width of the window", async () => {
  await open(`at=${LAMP}&class=desktop`);
  const rows = await ranking();
  // The third click is the way to the next page.
  expect(rows[0]?.slice(1, 3)).toEqual(["Add to cart", "67 %"]);
  const button = await boxOn("button.main");
  const y = button.y + button.height / 2;
  expect(await heatAt(button.x + button.width * SHARE, y)).toBeGreaterThan(150);
  expect(await heatAt(button.x + button.width * SHARE + 70, y)).toBe(0);
  const name = await boxOn("h1");
  expect(await heatAt(name.x + 5, name.y + 5)).toBe(0);
  await keepPicture(page, "heatmap-light");
});

test("the page is there while its clicks are still counted, and says so", async () => {
  let count = () => {};
  const counted = new Promise<void>((go) => {
    count = go;
  });
  await page.route("**/ask", async (route) => {
    if (route.request().postData()?.includes('"points"')) await counted;
    await route.continue();
  });
  await page.goto(`${server.origin}/sites/${site.id}/heatmaps?last=7d&at=${LAMP}&class=desktop`);
  await until("the page", 15_000, () => boxOn("button.main"));
  const pane = page.locator(".pane");
  expect(await pane.getAttribute("aria-busy")).toBe("true");
  const button = await boxOn("button.main");
  const [x, y] = [button.x + button.width * SHARE, button.y + button.height / 2];
  expect(await heatAt(x, y)).toBe(0);
  count();
  await ready();
  expect(await heatAt(x, y)).toBeGreaterThan(150);
  await page.unrouteAll({ behavior: "wait" });
});

test("zones carry the number of their row and lie on their element", async () => {
  const zone = page.locator("g[data-rank='1']");
  expect(await zone.textContent()).toContain("67");
  const [edge, button, paper] = await Promise.all([
    zone.locator(".edge").boundingBox(),
    boxOn("button.main"),
    page.locator(".paper").boundingBox(),
  ]);
  const scale = await scaleOf();
  expect(Math.abs((edge?.x ?? 0) - (paper?.x ?? 0) - button.x * scale)).toBeLessThan(2);
  expect(Math.abs((edge?.y ?? 0) - (paper?.y ?? 0) - button.y * scale)).toBeLessThan(2);
  await page.getByRole("button", { name: "Add to cart", exact: true }).click();
  await until("the row", 5_000, () => page.locator("tr[aria-current]").count());
  await until("its zone", 5_000, () => page.locator("g.on[data-rank='1']").count());
  await page.getByRole("button", { name: "Zones" }).click();
  await until(
    "no other zones",
    5_000,
    async () => (await page.locator("g[data-rank]").count()) === 1,
  );
  expect(new URL(page.url()).searchParams.get("zones")).toBe("off");
});

test("what lies under the pointer is told beside it, and a click finds its row", async () => {
  await open(`at=${LAMP}&class=desktop`);
  const [button, paper] = [await boxOn("button.main"), page.locator(".paper")];
  const scale = await scaleOf();
  const position = { x: (button.x + 8) * scale, y: (button.y + 8) * scale };
  await paper.hover({ position });
  const card = page.locator(".card");
  const told = (await card.innerText()).replaceAll("\u202f", " ").split(/\n+/);
  expect(told.slice(0, 3)).toEqual([
    "1  Add to cart",
    "2 clicks, 67 % of all",
    "2 sessions, 100 % of those here",
  ]);
  await paper.click({ position });
  const row = page.locator("tr[aria-current]");
  await until("the row", 5_000, async () => (await row.innerText()).includes("Add to cart"));
  await page.getByRole("button", { name: "Scroll", exact: true }).click();
  let by = 0;
  await until("the share", 15_000, async () => {
    // A pointer that stands still tells nothing of what comes later.
    by = 1 - by;
    await paper.hover({ position: { x: position.x + by, y: position.y } });
    return ((await page.locator(".paper svg").textContent()) ?? "").includes(
      "100\u202f% see this far, 2 of 2 sessions",
    );
  });
});

test("what cannot be placed is counted and shown", async () => {
  await open(`at=${LAMP}`);
  await until("the count", 10_000, async () =>
    (await page.locator(".ranks").innerText()).includes("could not be placed: 1 on elements"),
  );
  await page.getByText("Show what could not be placed").click();
  const line = page.locator("details tbody tr");
  expect((await line.innerText()).replace(/\s+/g, " ")).toBe("Chat 1 not on the recorded page");
});

test("clicks of another version of the page are drawn where their element stands now", async () => {
  await open(`at=${MENU}`);
  const rows = await ranking();
  expect(rows.map((row) => row.slice(1, 3))).toEqual([
    ["Prices, moved", "40 %"],
    ["Jobs", "20 %"],
    ["News", "20 %"],
    ["Prices", "20 %"],
  ]);
  const [news, prices] = [await boxOn("a"), await boxOn("a:nth-of-type(2)")];
  const middle = (box: typeof news) => [box.x + box.width / 2, box.y + box.height / 2] as const;
  const [onNews, onPrices] = [await heatAt(...middle(news)), await heatAt(...middle(prices))];
  // Three clicks to one, though three of the four were in the place of the news.
  expect(onPrices).toBeGreaterThan(onNews);
  expect(onNews).toBeGreaterThan(0);
  const told = (await page.locator(".ranks").innerText()).replaceAll("\u202f", " ");
  expect(told).toContain("20 % could not be placed: 1 on elements");
  expect(told).toContain("2 are drawn where the element stands on the picture");
  expect(await page.locator("g[data-rank]").count()).toBe(2);
  await page.getByText("Show what could not be placed").click();
  const line = page.locator("details tbody tr");
  expect((await line.innerText()).replace(/\s+/g, " ")).toBe("Jobs 1 something else is there");
  await page
    .getByRole("button", { name: /^40.%, who they are: Prices/ })
    .first()
    .click();
  const sheet = page.getByRole("dialog");
  await until("who they are", 10_000, async () =>
    (await sheet.getByRole("heading").innerText()).includes("clicked “Prices”"),
  );
  expect(new URL(page.url()).searchParams.get("said")).toBe("Prices");
  await keepPicture(page, "heatmap-moved");
});

test("a page in which an element scrolls is drawn as high as what is in it", async () => {
  await open(`at=${APP}`);
  const [row, list] = [await boxOn("main button"), await boxOn("aside")];
  // Far below the window, where it stands in what scrolls.
  expect(row.y).toBeGreaterThan(2000);
  expect(await heatAt(row.x + row.width / 2, row.y + row.height / 2)).toBeGreaterThan(150);
  // The list beside it is no page: what waits in it to be scrolled to is counted.
  expect(list.height).toBeLessThan(400);
  const facts = page.locator(".facts").first();
  expect(await facts.innerText()).toContain("could not be placed");
  await page.getByText("Show what could not be placed").click();
  expect(await page.locator("details tbody tr").innerText()).toContain("scrolled out of view");
  expect(await page.locator(".ranks").innerText()).toContain("an element in it scrolls");
  await keepPicture(page, "heatmap-scrolls-within");
  await open(`at=${APP}&heat=scroll`);
  expect(await titleOf()).toBe("How far they scroll is not known");
  expect(await page.locator(".reach li").count()).toBe(0);
});

test("the page as it was recorded may run nothing", async () => {
  await open(`at=${MENU}`);
  const frame = page.locator(".paper iframe");
  expect(await frame.getAttribute("sandbox")).toBe("allow-same-origin");
});

test("dead and rage clicks are kinds of their own, on the element that does nothing", async () => {
  await open(`at=${SIZES}&class=desktop`);
  expect(await titleOf()).toContain("“Compare all sizes”");
  for (const [kind, column] of [
    ["Dead", 1],
    ["Rage", 1],
  ] as const) {
    await page.getByRole("button", { name: kind, exact: true }).click();
    await page.waitForURL(({ searchParams }) => searchParams.get("heat") === kind.toLowerCase());
    await ready();
    await until(`the ${kind} clicks`, 15_000, async () => {
      const rows = await ranking();
      expect(rows.map((row) => row.slice(1, 2 + column))).toEqual([["Compare all sizes", "100 %"]]);
      const box = await boxOn("#dead");
      expect(await heatAt(box.x + box.width / 2, box.y + box.height / 2)).toBeGreaterThan(150);
      return true;
    });
  }
  await keepPicture(page, "heatmap-rage");
});

test("from an element to its sessions and into the recording", async () => {
  await open(`at=${SIZES}&heat=dead`);
  await page
    .getByRole("button", { name: /^100.%, who they are: Compare all sizes/ })
    .first()
    .click();
  const sheet = page.getByRole("dialog");
  await until("who they are", 10_000, async () =>
    (await sheet.getByRole("heading").innerText()).startsWith("1 person clicked in vain “Compare"),
  );
  expect(new URL(page.url()).searchParams.get("zone")).toMatch(/^dead_clicks:.*div/);
  await sheet.locator("a[href*='#t=']").first().click();
  await page.getByRole("region", { name: "Replay" }).waitFor();
  expect(new URL(page.url()).pathname).toBe(`/sites/${site.id}/sessions/${sessions.wide}`);
});

test("how far they scroll stands beside the page, with the fold", async () => {
  await open(`at=${LAMP}&class=desktop&heat=scroll`);
  await until("the fold", 10_000, async () =>
    /Fold, middle window of 420 px: 50.% scroll on/.test(
      (await page.locator(".paper svg").textContent()) ?? "",
    ),
  );
  expect(await titleOf()).toMatch(/see/);
  const reach = await page.getByRole("list", { name: /see this far/ }).innerText();
  expect(reach.replaceAll("\u202f", " ")).toContain("100 %");
  await keepPicture(page, "heatmap-scroll");
});

test("where the pointer was and what was in view come from recordings, which are a sample", async () => {
  await open(`at=${LAMP}&class=desktop&heat=move`);
  // A recording is read when nothing has come of it for ten seconds.
  await until("the recorded sessions", 60_000, async () => {
    const told = await page.locator(".ranks").innerText();
    if (told.includes("2 recorded sessions, a sample of the 2 sessions on this page")) return true;
    await page.reload();
    await ready();
    return false;
  });
  await ready();
  const button = await boxOn("button.main");
  const [x, y] = [button.x + button.width * SHARE, button.y + button.height / 2];
  expect(await heatAt(x, y)).toBeGreaterThan(0);
  expect(await heatAt(5, y + 300)).toBe(0);
  await keepPicture(page, "heatmap-move");
  await page.getByRole("button", { name: "Attention", exact: true }).click();
  await until("what was in view", 10_000, async () => (await heatAt(5, 5)) > 0);
  await until("how long it was in view", 10_000, async () => {
    const [part, , seen] = (await page.locator(".ranks tbody tr").first().innerText()).split("\t");
    expect(part).toBeTruthy();
    expect(seen).toMatch(/\d.s/);
    return true;
  });
  await keepPicture(page, "heatmap-attention");
});

test("two devices side by side, each on its own picture", async () => {
  await open(`at=${LAMP}&class=desktop`);
  await page.getByRole("button", { name: "Compare side by side" }).click();
  await page.getByRole("button", { name: "On a phone" }).click();
  await until(
    "two pictures",
    30_000,
    async () => (await page.locator(".paper[data-ready='true']").count()) === 2,
  );
  const widths = await page
    .locator(".paper")
    .evaluateAll((all) => all.map((each) => Number((each as HTMLElement).dataset.width)));
  expect(widths[1]).toBe(PHONE.viewport?.width);
  expect(widths[0]).toBeGreaterThan(800);
  await until("the numbers of both", 15_000, async () => {
    const heads = await page.locator("thead th").allInnerTexts();
    expect(heads.slice(2)).toEqual(["Desktop", "Phone", "Change"]);
    const rows = await ranking();
    expect(rows[0]?.slice(1, 4)).toEqual(["Add to cart", "67 %", "100 %"]);
    return true;
  });
  await keepPicture(page, "heatmap-compare");
});

test("goals, groups of pages and filters keep their visits", async () => {
  await open(`at=${LAMP}&done=add_to_cart`);
  expect((await ranking()).map((row) => row[1])).toEqual(["Add to cart", "Size guide"]);
  await open(`at=${LAMP}&missed=add_to_cart`);
  expect((await ranking()).map((row) => row[1])).toEqual(["Chat"]);
  // Another page is asked of the session, not of the click.
  await open(`at=${LAMP}&page=${SIZES}`);
  await until("the visit that saw both", 10_000, async () =>
    (await page.locator(".ranks").innerText()).includes("in 1 session on this page"),
  );
  await open("at=/product/*");
  await until("the group", 10_000, async () =>
    (await page.locator(".ranks").innerText()).includes(`Drawn on ${LAMP}`),
  );
});

describe("files", () => {
  async function saved(item: string): Promise<Download> {
    await page.getByRole("button", { name: "Export" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: item }).click(),
    ]);
    return download;
  }

  test("the table as CSV", async () => {
    await open(`at=${LAMP}&class=desktop`);
    const file = await saved("Table, CSV");
    expect(file.suggestedFilename()).toBe("heatmap-clicks-product-arc.csv");
    const lines = (await readFile(await file.path(), "utf8")).trim().split("\r\n");
    expect(lines[1]).toMatch(/^1,"Add to cart","form#add>button",2,0\.6{10,}\d*,0,0,0,2,/);
  });

  /** What a saved picture has: its size, how many colours, and the ink of zones. */
  async function painted(file: Download) {
    const bytes = await readFile(await file.path());
    return await page.evaluate(async (data) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = image.width;
      canvas.height = image.height;
      const context = canvas.getContext("2d");
      context?.drawImage(image, 0, 0);
      const pixels = context?.getImageData(0, 0, image.width, image.height).data ?? [];
      const colours = new Set<string>();
      for (let at = 0; at < pixels.length; at += 4)
        colours.add(`${pixels[at]} ${pixels[at + 1]} ${pixels[at + 2]}`);
      return {
        width: image.width,
        height: image.height,
        colours: colours.size,
        zones: colours.has("19 22 29"),
      };
    }, bytes.toString("base64"));
  }

  const widths = () =>
    page
      .locator(".paper")
      .evaluateAll((all) => all.map((each) => Number((each as HTMLElement).dataset.width)));

  test("the picture as PNG, with the page, its heat and its zones", async () => {
    const file = await saved("Picture, PNG");
    expect(file.suggestedFilename()).toBe("heatmap-clicks-product-arc.png");
    const found = await painted(file);
    const [width = 0] = await widths();
    expect(found.width).toBe(width + 64);
    expect(found.height).toBeGreaterThan(400);
    expect(found.colours).toBeGreaterThan(20);
    expect(found.zones).toBe(true);
    const folder = process.env.HITMETRIX_PICTURES;
    if (folder) await file.saveAs(`${folder}/heatmap-export.png`);
  });

  test("two that stand side by side do so in the file", async () => {
    await open(`at=${LAMP}&class=desktop&against=device:phone`);
    await until(
      "two pictures",
      30_000,
      async () => (await page.locator(".paper[data-ready='true']").count()) === 2,
    );
    const file = await saved("Picture, PNG");
    const [desktop = 0, phone = 0] = await widths();
    expect((await painted(file)).width).toBe(desktop + phone + 2 * 64);
    const folder = process.env.HITMETRIX_PICTURES;
    if (folder) await file.saveAs(`${folder}/heatmap-export-two.png`);
  });
});

test("on a phone the page pans, and nothing else is too wide", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(`at=${LAMP}&class=desktop`);
  const pane = page.getByRole("region", { name: /^The page with its clicks/ });
  const [inside, room] = await pane.evaluate((each) => [each.scrollWidth, each.clientWidth]);
  expect(inside).toBeGreaterThan(room ?? 0);
  expect(await tooWide(page)).toEqual([]);
  await keepPicture(page, "heatmap-phone");
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("nobody is kept out, in light and in dark", async () => {
  await open(`at=${LAMP}&class=desktop`);
  expect(await violationsInThemes(page, "heatmap")).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

/** Opens the lamp's page, puts it into the cart by a click into the button's left quarter. */
async function visit(
  options: BrowserContextOptions,
  further?: (page: Page) => Promise<void>,
): Promise<string> {
  const context = await browser.newContext(options);
  const shop = await context.newPage();
  await shop.goto(server.shop + LAMP);
  const session = await sessionOf(shop);
  const button = shop.getByRole("button", { name: "Add to cart" });
  const box = await button.boundingBox();
  if (!box) throw new Error("no button");
  await button.click({ position: { x: box.width * SHARE, y: box.height / 2 } });
  await shop.getByText("is in your cart").waitFor();
  // Before the window closes: a browser that is ended at once sends nothing more.
  await sessionWith(owner, site, session, { click: 1, add_to_cart: 1 });
  await further?.(shop);
  await recordingOf(owner, site, session);
  // How far somebody scrolled is told when the page is left.
  await shop.goto("about:blank");
  await sessionWith(owner, site, session, { page_leave: further ? 2 : 1 });
  await context.close();
  return session;
}

/** Goes to the size guide, and clicks something that only looks like a button. */
async function clickInVain(shop: Page): Promise<void> {
  await shop.getByRole("link", { name: "Size guide" }).click();
  const button = shop.locator("#dead");
  await button.waitFor();
  const session = await sessionOf(shop);
  await button.scrollIntoViewIfNeeded();
  const box = await button.boundingBox();
  if (!box) throw new Error("no button");
  // At once, without a look before each: three clicks that are a second apart are no rage.
  for (let times = 0; times < 3; times += 1)
    await shop.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  // The dead click is told a second and a half later, when nothing has followed.
  await sessionWith(owner, site, session, { click: 5, rage_click: 1, dead_click: 1 });
}

/** A visit of a time when the lamp's page had something that it has no more. */
async function clickOnWhatIsGone(): Promise<void> {
  const session = "e".repeat(32);
  const { element, page: document } = nodeMaker();
  const time_ms = Date.now() - 60_000;
  const node = document([], element("body", {}, element("h1", {}, "Soon")));
  const line = (name: string, sequence: number, properties: object) => ({
    name,
    sequence,
    time_ms: time_ms + sequence * 1000,
    url: server.shop + LAMP,
    properties,
  });
  await postVisit(server, {
    key: site.key,
    origin: server.shop,
    session,
    lines: [
      { type: 4, timestamp: time_ms, data: { href: server.shop, width: 800, height: 600 } },
      { type: 2, timestamp: time_ms, data: { node, initialOffset: { left: 0, top: 0 } } },
    ],
    events: [
      line("pageview", 0, {}),
      line("click", 1, { path: "html>body>aside>button", x: 0.5, y: 0.5, text: "Chat" }),
    ],
  });
}

/** Visits of a page whose menu got a new first link, and lost one. */
async function clickInOtherVersions(): Promise<void> {
  const session = "d".repeat(32);
  const { element, page: document } = nodeMaker();
  const time_ms = Date.now() - 50_000;
  const link = (words: string) =>
    element("a", { href: "/", style: "display:block;width:400px;height:120px" }, words);
  const menu = ["News", "Prices", "Docs"].map(link);
  const node = document([], element("body", {}, element("nav", {}, ...menu)));
  const click = (at: number, place: number, text: string) => ({
    name: "click",
    sequence: at,
    time_ms: time_ms + at * 1000,
    url: server.shop + MENU,
    properties: { path: `html>body>nav>a:nth-of-type(${place})`, x: 0.5, y: 0.5, text },
  });
  await postVisit(server, {
    key: site.key,
    origin: server.shop,
    session,
    path: MENU,
    lines: [
      { type: 4, timestamp: time_ms, data: { href: server.shop + MENU, width: 800, height: 600 } },
      { type: 2, timestamp: time_ms, data: { node, initialOffset: { left: 0, top: 0 } } },
    ],
    events: [{ name: "pageview", sequence: 0, time_ms, url: server.shop + MENU, properties: {} }],
  });
  // Each of these was somebody else, at another time.
  const clicks = [click(1, 1, "Prices"), click(2, 1, "Prices"), click(3, 2, "Prices")];
  clicks.push(click(4, 1, "News"), click(5, 1, "Jobs"));
  for (const [index, event] of clicks.entries()) {
    await postEvents(`${"c".repeat(31)}${index}`, [event]);
  }
}

/** A visit of a page as many apps are: it stands still, and a part of it scrolls. */
async function clickWhereAnElementScrolls(): Promise<void> {
  const session = "b".repeat(32);
  const { element, page: document } = nodeMaker();
  const time_ms = Date.now() - 40_000;
  const rows = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      element("p", { style: "height:40px;margin:0" }, `Row ${at}`),
    );
  const shell = element(
    "div",
    { style: "display:flex;height:100vh" },
    element("aside", { style: "width:200px;height:300px;overflow:auto" }, ...rows(20)),
    element(
      "main",
      { style: "flex:1;overflow-y:auto" },
      ...rows(60),
      element("button", { style: "height:60px" }, "Send"),
    ),
  );
  const node = document([], element("body", { style: "margin:0;overflow:hidden" }, shell));
  const url = server.shop + APP;
  const event = (sequence: number, name: string, properties: object = {}) => ({
    name,
    sequence,
    time_ms: time_ms + sequence * 1000,
    url,
    properties,
  });
  const click = (sequence: number, path: string) =>
    event(sequence, "click", { path: `html>body>div>${path}`, x: 0.5, y: 0.5 });
  await postVisit(server, {
    key: site.key,
    origin: server.shop,
    session,
    path: APP,
    lines: [
      { type: 4, timestamp: time_ms, data: { href: url, width: 1200, height: 700 } },
      { type: 2, timestamp: time_ms, data: { node, initialOffset: { left: 0, top: 0 } } },
    ],
    events: [
      event(0, "pageview"),
      click(1, "main>button"),
      click(2, "aside>p:nth-of-type(18)"),
      event(3, "page_leave", { scroll_percent: 100 }),
    ],
  });
}

/** Events of a visit that was not recorded. */
async function postEvents(session: string, events: readonly object[]): Promise<void> {
  const envelope = { v: 1, window: session, visitor: session, session, mode: "persistent" };
  const head = { ...envelope, sent_ms: Date.now(), tracker: "1" };
  const answer = await fetch(`${server.origin}/e/${site.key}`, {
    method: "POST",
    headers: { origin: server.shop, "content-type": "text/plain" },
    body: [head, ...events].map((line) => JSON.stringify(line)).join("\n"),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}

/** Opens the screen with a question, and waits until the picture and the table are there. */
async function open(search: string): Promise<void> {
  await page.goto(`${server.origin}/sites/${site.id}/heatmaps?${search}`);
  await ready();
}

async function ready(): Promise<void> {
  await page.locator(".paper[data-ready='true']").first().waitFor();
  await page.locator(".ranks[aria-busy='false']").waitFor();
  await page.evaluate(
    () => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))),
  );
}

const titleOf = (): Promise<string> => page.getByRole("heading", { level: 1 }).innerText();

/** The table as a person reads it. */
async function ranking(): Promise<string[][]> {
  return until("the table", 15_000, async () => {
    const rows = await page
      .locator(".ranks > table tbody tr")
      .evaluateAll((all) =>
        all.map((row) =>
          [...row.children].map((cell) =>
            (cell as HTMLElement).innerText.replaceAll("\u202f", " ").trim(),
          ),
        ),
      );
    return rows.length > 0 && rows;
  });
}

/** How large the page is shown. */
function scaleOf(): Promise<number> {
  return page
    .locator(".paper")
    .first()
    .evaluate((each) => Number((each as HTMLElement).dataset.scale));
}

/** Where an element stands on the rebuilt page, in its own pixels. */
function boxOn(selector: string): Promise<{ x: number; y: number; width: number; height: number }> {
  return page
    .locator(".paper iframe")
    .first()
    .evaluate((frame, wanted) => {
      const inner = (frame as HTMLIFrameElement).contentDocument?.querySelector("iframe");
      const box = inner?.contentDocument?.querySelector(wanted)?.getBoundingClientRect();
      if (!box) throw new Error(`the picture has no ${wanted}`);
      return { x: box.x, y: box.y, width: box.width, height: box.height };
    }, selector);
}

/** How strong the heat is at a place of the page: 0 to 255. */
function heatAt(x: number, y: number): Promise<number> {
  return page
    .locator(".paper")
    .first()
    .evaluate(
      (paper, at) => {
        const canvas = paper.querySelector("canvas");
        const scale = (canvas?.width ?? 0) / Number((paper as HTMLElement).dataset.width);
        const pixel = canvas
          ?.getContext("2d")
          ?.getImageData(Math.round(at.x * scale), Math.round(at.y * scale), 1, 1);
        return pixel?.data[3] ?? 0;
      },
      { x, y },
    );
}
