// What a number is worth: where not everything could be read each panel says so, how it is counted
// and on what stands on every screen, and from each there is a way on: into Explore, to the people,
// into a file.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page, Route } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firstUser, type Owner } from "../support/api.ts";
import { startBrowser } from "../support/browser.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { keepPicture } from "../support/pictures.ts";
import { postVisit } from "../support/recorded.ts";
import { type Server, startServer } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { eventOf, ORIGIN, recorded, type Step } from "../support/steps.ts";
import { until } from "../support/until.ts";

const WATCHED = "a".repeat(32);
const BROKEN = "events of May: the checksum of part 7 is wrong";
/** More than a panel asks for at once. */
const PAGES = 1_060;

const field = (name: string): Record<string, unknown> => ({ form: "pay", field: name });
const error = { message: "menu is null", source: `${ORIGIN}/menu.js`, line: 3, column: 1 };
const LETTER = "/?utm_source=letter&utm_medium=email";
const VISITS: [digit: string, steps: Step[]][] = [
  [
    "a",
    [
      [0, LETTER],
      [10, "/checkout"],
      [12, "/checkout", "form_focus", field("mail")],
      [14, "/checkout", "form_change", field("mail")],
      [16, "/checkout", "form_submit", { form: "pay" }],
      [20, "/thanks"],
    ],
  ],
  [
    "b",
    [
      [0, "/"],
      [2, "/", "click", { path: "main>button", text: "Pay" }],
      [5, "/", "error", error],
      [10, "/checkout"],
      [12, "/checkout", "form_focus", field("card")],
      [14, "/checkout", "form_change", field("card")],
    ],
  ],
];

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;
let base: string;
let goal: string;

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  owner = await firstUser(server);
  site = await addSite(owner, "Lamps");
  base = `${server.origin}/sites/${site.id}`;
  for (const [digit, steps] of VISITS) {
    const visit = { key: site.key, origin: ORIGIN, session: digit.repeat(32) };
    await postVisit(server, { ...visit, lines: recorded(), events: steps.map(eventOf) });
  }
  await recordingOf(owner, site, WATCHED);
  const thanks = { dimension: "page", operator: "is", values: ["/thanks"] };
  ({ id: goal } = await owner.send<{ id: string }>("POST", `sites/${site.id}/goals`, {
    name: "Paid",
    event: { events: ["pageview"], filters: [thanks] },
    on_overview: true,
  }));
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const sheetOf = (page: Page) => page.locator("dialog[open]");

/** Questions, their people, and lists of persons. */
const ASKS = /\/api\/v1\/.+\/(ask|ask-together|people|persons)$/;

interface Answers {
  missing?: string[];
  answer?: { missing: string[] };
  answers?: { answer?: { missing: string[] } }[];
}

/** An answer of which a part could not be read. */
function broken(text: string): string {
  const body: Answers = JSON.parse(text);
  const missing = [BROKEN];
  if (body.missing) body.missing = missing;
  if (body.answer) body.answer.missing = missing;
  for (const { answer } of body.answers ?? []) if (answer) answer.missing = missing;
  return JSON.stringify(body);
}

async function breakAnswers(route: Route): Promise<void> {
  const response = await route.fetch();
  // One body, or a line for each of what is told while it is counted: the ends of lines are part of it.
  await route.fulfill({ response, body: (await response.text()).replace(/[^\n]+/g, broken) });
}

test("where a part cannot be read every screen and every panel of it says so", async () => {
  const { page, context } = await openDesk(browser, server, owner);
  await page.route(ASKS, breakAnswers);
  const said = page.getByText(/^Not everything could be read/);
  const says = (where: string, least: number) =>
    until(`${where} says it ${least} times`, 30_000, async () => {
      expect(await said.count()).toBeGreaterThanOrEqual(least);
      return true;
    });
  await page.goto(base);
  // The head, six panels of rows, the goals; the site told no web vitals.
  await says("the overview", 8);
  const vouched = page.getByRole("button", { name: "How counted" }).first();
  await vouched.click();
  await page.getByText(`not whole: ${BROKEN}`).waitFor();
  await page.keyboard.press("Escape");
  await keepPicture(page, "trust-missing-overview");
  for (const [where, least] of [
    ["forms?form=pay", 3],
    ["errors?error=menu+is+null!http://…/menu.js!3!1", 3],
    [`goals?reach=${goal}`, 3],
    ["heatmaps?at=/checkout", 1],
    ["explore", 1],
  ] as const) {
    await page.goto(`${base}/${where}`);
    await says(where, least);
  }
  await page.goto(`${base}/people`);
  await says("people", 1);
  await page.locator("tbody th a").first().click();
  await page.getByRole("heading", { name: "What is known" }).waitFor();
  await says("one person", 1);
  await page.goto(server.origin);
  await page.getByText("too low").first().waitFor();
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await context.close();
});

test("what was counted before is not shown as if it were of now", async () => {
  const { page, context } = await openDesk(browser, server, owner);
  await page.goto(`${base}/forms?form=pay`);
  await page.getByRole("region", { name: "Fields in order" }).waitFor();
  await page.route(ASKS, (route) => route.abort("connectionrefused"));
  await page.getByRole("button", { name: /^Last 30 days/ }).click();
  await page.getByRole("button", { name: "Last 7 days" }).click();
  await page.getByText(/^Counting failed: .+ These are the numbers from before\./).waitFor();
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await context.close();
});

test("each screen says how it is counted, on what, and what was lost", async () => {
  const { page } = desk;
  const screens: [address: string, concept: string, hasFoot: boolean][] = [
    ["", "counting", true],
    ["/live", "sessions", false],
    [`/sessions/${WATCHED}`, "sessions", true],
    ["/heatmaps?at=/checkout", "heatmaps", true],
    ["/errors?error=menu+is+null!http://…/menu.js!3!1", "errors", true],
    ["/forms?form=pay", "forms", true],
    ["/boards", "periods", false],
  ];
  for (const [address, concept, hasFoot] of screens) {
    await page.goto(`${base}${address}`);
    await page.getByRole("button", { name: "How counted" }).first().click();
    const pop = page.getByRole("dialog", { name: "How counted" });
    const link = pop.getByRole("link", { name: /example by hand/ });
    expect(await link.getAttribute("href"), address).toBe(`/docs/concepts/${concept}`);
    await page.keyboard.press("Escape");
    if (hasFoot) await page.getByText(/lost on the way, as the pages report/).waitFor();
  }
  await page.goto(`${base}/people`);
  await page.locator("tbody th a").first().click();
  await page.getByText(/lost on the way, as the pages report/).waitFor();
  await page.goto(server.origin);
  await page.getByRole("button", { name: "How counted" }).waitFor();
});

test("a panel goes on in Explore, says how it is counted and becomes a file", async () => {
  const { page } = desk;
  await page.goto(`${base}?last=90d&device.not=phone`);
  await page.getByRole("row", { name: /^E-mail/ }).waitFor();
  await page.getByRole("button", { name: "More about Channels" }).click();
  const menu = page.getByRole("dialog", { name: "More about Channels" });
  await menu.getByText("exact", { exact: true }).waitFor();
  await keepPicture(page, "trust-menu");
  const text = await fileOf(page, () => menu.getByRole("button", { name: /CSV/ }).click());
  expect(text.name).toMatch(/^channels-\d{4}-\d\d-\d\d-to-\d{4}-\d\d-\d\d\.csv$/);
  expect(text.lines[0]).toMatch(/^\ufeff"channel","sessions",/);
  expect(text.lines).toHaveLength(3);
  await page.getByRole("button", { name: "More about Channels" }).click();
  await menu.getByRole("link", { name: "In Explore" }).click();
  await page.waitForURL(/\/explore\?/);
  const asked = new URL(page.url()).searchParams;
  expect(asked.get("split")).toBe("channel");
  expect(asked.get("last")).toBe("90d");
  expect(asked.get("device.not")).toBe("phone");
  const trend = await fileOf(page, () =>
    page.getByRole("button", { name: "Save Trend as CSV" }).first().click(),
  );
  expect(trend.lines[0]).toContain('"channel"');

  // Beside the chart, on the measure that is chosen there.
  await page.goto(`${base}?metric=pageviews`);
  await page.getByRole("link", { name: "In Explore" }).first().click();
  await page.waitForURL(/series=pageview/);

  await page.goto(`${base}/sessions/${WATCHED}`);
  const list = await fileOf(page, () =>
    page.getByRole("button", { name: "Save Sessions as CSV" }).click(),
  );
  expect(list.lines).toHaveLength(3);
  expect(list.lines.join("\n")).toContain(WATCHED);
});

test("numbers that stood alone lead to people now", async () => {
  const { page } = desk;
  const sheet = sheetOf(page);
  const shut = () => sheet.getByRole("button", { name: "Close" }).click();
  await page.goto(server.origin);
  const row = page.getByRole("row", { name: /Lamps/ });
  await row.getByTitle("Who they are").click();
  await page.waitForURL(`${base}/people`);
  await page.goto(server.origin);
  await row.getByTitle("These sessions").click();
  await page.waitForURL(/\/sessions/);

  await page.goto(`${base}/goals?reach=${goal}`);
  const sources = page.locator("section.panel").filter({ hasText: "Sources" });
  await sources.getByTitle("Who came").first().click();
  await sheet.getByRole("heading", { name: /^1 person came$/ }).waitFor();
  await shut();
  await page.goto(`${base}/forms`);
  await page.getByTitle("Who left there").click();
  await sheet.getByRole("heading", { name: /^1 person left at “card”$/ }).waitFor();
  await shut();
  await page.goto(`${base}/explore?kind=retention`);
  const mean = page.getByRole("row", { name: /^All, by size/ });
  await mean.getByTitle("Who they are").click();
  await sheet.getByRole("heading", { name: /^2 persons began$/ }).waitFor();
  await shut();
  await page.goto(`${base}/settings/about`);
  await page.getByRole("heading", { name: /^Hitmetrix \d/ }).waitFor();
});

test("a panel with more rows than it shows says so, and finds the others", async () => {
  const many = await addSite(owner, "Many pages");
  const time = new Date(Date.now() - 86_400_000).toISOString();
  const lines = Array.from({ length: PAGES }, (_, at) => {
    const page = String(at).padStart(4, "0");
    // The last pages are the rarest: each page before them is seen twice.
    const times = at < 1000 ? 2 : 1;
    return Array.from({ length: times }, (_, again) =>
      JSON.stringify({
        event: "pageview",
        visitor: `visitor-${again}`,
        time,
        url: `${ORIGIN}/page-${page}`,
      }),
    );
  }).flat();
  const file = join(server.data, "many.jsonl");
  await writeFile(file, `${lines.join("\n")}\n`);
  await server.command("import", "jsonl", file, "--site", many.name);
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${many.id}`);
  await page
    .getByRole("button", { name: /^All 1,060$/ })
    .first()
    .click();
  const box = page.getByRole("dialog", { name: "Pages, all" });
  await box.getByText(/^These are the first 1,000 of 1,060, by pageviews\./).waitFor();
  await box.getByLabel("Find a row").fill("page-1059");
  await box.getByRole("row", { name: /^\/page-1059/ }).waitFor();
  await box.getByText("Looked for in all 1,060.").waitFor();
  await box.getByLabel("Find a row").fill("page-0001");
  await until("the known page alone", 15_000, async () => {
    expect(await box.locator("tbody tr").count()).toBe(1);
    return true;
  });
  await keepPicture(page, "trust-all-rows");
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

/** The file that comes of a click. */
async function fileOf(
  page: Page,
  click: () => Promise<void>,
): Promise<{ name: string; lines: string[] }> {
  const [file] = await Promise.all([page.waitForEvent("download"), click()]);
  const text = await readFile(await file.path(), "utf8");
  return { name: file.suggestedFilename(), lines: text.trimEnd().split("\r\n") };
}
