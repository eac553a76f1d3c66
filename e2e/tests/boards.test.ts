// What is saved, as people use it who look at the same numbers every week: a question saved in two
// clicks, saved over, copied, archived and brought back, found again; what a viewer may do with it.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Owner, signIn } from "../support/api.ts";
import { startBrowser } from "../support/browser.ts";
import { type Desk, enter, openDesk } from "../support/dashboard.ts";
import { importBoats, table, tooWide, violationsOf } from "../support/explore.ts";
import { keepPicture } from "../support/pictures.ts";
import { type Server, startServer } from "../support/server.ts";
import { addSite, type Site } from "../support/sites.ts";
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
  expect(await page.getByLabel("Counted by").inputValue()).toBe("sessions");
  await steps(["3", "2"]);

  // What it looked like before comes back by one click.
  await page.getByLabel("Window").selectOption("1h");
  await page.getByRole("button", { name: "Save this question" }).click();
  await page.getByRole("link", { name: "Back to how it was saved" }).click();
  await page.getByText("changed since").waitFor({ state: "detached" });
  expect(await page.getByLabel("Window").inputValue()).toBe("14d");
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
  await page.getByRole("button", { name: "Delete", exact: true }).click();
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
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find" }).fill("by a program");
  await page.getByRole("option", { name: /Orders by a program/ }).waitFor();
  await page.keyboard.press("Enter");
  await until("the whole address", 10_000, () => page.url().includes("series=order~do!sum!amount"));
  expect(await page.getByLabel("What is counted").inputValue()).toBe("sum");
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
  expect(await page.getByRole("button", { name: /^Save/ }).count()).toBe(0);
  theirs.expectQuiet();
  await theirs.context.close();
});

const SCREENS: [string, string][] = [
  ["insights", "insights"],
  ["saved", `explore?${FUNNEL}`],
];

test.each(["light", "dark"] as const)(
  "no screen of what is saved has an accessibility violation in %s",
  async (theme) => {
    const { page } = desk;
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    const found: string[] = [];
    for (const [name, path] of SCREENS) {
      await page.goto(at(path));
      await page.waitForLoadState("networkidle");
      await keepPicture(page, `saved-${name}-${theme}`);
      found.push(...(await violationsOf(page)).map((violation) => `${name} ${violation}`));
    }
    await page.emulateMedia({});
    expect(found).toEqual([]);
  },
);

test("no screen of what is saved is wider than a phone", async () => {
  const { page } = desk;
  await page.setViewportSize({ width: 390, height: 844 });
  for (const [name, path] of SCREENS) {
    await page.goto(at(path));
    await page.waitForLoadState("networkidle");
    await keepPicture(page, `saved-${name}-390`);
    expect(await tooWide(page), name).toEqual([]);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());
