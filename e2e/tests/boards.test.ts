// What is saved, as people use it who look at the same numbers every week: a question saved in two
// clicks, saved over, copied, archived and brought back, found again; boards that fill themselves,
// are asked in common, arranged by hand and by keys; what a viewer may do with all of it.
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Owner, signIn } from "../support/api.ts";
import { startBrowser } from "../support/browser.ts";
import { type Desk, enter, openDesk } from "../support/dashboard.ts";
import { importBoats, table } from "../support/explore.ts";
import { keepPicture } from "../support/pictures.ts";
import { holdOnPhone, violationsInThemes } from "../support/screens.ts";
import { type Server, startServer } from "../support/server.ts";
import { addSite, type Site } from "../support/sites.ts";
import { typeName } from "../support/typed_name.ts";
import { until } from "../support/until.ts";
import { viewerOf } from "../support/viewer.ts";

const EMAIL = "owner@example.org";
const PASSWORD = "a sentence that is long enough";
const FUNNEL = "kind=funnel&step=add_to_cart&step=order&last=7d";
let server: Server;
let browser: Browser;
let desk: Desk;
let owner: Owner;
let boats: Site;

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
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const at = (path: string): string => `${server.origin}/sites/${boats.id}/${path}`;

/** The numbers of the steps of the funnel that is shown. */
const steps = (wanted: string[]): Promise<boolean> =>
  until(`the steps ${wanted}`, 20_000, async () => {
    expect((await table(desk.page, "Funnel")).map((row) => row[2])).toEqual(wanted);
    return true;
  });

test("a question is saved in two clicks, saved over, and found again", async () => {
  const { page } = desk;
  await page.goto(at(`explore?${FUNNEL}`));
  await steps(["3", "2"]);
  await page.getByRole("button", { name: "Save this question" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved as “add_to_cart to order”").waitFor();
  expect(new URL(page.url()).searchParams.get("insight")).toMatch(/^[0-9a-f]{16}$/);
  await page.getByRole("button", { name: "Saved: name and description" }).waitFor();

  await page.getByLabel("Counted by").selectOption("sessions");
  await page.getByText("changed since").waitFor();
  await page.getByRole("button", { name: "Save this question" }).click();
  await keepPicture(page, "insight-save-over");
  await page.getByRole("button", { name: "Save over “add_to_cart to order”" }).click();
  await page.getByText("Saved over “add_to_cart to order”").waitFor();
  await page.getByText("changed since").waitFor({ state: "detached" });

  await page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link", { name: "Insights" })
    .click();
  await page.getByRole("searchbox", { name: "Find an insight" }).fill("retention");
  await page.getByText("Nothing is called “retention”.").waitFor();
  await page.getByRole("searchbox", { name: "Find an insight" }).fill("funnel order");
  await page.getByRole("link", { name: "add_to_cart to order", exact: true }).click();
  await page.getByRole("navigation", { name: "Kind of question" }).waitFor();
  await until("how it was saved", 10_000, async () => {
    expect(await page.getByLabel("Counted by").inputValue()).toBe("sessions");
    return true;
  });
  await steps(["3", "2"]);

  // What it looked like before comes back by one click.
  await page.getByLabel("Window").selectOption("1h");
  await page.getByRole("button", { name: "Save this question" }).click();
  await page.getByRole("link", { name: "Back to how it was saved" }).click();
  await page.getByText("changed since").waitFor({ state: "detached" });
  await until("the window as it was saved", 10_000, async () => {
    expect(await page.getByLabel("Window").inputValue()).toBe("14d");
    return true;
  });
});

test("an insight is renamed, copied, archived, and comes back by one click", async () => {
  const { page } = desk;
  await page.goto(at("insights"));
  const row = (name: string) => page.getByRole("row").filter({ hasText: name });
  await page.getByRole("button", { name: "More with add_to_cart to order" }).click();
  await page.getByRole("button", { name: "Rename, describe" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Checkout");
  await page.getByLabel("What it is for").fill("Looked at each Monday");
  await page.getByLabel("What it is for").press("Enter");
  await row("Looked at each Monday").waitFor();

  await page.getByRole("button", { name: "More with Checkout", exact: true }).click();
  await page.getByRole("button", { name: "Duplicate" }).click();
  await page.getByRole("link", { name: "Checkout, copy", exact: true }).waitFor();
  await page.getByRole("button", { name: "More with Checkout", exact: true }).click();
  await page.getByRole("button", { name: "Archive" }).click();
  await page.getByRole("link", { name: "Checkout", exact: true }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("link", { name: "Checkout", exact: true }).waitFor();

  await page.getByRole("button", { name: "More with Checkout, copy" }).click();
  await page.getByRole("button", { name: "Archive" }).click();
  await page.getByRole("button", { name: "Archived 1" }).click();
  await page.getByRole("button", { name: "Delete Checkout, copy" }).click();
  await typeName(page, "Delete Checkout, copy", "Checkout, copy");
  await page.getByText("“Checkout, copy” is deleted").waitFor();
  const list = await owner.get<{ insights: { name: string }[] }>(`sites/${boats.id}/insights`);
  expect(list.insights.map(({ name }) => name)).toEqual(["Checkout"]);
});

test("the palette opens a saved insight, and a program's opens like one saved here", async () => {
  const { page } = desk;
  await owner.send("POST", `sites/${boats.id}/insights`, {
    name: "Orders by a program",
    question: {
      kind: "trend",
      period: { last: "7d" },
      trend: { series: [{ events: ["order"], aggregate: "sum", property: "amount" }] },
    },
  });
  await page.goto(at("insights"));
  await page.getByRole("link", { name: "Orders by a program", exact: true }).waitFor();
  const named = (name: string) => page.getByRole("link", { name, exact: true });
  await page.getByLabel("Kind").selectOption("Trend");
  await named("Checkout").waitFor({ state: "detached" });
  await named("Orders by a program").waitFor();
  await page.getByLabel("Kind").selectOption("Funnel");
  await named("Orders by a program").waitFor({ state: "detached" });
  await named("Checkout").waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find" }).fill("by a program");
  await page.getByRole("option", { name: /Orders by a program/ }).waitFor();
  await page.keyboard.press("Enter");
  await until("the whole address", 10_000, () => page.url().includes("series=order~do!sum!amount"));
  await until("what a program saved", 10_000, async () => {
    expect(await page.getByLabel("What is counted").inputValue()).toBe("sum");
    return true;
  });
  await page.getByText("changed since").waitFor({ state: "detached" });
});

test("a viewer opens what is saved and changes nothing", async () => {
  const theirs = await viewerOf({ server, owner, browser }, boats);
  const { page } = theirs;
  await page.goto(at("insights"));
  await page.getByRole("link", { name: "Checkout", exact: true }).waitFor();
  expect(await page.getByRole("button", { name: /^More with/ }).count()).toBe(0);
  await page.getByRole("link", { name: "Checkout", exact: true }).click();
  await page.getByRole("heading", { name: /get from “add_to_cart” to “order”/ }).waitFor();
  // The numbers as a file are theirs too.
  expect(await page.getByRole("button", { name: /^Save(?!.* as CSV$)/ }).count()).toBe(0);
  theirs.expectQuiet();
  await theirs.context.close();
});

// ---------- boards ----------

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}
interface Board {
  id: string;
  name: string;
  version: number;
  common: Record<string, unknown>;
  panels: { id: string; place: Place; shows: Record<string, unknown> }[];
}

const panel = (page: Page, name: string): Locator =>
  page.locator("section.panel").and(page.getByRole("region", { name, exact: true }));

/** The rows of the table in a panel, as a person reads them. */
async function rowsIn(page: Page, name: string): Promise<string[][]> {
  const details = panel(page, name).locator("details").last();
  await details.waitFor({ state: "attached" });
  await details.evaluate((node) => node.setAttribute("open", ""));
  return details
    .locator("tbody tr")
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.children].map((cell) => (cell as HTMLElement).innerText.replaceAll("\u202f", " ")),
      ),
    );
}

const funnelIn = (page: Page, name: string, wanted: string[]): Promise<boolean> =>
  until(`the steps of ${name}: ${wanted}`, 20_000, async () => {
    expect((await rowsIn(page, name)).map((row) => row[2])).toEqual(wanted);
    return true;
  });

/** The large number of a panel. */
const numberIn = (page: Page, name: string, wanted: string): Promise<boolean> =>
  until(`${wanted} in ${name}`, 20_000, async () => {
    const said = await panel(page, name).locator(".value").innerText();
    expect(said.replaceAll("\u202f", " ").trim()).toBe(wanted);
    return true;
  });

/** The owner's desk once more, for what browsers complain about: refusals that are meant. */
async function another(): Promise<Desk> {
  const mine = await openDesk(browser, server);
  const [name = "", value = ""] = owner.cookie.split("=");
  await mine.context.addCookies([{ name, value, url: server.origin }]);
  return mine;
}

let boardId = "";
const theBoard = (): Promise<Board> => owner.get<Board>(`sites/${boats.id}/boards/${boardId}`);
const placeOf = async (shows: (panel: Board["panels"][number]) => boolean): Promise<Place> => {
  const found = (await theBoard()).panels.find(shows);
  if (!found) throw new Error("no such panel");
  return found.place;
};
const isMeasure =
  (measure: string) =>
  ({ shows }: { shows: Record<string, unknown> }): boolean =>
    shows.measure === measure;

test("a template fills itself with what was really seen, and says it before", async () => {
  const { page } = desk;
  await page.goto(at("boards"));
  await page.getByRole("button", { name: "Checkout", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "New board" });
  await dialog.getByText("Seen here: /boats/… → add_to_cart → /cart → order").waitFor();
  await keepPicture(page, "board-new");
  await dialog.getByLabel("Name").fill("Sales of boats");
  await dialog.getByRole("button", { name: "Make the board" }).click();
  await page.getByRole("heading", { name: "Sales of boats", exact: true }).waitFor();
  boardId = /\/boards\/([0-9a-f]{16})/.exec(page.url())?.[1] ?? "";
  expect(boardId).not.toBe("");

  await funnelIn(page, "Checkout", ["4", "3", "2", "2"]);
  await numberIn(page, "Checkout conversion", "50.0 %");
  await numberIn(page, "Orders", "4");
  await numberIn(page, "Value of orders", "250");
  await numberIn(page, "Sessions", "8");
  await keepPicture(page, "board-checkout");
});

test("a filter of the board reaches every panel, and is saved for everybody", async () => {
  const { page } = desk;
  await page.goto(at(`boards/${boardId}`));
  await funnelIn(page, "Checkout", ["4", "3", "2", "2"]);
  await page.goto(at(`boards/${boardId}?keep=nothing&device=phone`));
  await funnelIn(page, "Checkout", ["2", "1", "0", "0"]);
  await numberIn(page, "Orders", "1");
  await numberIn(page, "Sessions", "4");
  await page.getByText("Asked otherwise than the board is saved").waitFor();

  // It goes along into Explore, and back.
  await panel(page, "Checkout").getByRole("link", { name: "Checkout", exact: true }).click();
  await steps(["2", "1", "0", "0"]);
  expect(new URL(page.url()).searchParams.get("device")).toBe("phone");
  await page.goBack();
  await funnelIn(page, "Checkout", ["2", "1", "0", "0"]);

  await page.getByRole("button", { name: "Save it for everybody" }).click();
  await page.getByText("Saved: everybody sees the board like this").waitFor();
  expect(new URL(page.url()).search).toBe("");
  expect((await theBoard()).common.filters).toEqual([
    { dimension: "device", operator: "is", values: ["phone"] },
  ]);
  await page.reload();
  await funnelIn(page, "Checkout", ["2", "1", "0", "0"]);
  await page.getByRole("button", { name: /^Remove the filter device/ }).click();
  await funnelIn(page, "Checkout", ["4", "3", "2", "2"]);
  await page.getByRole("button", { name: "Save it for everybody" }).click();
  await page.getByText("Asked otherwise than").waitFor({ state: "detached" });
});

test("each panel may keep its own period, and one choice puts all on the same", async () => {
  const { page } = desk;
  await page.goto(at(`boards/${boardId}`));
  await numberIn(page, "Orders", "4");
  await page.getByRole("button", { name: /^Last 30 days/ }).click();
  await page.getByRole("button", { name: "Today", exact: true }).click();
  await numberIn(page, "Orders", "0");
  expect(new URL(page.url()).searchParams.get("last")).toBe("1d");
  await page.getByRole("button", { name: /^Today/ }).click();
  await page.getByRole("button", { name: "Each panel’s own", exact: true }).click();
  await numberIn(page, "Orders", "4");
  expect(await panel(page, "Orders").innerText()).toContain("Last 30 days");
  await page.getByRole("link", { name: "Back to how it is saved" }).click();
  await page.getByText("Asked otherwise than").waitFor({ state: "detached" });
});

test("the people behind a number of a panel open over the board", async () => {
  const { page } = desk;
  await page.goto(at(`boards/${boardId}`));
  await funnelIn(page, "Checkout", ["4", "3", "2", "2"]);
  await panel(page, "Checkout")
    .getByRole("listitem")
    .filter({ hasText: "Step 2" })
    .getByRole("button", { name: "−1 left here" })
    .click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("heading", { name: "1 person left after “add_to_cart”" }).waitFor();
  await page.goBack();
  await sheet.waitFor({ state: "detached" });
  await panel(page, "Value of orders")
    .getByRole("button", { name: /the people$/ })
    .click();
  await sheet.getByRole("heading", { name: "3 persons did order" }).waitFor();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  expect(page.url()).not.toContain("who=");
});

test("panels are moved and sized by keys, which say where they are, and it is saved", async () => {
  const { page } = desk;
  await page.goto(at(`boards/${boardId}`));
  await page.getByRole("button", { name: "Arrange" }).click();
  const before = await placeOf(isMeasure("sessions"));
  expect(before).toEqual({ x: 9, y: 0, width: 3, height: 4 });
  const handle = page.getByRole("button", { name: "Move or size Sessions" });
  await handle.focus();
  await page.keyboard.press("ArrowDown");
  const said = page.getByRole("status").filter({ hasText: /^Sessions: column 10 of 12/ });
  await said.waitFor();
  expect(await said.innerText()).toMatch(/, row \d+, 3 wide, 4 high$/);
  await until("the place after a step down", 10_000, async () => {
    const { x, y } = await placeOf(isMeasure("sessions"));
    return x === 9 && y > 0;
  });
  expect(await handle.evaluate((node) => node === document.activeElement)).toBe(true);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowDown");
  await until("the place after all keys", 10_000, async () => {
    expect(await placeOf(isMeasure("sessions"))).toMatchObject({ x: 8, width: 4, height: 5 });
    return true;
  });
  for (let step = 0; step < 5; step += 1) await page.keyboard.press("Control+z");
  await until("the place as it was", 10_000, async () => {
    expect(await placeOf(isMeasure("sessions"))).toEqual(before);
    return true;
  });

  // The same by the menu, which needs no arrows.
  await page.getByRole("button", { name: "Change Sessions" }).click();
  await page.getByRole("button", { name: "Taller" }).click();
  await until("the height by the menu", 10_000, async () => {
    expect((await placeOf(isMeasure("sessions"))).height).toBe(5);
    return true;
  });
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+z");
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Arrange" }).waitFor();
  // Whoever leaves the page before it is saved takes it along.
  await until("the height as it was", 10_000, async () => {
    expect(await placeOf(isMeasure("sessions"))).toEqual(before);
    return true;
  });
});

test("a panel is dragged to another place, and sized at its corner", async () => {
  const { page } = desk;
  await page.goto(at(`boards/${boardId}`));
  // A panel that is dragged has stopped moving by itself.
  await numberIn(page, "Sessions", "8");
  await funnelIn(page, "Checkout", ["4", "3", "2", "2"]);
  await page.getByRole("button", { name: "Arrange" }).click();
  const handle = await page.getByRole("button", { name: "Move or size Sessions" }).boundingBox();
  const target = await panel(page, "Checkout conversion").boundingBox();
  if (!handle || !target) throw new Error("no place");
  const from = { x: handle.x + 10, y: handle.y + 10 };
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(target.x + 60, target.y + 20, { steps: 8 });
  await keepPicture(page, "board-drag");
  await page.mouse.move(target.x + 20, target.y + 10, { steps: 3 });
  await page.mouse.up();
  await until("the place after the drag", 10_000, async () => {
    expect(await placeOf(isMeasure("sessions"))).toMatchObject({ x: 0, y: 0 });
    return true;
  });
  const corner = await panel(page, "Sessions").locator(".corner").boundingBox();
  if (!corner) throw new Error("no corner");
  await page.mouse.move(corner.x + 8, corner.y + 8);
  await page.mouse.down();
  await page.mouse.move(corner.x + 130, corner.y + 50, { steps: 6 });
  await page.mouse.up();
  await until("the size after the drag", 10_000, async () => {
    expect(await placeOf(isMeasure("sessions"))).toMatchObject({ x: 0, width: 4, height: 5 });
    return true;
  });

  // Esc lets go and changes nothing.
  const again = await page.getByRole("button", { name: "Move or size Sessions" }).boundingBox();
  if (!again) throw new Error("no handle");
  await page.mouse.move(again.x + 10, again.y + 10);
  await page.mouse.down();
  await page.mouse.move(again.x + 500, again.y + 300, { steps: 4 });
  await page.keyboard.press("Escape");
  await page.mouse.up();
  expect(await placeOf(isMeasure("sessions"))).toMatchObject({ x: 0, width: 4, height: 5 });
  const { version } = await theBoard();
  await page.getByRole("button", { name: "Done" }).click();
  expect((await theBoard()).version).toBe(version);
});

test("texts, numbers and insights are put on and taken off, and come back by one click", async () => {
  const { page } = desk;
  await page.goto(at(`boards/${boardId}`));
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Put on the board" });
  await dialog.getByRole("searchbox", { name: "Find an insight" }).fill("program");
  await dialog.getByRole("button", { name: /^Orders by a program/ }).click();
  await dialog.getByRole("button", { name: "Number", exact: true }).click();
  await dialog.getByRole("button", { name: "Bounce rate" }).click();
  await dialog.getByRole("button", { name: "Text", exact: true }).click();
  await dialog.getByLabel("Heading").fill("Read this");
  await dialog
    .getByLabel("Text; addresses become links")
    .fill("<b>The plan</b>: https://example.org/plan.");
  await dialog.getByRole("button", { name: "Put it there" }).click();
  await dialog.getByRole("button", { name: "Done" }).click();
  const link = panel(page, "Read this").getByRole("link");
  expect(await link.getAttribute("href")).toBe("https://example.org/plan");
  expect(await link.getAttribute("rel")).toBe("noopener noreferrer");
  expect(await panel(page, "Read this").innerText()).toContain("<b>The plan</b>");
  await panel(page, "Bounce rate").locator(".value").waitFor();
  await until("the saved board", 10_000, async () => (await theBoard()).panels.length === 11);

  await page.getByRole("button", { name: "Change Orders by a program" }).click();
  await page.getByRole("button", { name: "Number", exact: true }).click();
  await numberIn(page, "Orders by a program", "250");
  await page.getByRole("button", { name: "Take off" }).click();
  await panel(page, "Orders by a program").waitFor({ state: "detached" });
  await page.getByText("“Orders by a program” is off the board").waitFor();
  await until("a board without it", 10_000, async () => (await theBoard()).panels.length === 10);
  await page
    .locator(".toasts")
    .filter({ hasText: "“Orders by a program”" })
    .getByRole("button", { name: "Undo" })
    .click();
  await numberIn(page, "Orders by a program", "250");
  await page.getByRole("button", { name: "Done" }).click();
  await until("the board as it was", 10_000, async () => (await theBoard()).panels.length === 11);
});

test("Explore puts a saved insight on a board", async () => {
  const { page } = desk;
  await page.goto(at("insights"));
  await page.getByRole("link", { name: "Checkout", exact: true }).click();
  await page.getByRole("button", { name: "Saved: name and description" }).click();
  await page.getByRole("button", { name: "Sales of boats" }).click();
  await page.getByText("“Checkout” is on “Sales of boats”").waitFor();
  const { insights } = await owner.get<{
    insights: { id: string; name: string; boards: number }[];
  }>(`sites/${boats.id}/insights`);
  const checkout = insights.find(({ name }) => name === "Checkout");
  expect(checkout?.boards).toBe(1);
  const last = (await theBoard()).panels.at(-1);
  expect(last?.shows).toEqual({ insight: checkout?.id, display: "chart" });
  const { name, common, version, panels } = await theBoard();
  await owner.send("PUT", `sites/${boats.id}/boards/${boardId}`, {
    name,
    common,
    version,
    panels: panels.slice(0, -1),
  });
});

test("who changed the board meanwhile is not overwritten", async () => {
  const { page, context } = await another();
  await page.goto(at(`boards/${boardId}`));
  await page.getByRole("button", { name: "Arrange" }).click();
  const { panels, version, name, common } = await theBoard();
  const theirs = panels.filter(({ shows }) => shows.measure !== "bounce_rate");
  await owner.send("PUT", `sites/${boats.id}/boards/${boardId}`, {
    name,
    common,
    panels: theirs,
    version,
  });
  await page.getByRole("button", { name: "Move or size Read this" }).focus();
  await page.keyboard.press("Shift+ArrowDown");
  await page.getByText("Somebody else changed this board meanwhile").waitFor();
  await panel(page, "Bounce rate").waitFor({ state: "detached" });
  expect((await theBoard()).version).toBe(version + 1);
  await context.close();
});

test("a panel that cannot be counted says so, and the others stay", async () => {
  const { page, context } = await another();
  await page.route("**/ask", async (route) => {
    if (route.request().postData()?.includes('"kind":"funnel"'))
      await route.fulfill({
        status: 503,
        contentType: "application/problem+json",
        body: JSON.stringify({
          title: "Not now",
          status: 503,
          code: "unavailable",
          detail: "later",
        }),
      });
    else await route.continue();
  });
  await page.goto(at(`boards/${boardId}`));
  await panel(page, "Checkout").getByText("The server cannot answer just now").waitFor();
  await numberIn(page, "Orders", "4");
  await page.unrouteAll({ behavior: "wait" });
  await panel(page, "Checkout").getByRole("button", { name: "Try again" }).click();
  await funnelIn(page, "Checkout", ["4", "3", "2", "2"]);
  await page.getByRole("button", { name: "Full screen" }).click();
  await until("the full screen", 10_000, () =>
    page.evaluate(() => document.fullscreenElement !== null),
  );
  await page.getByRole("button", { name: "Leave the full screen" }).click();
  await until("the page again", 10_000, () =>
    page.evaluate(() => document.fullscreenElement === null),
  );
  await context.close();
});

test("a viewer looks at a board, narrows it, and changes nothing", async () => {
  const theirs = await openDesk(browser, server);
  const { page } = theirs;
  await page.goto(at("boards"));
  await enter(page, "viewer@example.org", "another long sentence");
  await page.getByRole("link", { name: "Sales of boats", exact: true }).click();
  await funnelIn(page, "Checkout", ["4", "3", "2", "2"]);
  for (const name of ["Arrange", "Add", "More with this board"])
    expect(await page.getByRole("button", { name, exact: true }).count(), name).toBe(0);
  await page.goto(at(`boards/${boardId}?keep=nothing&device=phone`));
  await funnelIn(page, "Checkout", ["2", "1", "0", "0"]);
  expect(await page.getByRole("button", { name: "Save it for everybody" }).count()).toBe(0);
  theirs.expectQuiet();
  await theirs.context.close();
});

test("a board is copied, archived, and comes back by one click", async () => {
  const { page } = desk;
  await page.goto(at(`boards/${boardId}`));
  await page.getByRole("button", { name: "More with this board" }).click();
  await page.getByRole("button", { name: "Duplicate" }).click();
  await page.getByRole("heading", { name: "Sales of boats, copy" }).waitFor();
  await funnelIn(page, "Checkout", ["4", "3", "2", "2"]);
  await page.getByRole("button", { name: "More with this board" }).click();
  await page.getByRole("button", { name: "Archive" }).click();
  await page.getByRole("heading", { name: "Boards", exact: true }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("heading", { name: "Sales of boats, copy" }).waitFor();
  await page.goto(at("boards"));
  await page.getByRole("button", { name: "Archive Sales of boats, copy" }).click();
  await page.getByRole("button", { name: "Archived 1" }).click();
  await page.getByRole("button", { name: "Delete Sales of boats, copy" }).click();
  await typeName(page, "Delete Sales of boats, copy", "Sales of boats, copy");
  await page.getByText("“Sales of boats, copy” is deleted").waitFor();
});

test("on a phone the panels stand in one column", async () => {
  const { page } = desk;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(at(`boards/${boardId}`));
  await funnelIn(page, "Checkout", ["4", "3", "2", "2"]);
  const boxes = await page
    .locator("section.panel")
    .evaluateAll((nodes) => nodes.map((node) => node.getBoundingClientRect().toJSON()));
  expect(boxes.length).toBeGreaterThan(5);
  expect(new Set(boxes.map(({ x, width }) => `${x} ${width}`)).size).toBe(1);
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("on a phone each screen of what is saved works for all eyes and hands, in light and dark", async () => {
  const there = (page: Page) => page.waitForLoadState("networkidle");
  const board = at(`boards/${boardId}`);
  await holdOnPhone(desk.page, [
    { name: "saved-insights", url: at("insights"), there },
    { name: "saved-insight", url: at(`explore?${FUNNEL}`), there },
    { name: "saved-boards", url: at("boards"), there },
    { name: "saved-board", url: board, there },
  ]);
});

test("a board that is arranged works for all eyes, in light and dark", async () => {
  const { page } = desk;
  await page.goto(at(`boards/${boardId}`));
  await page.getByRole("button", { name: "Arrange" }).click();
  await page.getByRole("button", { name: "Change Sessions" }).click();
  await page.getByRole("button", { name: "Taller" }).waitFor();
  await page.waitForLoadState("networkidle");
  expect(await violationsInThemes(page, "board-arrange")).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("dialog").getByRole("searchbox").waitFor();
  expect(await violationsInThemes(page, "board-add")).toEqual([]);
  await page.emulateMedia({});
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());
