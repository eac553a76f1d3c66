// What somebody who sells or supports comes for: find a customer by something known, read what they
// did before the error, watch it, hand out their data, erase them, and see that they are gone.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { nodeMaker, postVisit, type RecordedEvents } from "../support/recorded.ts";
import { cellsOf, holdOnPhone } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { typeName } from "../support/typed_name.ts";
import { until } from "../support/until.ts";
import { viewerOf } from "../support/viewer.ts";
import { openWorld } from "../support/world.ts";

const ORIGIN = "http://127.0.0.1:7";
const HOUR_MS = 3_600_000;
const BEGAN_MS = Date.now() - 2 * HOUR_MS;
/** Ada's visit at her desk, and the one on her phone. */
const DESK = "a".repeat(32);
const PHONE = "b".repeat(32);
const BOB = "c".repeat(32);
const MAIL = "ada@example.org";
/** Whatever a company calls itself stands in an address. */
const ACCOUNT = "acme.example/north";
/** Nobody knows who they are. */
const OTHERS = 60;

type Act = [second: number, name: string, path: string, properties?: object];

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
  await importOthers();
  const traits = { name: "Ada Lovelace", plan: "free" };
  await visit(DESK, BEGAN_MS, [
    [0, "pageview", "/"],
    [10, "identify", "/", { user: MAIL, traits }],
    [11, "group", "/", { account: ACCOUNT, traits: { seats: 12 } }],
    [20, "pageview", "/checkout"],
    [30, "purchase", "/checkout", { value: 49.9 }],
    [40, "error", "/checkout", { message: "pay is not a function" }],
  ]);
  await visit(PHONE, BEGAN_MS + HOUR_MS, [
    [0, "pageview", "/help"],
    [5, "identify", "/help", { user: MAIL, traits: { ...traits, plan: "pro" } }],
  ]);
  await visit(BOB, BEGAN_MS + HOUR_MS / 2, [
    [0, "pageview", "/lamps"],
    [5, "identify", "/lamps", { user: "bob", traits: { plan: "free" } }],
    [6, "group", "/lamps", { account: ACCOUNT }],
  ]);
  await recordingOf(owner, site, DESK);
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const rowsOf = (page: Page) => cellsOf(page, "Persons, one a row");

test("everybody is listed, a page at a time, in the order one wants", async () => {
  const { page } = desk;
  await page.goto(base);
  const rail = page.getByRole("navigation", { name: "Main" });
  await rail.getByRole("link", { name: "People" }).click();
  // Two browsers are one Ada.
  await page.getByRole("heading", { name: `${OTHERS + 2} persons` }).waitFor();
  await expect.poll(() => rowsOf(page)).toHaveLength(50);
  await page.getByText(`1 to 50 of ${OTHERS + 2}`).waitFor();
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await until("the last page", 15_000, async () => (await rowsOf(page)).length === OTHERS + 2 - 50);
  await page.getByRole("button", { name: "Errors", exact: true }).click();
  await until("who met errors first", 15_000, async () => (await rowsOf(page))[0]?.[0] === MAIL);
  const head = page.getByRole("columnheader", { name: "Errors" });
  await expect.poll(() => head.getAttribute("aria-sort")).toBe("descending");
});

test("columns are chosen, kept in the address, and saved as a file", async () => {
  const { page } = desk;
  await page.goto(`${base}/people`);
  await page.getByRole("button", { name: "Columns" }).click();
  const pop = page.getByRole("dialog", { name: "Columns" });
  await pop.getByLabel("plan", { exact: true }).check();
  await pop.getByLabel("Value of orders").check();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Value of orders" }).click();
  const head = () => page.getByRole("columnheader").allInnerTexts();
  await until("the columns", 15_000, async () => {
    const names = (await head()).map((name) => name.trim());
    const [row = []] = await rowsOf(page);
    expect(row[0]).toBe(MAIL);
    expect([row[names.indexOf("plan")], row[names.indexOf("Value of orders")]]).toEqual([
      "pro",
      "49.90",
    ]);
    return true;
  });
  const other = await desk.context.newPage();
  await other.goto(page.url());
  await until("the same for others", 15_000, async () => {
    expect(await rowsOf(other)).toEqual(await rowsOf(page));
    return true;
  });
  await other.close();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "CSV" }).click(),
  ]);
  const text = await readFile(await file.path(), "utf8");
  const lines = text.trim().split("\r\n");
  expect(lines).toHaveLength(OTHERS + 3);
  expect(lines[1]).toContain(`"${MAIL}"`);
});

test("a customer is found by what is known of them, in the list and in the palette", async () => {
  const { page } = desk;
  for (const known of ["ADA@example", "lovelace", PHONE]) {
    await page.goto(`${base}/people`);
    await page.getByRole("searchbox", { name: "Find a person" }).fill(known);
    await page.getByRole("button", { name: "Find", exact: true }).last().click();
    await page.getByRole("heading", { name: `1 person found for “${known}”` }).waitFor();
    await expect.poll(async () => (await rowsOf(page))[0]?.[0]).toBe(MAIL);
  }
  await page.getByRole("searchbox", { name: "Find a person" }).fill("nobody like that");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Nobody found for “nobody like that”" }).waitFor();

  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find" }).fill("lovelace");
  await page.getByRole("option", { name: new RegExp(MAIL) }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Ada Lovelace" }).waitFor();
});

test("what they did before the error is read, and watched at that second", async () => {
  const { page } = desk;
  await page.goto(`${base}/people?find=${MAIL}`);
  await page.getByRole("link", { name: MAIL }).click();
  await page.getByRole("heading", { name: "Ada Lovelace" }).waitFor();
  await page.getByText("2 sessions, 3 pages, 1 error, 2 recordings.").waitFor();
  const changes = page.getByRole("list", { name: "What changed, the latest first" });
  await until("what changed first", 15_000, async () => {
    const [latest = ""] = await changes.getByRole("listitem").allInnerTexts();
    expect(latest.replace(/\s+/g, " ")).toMatch(/plan free → pro identify from a page/);
    return true;
  });
  const story = page.getByRole("region", { name: "What they did" });
  // It comes for itself.
  await story.getByRole("article").nth(1).waitFor();
  const [latest, before] = await story.getByRole("article").all();
  expect(await latest?.innerText()).toContain("/help");
  const acts = await before?.getByRole("listitem").allInnerTexts();
  const error = acts?.findIndex((act) => act.includes("pay is not a function")) ?? -1;
  expect(acts?.slice(0, error).some((act) => act.includes("/checkout"))).toBe(true);
  await story.getByRole("button", { name: "Errors 1" }).click();
  await until("errors alone", 15_000, async () => (await story.getByRole("article").count()) === 1);
  const moment = story.getByRole("link", { name: /pay is not a function/ });
  expect(await moment.getAttribute("href")).toMatch(/#t=3[45]$/);
  await moment.click();
  await page.getByRole("region", { name: "Replay" }).waitFor();
  await until("the recording at that second", 20_000, async () => {
    const at = Number(await page.getByRole("slider", { name: "Position" }).inputValue());
    return at >= 34_000 && at < 60_000;
  });
});

test("from one person to the next in the list, by the keyboard too", async () => {
  const { page } = desk;
  await page.goto(`${base}/people?rank=errors`);
  await page.getByRole("link", { name: MAIL }).click();
  const next = page.getByRole("button", { name: "Next person (J)" });
  await until("the list behind it", 15_000, () => next.isEnabled());
  const first = page.url();
  await page.keyboard.press("j");
  await page.waitForURL((url) => url.href !== first);
  await until("the list behind it", 15_000, () => next.isEnabled());
  await page.keyboard.press("k");
  await page.waitForURL(first);

  // The last of the first page leads to the first of the second one, and back.
  await page.goto(`${base}/people`);
  const last = page.getByRole("rowheader").last();
  await last.waitFor();
  const [at50] = (await rowsOf(page)).at(-1) ?? [];
  await last.getByRole("link").click();
  await page.getByRole("heading", { name: at50 ?? "", level: 1 }).waitFor();
  await until("the list behind it", 15_000, () => next.isEnabled());
  await next.click();
  await page.waitForURL(/after=50/);
  await page.getByRole("link", { name: "All people" }).click();
  await page.getByText(`51 to ${OTHERS + 2} of ${OTHERS + 2}`).waitFor();
});

test("an account has its people, their sums and what they did", async () => {
  const { page } = desk;
  await page.goto(`${base}/people`);
  await page.getByRole("link", { name: "Accounts" }).first().click();
  await page.getByRole("heading", { name: "1 account" }).waitFor();
  expect((await cellsOf(page, "Accounts, one a row"))[0]?.slice(0, 2)).toEqual([ACCOUNT, "2"]);
  await page.getByRole("link", { name: ACCOUNT }).click();
  await page.getByRole("heading", { name: ACCOUNT, level: 1 }).waitFor();
  await page.reload();
  await page.getByText(/^2 persons, 3 sessions, 4 pages, 1 error in this period/).waitFor();
  expect((await rowsOf(page)).map(([name]) => name).sort()).toEqual([MAIL, "bob"]);
  const did = page.getByRole("list", { name: "Sessions of the account, the latest first" });
  await expect.poll(() => did.getByRole("listitem").count()).toBe(3);
});

test("a browser that was joined by mistake is taken apart, and numbers follow", async () => {
  const { page } = desk;
  await page.goto(`${base}/people/${DESK}`);
  const browsers = page.getByRole("region", { name: "2 browsers, one person" });
  await browsers.getByRole("button", { name: /^Take b/ }).click();
  await typeName(page, "Take this browser apart");
  await page.getByRole("region", { name: "One browser" }).waitFor();
  await page.getByText("1 session, 2 pages, 1 error, 1 recording.").waitFor();
  await page.goto(`${base}/people`);
  await page.getByRole("heading", { name: `${OTHERS + 3} persons` }).waitFor();
});

test("somebody who left nothing on the device is said to last a day", async () => {
  const { page } = desk;
  const envelope = {
    v: 1,
    window: "d".repeat(32),
    mode: "cookieless",
    sent_ms: Date.now(),
    tracker: "1",
  };
  const seen = { name: "pageview", sequence: 0, time_ms: Date.now(), url: `${ORIGIN}/quiet` };
  const sent = await fetch(`${server.origin}/e/${site.key}`, {
    method: "POST",
    headers: { origin: ORIGIN, "content-type": "text/plain" },
    body: `${JSON.stringify(envelope)}\n${JSON.stringify(seen)}`,
  });
  expect(sent.status, await sent.text()).toBe(200);
  await page.goto(`${base}/people?page=/quiet`);
  await page.getByRole("heading", { name: "1 person" }).waitFor();
  await page.getByRole("rowheader").getByRole("link").click();
  const note = page.getByRole("note");
  await note.getByText(/told apart for one day \(UTC\) only/).waitFor();
  expect(await page.getByRole("button", { name: "Take apart" }).count()).toBe(0);
});

test("a viewer reads, but neither takes away nor erases nor takes apart", async () => {
  const theirs = await viewerOf({ server, owner, browser }, site);
  await theirs.page.goto(`${base}/people/${DESK}`);
  await theirs.page.getByRole("heading", { name: "Ada Lovelace" }).waitFor();
  for (const name of ["Export", "Erase…", "Take apart"])
    expect(await theirs.page.getByText(name, { exact: true }).count()).toBe(0);
  theirs.expectQuiet();
  await theirs.context.close();
});

test("the screens work for all eyes and hands, in light and dark, on a phone", async () => {
  const region = (name: string) => (page: Page) => page.getByRole("region", { name }).waitFor();
  await holdOnPhone(desk.page, [
    { name: "people", url: `${base}/people`, there: region("Persons, one a row") },
    {
      name: "nobody",
      url: `${base}/people?find=nothing+like+that`,
      there: (page) => page.getByRole("heading", { name: /^Nobody found/ }).waitFor(),
    },
    {
      name: "person",
      url: `${base}/people/${DESK}`,
      there: (page) => page.getByRole("article").first().waitFor(),
    },
    { name: "accounts", url: `${base}/accounts`, there: region("Accounts, one a row") },
    {
      name: "account",
      url: `${base}/accounts/${encodeURIComponent(ACCOUNT).replace(".", "%2E")}`,
      there: region("Persons, one a row"),
    },
  ]);
});

test("their data is handed out, they are erased, and nothing is found any more", async () => {
  const { page } = desk;
  await page.goto(`${base}/people/${DESK}`);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Export" }).click(),
  ]);
  const text = await readFile(await file.path(), "utf8");
  const lines = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { kind: string; event?: string; events?: unknown[] });
  const kinds = (kind: string) => lines.filter((line) => line.kind === kind);
  expect(kinds("event").map(({ event }) => event)).toContain("error");
  expect(kinds("recording")[0]?.events?.length).toBeGreaterThan(50);
  expect(text).not.toContain("bob");

  await page.getByRole("button", { name: "Erase…" }).click();
  const box = page.getByRole("dialog", { name: "Erase Ada Lovelace" });
  const erase = box.getByRole("button", { name: "Erase", exact: true });
  await box.getByRole("textbox").fill("ada");
  expect(await erase.isDisabled()).toBe(true);
  await box.getByRole("textbox").fill(MAIL);
  await erase.click();
  const gone = page.getByRole("dialog", { name: "Erased" });
  await gone.getByText(/^6 events, from/).waitFor();
  await gone.getByText("1 recording and 1 key, with notes and tags").waitFor();
  await gone.getByRole("button", { name: "Back to the list" }).click();
  await page.getByRole("heading", { name: `${OTHERS + 3} persons` }).waitFor();
  // The browser that was taken apart is somebody else.
  for (const [known, found] of [
    [MAIL, "1 person found for"],
    [DESK, "Nobody found for"],
  ] as const) {
    await page.getByRole("searchbox", { name: "Find a person" }).fill(known);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: `${found} “${known}”` }).waitFor();
  }
  expect(await rowsOf(page)).toEqual([]);
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

test("who is erased is not there by any of their addresses", async () => {
  const paths = [`persons/${DESK}`, `sessions/${DESK}`, `recordings/${DESK}`];
  for (const path of paths)
    await expect(owner.get(`sites/${site.id}/${path}`)).rejects.toThrow(/404/);
});

async function importOthers(): Promise<void> {
  const lines = Array.from({ length: OTHERS }, (_, number) =>
    JSON.stringify({
      event: "pageview",
      time: new Date(BEGAN_MS - (number + 1) * 60_000).toISOString(),
      visitor: `other-${number}`,
      url: `${ORIGIN}/lamps/${number}`,
    }),
  );
  const file = join(server.data, "others.jsonl");
  await writeFile(file, `${lines.join("\n")}\n`);
  await server.command("import", "jsonl", file, "--site", site.name);
}

async function visit(id: string, began_ms: number, acts: readonly Act[]): Promise<void> {
  const events = acts.map(([second, name, path, properties = {}], sequence) => ({
    name,
    sequence,
    time_ms: began_ms + second * 1000,
    url: `${ORIGIN}${path}`,
    properties,
  }));
  const lines = recorded(began_ms);
  await postVisit(server, { key: site.key, origin: ORIGIN, session: id, lines, events });
}

/** A page that is moved on for a minute. */
function recorded(began_ms: number): RecordedEvents {
  const { element, page } = nodeMaker();
  const node = page([], element("body", {}, element("h1", {}, "Checkout")));
  const moves = Array.from({ length: 60 }, (_, second) => ({
    type: 3,
    timestamp: began_ms + second * 1000,
    data: { source: 1, positions: [{ x: second, y: second, id: 1, timeOffset: 0 }] },
  }));
  return [
    { type: 4, timestamp: began_ms, data: { href: ORIGIN, width: 800, height: 600 } },
    { type: 2, timestamp: began_ms, data: { node, initialOffset: { left: 0, top: 0 } } },
    ...moves,
  ];
}
