// What a designer comes for: the sessions in which somebody hit the checkout in anger, and the
// recording at that moment; then what else is worth watching.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { startLoopback } from "../support/loopback.ts";
import { keepPicture } from "../support/pictures.ts";
import { postVisit } from "../support/recorded.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site, sessionWith } from "../support/sites.ts";
import { ORIGIN, type Step, visitsFrom } from "../support/steps.ts";
import { sessionOf, snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const id = (digit: string): string => digit.repeat(32);
const [ANGRY, ELSEWHERE, SLOW, QUIET] = ["a", "b", "c", "d"].map(id) as [
  string,
  string,
  string,
  string,
];
/** All visits began three minutes ago. */
const { eventOf, recorded } = visitsFrom(Date.now() - 180_000);

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Lamps");
  const visits: [string, Step[]][] = [
    [
      ANGRY,
      [
        [0, "/cart"],
        [20, "/checkout"],
        [60.5, "/checkout", "rage_click", { path: "form>button", clicks: 4, text: "Pay" }],
        [70, "/checkout", "rage_click", { path: "form>button", clicks: 3, text: "Pay" }],
        [80, "/checkout", "rage_click", { path: "form>button", clicks: 5, text: "Pay" }],
        [90, "/checkout", "click", { path: "form>button", text: "Pay" }],
        [90.4, "/checkout", "error", { message: "pay is not a function" }],
      ],
    ],
    [
      ELSEWHERE,
      [
        [1, "/help"],
        [30.5, "/help", "rage_click", { path: "nav>a", clicks: 3, text: "Menu" }],
        [40, "/checkout"],
        [44, "/help"],
      ],
    ],
    [
      SLOW,
      [
        [2, "/checkout"],
        [50, "/checkout", "web_vital", { metric: "LCP", value: 6100, rating: "poor" }],
      ],
    ],
    [QUIET, [[3, "/checkout"]]],
  ];
  for (const [session, happens] of visits) {
    const visit = { key: site.key, origin: ORIGIN, session };
    await postVisit(server, { ...visit, lines: recorded(95), events: happens.map(eventOf) });
    await recordingOf(owner, site, session);
  }
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("sessions with rage clicks on the checkout, and the recording there", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}`);
  await page.getByRole("button", { name: "/checkout", exact: true }).first().click();
  const rail = page.getByRole("navigation", { name: "Main" });
  await rail.getByRole("link", { name: "Sessions" }).click();
  await sessions(page, [QUIET, SLOW, ELSEWHERE, ANGRY]);
  await choose(page, ["Rage clicks"]);
  await sessions(page, [ANGRY]);
  await says(page, 0, "3 rage clicks on /checkout");
  await says(page, 0, "also 1 error click, 1 error");
  await page.keyboard.press("Escape");
  await keepPicture(page, "sessions-rage");

  // It opened five seconds before the first of them, at 60.5 seconds.
  await until("the recording at that moment", 20_000, async () => {
    const position = page.getByRole("slider", { name: "Position" });
    const at = Number(await position.inputValue());
    const length = Number(await position.getAttribute("max"));
    return length > 1000 && at >= 55_000 && at < 90_000;
  });
  expect(new URL(page.url()).pathname).toBe(`/sites/${site.id}/sessions/${ANGRY}`);
  expect(new URL(page.url()).hash).toBe("#t=55");
});

test("the address shows the same list to others", async () => {
  const other = await desk.context.newPage();
  const address = new URL(desk.page.url());
  expect(address.searchParams.getAll("signal")).toEqual(["rage_click"]);
  await other.goto(address.href);
  await sessions(other, [ANGRY]);
  await other.close();
});

test("several signals are any of them; what is worth watching comes first", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/sessions`);
  await sessions(page, [QUIET, SLOW, ELSEWHERE, ANGRY]);
  await page.getByLabel("Order", { exact: true }).selectOption({ label: "Worth watching" });
  await sessions(page, [ANGRY, ELSEWHERE, SLOW, QUIET]);
  await says(page, 1, "1 rage click on /help");
  await says(page, 1, "also 1 u-turn");
  await says(page, 2, "1 slow page on /checkout");
  await keepPicture(page, "sessions-worth");
  await choose(page, ["U-turns", "Slow pages"]);
  await sessions(page, [ELSEWHERE, SLOW]);
  await says(page, 0, "1 u-turn on /checkout");
  await says(page, 0, "also 1 rage click");
  await keepPicture(page, "sessions-choose");
  await page.getByRole("button", { name: "Any session" }).click();
  await sessions(page, [ANGRY, ELSEWHERE, SLOW, QUIET]);
});

test("a saved segment keeps its sessions, in the list and among the recordings", async () => {
  const conditions = [{ dimension: "page", operator: "is", values: ["/help"] }];
  const draft = { name: "Asked for help", of: "sessions", conditions };
  const { id: segment } = await owner.send<{ id: string }>(
    "POST",
    `sites/${site.id}/segments`,
    draft,
  );
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/sessions`);
  await sessions(page, [QUIET, SLOW, ELSEWHERE, ANGRY]);
  await page.getByRole("button", { name: /^Segment:/ }).click();
  await page.getByRole("button", { name: /Asked for help/ }).click();
  await sessions(page, [ELSEWHERE]);
  const filters = encodeURIComponent(JSON.stringify([{ segment }]));
  const list = await owner.get<{ recordings: { session: string }[]; total: number }>(
    `sites/${site.id}/recordings?filters=${filters}`,
  );
  expect(list.recordings.map(({ session }) => session)).toEqual([ELSEWHERE]);
  expect(list.total).toBe(1);
});

test("frustration is saved as a segment, and holds on every screen", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/sessions`);
  await choose(page, ["Rage clicks"]);
  await sessions(page, [ELSEWHERE, ANGRY]);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Segment:/ }).click();
  await page.getByLabel("Name").fill("Angry");
  await page.getByRole("button", { name: "Save segment" }).click();
  await page.getByRole("button", { name: "Segment: Angry" }).waitFor();
  expect(new URL(page.url()).searchParams.has("signal")).toBe(false);
  await sessions(page, [ELSEWHERE, ANGRY]);
  const question = {
    kind: "totals",
    period: { last: "2d" },
    measures: ["sessions"],
    filters: [{ segment: "Angry" }],
  };
  const answer = await owner.send<{ rows: unknown }>("POST", `sites/${site.id}/ask`, question);
  expect(answer.rows).toEqual([[2]]);
});

test("what was looked at is seen", async () => {
  // On a site of its own: which recordings of the other were open long enough depends on the machine.
  const looked = await addSite(owner, "Looked at");
  for (const [session, second] of [
    [SLOW, 2],
    [QUIET, 3],
  ] as const) {
    const visit = { key: looked.key, origin: ORIGIN, session };
    const events = [eventOf([second, "/checkout"], 0)];
    await postVisit(server, { ...visit, lines: recorded(95), events });
    await recordingOf(owner, looked, session);
  }
  const { page } = desk;
  const base = `${server.origin}/sites/${looked.id}/sessions`;
  await page.goto(`${base}/${SLOW}`);
  const row = (session: string) =>
    rows(page).filter({ has: page.locator(`a[href*="${session}"]`) });
  const isSeen = async (session: string) => (await row(session).innerText()).includes("seen");
  await until("it is seen", 15_000, () => isSeen(SLOW));
  // A narrow window opens none by itself: on a slow machine it would be seen meanwhile.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(base);
  await sessions(page, [QUIET, SLOW]);
  await until("it is still seen", 15_000, () => isSeen(SLOW));
  expect(await isSeen(QUIET)).toBe(false);
  await page.goto(`${base}?only=unseen`);
  await sessions(page, [QUIET]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("button", { name: "Recorded" }).click();
  await sessions(page, [QUIET, SLOW]);
  expect(new URL(page.url()).searchParams.get("only")).toBe("recorded");
});

test("few sessions stand for all, and say for how many", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}/sessions`);
  await page.getByLabel("Order").selectOption("Ten that stand for all");
  await until("all four, each for itself", 15_000, async () => (await rows(page).count()) === 4);
  // They are there to be watched.
  const recorded = page.getByRole("button", { name: "Recorded", exact: true });
  expect(await recorded.getAttribute("aria-pressed")).toBe("true");
  const question = {
    kind: "sessions",
    period: { last: "2d" },
    limit: 1,
    sessions: { order: "representative", recordings: "recorded" },
  };
  type Answer = { columns: { name: string }[]; rows: unknown[][]; rows_total: number };
  const answer = await owner.send<Answer>("POST", `sites/${site.id}/ask`, question);
  expect(answer.rows_total).toBe(4);
  expect(answer.rows.map((row) => row.at(-1))).toEqual([4]);
  expect(answer.columns.at(-1)?.name).toBe("stands_for");
});

test("who shakes the pointer is found, who only moves it is not", async () => {
  const lost = await addSite(owner, "Lost");
  await owner.send("PATCH", `sites/${lost.id}`, {
    settings: { ...lost.settings, count_automated: true },
  });
  const html = `<!doctype html><html lang="en"><head><title>Lost</title><link rel="icon" href="data:,">${snippetOf(server.origin, lost.key, "persistent")}</head><body>Where is it?</body></html>`;
  const loopback = await startLoopback((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(html);
  });
  const visit = async (to: readonly number[]): Promise<string> => {
    const context = await browser.newContext();
    const visitor = await context.newPage();
    await visitor.goto(loopback.origin);
    const session = await sessionOf(visitor);
    await recordingOf(owner, lost, session);
    // As a hand does it: a place for each twentieth of a second, whatever the machine is busy with.
    await visitor.evaluate(async (places) => {
      for (const clientX of places) {
        document.body.dispatchEvent(new MouseEvent("mousemove", { clientX, bubbles: true }));
        const from = performance.now();
        while (performance.now() - from < 52);
      }
    }, to as number[]);
    await visitor.goto("about:blank");
    await sessionWith(owner, lost, session, { pageview: 1, page_leave: 1 });
    await context.close();
    return session;
  };
  const across = Array.from({ length: 40 }, (_, at) => at * 20);
  const shaken = Array.from({ length: 40 }, (_, at) => (at % 4 < 2 ? 100 : 300) + (at % 2) * 9);
  const calm = await visit(across);
  const angry = await visit(shaken);
  const counts = async (session: string) =>
    (await sessionWith(owner, lost, session, { pageview: 1 })).events.filter(
      ({ name }) => name === "thrash",
    ).length;
  // Once, however long it went on.
  expect([await counts(calm), await counts(angry)]).toEqual([0, 1]);
  await loopback.stop();

  const { page } = desk;
  await page.goto(`${server.origin}/sites/${lost.id}/sessions`);
  await until("both", 15_000, async () => (await rows(page).count()) === 2);
  await choose(page, ["Shaken pointers"]);
  await until("the one", 15_000, async () => (await rows(page).count()) === 1);
  await says(page, 0, "1 shaken pointer on /");
});

test("on a phone the list is there, and a row opens its recording", async () => {
  const { page } = desk;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${server.origin}/sites/${site.id}/sessions?sort=worth_watching`);
  await sessions(page, [ANGRY, ELSEWHERE, SLOW, QUIET]);
  await keepPicture(page, "sessions-phone");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  await rows(page).nth(1).getByRole("link").click();
  await until("its moment", 15_000, () => new URL(page.url()).hash === "#t=25");
  await page.getByRole("region", { name: "Replay" }).waitFor();
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

function rows(page: Page) {
  return page.getByRole("region", { name: "Sessions" }).locator("li:has(a)");
}

const says = (page: Page, row: number, words: string): Promise<void> =>
  expect.poll(() => rows(page).nth(row).innerText()).toContain(words);

/** Waits until the list has these sessions in this order. */
async function sessions(page: Page, wanted: readonly string[]): Promise<void> {
  await until(`${wanted.length} sessions`, 15_000, async () => {
    const links = rows(page).getByRole("link");
    const paths = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    const found = paths.map((path) => /[0-9a-f]{32}/.exec(path ?? "")?.[0]);
    expect(found).toEqual(wanted);
    return true;
  });
}

async function choose(page: Page, signals: readonly string[]): Promise<void> {
  await page.getByRole("button", { name: /^Frustration:/ }).click();
  for (const signal of signals)
    await page.getByRole("checkbox", { name: new RegExp(`^${signal}`) }).check();
}
