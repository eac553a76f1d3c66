// The five jobs of docs/guide/jobs.md, by somebody who signs in and was told nothing: each takes as
// many clicks as stand there, and ends at a number that can be said aloud.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, enter, openDesk } from "../support/dashboard.ts";
import { keepPicture } from "../support/pictures.ts";
import type { Server } from "../support/server.ts";
import { pictureOf, wordsOf } from "../support/stage.ts";
import { until } from "../support/until.ts";
import { openDemo } from "../support/world.ts";

const GUIDE = join(import.meta.dirname, "../../docs/guide/jobs.md");
const MOST_CLICKS = 6;
const FAULT = "undefined is not an object (evaluating 'card.scheme.name')";

let server: Server;
let browser: Browser;
let owner: Owner;
/** Clicks that the guide says, by the question, with the steps that it lists. */
const told = new Map<string, { clicks: number; steps: number }>();

beforeAll(async () => {
  ({ server, browser, owner } = await openDemo());
  for (const part of (await readFile(GUIDE, "utf8")).split(/^## /m).slice(1)) {
    const [, question = "", clicks = ""] = /^(.+[?.]) (\d+) clicks?$/m.exec(part) ?? [];
    if (question)
      told.set(question, { clicks: Number(clicks), steps: (part.match(/^\d\. /gm) ?? []).length });
  }
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Signs in as on any morning; what is done from there on is counted. */
async function job(
  question: string,
  deed: (page: Page, click: (what: Locator) => Promise<void>) => Promise<void>,
): Promise<void> {
  const desk: Desk = await openDesk(browser, server);
  const { page } = desk;
  await page.goto(server.origin);
  await enter(page, owner.email, owner.password);
  await page.getByRole("region", { name: "Goals" }).waitFor();
  let clicks = 0;
  await deed(page, async (what) => {
    clicks += 1;
    await what.click();
  });
  expect({ clicks, steps: clicks }).toEqual(told.get(question));
  expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);
  desk.expectQuiet();
  await desk.context.close();
}

const rail = (page: Page, name: string): Locator =>
  page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true });

/** The row that begins with a name, as numbers and words. */
async function rowOf(page: Page, name: string, within: Locator | Page = page): Promise<string[]> {
  const row = within
    .getByRole("row")
    .filter({ has: page.getByRole("rowheader", { name, exact: true }) });
  await row.waitFor();
  const cells = await row.getByRole("cell").allInnerTexts();
  return cells.map((cell) => cell.replaceAll("\u202f", " ").trim());
}

test("which source brings buyers", () =>
  job("Which source brings buyers?", async (page, click) => {
    await click(
      page.getByRole("region", { name: "Goals" }).getByRole("link", { name: "Order", exact: true }),
    );
    const said = page.locator("p").filter({ hasText: "brings most" });
    await said.filter({ hasText: /None of \d+ from facebook\./ }).waitFor();
    await keepPicture(page, "job-source");
    const [, letters = ""] = await rowOf(page, "newsletter");
    expect(Number(letters)).toBeGreaterThan(4);
    await click(page.getByRole("button", { name: "Campaigns", exact: true }));
    await said.filter({ hasText: /None of \d+ from autumn-glow\./ }).waitFor();
    const [came = "", ordered = ""] = await rowOf(page, "autumn-glow");
    expect(Number(came)).toBeGreaterThan(100);
    expect(ordered).toBe("0");
  }));

test("where the checkout loses them, and three of them watched", () =>
  job("Where does the checkout lose them? Watch three of them.", async (page, click) => {
    await click(
      page.getByRole("region", { name: "Goals" }).getByRole("link", { name: "Order", exact: true }),
    );
    await click(page.getByRole("button", { name: "Where they are lost" }));
    const title = page.getByRole("heading", { level: 1, name: /^At “order”, Safari goes on/ });
    const [, some, others] =
      /goes on with (\d+)\s?%, all others with (\d+)\s?%/.exec(await title.innerText()) ?? [];
    await keepPicture(page, "job-checkout");
    expect(Number(some)).toBeLessThan(45);
    expect(Number(others)).toBeGreaterThan(75);
    await click(page.getByRole("button", { name: "Who left", exact: true }));
    const sheet = page.getByRole("dialog", {
      name: /^\d+ persons left after “\/checkout-payment”$/,
    });
    await keepPicture(page, "job-checkout-who");
    const recorded = sheet.locator("li.session-row").filter({ hasText: "Watch" });
    await until("what can be watched", 20_000, async () => (await recorded.count()) > 2);
    await click(recorded.first().getByRole("link"));
    const company = page.getByRole("navigation", { name: "Those behind the number" });
    const seen = new Set<string>();
    for (const place of [1, 2, 3]) {
      await company.getByText(new RegExp(`^${place} of \\d+$`)).waitFor();
      seen.add(await watched(page));
      await keepPicture(page, `job-checkout-watch-${place}`);
      if (place < 3) await click(company.getByRole("button", { name: "Next of them" }));
    }
    expect(seen.size).toBe(3);
    await page.reload();
    await company.getByText(/^3 of \d+$/).waitFor();
  }));

/** The session whose recording plays, once it shows the shop. */
async function watched(page: Page): Promise<string> {
  await until("a recording of the shop", 20_000, async () =>
    (await wordsOf(await pictureOf(page))).includes("glimt"),
  );
  return /sessions\/([0-9a-f]{32})/.exec(page.url())?.[1] ?? "";
}

test("why the form is abandoned", () =>
  job("Why is this form abandoned?", async (page, click) => {
    await click(rail(page, "Forms"));
    await page.getByRole("heading", { level: 1, name: /^“address” loses most/ }).waitFor();
    await click(page.getByRole("link", { name: "address", exact: true }));
    const title = page.getByRole("heading", { level: 1, name: /leave “address” leave at “zip”$/ });
    expect(Number.parseInt(await title.innerText(), 10)).toBeGreaterThan(50);
    await keepPicture(page, "job-form");
    // It is refused: who comes to the postcode types it again, which nobody does elsewhere.
    const fields = page.getByRole("table").first();
    const [, , , , , again = ""] = await rowOf(page, "zip", fields);
    expect(Number.parseInt(again, 10)).toBeGreaterThan(15);
    const [, , , , , others = ""] = await rowOf(page, "street", fields);
    expect(Number.parseInt(others, 10)).toBe(0);
  }));

test("what somebody did before the error", () =>
  job("What did this person do before the error?", async (page, click) => {
    await click(rail(page, "Errors and speed"));
    await click(page.getByRole("link", { name: FAULT }));
    // The recording plays from just before the error.
    const moment = page
      .getByRole("listitem")
      .filter({ hasText: / at \d+:\d\d$/ })
      .first();
    await click(moment.getByRole("link"));
    await until("the payment in the picture", 20_000, async () =>
      (await wordsOf(await pictureOf(page))).includes("Security code"),
    );
    const events = page.getByRole("region", { name: "What happened" }).getByRole("listitem");
    const fault = events.filter({ hasText: FAULT }).first();
    await until("the error in view", 20_000, () =>
      fault.evaluate((item) => {
        const { top, bottom } = item.getBoundingClientRect();
        return top > 0 && bottom < innerHeight;
      }),
    );
    await keepPicture(page, "job-error");
    const said = await events.allInnerTexts();
    const before = said
      .slice(
        0,
        said.findIndex((text) => text.includes("card.scheme")),
      )
      .slice(-6);
    const [terms, paid] = [/Filled terms/, /Clicked “Pay now”/].map((what) =>
      before.findIndex((text) => what.test(text)),
    );
    expect(terms).toBeGreaterThanOrEqual(0);
    expect(paid).toBeGreaterThan(terms ?? Number.NaN);
  }));

test("whether the site is slower since the release", () =>
  job("Is the site slower since the release?", async (page, click) => {
    await click(rail(page, "Errors and speed"));
    await click(page.getByRole("link", { name: "Speed", exact: true }));
    await click(page.getByRole("button", { name: "Since Shop 4.2" }));
    await page
      .getByRole("heading", { level: 1, name: /is slower since Shop 4\.2 \(\d+ \S+\): .+ ×1\.\d$/ })
      .waitFor();
    await click(page.getByRole("button", { name: "Devices", exact: true }));
    const table = page.getByRole("region", { name: "Web vitals by device" });
    const phone = (await rowOf(page, "Phone", table)).at(-1) ?? "";
    await keepPicture(page, "job-speed");
    const factor = Number(/×(\d\.\d)$/.exec(phone)?.[1]);
    expect(factor).toBeGreaterThan(1.4);
    expect(factor).toBeLessThan(2);
    expect((await rowOf(page, "Desktop", table)).at(-1)).not.toContain("×");
  }));
