// A link to a board, as an editor makes it and as people without a login read it: with a password, in
// another period, in a frame of somebody's page; and everything that it must not be good for.
import type { BoardDetail, BoardShare, NewBoardShare } from "@hitmetrix/wire";
import type { Browser, BrowserContext, Frame, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Owner, signIn } from "../support/api.ts";
import { startBrowser } from "../support/browser.ts";
import { type Desk, enter, openDesk } from "../support/dashboard.ts";
import { importBoats } from "../support/explore.ts";
import { type Loopback, startLoopback } from "../support/loopback.ts";
import { keepPicture } from "../support/pictures.ts";
import { cutUntold, fits, violationsInThemes } from "../support/screens.ts";
import { type Server, startServer } from "../support/server.ts";
import { addSite, type Site } from "../support/sites.ts";
import { typeName } from "../support/typed_name.ts";
import { until } from "../support/until.ts";

const EMAIL = "owner@example.org";
const PASSWORD = "a sentence that is long enough";
const LINK_PASSWORD = "three plain words";
let server: Server;
let browser: Browser;
let desk: Desk;
let owner: Owner;
let boats: Site;
let board = "";
let link = "";
/** How often the link was opened: once, unless its test was tried once more. */
let openings = 0;
let frames: Loopback[] = [];

/** A page of somebody else that has a frame in it. */
let inPage = "";

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  desk = await openDesk(browser, server);
  await desk.page.goto(server.link);
  await enter(desk.page, EMAIL, PASSWORD);
  await desk.page.getByRole("link", { name: "Overview" }).waitFor();
  owner = await signIn(server, EMAIL, PASSWORD);
  boats = await addSite(owner, "Boats");
  await importBoats(server);
  board = await makeBoard();
  frames = await Promise.all(
    [0, 1].map(() =>
      startLoopback((_, response) => {
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
        response.end(`<!doctype html><html lang="en"><title>Intranet</title>${inPage}`);
      }),
    ),
  );
});

afterAll(async () => {
  await browser?.close();
  await Promise.all(frames.map((each) => each.stop()));
  await server?.stop();
});

async function makeBoard(): Promise<string> {
  const insight = async (name: string, question: unknown): Promise<string> => {
    const draft = { name, question };
    const made = await owner.send<{ id: string }>("POST", `sites/${boats.id}/insights`, draft);
    return made.id;
  };
  const period = { last: "30d" };
  const funnel = await insight("Checkout", {
    kind: "funnel",
    period,
    funnel: { steps: [{ events: ["add_to_cart"] }, { events: ["order"] }] },
  });
  const orders = await insight("Orders", {
    kind: "trend",
    period,
    compare: "previous",
    trend: { series: [{ events: ["order"], aggregate: "count" }] },
  });
  const place = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });
  const made = await owner.send<{ id: string }>("POST", `sites/${boats.id}/boards`, {
    name: "Sales of boats",
    description: "Looked at each Monday",
    panels: [
      { id: "a", place: place(0, 0, 3, 4), shows: { measure: "sessions" } },
      { id: "b", place: place(3, 0, 3, 4), shows: { insight: orders, display: "number" } },
      { id: "c", place: place(6, 0, 6, 4), title: "Note", shows: { text: "Read this first." } },
      { id: "d", place: place(0, 4, 6, 9), shows: { insight: funnel } },
      { id: "e", place: place(6, 4, 6, 9), title: "Course", shows: { insight: orders } },
    ],
  });
  return made.id;
}

async function openShare(page: Page): Promise<Locator> {
  const dialog = page.getByRole("dialog", { name: "Share this board by a link" });
  if (await dialog.isVisible()) await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Share this board by a link" }).click();
  await dialog.waitFor();
  return dialog;
}

const panel = (page: Page | Frame, name: string): Locator =>
  page.locator("section.panel").and(page.getByRole("region", { name, exact: true }));

/** The large number of a panel. */
const numberIn = (page: Page | Frame, name: string, wanted: string): Promise<boolean> =>
  until(`${wanted} in ${name}`, 30_000, async () => {
    const said = await panel(page, name).locator(".value").innerText();
    expect(said.replaceAll("\u202f", " ").trim()).toBe(wanted);
    return true;
  });

/** A browser in which nobody is signed in. */
async function stranger() {
  const context: BrowserContext = await browser.newContext({
    viewport: { width: 1440, height: 900 },
  });
  const page = await context.newPage();
  const [asked, complaints, referers]: [string[], string[], string[]] = [[], [], []];
  context.on("request", (request) => {
    asked.push(request.url());
    const { referer } = request.headers();
    if (referer) referers.push(referer);
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  return { context, page, asked, complaints, referers };
}

test("an editor makes a link with a password that lets its readers choose a period", async () => {
  const { page } = desk;
  await owner.send("POST", `sites/${boats.id}/annotations`, { kind: "release", text: "New sails" });
  await page.goto(`${server.origin}/sites/${boats.id}/boards/${board}`);
  await numberIn(page, "Orders", "4");
  const dialog = await openShare(page);
  await dialog.getByLabel("Show annotations").check();
  await dialog.getByLabel("For whom").fill("Boats Ltd");
  await dialog.getByLabel("It works for").selectOption("90");
  await dialog.getByLabel("Period").selectOption("90");
  await dialog.getByLabel("Password, if wanted").fill(LINK_PASSWORD);
  await dialog.getByRole("button", { name: "Make a link" }).click();
  link = await dialog.getByLabel("The new link").inputValue();
  expect(link).toMatch(/\/share\/board\/[0-9a-f]{16}#[0-9a-f]{32}$/);
  await dialog
    .getByText(/with a password · periods of the last 90 days · with annotations · never opened/)
    .waitFor();
  await keepPicture(page, "board-share");
});

test("who has link and password reads the numbers, and nothing leads to people", async () => {
  const { page, context, asked, complaints, referers } = await stranger();
  await page.goto(link);
  await page.getByRole("heading", { name: "This board asks for a password" }).waitFor();
  await page.getByLabel("Password").fill("three other words");
  await page.getByRole("button", { name: "Show the board" }).click();
  await page.getByText("The password is wrong").waitFor();
  await keepPicture(page, "shared-board-password");
  // Browsers note both refusals, which are meant, when they come to it.
  await until("both notes", 10_000, () => complaints.length >= 2);
  expect(complaints.splice(0).filter((text) => !text.includes("status of 401"))).toEqual([]);
  await page.getByLabel("Password").fill(LINK_PASSWORD);
  openings += 1;
  await page.getByRole("button", { name: "Show the board" }).click();
  await page.getByRole("heading", { name: "Sales of boats" }).waitFor();
  await numberIn(page, "Orders", "4");
  await panel(page, "Course").locator(".chart-mark").filter({ hasText: "New sails" }).waitFor();
  await numberIn(page, "Sessions", "8");
  await panel(page, "Checkout").getByText("add_to_cart").first().waitFor();
  expect(await page.getByRole("link").count()).toBe(0);
  expect(await page.getByRole("navigation").count()).toBe(0);
  expect(await panel(page, "Checkout").locator("td button").count()).toBe(0);
  await page
    .getByRole("button", { name: /left here$/ })
    .first()
    .click();
  await page.getByText("A link shows numbers, not people.").waitFor();

  await page.getByRole("button", { name: /choose another$/ }).click();
  expect(await page.getByRole("button", { name: "Last 12 months" }).count()).toBe(0);
  expect(await page.getByRole("button", { name: "Last 60 minutes" }).count()).toBe(0);
  await page.getByRole("button", { name: "Today", exact: true }).click();
  await numberIn(page, "Orders", "0");
  await page.getByRole("button", { name: /choose another$/ }).click();
  await page.getByRole("button", { name: "Last 7 days", exact: true }).click();
  await numberIn(page, "Orders", "4");

  const paths = asked.filter((url) => !/^(data|blob):/.test(url)).map((url) => new URL(url));
  expect(paths.filter(({ origin }) => origin !== server.origin)).toEqual([]);
  const api = new Set(paths.map(({ pathname }) => pathname).filter((path) => /^\/api/.test(path)));
  api.delete("/api/v1/shared/board/now");
  expect([...api].sort()).toEqual(
    ["", "/ask", "/unlock"].map((path) => `/api/v1/shared/board${path}`),
  );
  const secret = link.split("#")[1] ?? "";
  expect(paths.filter(({ href }) => href.split("#")[0]?.includes(secret))).toEqual([]);
  expect(referers).toEqual([]);
  expect(complaints).toEqual([]);
  expect(await context.cookies()).toEqual([]);
  expect(server.output()).not.toContain(secret);
  expect(server.output()).not.toContain(LINK_PASSWORD);

  await page.setViewportSize({ width: 390, height: 844 });
  await numberIn(page, "Orders", "4");
  await fits(page);
  expect(await cutUntold(page)).toEqual([]);
  expect(await page.locator("h1").getAttribute("title")).toBe("Sales of boats");
  expect(await violationsInThemes(page, "shared-board")).toEqual([]);
  await context.close();
});

test("the pass of a link is good for its board and for no other question", async () => {
  const [, id = "", secret = ""] = /board\/(\w+)#(\w+)$/.exec(link) ?? [];
  const send = (path: string, body?: unknown, unlocked = ""): Promise<Response> =>
    fetch(`${server.origin}/api/v1/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: `Bearer hmb_${id}_${secret}`,
        "content-type": "application/json",
        ...(unlocked ? { "hitmetrix-unlocked": unlocked } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const asked = { panel: "d", part: "answer" };
  expect((await send("shared/board/ask", asked)).status).toBe(401);
  const unlock = await send("shared/board/unlock", { password: LINK_PASSWORD });
  const { unlocked } = (await unlock.json()) as { unlocked: string };
  expect((await send("shared/board/ask", asked, unlocked)).status).toBe(200);
  for (const body of [
    { ...asked, panel: "x" },
    { ...asked, filters: [] },
    { ...asked, period: { last: "91w" } },
    { ...asked, question: { kind: "totals", period: { last: "7d" }, measures: ["events"] } },
  ])
    expect((await send("shared/board/ask", body, unlocked)).status).toBe(403);
  const question = { kind: "totals", period: { last: "7d" }, measures: ["events"] };
  expect((await send(`sites/${boats.id}/ask`, question, unlocked)).status).toBe(403);
  for (const path of ["", "/boards", "/recordings", "/properties", "/export", "/segments"])
    expect((await send(`sites/${boats.id}${path}`, undefined, unlocked)).status).toBe(403);
});

test("a page of an allowed origin shows the board in a frame, another one does not", async () => {
  const { page } = desk;
  const [allowed, other] = frames.map(({ origin }) => origin);
  await page.goto(`${server.origin}/sites/${boats.id}/boards/${board}`);
  const dialog = await openShare(page);
  await dialog.getByLabel("For whom").fill("Intranet");
  await dialog.getByText("Show it in a page").click();
  await dialog.getByLabel("Addresses of the sites that may frame it").fill(allowed ?? "");
  await dialog.getByRole("button", { name: "Make a link" }).click();
  inPage = await dialog.getByLabel("What the page needs").inputValue();
  expect(inPage).toContain(`${server.origin}/embed/board/`);
  await keepPicture(page, "board-embed");

  const theirs = await stranger();
  await theirs.page.goto(allowed ?? "");
  const framed = await until("the frame", 20_000, () =>
    theirs.page.frames().find((each) => each.url().includes("/embed/board/")),
  );
  await framed.getByRole("heading", { name: "Sales of boats" }).waitFor();
  await numberIn(framed, "Orders", "4");
  expect(await framed.getByRole("button", { name: /choose another$/ }).count()).toBe(0);
  await keepPicture(theirs.page, "board-framed");
  expect(theirs.complaints).toEqual([]);
  expect(await theirs.context.cookies()).toEqual([]);

  await theirs.page.goto(other ?? "");
  await until("the refusal", 20_000, () =>
    theirs.complaints.some((text) => text.includes("frame-ancestors")),
  );
  for (const each of theirs.page.frames().slice(1))
    expect(await each.locator("#app").count()).toBe(0);
  // The link for people cannot be framed by anybody.
  inPage = inPage.replace("/embed/board/", "/share/board/");
  theirs.complaints.length = 0;
  await theirs.page.goto(allowed ?? "");
  await until("the refusal", 20_000, () =>
    theirs.complaints.some((text) => text.includes("frame-ancestors")),
  );
  await theirs.context.close();
});

test("an open page sees what is changed on the board, without being an opening more", async () => {
  const path = `sites/${boats.id}/boards/${board}`;
  const made = await owner.send<NewBoardShare>("POST", `${path}/shares`, { name: "Hall" });
  const { page, context, complaints } = await stranger();
  await page.clock.install();
  await page.goto(made.link);
  await panel(page, "Note").getByText("Read this").waitFor();
  const { name, description, version, panels } = await owner.get<BoardDetail>(path);
  // An earlier attempt has changed it too.
  const text = `Read this last, before version ${version}.`;
  const changed = panels.map((each) =>
    "text" in each.shows ? { ...each, shows: { text } } : each,
  );
  expect(await panel(page, "Note").innerText()).not.toContain(text);
  await owner.send("PUT", path, { name, description, version, panels: changed });
  await page.clock.runFor(61_000);
  await panel(page, "Note").getByText(text).waitFor();
  await numberIn(page, "Orders", "4");
  const { shares } = await owner.get<{ shares: BoardShare[] }>(`${path}/shares`);
  expect(shares.find(({ id }) => id === made.id)?.opened).toBe(1);
  expect(complaints).toEqual([]);
  await context.close();
});

test("the list tells when a link was used last; a revoked one says so to its readers", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${boats.id}/boards/${board}`);
  const dialog = await openShare(page);
  const row = dialog.getByRole("listitem").filter({ hasText: "Boats Ltd" });
  const opened = openings === 1 ? "1 opening" : `${openings} openings`;
  await row.getByText(new RegExp(`${opened} · last`)).waitFor();
  await row.getByRole("button", { name: "Revoke Boats Ltd" }).click();
  await typeName(page, "Revoke Boats Ltd", "Boats Ltd");
  await page.getByText("The link is revoked").waitFor();
  const left = await openShare(page);
  await left.getByRole("button", { name: "Make a link" }).waitFor();
  // It is read anew once it is open.
  await left.getByText("Boats Ltd").waitFor({ state: "detached" });
  const { page: theirs, context } = await stranger();
  await theirs.goto(link);
  await theirs.getByRole("heading", { name: "This link was revoked" }).waitFor();
  await keepPicture(theirs, "shared-board-revoked");
  await theirs.goto(`${server.origin}/share/board/nothing`);
  await theirs.getByRole("heading", { name: "This link works no more" }).waitFor();
  await context.close();
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());
