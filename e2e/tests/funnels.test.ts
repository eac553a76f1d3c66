// What a shop comes for: where buying loses people, by a funnel made in two clicks of what they really
// did, and a few recordings that stand for all who left, each with why it is there.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, enter, openDesk } from "../support/dashboard.ts";
import { table } from "../support/explore.ts";
import { postVisit } from "../support/recorded.ts";
import { cellsOf, holdOnPhone } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { eventOf, ORIGIN, recorded, type Step } from "../support/steps.ts";
import { typeName } from "../support/typed_name.ts";
import { until } from "../support/until.ts";
import { inviteViewer } from "../support/viewer.ts";
import { openWorld } from "../support/world.ts";

const LIST = "Funnels, one a row";
/** One who left in anger, and is known by name. */
const ADA = "a".repeat(32);

const toCart: Step[] = [
  [0, "/"],
  [20, "/cart"],
];
const checkout: Step[] = [...toCart, [40, "/checkout"]];
const angry: Step[] = [
  ...checkout,
  [50, "/checkout", "rage_click", { path: "form>button", clicks: 4, text: "Pay" }],
  [58, "/help"],
];
const VISITS: [digit: string, steps: Step[]][] = [
  ...["1", "2", "3", "4", "5", "6"].map((digit): [string, Step[]] => [digit, checkout]),
  ["7", toCart],
  ["8", [...checkout, [55, "/checkout", "order", { value: 40 }]]],
  ["9", [...checkout, [55, "/checkout", "order", { value: 20 }]]],
  ["a", [...angry, [59, "/help", "identify", { user: "ada@example.org" }]]],
  ["b", angry],
  ["c", angry],
];

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;
let base: string;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Lamps");
  base = `${server.origin}/sites/${site.id}`;
  for (const [digit, steps] of VISITS) {
    const visit = { key: site.key, origin: ORIGIN, session: digit.repeat(32) };
    await postVisit(server, { ...visit, lines: recorded(), events: steps.map(eventOf) });
  }
  for (const [digit] of VISITS) await recordingOf(owner, site, digit.repeat(32));
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("two clicks make a funnel of what was really seen, and it counts the past", async () => {
  const { page } = desk;
  await page.goto(base);
  const rail = page.getByRole("navigation", { name: "Main" });
  await rail.getByRole("link", { name: "Funnels" }).click();
  await page.getByRole("heading", { name: "No funnel yet" }).waitFor();
  await page.getByRole("button", { name: "New funnel" }).click();
  await page.getByRole("group", { name: "What to pick" }).getByText("Events").click();
  await page.getByRole("button", { name: /^order\s*2$/ }).click();
  await page.getByRole("heading", { name: /^16\.7\s%\sget through “\/cart to order”$/ }).waitFor();
  await page
    .getByText("2 of 12 persons. Most are lost before “order”: 9 of 11.", { exact: false })
    .waitFor();
  await page.getByText("/cart → /checkout → order", { exact: true }).waitFor();
});

test("its steps get names and another order of time, and the list has it with its conversion", async () => {
  const { page } = desk;
  // It was just made, so that its steps stand there to be changed.
  const form = page.getByRole("form", { name: "Change the funnel" });
  await form.getByLabel("Name").fill("Buying");
  await form.getByLabel("Step 2 is called").fill("Checkout begun");
  await form.getByLabel("Step 3 is called").fill("Paid");
  await form.getByLabel("All steps within").selectOption("1h");
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: /^16\.7\s%\sget through “Buying”$/ }).waitFor();
  await page.getByText("/cart → Checkout begun → Paid", { exact: true }).waitFor();
  await page.getByRole("heading", { name: "Checkout begun" }).waitFor();

  await page.getByRole("link", { name: "All funnels" }).click();
  await until("its row with numbers", 15_000, async () => {
    const [row = []] = await cellsOf(page, LIST);
    expect(row[0]).toContain("/cart → Checkout begun → Paid");
    // Get through, against the time before, began, arrived, and where most are lost.
    expect(row.slice(2, 6)).toEqual(["16.7 %", "–", "12", "2"]);
    expect(row[6]?.replace(/\s+/g, " ")).toBe("Paid 9 of 11 left");
    return true;
  });
});

test("ten who stand for all who left, each with why it is there, and one of them watched", async () => {
  const { page } = desk;
  await page.goto(`${base}/funnels`);
  await page.getByRole("link", { name: "Buying" }).click();
  await page.getByRole("button", { name: "−9 left here" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("heading", { name: "9 persons left after “Checkout begun”" }).waitFor();
  const few = sheet.getByRole("list", { name: "Recordings that stand for all" });
  await few.getByText("Stands for 6, 67\u202f% of the recorded").waitFor();
  await until("what each stands for", 15_000, async () => {
    const said = (await few.getByRole("listitem").allInnerTexts()).map((text) =>
      text.replace(/\s+/g, " "),
    );
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/Watch .* \/ to \/checkout Stands for 6/);
    expect(said[1]).toMatch(/1 rage click on \/checkout Stands for 3, 33\s% of the recorded/);
    return true;
  });
  await sheet.getByText("Of 9 recorded sessions behind the number").waitFor();

  await few.getByRole("link").nth(1).click();
  await page.getByRole("region", { name: "Replay" }).waitFor();
  // They came to the checkout at second 40; it opens a little before.
  expect(page.url()).toMatch(/#t=3[45]$/);
  const company = page.getByRole("navigation", { name: "Those behind the number" });
  await company.getByText(/^2 of 2$/).waitFor();
});

test("all of them are there too, by the names that the site gave them", async () => {
  const { page } = desk;
  await page.goto(`${base}/funnels`);
  await page.getByRole("link", { name: "Buying" }).click();
  await page.getByRole("button", { name: "Who left" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("button", { name: "All, the latest first" }).click();
  const ada = sheet.getByRole("link", { name: "ada@example.org" });
  await ada.waitFor();
  expect(await sheet.getByRole("link", { name: /^Visitor [0-9a-f]/ }).count()).toBe(8);
  expect(await sheet.locator(`a[href*="/sessions/${ADA}"]`).count()).toBe(1);
  await sheet.getByRole("button", { name: "Went on" }).click();
  await sheet.getByRole("heading", { name: "2 persons went on to “Paid”" }).waitFor();
  await sheet.getByRole("button", { name: "Close" }).click();
});

test("it is copied, archived, brought back by undo, and deleted", async () => {
  const { page } = desk;
  const rows = (count: number) =>
    until(`${count} rows`, 15_000, async () => (await cellsOf(page, LIST)).length === count);
  await page.goto(`${base}/funnels`);
  await page.getByRole("button", { name: "More with Buying" }).click();
  await page.getByRole("button", { name: "Duplicate", exact: true }).click();
  await page.getByRole("heading", { name: /get through “Buying, copy”$/ }).waitFor();
  await page.getByRole("button", { name: "Archive" }).click();
  await rows(1);
  const toast = page.locator("p", { hasText: "“Buying, copy” is archived" });
  await toast.getByRole("button", { name: "Undo" }).click();
  await rows(2);
  await page.getByRole("button", { name: "More with Buying, copy" }).click();
  await page.getByRole("button", { name: "Archive", exact: true }).click();
  await page.getByRole("button", { name: "Archived 1" }).click();
  await page.getByRole("button", { name: "Delete Buying, copy" }).click();
  await typeName(page, "Delete Buying, copy", "Buying, copy");
  await until("it is gone", 15_000, async () => {
    const { insights } = await owner.get<{ insights: { name: string }[] }>(
      `sites/${site.id}/insights`,
    );
    return insights.map(({ name }) => name).join() === "Buying";
  });
});

test("period and filters of the screen hold for it, and the address says so to others", async () => {
  const { page } = desk;
  await page.goto(`${base}/funnels?where=page!is!/help`);
  // Of those who saw the help nobody ordered, and their other pages do not count.
  await page.getByRole("heading", { name: /^Nobody began “Buying” in this period$/ }).waitFor();
  await page.goto(`${base}/funnels?last=7d`);
  await page.getByRole("heading", { name: /^16\.7\s%\sget through “Buying”$/ }).waitFor();
});

test("each step stands beside that of the time before, in its bar, its table, Explore and the list", async () => {
  const held = await addSite(owner, "Held");
  const DAYS_MS = 2 * 24 * 3_600_000;
  const buys: Step[] = [...toCart, [55, "/checkout", "order"]];
  // Two days ago two of five bought, today one of four.
  const visits: [digit: string, steps: Step[], agoMs: number][] = [
    ...["1", "2", "3"].map((digit): [string, Step[], number] => [digit, toCart, DAYS_MS]),
    ...["4", "5"].map((digit): [string, Step[], number] => [digit, buys, DAYS_MS]),
    ...["6", "7", "8"].map((digit): [string, Step[], number] => [digit, toCart, 0]),
    ["9", buys, 0],
  ];
  for (const [digit, steps, agoMs] of visits) {
    const events = steps.map((step, index) => {
      const event = eventOf(step, index);
      return { ...event, time_ms: event.time_ms - agoMs };
    });
    const visit = { key: held.key, origin: ORIGIN, session: digit.repeat(32) };
    await postVisit(server, { ...visit, lines: [], events });
  }
  const funnel = { steps: ["pageview", "order"].map((name) => ({ events: [name] })) };
  await owner.send("POST", `sites/${held.id}/insights`, {
    name: "To the order",
    address: "kind=funnel&step=pageview&step=order",
    question: { kind: "funnel", period: { last: "2d" }, funnel },
  });
  const { page } = desk;
  const within = `${server.origin}/sites/${held.id}`;
  const steps = async () => {
    const cards = page.getByRole("listitem").filter({ hasText: /Step \d/ });
    await cards.nth(1).getByText("from 40.0\u202f%").waitFor();
    expect(await cards.nth(0).locator("p").innerText()).toBe("−20\u202f% from 5");
    expect(await cards.nth(1).locator("p").innerText()).toBe("−15.0\u202fpt from 40.0\u202f%");
    await page.getByText("in the time before", { exact: true }).waitFor();
    expect(await table(page, "Funnel")).toEqual([
      ["1", "Pageview", "4", "5", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "0", "0", "–", "–"],
      ["2", "order", "1", "2", "25.0 %", "40.0 %", "25.0 %", "40.0 %", "3", "3", "35 s", "35 s"],
    ]);
  };
  await page.goto(`${within}/explore?last=2d&kind=funnel&step=pageview&step=order`);
  await steps();
  await page.goto(`${within}/funnels?last=2d`);
  await until("the list", 15_000, async () => {
    const [row = []] = await cellsOf(page, LIST);
    expect(row.slice(2, 6)).toEqual(["25.0 %", "−15.0 pt", "4", "1"]);
    return true;
  });
  await page.getByRole("link", { name: "To the order" }).click();
  await steps();
  await page.goto(`${within}/explore?last=2d&compare=none&kind=funnel&step=pageview&step=order`);
  await page.getByRole("heading", { name: /^25 %/ }).waitFor();
  expect(await page.getByText("from 40.0\u202f%").count()).toBe(0);
});

test("a viewer looks at funnels and is offered no change", async () => {
  const [email, password] = ["viewer@example.org", "another long sentence"];
  const { link } = await inviteViewer(owner, site, email);
  const theirs = await openDesk(browser, server);
  await theirs.page.goto(link);
  await enter(theirs.page, email, password);
  await theirs.page.getByRole("link", { name: "Funnels", exact: true }).click();
  await until("the funnel with numbers", 15_000, async () => {
    const rows = await cellsOf(theirs.page, LIST);
    return rows[0]?.[2] === "16.7 %";
  });
  await theirs.page.getByText("You are a viewer here").waitFor();
  expect(await theirs.page.getByRole("button", { name: "New funnel" }).count()).toBe(0);
  expect(await theirs.page.getByRole("button", { name: /^More with/ }).count()).toBe(0);
  theirs.expectQuiet();
  await theirs.context.close();
});

test("the screens work for all eyes and hands, in light and dark, on a phone", async () => {
  const { insights } = await owner.get<{ insights: { id: string }[] }>(`sites/${site.id}/insights`);
  const one = `${base}/funnels?funnel=${insights[0]?.id}`;
  const list = (page: Page) => page.getByRole("region", { name: LIST }).waitFor();
  const there = (page: Page) => page.getByRole("heading", { name: "Checkout begun" }).waitFor();
  const editor = async (page: Page) => {
    await there(page);
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByRole("form", { name: "Change the funnel" }).waitFor();
  };
  const sheet = async (page: Page) => {
    await there(page);
    await page.getByRole("button", { name: "Who left" }).click();
    await page.getByText("Stands for 6").waitFor();
  };
  await holdOnPhone(desk.page, [
    { name: "funnels", url: `${base}/funnels`, there: list },
    { name: "funnel", url: one, there },
    { name: "funnel-edit", url: one, there: editor },
    { name: "funnel-left", url: one, there: sheet },
  ]);
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());
