// What the owner who answers for privacy comes for: to see on a recorded page what is masked, to
// mark what should be too, and to know that from the next visit on it is.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { tabTo } from "../support/explore.ts";
import { keepPicture } from "../support/pictures.ts";
import { openReplay } from "../support/replay.ts";
import { tooWide, violationsInThemes, violationsOf } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { demoSite, recordingOf, type Site, sessionWith } from "../support/sites.ts";
import { sessionOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const LAMP = "/product/arc";

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;
let page: Page;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await demoSite(owner);
  await visit();
  // A recording that goes on is not read yet.
  const picture = `sites/${site.id}/heatmaps/picture?page=${LAMP}`;
  await until("a picture of the page", 20_000, async () => {
    return (await owner.get<{ picture: unknown }>(picture)).picture;
  });
  desk = await openDesk(browser, server, owner);
  page = desk.page;
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Somebody looks at the lamp on a page that marks two places itself; the recording's id. */
async function visit(): Promise<string> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const shop = await context.newPage();
  // Before the scripts of the page run, as if it had been sent so.
  await shop.addInitScript(() =>
    document.addEventListener("readystatechange", () => {
      document.querySelector("footer")?.setAttribute("data-hm-block", "");
      document.getElementById("price")?.setAttribute("data-hm-mask", "");
    }),
  );
  await shop.goto(server.shop + LAMP);
  await shop.getByRole("button", { name: "Add to cart" }).waitFor();
  const session = await sessionOf(shop);
  await recordingOf(owner, site, session);
  await sessionWith(owner, site, session, { pageview: 1 });
  await context.close();
  return session;
}

const marking = () => page.getByRole("dialog", { name: "What is masked on a page" });

async function openMarking(): Promise<void> {
  await page.goto(`${server.origin}/sites/${site.id}/settings/recording`);
  await page.getByRole("button", { name: "Mark on a page…" }).click();
  await marking().locator(".paper[data-ready=true]").waitFor();
}

/** Clicks on the middle of an element of the recorded page. */
async function pick(selector: string): Promise<void> {
  const inner = marking().frameLocator("iframe").frameLocator("iframe").locator(selector).first();
  const box = await inner.boundingBox();
  if (!box) throw new Error(`${selector} is not on the page`);
  await page.mouse.click(box.x + Math.min(20, box.width / 2), box.y + box.height / 2);
}

interface Rules {
  mask: string[];
  block: string[];
  show: string[];
  record_console: boolean;
}

async function rules(): Promise<Rules> {
  const { settings } = await owner.get<{ settings: { rules: Rules } }>(`sites/${site.id}`);
  return settings.rules;
}

/** How many places of a kind are drawn over the page. */
const drawn = (kind: string) => marking().locator(`svg rect.${kind}`);

test("what is masked anyway is drawn: fields, and what the page marks itself", async () => {
  await openMarking();
  expect(await marking().locator("iframe").getAttribute("sandbox")).toBe("allow-same-origin");
  for (const [kind, places] of [
    ["field", 2],
    ["mask", 1],
    ["block", 1],
  ] as const)
    await expect.poll(() => drawn(kind).count(), { message: kind }).toBe(places);
  await marking().getByRole("button", { name: "Cancel" }).click();
});

test("what is clicked on the page becomes a rule, and the next recording has it masked", async () => {
  await openMarking();
  await pick("h1");
  const name = marking().getByLabel("Element");
  await until("what the headline is called", 15_000, async () => (await name.inputValue()) !== "");
  const called = await name.inputValue();
  await marking().getByRole("button", { name: "Mask", exact: true }).click();
  await until("an empty field", 15_000, async () => (await name.inputValue()) === "");
  // Without a mouse: by its selector, which says how many it means.
  await name.fill("..[");
  await marking().getByText("No browser can read this selector").waitFor();
  expect(await marking().getByRole("button", { name: "Mask", exact: true }).isDisabled()).toBe(
    true,
  );
  await name.fill("header");
  await marking().getByText("1 element on this page").waitFor();
  await tabTo(page, /^Leave out$/);
  await page.keyboard.press("Enter");
  await until("their places", 15_000, async () => (await drawn("block").count()) === 2);
  expect(await violationsInThemes(page, "marking")).toEqual([]);
  await marking().getByRole("button", { name: "Save" }).click();
  await marking().waitFor({ state: "hidden" });
  expect((await rules()).mask).toEqual([called]);
  expect((await rules()).block).toEqual(["header"]);

  const masked = await visit();
  const replay = await openReplay(browser, server, owner, { site: site.id, id: masked });
  const words = replay.frame.locator("h1");
  await until("a masked headline", 15_000, async () => (await words.count()) === 1);
  expect(await words.innerText()).not.toMatch(/arc/i);
  expect(await replay.frame.locator("header a").count()).toBe(0);
  await replay.close();
});

test("showing is asked twice, says that it is for every page, and goes by no bare class", async () => {
  await openMarking();
  await pick(".main");
  const name = marking().getByLabel("Element");
  await until(
    "what the button is called",
    15_000,
    async () => (await name.inputValue()) === ".main",
  );
  await marking().getByRole("button", { name: "Show…" }).click();
  await marking().getByText("On every page of the site").waitFor();
  expect(await name.inputValue()).toBe("#add .main");
  const offered = marking().getByRole("list", { name: "What it can be called" }).locator("button");
  expect(await offered.allInnerTexts()).toEqual(["#add .main", "#add > button"]);
  await keepPicture(page, "marking-show");
  expect(await violationsOf(page)).toEqual([]);
  await marking().getByRole("button", { name: "Back" }).click();
  await marking().getByRole("button", { name: "Show…" }).click();
  await marking().getByRole("button", { name: "Show it" }).click();
  await drawn("show").waitFor();
  await marking().getByRole("button", { name: "Cancel" }).click();
  expect((await rules()).show).toEqual([]);
});

test("a rule is taken back where it is listed, and saving it leaves the rest of the form alone", async () => {
  await openMarking();
  await marking().getByRole("button", { name: "Remove header" }).click();
  await marking().getByRole("button", { name: "Cancel" }).click();
  expect((await rules()).block).toEqual(["header"]);
  await page.getByLabel("Record the console").check();
  await page.getByRole("button", { name: "Mark on a page…" }).click();
  await marking().getByRole("button", { name: "Remove header" }).click();
  await marking().getByRole("button", { name: "Save" }).click();
  await marking().waitFor({ state: "hidden" });
  expect((await rules()).block).toEqual([]);
  expect((await rules()).record_console).toBe(false);
  expect(await page.getByLabel("Record the console").isChecked()).toBe(true);
});

test("on a phone the page and the rules stand one above the other", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openMarking();
  await keepPicture(page, "marking-phone");
  expect(await tooWide(page)).toEqual([]);
  expect(await violationsOf(page)).toEqual([]);
  const keep = await marking().getByRole("button", { name: "Save" }).boundingBox();
  expect((keep?.x ?? 390) + (keep?.width ?? 0)).toBeLessThan(390);
  desk.expectQuiet();
});
