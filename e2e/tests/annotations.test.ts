// What somebody from marketing comes for: the numbers changed, and on the chart stands why. A
// release notes itself by the API, a campaign is noted beside the chart, and a mistake is taken back.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { keepPicture } from "../support/pictures.ts";
import { nodeMaker, postVisit } from "../support/recorded.ts";
import { holdOnPhone, violationsOf } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { addSite, dayAtSite, type Site } from "../support/sites.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const SITE_ORIGIN = "http://127.0.0.1:7";
const DAY_MS = 86_400_000;

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Lamps");
  const { element, page } = nodeMaker();
  const time_ms = Date.now() - 60_000;
  await postVisit(server, {
    key: site.key,
    origin: SITE_ORIGIN,
    session: "a".repeat(32),
    lines: [
      { type: 4, timestamp: time_ms, data: { href: SITE_ORIGIN, width: 800, height: 600 } },
      {
        type: 2,
        timestamp: time_ms,
        data: { node: page([], element("body", {})), initialOffset: { left: 0, top: 0 } },
      },
    ],
    events: [{ name: "pageview", sequence: 0, time_ms, url: `${SITE_ORIGIN}/` }],
  });
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** What stands on the first chart of the screen. */
function marks(page: Page): Promise<string[]> {
  return page.locator(".chart").first().locator(".chart-mark:not([hidden])").allTextContents();
}

test("a release notes itself, with a token, and stands on the chart", async () => {
  const { secret } = await owner.send<{ secret: string }>("POST", `sites/${site.id}/tokens`, {
    name: "deploy",
    scope: "admin",
  });
  const answer = await fetch(`${server.origin}/api/v1/sites/${site.id}/annotations`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify({
      kind: "release",
      text: "Version 2.4",
      from_ms: Date.now() - 3 * DAY_MS,
    }),
  });
  expect(answer.status).toBe(201);
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}?period=7d`);

  await until("the release", 15_000, async () => (await marks(page)).join() === "Version 2.4");
});

test("a campaign is noted beside the chart, and both are told where the pointer is", async () => {
  const { page } = desk;
  await page.getByRole("button", { name: "Annotate" }).first().click();
  await page.getByLabel("What happened").fill("Autumn sale");
  await page.getByLabel("Kind").selectOption({ label: "Campaign" });
  const day = dayAtSite(Date.now() - 3 * DAY_MS);
  await page.getByLabel("Day", { exact: true }).fill(day);
  await page.getByLabel("Until").fill(day);
  expect(await violationsOf(page)).toEqual([]);
  await page.locator("form").getByRole("button", { name: "Annotate" }).click();
  // One day, one line.
  await until("both", 15_000, async () => {
    const found = await marks(page);
    return found.length === 1 && /, 1 more$/.test(found[0] ?? "");
  });
  const tip = page.locator(".chart-tip").first();
  // The line is on one side of its words.
  let isRight = false;
  await until("its words", 15_000, async () => {
    // What comes above the chart later moves both.
    const box = await page.locator(".chart").first().boundingBox();
    const mark = await page.locator(".chart-mark").first().boundingBox();
    if (!box || !mark) throw new Error("no chart");
    isRight = !isRight;
    await page.mouse.move(mark.x + (isRight ? mark.width : 0), box.y + box.height / 2);
    const said = await tip.innerText();
    return ["Autumn sale", "Version 2.4"].every((one) => said.includes(one));
  });
  await keepPicture(page, "annotations-overview");
});

test("all of them are in the settings, changed, removed and taken back", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/settings/annotations`);
  const table = page.getByRole("table", { name: "Annotations" });
  const rows = () => table.locator("tbody tr th").allInnerTexts();
  const has = (words: string[]) =>
    until(words.join(), 10_000, async () => {
      const found = (await rows()).map((text) => text.split("\n")[0]);
      return found.sort().join() === words.sort().join();
    });
  await has(["Version 2.4", "Autumn sale"]);
  await page.getByRole("button", { name: "Change Version 2.4" }).click();
  await page.getByLabel("What happened").fill("Version 2.4.1");
  await page.getByRole("button", { name: "Save" }).click();
  await has(["Version 2.4.1", "Autumn sale"]);
  await page.getByRole("button", { name: "Remove Autumn sale" }).click();
  await has(["Version 2.4.1"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await has(["Version 2.4.1", "Autumn sale"]);
  await holdOnPhone(page, [
    { name: "annotations", url: page.url(), there: () => table.waitFor() },
    {
      name: "annotated",
      url: `${server.origin}/sites/${site.id}?period=7d`,
      there: () => page.locator(".chart-mark").first().waitFor(),
    },
  ]);
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());
