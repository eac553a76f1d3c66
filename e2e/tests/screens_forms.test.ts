// What a designer comes for: why is this form abandoned? At which field, how much is filled twice
// there, on which devices, and three recordings of it; with nothing set up before.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { startOwnPages } from "../support/own_pages.ts";
import { postVisit } from "../support/recorded.ts";
import { cellsOf, holdOnPhone } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { addSite, demoSite, recordingOf, type Site, sessionWith } from "../support/sites.ts";
import { eventOf, ORIGIN, recorded, type Step } from "../support/steps.ts";
import { sessionOf, snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const DESKTOP =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Mobile/15E148 Safari/604.1";
const WATCHED = "a".repeat(32);

type FormStep = [second: number, name: string, field?: string];
/** A page with a form that is filled, one that nobody heeds, one far below and one that comes later. */
const JOIN = `<form name="join"><label>Mail <input name="mail" type="email" required></label>
<label>Postcode <input name="zip"></label><p role="alert"></p><button>Join</button></form>
<form name="news"><label>News to <input name="news-mail"></label><button>Go</button></form>
<button id="more">Ask us</button><div id="ask"></div>
<form name="below" style="margin-top: 4000px"><label>Deep <input name="deep"></label></form>
<script>
  const joining = document.forms[0];
  joining.addEventListener("submit", (event) => {
    event.preventDefault();
    joining.zip.setAttribute("aria-invalid", "true");
    joining.querySelector("p").textContent = "We do not come there";
  });
  document.querySelector("#more").addEventListener("click", () => {
    history.pushState({}, "", "/ask");
    joining.hidden = true;
    document.querySelector("#ask").innerHTML =
      '<form name="ask"><label>Question <textarea name="question"></textarea></label></form>';
  });
</script>`;

const toCard: FormStep[] = [
  [0, "pageview"],
  [5, "form_focus", "name"],
  [9, "form_change", "name"],
  [9, "form_focus", "mail"],
  [19, "form_change", "mail"],
  [19, "form_focus", "card"],
];
const leaves: FormStep[] = [...toCard, [40, "form_change", "card"], [44, "form_change", "card"]];
const sends: FormStep[] = [...toCard, [50, "form_change", "card"], [52, "form_submit"]];

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let demo: Site;
let desk: Desk;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Lamps");
  demo = await demoSite(owner);
  const visits: [string, string, FormStep[]][] = [
    ["a", PHONE, leaves],
    ["b", PHONE, leaves],
    ["c", PHONE, leaves],
    ["d", DESKTOP, leaves],
    ["e", DESKTOP, toCard.slice(0, 4)],
    ["1", DESKTOP, sends],
    ["2", DESKTOP, sends],
    // Something was wrong with the card, and it was sent again.
    [
      "3",
      PHONE,
      [...sends, [60, "form_focus", "card"], [70, "form_change", "card"], [72, "form_submit"]],
    ],
    // And once it was given up after sending.
    ["4", PHONE, [...sends, [60, "form_focus", "card"]]],
    ["5", PHONE, toCard.slice(0, 1)],
  ];
  for (const [digit, userAgent, steps] of visits) {
    const session = digit.repeat(32);
    const visit = { key: site.key, origin: ORIGIN, session, userAgent };
    await postVisit(server, {
      ...visit,
      lines: recorded(75),
      events: steps.map(onCheckout).map(eventOf),
    });
  }
  await recordingOf(owner, site, WATCHED);
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("the form that loses most is the title, and nobody had to set it up", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}`);
  const rail = page.getByRole("navigation", { name: "Main" });
  await rail.getByRole("link", { name: "Forms" }).click();
  await page
    .getByRole("heading", { name: "“pay” loses most: 5 sessions of 9 that begin it" })
    .waitFor();
  await until("its numbers", 15_000, async () => {
    const [row = []] = await cellsOf(page, "Forms, one a row");
    expect(row.map((cell) => cell.replace(/\s+/g, " "))).toEqual([
      "pay on one page",
      "",
      "10",
      "9",
      "4",
      "3",
      "44 %",
      "5",
      "card 4 of 5",
      "47 s",
    ]);
    return true;
  });
});

test("field by field: where they leave, what is filled twice, and what was wrong after sending", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/forms`);
  await page.getByRole("link", { name: "pay", exact: true }).click();
  await page
    .getByRole("heading", { name: /^80\s% of those who leave “pay” leave at “card”$/ })
    .waitFor();
  await page.getByText("1 session sent it, came back to a field and did not send again.").waitFor();
  await until("the fields in order", 15_000, async () => {
    const rows = await cellsOf(page, "Fields in order");
    // Field, sessions, left, errors, time, filled again, came back, corrected, sent without it.
    expect(rows.map(([field, , ...numbers]) => [field, ...numbers])).toEqual([
      ["name", "9", "0", "0", "4.0 s", "0 %", "0 %", "0", "0"],
      ["mail", "9", "1", "0", "10 s", "0 %", "0 %", "0", "0"],
      ["card", "8", "4", "0", "28 s", "63 %", "0 %", "1", "0"],
      ["Sent", "4", ""],
    ]);
    return true;
  });
  await until("by device", 15_000, async () => {
    const rows = await page.getByRole("row").filter({ hasText: "Phone" }).allInnerTexts();
    return rows.some((row) => /Phone\s+5\s+2\s+40\s%/.test(row));
  });
});

test("from the field where they leave to the recording of one who did", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/forms?form=pay`);
  await page.getByRole("button", { name: "Who left at “card”" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("heading", { name: "4 persons left at “card”" }).waitFor();
  await sheet.getByRole("button", { name: "Close" }).click();

  const watch = page.locator("section", { has: page.getByText("Watch who left there") });
  // They touched it last at 44 seconds.
  const link = watch.locator(`a[href*="${WATCHED}"]`);
  expect(await link.getAttribute("href")).toMatch(/#t=3[89]$/);
  await link.click();
  await page.getByRole("region", { name: "Replay" }).waitFor();
  await until("the recording at that second", 20_000, async () => {
    const at = Number(await page.getByRole("slider", { name: "Position" }).inputValue());
    return at >= 38_000 && at < 60_000;
  });
});

test("filters hold, a row is one, and the address shows it to others", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/forms?form=pay`);
  await page.getByRole("button", { name: "Phone", exact: true }).click();
  await until("phones alone", 15_000, async () => {
    const rows = await cellsOf(page, "Fields in order");
    return rows[0]?.[2] === "5" && rows[2]?.[3] === "3";
  });
  const other = await desk.context.newPage();
  await other.goto(page.url());
  await until("the same", 15_000, async () => {
    expect(await cellsOf(other, "Fields in order")).toEqual(await cellsOf(page, "Fields in order"));
    return true;
  });
  await other.close();
});

test("what somebody fills in the shop right now is there, and they are not called gone", async () => {
  const context = await browser.newContext();
  const shop = await context.newPage();
  await shop.goto(`${server.shop}/checkout`);
  const session = await sessionOf(shop);
  await shop.getByLabel("Name").fill("Ada");
  await shop.getByLabel("E-mail").fill("ada@example.org");
  await shop.getByLabel("Name").fill("Ada L");
  await shop.getByLabel("Street").focus();
  await sessionWith(owner, demo, session, { form_focus: 4, form_change: 3 });
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${demo.id}/forms?form=address`);
  await until("the fields of the shop", 15_000, async () => {
    const rows = await cellsOf(page, "Fields in order");
    expect(rows.map((row) => [row[0], row[2], row[3], row[6], row[7]])).toEqual([
      ["name", "1", "0", "100 %", "100 %"],
      ["email", "1", "0", "0 %", "0 %"],
      ["street", "1", "0", "0 %", "0 %"],
      ["Sent", "0", "", undefined, undefined],
    ]);
    return true;
  });
  await context.close();
});

test("a form that is seen and never touched is there, and so are errors that fields show", async () => {
  const mine = await addSite(owner, "Own forms");
  const snippet = snippetOf(server.origin, mine.key, "persistent");
  const pages = await startOwnPages({ "/join": { head: snippet, body: JOIN } });
  const context = await browser.newContext();
  const visitor = await context.newPage();
  await visitor.goto(`${pages.origin}/join`);
  const session = await sessionOf(visitor);
  await sessionWith(owner, mine, session, { form_view: 2 });
  // Without an address the browser says so itself, and goes to the field.
  await visitor.getByRole("button", { name: "Join" }).click();
  await visitor.getByLabel("Mail").fill("ada@example.org");
  await visitor.getByRole("button", { name: "Join" }).click();
  await visitor.getByText("We do not come there").waitFor();
  await sessionWith(owner, mine, session, { form_error: 2, form_submit: 1 });
  // A form of the page within it is seen as well, and the news again; what is further down never.
  await visitor.getByRole("button", { name: "Ask us" }).click();
  const told = await sessionWith(owner, mine, session, { form_view: 4 });
  expect(JSON.stringify(told.events)).not.toContain("ada@");
  expect(JSON.stringify(told.events)).not.toContain("We do not come");
  await context.close();
  await pages.stop();

  const { page } = desk;
  // A program drives this browser, as it does those of bots.
  await page.goto(`${server.origin}/sites/${mine.id}/forms?bots=include`);
  await until("the forms that were seen", 15_000, async () => {
    const rows = await cellsOf(page, "Forms, one a row");
    expect(rows.map((row) => [row[0]?.split("\n")[0], ...row.slice(2, 5)])).toEqual([
      ["join", "1", "1", "1"],
      ["ask", "1", "0", "0"],
      ["news", "1", "0", "0"],
    ]);
    return true;
  });
  await page.getByRole("link", { name: "join", exact: true }).click();
  await until("its errors", 15_000, async () => {
    const rows = await cellsOf(page, "Fields in order");
    expect(rows.map((row) => [row[0], row[4]?.replace(/\s+/g, " ")])).toEqual([
      ["mail", "1 left empty"],
      ["zip", "1 marked by the page"],
      ["Sent", undefined],
    ]);
    return true;
  });
  const row = page.getByRole("row").filter({ hasText: "marked by the page" });
  await row.getByRole("button", { name: "1", exact: true }).first().click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("heading", { name: "1 person met an error at “zip”" }).waitFor();
  await sheet.getByRole("button", { name: "Close" }).click();
  await page.goto(`${server.origin}/sites/${mine.id}/forms?form=news&bots=include`);
  await page.getByRole("heading", { name: "Nobody begins “news”" }).waitFor();
});

test("forms stand beside those of the time before", async () => {
  const held = await addSite(owner, "Held");
  const sees: FormStep[] = [
    [0, "pageview"],
    [1, "form_view"],
  ];
  const fills: FormStep[] = [...sees, [5, "form_focus", "name"], [9, "form_change", "name"]];
  const all: FormStep[] = [...fills, [20, "form_submit"]];
  const DAYS_MS = 2 * 24 * 3_600_000;
  // Two days ago four of five who began sent it, today one of two.
  const visits: [digit: string, steps: FormStep[], agoMs: number][] = [
    ...["1", "2", "3", "4"].map((digit): [string, FormStep[], number] => [digit, all, DAYS_MS]),
    ["5", fills, DAYS_MS],
    ["6", sees, 0],
    ["7", fills, 0],
    ["8", all, 0],
  ];
  for (const [digit, steps, agoMs] of visits) {
    const events = steps.map((step, index) => {
      const event = eventOf(onCheckout(step), index);
      return { ...event, time_ms: event.time_ms - agoMs };
    });
    const session = digit.repeat(32);
    await postVisit(server, { key: held.key, origin: ORIGIN, session, lines: [], events });
  }
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${held.id}/forms?last=2d`);
  await until("both times", 15_000, async () => {
    const [row = []] = await cellsOf(page, "Forms, one a row");
    expect(row.slice(2, 8).map((cell) => cell.split("\n").filter(Boolean))).toEqual([
      ["3", "−40 %"],
      ["2", "−60 %"],
      ["1", "−75 %"],
      ["1", "−75 %"],
      ["50 %", "−30.0 pt"],
      ["1", "±0.0 %"],
    ]);
    return true;
  });
  await page.getByRole("link", { name: "pay", exact: true }).click();
  const tiles = page.getByRole("group", { name: "Numbers of the form" });
  await tiles.getByText("from 5").waitFor();
  await tiles.getByText("of begun, was 80 %").first().waitFor();
});

test("a site without forms says so", async () => {
  const empty = await addSite(owner, "Nothing yet");
  await desk.page.goto(`${server.origin}/sites/${empty.id}/forms`);
  await desk.page.getByRole("heading", { name: "Nobody saw a form in this period" }).waitFor();
});

test("the screens work for all eyes and hands, in light and dark, on a phone", async () => {
  const base = `${server.origin}/sites/${site.id}`;
  const region = (name: string) => (page: Page) => page.getByRole("region", { name }).waitFor();
  await holdOnPhone(desk.page, [
    { name: "forms", url: `${base}/forms`, there: region("Forms, one a row") },
    { name: "form", url: `${base}/forms?form=pay`, there: region("Fields in order") },
  ]);
});

test("on a phone a field is a card with all its numbers, and nothing is pushed aside", async () => {
  const { page } = desk;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${server.origin}/sites/${site.id}/forms?form=pay`);
  const fields = page.getByRole("region", { name: "Fields in order" });
  await fields.getByText("Left here").first().waitFor({ state: "attached" });
  await expect.poll(() => fields.evaluate((node) => node.scrollWidth - node.clientWidth)).toBe(0);
  const label = fields.locator('tbody td[data-label="Left here"]').first();
  await expect
    .poll(() => label.evaluate((node) => getComputedStyle(node, "::before").content))
    .toContain("Left here");
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

/** As a step of the only page with a form. */
function onCheckout([second, name, field]: FormStep): Step {
  if (name === "pageview") return [second, "/checkout"];
  return [second, "/checkout", name, { form: "pay", ...(field ? { field } : {}) }];
}
