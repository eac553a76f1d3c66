// What a marketing team comes for: how many visits reach what matters, where those come from, what
// that is worth, and who did not; with a goal made in two clicks of what visitors really did.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, enter, openDesk } from "../support/dashboard.ts";
import { postVisit } from "../support/recorded.ts";
import { cellsOf, holdOnPhone } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { addSite, demoSite, recordingOf, type Site } from "../support/sites.ts";
import { eventOf, ORIGIN, recorded, type Step } from "../support/steps.ts";
import { typeName } from "../support/typed_name.ts";
import { until } from "../support/until.ts";
import { inviteViewer } from "../support/viewer.ts";
import { openDemo } from "../support/world.ts";

const DESKTOP =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Mobile/15E148 Safari/604.1";
/** One of those who ordered. */
const WATCHED = "a".repeat(32);
const LIST = "Goals, one a row";

const LETTER = "/?utm_source=letter";
const ordered = (landing: string, ...amounts: [number, string][]): Step[] => [
  [0, landing],
  [20, "/cart"],
  ...amounts.map(([value, currency], at): Step => [40 + at, "/cart", "order", { value, currency }]),
  [50, "/thanks"],
];
const VISITS: [digit: string, userAgent: string, steps: Step[]][] = [
  ["a", PHONE, ordered(LETTER, [40, "EUR"])],
  ["b", PHONE, ordered(LETTER, [40.5, "EUR"])],
  [
    "c",
    PHONE,
    [
      [0, "/"],
      [30, "/cart"],
    ],
  ],
  ["d", DESKTOP, ordered("/", [60, "EUR"], [10, "USD"])],
  ["e", DESKTOP, [[0, "/"]]],
  ["f", DESKTOP, [[0, "/"]]],
  ["1", DESKTOP, [[0, LETTER]]],
  [
    "2",
    DESKTOP,
    [
      [0, "/"],
      [240, "/help"],
    ],
  ],
];

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;
let base: string;

beforeAll(async () => {
  ({ server, browser, owner } = await openDemo());
  site = await addSite(owner, "Lamps");
  base = `${server.origin}/sites/${site.id}`;
  for (const [digit, userAgent, steps] of VISITS) {
    const visit = { key: site.key, origin: ORIGIN, session: digit.repeat(32), userAgent };
    await postVisit(server, { ...visit, lines: recorded(), events: steps.map(eventOf) });
  }
  await recordingOf(owner, site, WATCHED);
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("two clicks make a goal of a page that was seen, and it counts the past", async () => {
  const { page } = desk;
  await page.goto(base);
  const rail = page.getByRole("navigation", { name: "Main" });
  await rail.getByRole("link", { name: "Goals" }).click();
  await page.getByRole("heading", { name: "No goal yet" }).waitFor();
  await page.getByRole("button", { name: "New goal" }).click();
  await page.getByRole("button", { name: /^\/thanks\s*3$/ }).click();
  await page.getByRole("heading", { name: /^37\.5\s%\sof sessions reach “\/thanks”$/ }).waitFor();
  await page.getByText("3 of 8 sessions, 3 persons.").waitFor();
  await page.getByText("saw /thanks", { exact: true }).waitFor();
});

test("it gets a name, another event and what that is worth, and the past changes with it", async () => {
  const { page } = desk;
  await page.goto(`${base}/goals`);
  await page.getByRole("link", { name: "/thanks" }).click();
  await page.getByRole("button", { name: "Edit" }).click();
  const form = page.getByRole("form", { name: "Change the goal" });
  await form.getByLabel("Name").fill("Order");
  await form.getByRole("button", { name: /^What reaches it/ }).click();
  await page.getByRole("group", { name: "What to pick" }).getByText("Events").click();
  await page.getByRole("button", { name: /^order\s*4$/ }).click();
  await form.getByLabel("Its value").selectOption("property");
  await form.getByLabel("Property with the amount").selectOption("value");
  await form.getByLabel("Currency").fill("EUR");
  await form.getByText("seen here: EUR, USD").waitFor();
  await form.getByLabel("Show it on the overview").check();
  await form.getByRole("button", { name: "Save" }).click();
  // The ten dollars of one of them are no euros.
  await page.getByText(/worth 140\.50\sEUR\./).waitFor();
  await page.getByRole("heading", { name: /^37\.5\s%\sof sessions reach “Order”$/ }).waitFor();
  await page.getByText("did order; worth its value, in EUR", { exact: true }).waitFor();

  await page.getByRole("link", { name: "All goals" }).click();
  await until("its row", 10_000, async () => {
    const [row = []] = await cellsOf(page, LIST);
    // Name, trend, conversion, against the time before, reached, missed, persons, value.
    expect(row.slice(2, 8)).toEqual(["37.5 %", "–", "3", "5", "3", "140.50 EUR"]);
    return true;
  });
});

test("where those who reach it come from, and the recording of one of them", async () => {
  const { page } = desk;
  await page.goto(`${base}/goals`);
  await page.getByRole("link", { name: "Order" }).click();
  const from = page.locator("section", { has: page.getByRole("button", { name: "Source" }) });
  await until("by source", 10_000, async () => {
    const rows = await from.locator("tbody tr").allInnerTexts();
    const said = rows.map((row) => row.replace(/\s+/g, " ").trim());
    expect(said).toEqual(["Direct 5 1 20.0 %", "letter 3 2 66.7 %"]);
    return true;
  });
  await from
    .getByRole("row", { name: /^letter/ })
    .getByTitle("Who they are")
    .click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("heading", { name: "2 persons reached “Order”" }).waitFor();
  const link = sheet.locator(`a[href*="/sessions/${WATCHED}"]`).first();
  // They reached it at second 40; a replay begins a little before.
  await until("the moment in the link", 10_000, async () =>
    /#t=3\d$/.test((await link.getAttribute("href")) ?? ""),
  );
  await link.click();
  await page.getByRole("region", { name: "Replay" }).waitFor();
  await until("the recording at that second", 20_000, async () => {
    const at = Number(await page.getByRole("slider", { name: "Position" }).inputValue());
    return at >= 30_000 && at < 60_000;
  });
});

test("who missed it, here and on any other screen, and the address says so to others", async () => {
  const { page } = desk;
  await page.goto(`${base}/goals`);
  await page.getByRole("link", { name: "Order" }).click();
  await page.getByRole("button", { name: "Who missed it" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("heading", { name: "5 persons missed “Order”" }).waitFor();
  await sheet.getByRole("button", { name: "Close" }).click();

  await page.getByRole("link", { name: "Only who missed it" }).click();
  const sessions = page.getByRole("button", { name: /^Sessions\s*5\b/ });
  await sessions.waitFor();
  await page.getByRole("button", { name: "Segment: Missed “Order”" }).click();
  const reached = page.getByRole("group", { name: "Order" }).getByText("Reached");
  await reached.click();
  await page.getByRole("button", { name: /^Sessions\s*3\b/ }).waitFor();
  const other = await desk.context.newPage();
  await other.goto(page.url());
  await other.getByRole("button", { name: /^Sessions\s*3\b/ }).waitFor();
  await other.getByRole("button", { name: "Segment: Reached “Order”" }).waitFor();
  await other.close();
});

test("the overview has it, with the people behind", async () => {
  const { page } = desk;
  await page.goto(base);
  const panel = page.getByRole("region", { name: "Goals" });
  await panel.getByRole("row", { name: /^Order\s+3\s+37\.5\s%/ }).waitFor();
  await panel.getByTitle("Who they are").click();
  await page.getByRole("heading", { name: "3 persons reached “Order”" }).waitFor();
});

test("it stands on a board, and follows there when it is changed", async () => {
  const { page } = desk;
  // A board of an earlier attempt keeps its name.
  const board = `Sales ${Date.now()}`;
  await owner.send("POST", `sites/${site.id}/boards`, { name: board, panels: [] });
  await page.goto(`${base}/goals`);
  await page.getByRole("link", { name: "Order" }).click();
  await page.getByRole("button", { name: "On a board…" }).click();
  await page.getByRole("button", { name: board }).click();
  await page.getByText(`“Order” is on “${board}”`).waitFor();
  await page.goto(`${base}/boards`);
  await page.getByRole("link", { name: board, exact: true }).click();
  const letter = page.getByRole("row", { name: /^letter/ });
  const says = (wanted: RegExp) =>
    until("the row of the letter", 10_000, async () =>
      wanted.test((await letter.innerText()).replace(/\s+/g, " ")),
    );
  await says(/letter Order 3 2 2 66\.7 %/);
  const { goals } = await owner.get<{ goals: { id: string; name: string }[] }>(
    `sites/${site.id}/goals`,
  );
  const order = goals.find(({ name }) => name === "Order");
  const path = `sites/${site.id}/goals/${order?.id}`;
  const draft = await owner.get<Record<string, unknown>>(path);
  const { name, event, value_property, currency, on_overview } = draft;
  const whole = { name, event, value_property, currency, on_overview };
  const small = {
    ...whole,
    event: {
      events: ["order"],
      filters: [{ property: "value", operator: "greater", values: [40] }],
    },
  };
  await owner.send("PUT", path, small);
  await page.reload();
  await says(/letter Order 3 1 1 33\.3 %/);
  await owner.send("PUT", path, whole);
});

test("a heatmap shows the visits that missed it", async () => {
  const { page } = desk;
  await page.goto(`${base}/heatmaps?at=/cart`);
  await page.getByRole("button", { name: "Goal: Any outcome" }).click();
  await page.getByRole("button", { name: /^Order\s*goal$/ }).click();
  await page.getByRole("button", { name: "Missed" }).click();
  await page.getByRole("button", { name: "Goal: without Order" }).waitFor();
  expect(new URL(page.url()).searchParams.get("aim")).toMatch(/^missed:[0-9a-f]{16}$/);
  // Of the four who saw the cart, one missed it.
  await page
    .getByText(/\b1 (session|visit)\b/)
    .first()
    .waitFor();
});

test("a goal on the visit itself, by the palette to it, copied, archived and brought back", async () => {
  const { page } = desk;
  await page.goto(`${base}/goals`);
  await page.getByRole("button", { name: "New goal" }).click();
  await page.getByRole("spinbutton", { name: "Minutes" }).fill("3");
  await page.getByRole("button", { name: "Make it a goal" }).click();
  await page
    .getByRole("heading", { name: /^12\.5\s%\sof sessions reach “Stayed more than 3 minutes”$/ })
    .waitFor();

  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find" }).fill("order");
  await page.getByRole("option", { name: /^Order\s*goal/ }).click();
  await page.getByRole("heading", { name: /reach “Order”$/ }).waitFor();
  await page.getByRole("button", { name: "Duplicate" }).click();
  await page.getByRole("heading", { name: /reach “Order, copy”$/ }).waitFor();
  await page.getByRole("button", { name: "Archive" }).click();
  await until("two are left", 10_000, async () => (await cellsOf(page, LIST)).length === 2);
  const toast = page.locator("p", { hasText: "“Order, copy” is archived" });
  await toast.getByRole("button", { name: "Undo" }).click();
  await until("three again", 10_000, async () => (await cellsOf(page, LIST)).length === 3);

  await page.getByRole("button", { name: "More with Order, copy" }).click();
  await page.getByRole("button", { name: "Archive", exact: true }).click();
  await page.getByRole("button", { name: "Archived 1" }).click();
  await page.getByRole("button", { name: "Delete Order, copy" }).click();
  await typeName(page, "Delete Order, copy", "Order, copy");
  await until("it is gone", 10_000, async () => {
    const { goals } = await owner.get<{ goals: { name: string }[] }>(`sites/${site.id}/goals`);
    return goals.map(({ name }) => name).join() === "Order,Stayed more than 3 minutes";
  });
});

test("a viewer looks at goals and is offered no change", async () => {
  const [email, password] = ["viewer@example.org", "another long sentence"];
  const { link } = await inviteViewer(owner, site, email);
  const theirs = await openDesk(browser, server);
  await theirs.page.goto(link);
  await enter(theirs.page, email, password);
  await theirs.page.getByRole("link", { name: "Goals", exact: true }).click();
  await until("the goals with numbers", 10_000, async () => {
    const rows = await cellsOf(theirs.page, LIST);
    return rows[0]?.[2] === "37.5 %";
  });
  await theirs.page.getByText("You are a viewer here").waitFor();
  expect(await theirs.page.getByRole("button", { name: "New goal" }).count()).toBe(0);
  expect(await theirs.page.getByRole("button", { name: /^More with/ }).count()).toBe(0);
  await theirs.page.getByRole("link", { name: "Order" }).click();
  await theirs.page.getByRole("button", { name: "Who missed it" }).waitFor();
  expect(await theirs.page.getByRole("button", { name: "Edit" }).count()).toBe(0);
  theirs.expectQuiet();
  await theirs.context.close();
});

test("the demo shop comes with goals, and orders are worth something", async () => {
  const demo = await demoSite(owner);
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${demo.id}/goals`);
  await until("three goals with numbers", 20_000, async () => {
    const rows = await cellsOf(page, LIST);
    const named = rows.map(([name = ""]) => name.split("\n")[0]?.trim());
    expect(named.map((name) => name?.replace(/on the overview$/, ""))).toEqual([
      "Checkout begun",
      "Looks around",
      "Order",
    ]);
    const order = rows[2] ?? [];
    return /^[1-9][\d.]* %$/.test(order[2] ?? "") && /^[1-9][\d,]* EUR$/.test(order[7] ?? "");
  });
});

test("the screens work for all eyes and hands, in light and dark, on a phone", async () => {
  const { goals } = await owner.get<{ goals: { id: string }[] }>(`sites/${site.id}/goals`);
  const demo = await demoSite(owner);
  const region = (name: string) => (page: Page) => page.getByRole("region", { name }).waitFor();
  const tiles = (page: Page) => page.getByRole("group", { name: /^Numbers of the goal/ }).waitFor();
  const editor = async (page: Page) => {
    await tiles(page);
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByRole("form", { name: "Change the goal" }).waitFor();
  };
  const one = `${base}/goals?reach=${goals[0]?.id}`;
  const shop = `${server.origin}/sites/${demo.id}`;
  await holdOnPhone(desk.page, [
    { name: "goals", url: `${shop}/goals`, there: region(LIST) },
    { name: "goal", url: `${shop}/goals?reach=de30000000000001`, there: tiles },
    { name: "goal-edit", url: one, there: editor },
    { name: "goals-overview", url: shop, there: region("Goals") },
  ]);
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());
