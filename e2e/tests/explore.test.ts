// Explore as people use it who ask why: a funnel built by clicking, from its drop to the recording
// of somebody who left; a trend by device; who comes back; segments; with the keyboard only; on a
// phone. Numbers are read from the tables, and the data is known to the last event.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Owner, signIn } from "../support/api.ts";
import { startBrowser } from "../support/browser.ts";
import { type Desk, enter, openDesk } from "../support/dashboard.ts";
import { addStep, importBoats, openTable, table, tabTo } from "../support/explore.ts";
import { holdOnPhone } from "../support/screens.ts";
import { type Server, startServer } from "../support/server.ts";
import { addSite, demoSite, recordingOf, type Site, sessionWith } from "../support/sites.ts";
import { sessionOf } from "../support/tracker.ts";
import { typeName } from "../support/typed_name.ts";
import { until } from "../support/until.ts";
import { inviteViewer } from "../support/viewer.ts";

const EMAIL = "owner@example.org";
const PASSWORD = "a sentence that is long enough";
let server: Server;
let browser: Browser;
let desk: Desk;
let owner: Owner;
let demo: Site;
let boats: Site;
/** The session of who left at the checkout; there once, however often that is looked at. */
let left = "";

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  desk = await openDesk(browser, server);
  await desk.page.goto(server.link);
  await enter(desk.page, EMAIL, PASSWORD);
  await desk.page.getByRole("link", { name: "Overview" }).waitFor();
  owner = await signIn(server, EMAIL, PASSWORD);
  demo = await demoSite(owner);
  boats = await addSite(owner, "Boats");
  await importBoats(server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("the checkout funnel is built by clicking, and its drop leads to the recording of who left", async () => {
  left ||= await visitTheShop();
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${demo.id}`);
  await page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link", { name: "Explore", exact: true })
    .click();
  await page.getByRole("navigation", { name: "Kind of question" }).getByText("Funnel").click();
  await page.getByRole("heading", { name: /^Pick the first step/ }).waitFor();
  await page.getByRole("button", { name: /^\/product\/…/ }).click();
  await page.getByRole("heading", { name: /^Pick the next step/ }).waitFor();
  await page.getByRole("button", { name: /^add_to_cart/ }).click();
  await addStep(page, "Pages", "/checkout");
  await addStep(page, "Events", "order");

  await until("the numbers of the funnel", 10_000, async () => {
    expect((await table(page, "Funnel")).map((row) => row.slice(0, 3))).toEqual([
      ["1", "/product/…", "3"],
      ["2", "add_to_cart", "2"],
      ["3", "/checkout", "2"],
      ["4", "order", "1"],
    ]);
    return true;
  });
  await page
    .getByRole("heading", { name: "33 % of 3 persons get from “/product/…” to “order”" })
    .waitFor();

  await page
    .getByRole("listitem")
    .filter({ hasText: "Step 3" })
    .getByRole("button", { name: "−1 left here" })
    .click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("heading", { name: "1 person left after “/checkout”" }).waitFor();
  const link = sheet.locator('li a[href*="/sessions/"]');
  await until("the way to the recording", 10_000, async () =>
    /#t=\d+$/.test((await link.getAttribute("href")) ?? ""),
  );
  expect(await link.getAttribute("href")).toContain(left);
  await sheet.getByRole("button", { name: "Went on" }).click();
  await sheet.getByRole("heading", { name: "1 person went on to “order”" }).waitFor();
  expect(await link.getAttribute("href")).not.toContain(left);
  await page.goBack();
  await sheet.getByRole("heading", { name: "1 person left after “/checkout”" }).waitFor();
  await page.goForward();
  await sheet.getByRole("heading", { name: "1 person went on to “order”" }).waitFor();
  await sheet.getByRole("button", { name: "Left", exact: true }).click();
  await sheet.getByRole("heading", { name: "1 person left after “/checkout”" }).waitFor();

  await link.click();
  await page.getByRole("region", { name: "Replay" }).waitFor();
  expect(page.url()).toContain(`/sessions/${left}`);
  await page.goBack();
  await sheet.getByRole("heading", { name: "1 person left after “/checkout”" }).waitFor();
  await sheet.getByRole("button", { name: "Close" }).click();
  await sheet.waitFor({ state: "detached" });
  expect(page.url()).not.toContain("who=");
  await page.goBack();
  await sheet.getByRole("link", { name: "What tells them apart" }).click();
  await page.getByRole("button", { name: "Goal: order" }).waitFor();
  await page.getByRole("button", { name: "Start: /checkout" }).waitFor();
});

test("a step gets a name, another place and goes away; the address gives others the same", async () => {
  const { page } = desk;
  await page.goto(
    `${server.origin}/sites/${boats.id}/explore?kind=funnel&step=order&step=add_to_cart&step=pageview~page!starts!/boats/`,
  );
  await page.getByRole("button", { name: "Step 3: /boats/…" }).click();
  await page.getByLabel("Called").fill("Saw a boat");
  await page.getByLabel("Called").press("Enter");
  await page.keyboard.press("Escape");
  const third = page.getByRole("button", { name: "Step 3: Saw a boat" });
  await third.focus();
  await page.keyboard.press("Alt+ArrowLeft");
  await page.getByRole("button", { name: "Step 2: Saw a boat" }).waitFor();
  await page.keyboard.press("Alt+ArrowLeft");
  await page.getByRole("button", { name: "Step 1: Saw a boat" }).waitFor();
  await page.getByRole("button", { name: "Step 2: order" }).click();
  await page.getByRole("button", { name: "Later" }).click();
  const wanted = [
    ["1", "Saw a boat", "4"],
    ["2", "add_to_cart", "3"],
    ["3", "order", "2"],
  ];
  await until("the steps in their order", 10_000, async () => {
    expect((await table(page, "Funnel")).map((row) => row.slice(0, 3))).toEqual(wanted);
    return true;
  });
  await page.getByLabel("Counted by").selectOption("sessions");
  await page.getByLabel("Window").selectOption("1h");
  await page.getByLabel("Split by").selectOption("device");
  const split = [
    ["Phone", "1", "Saw a boat", "4"],
    ["Phone", "2", "add_to_cart", "1"],
    ["Phone", "3", "order", "0"],
    ["Desktop", "1", "Saw a boat", "2"],
    ["Desktop", "2", "add_to_cart", "2"],
    ["Desktop", "3", "order", "2"],
  ];
  await until("the steps by device", 10_000, async () => {
    expect((await table(page, "Funnel by value")).map((row) => row.slice(0, 4))).toEqual(split);
    return true;
  });

  const other = await openDesk(browser, server);
  await other.page.goto(page.url());
  await enter(other.page, EMAIL, PASSWORD);
  await until("the same by the address", 10_000, async () => {
    expect((await table(other.page, "Funnel by value")).map((row) => row.slice(0, 4))).toEqual(
      split,
    );
    return true;
  });
  other.expectQuiet();
  await other.context.close();

  await page.getByRole("button", { name: "Step 2: add_to_cart" }).click();
  await page.getByLabel("Any of several").check();
  await page.getByRole("button", { name: /^order/ }).click();
  await page.getByRole("button", { name: "Step 2: add_to_cart or order" }).waitFor();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("button", { name: "Step 2: order" }).waitFor();
});

test("a trend is split by device, and its table has every number", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${boats.id}/explore?last=7d`);
  await page.getByRole("button", { name: "Event: anything" }).click();
  await page.getByRole("button", { name: "Events", exact: true }).click();
  await page.getByRole("button", { name: /^order/ }).click();
  await page.getByLabel("What is counted").selectOption("sum");
  await page.getByLabel("Property").selectOption("amount");
  await page.getByLabel("Split by").selectOption("device");
  await until("orders by device", 10_000, async () => {
    const rows = await table(page, "Trend");
    const of = (device: string) => rows.filter((row) => row[1] === device).map((row) => row[2]);
    expect(of("Desktop").filter((value) => value !== "0")).toEqual(["100", "70", "50"]);
    expect(of("Phone").filter((value) => value !== "0")).toEqual(["30"]);
    return true;
  });
  expect(new URL(page.url()).searchParams.get("series")).toBe("order~do!sum!amount");
  await openTable(page, "Trend");
  await page
    .getByRole("region", { name: "Trend, as a table" })
    .getByRole("button", { name: "30", exact: true })
    .click();
  await page.getByRole("dialog").getByRole("heading", { name: "1 person did order" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("a click on a point of a line shows who it is, and a dragged span becomes the period", async () => {
  const { page } = desk;
  await page.goto(
    `${server.origin}/sites/${boats.id}/explore?last=7d&compare=none&series=order~do!count`,
  );
  const over = page.locator(".chart .u-over");
  await over.waitFor();
  // Seven days, and an axis up to 4.
  const days = await until("seven days", 10_000, async () => {
    const rows = await table(page, "Trend");
    return rows.length === 7 && rows;
  });
  const once = days.findIndex((row) => row[1] === "1");
  // The table that was opened just now may have moved it.
  const box = await over.boundingBox();
  if (!box) throw new Error("the chart has no place");
  const at = (day: number) => box.x + (box.width * day) / 6;
  await page.mouse.click(at(once), box.y + box.height * (1 - 1 / 4));
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("heading", { name: "1 person did order" }).waitFor();
  expect(await sheet.innerText()).toContain(days[once]?.[0]);
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  await page.mouse.move(at(1), box.y + 40);
  await page.mouse.down();
  await page.mouse.move(at(3), box.y + 60, { steps: 5 });
  await page.mouse.up();
  await until("the span in the address", 15_000, () => page.url().includes("from_ms="));
  const span = new URL(page.url()).searchParams;
  const hours = (Number(span.get("to_ms")) - Number(span.get("from_ms"))) / 3_600_000;
  // One of the three days may be the one on which the clocks change.
  expect([71, 72, 73]).toContain(hours);
});

test("nothing found says which filter empties it, and one click drops it", async () => {
  const { page } = desk;
  await page.goto(
    `${server.origin}/sites/${boats.id}/explore?last=7d&compare=none&kind=stickiness&device=phone&browser=Netscape`,
  );
  await page.getByRole("heading", { name: "Nothing in this period with these filters" }).waitFor();
  await page.getByRole("link", { name: "Drop the filter on browser" }).click();
  await until(
    "the persons on phones",
    10_000,
    async () => (await table(page, "Stickiness"))[0]?.[2] === "2",
  );
});

test("retention says who came back, and the people of a cell are theirs", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${boats.id}/explore?kind=retention&last=7d&compare=none`);
  await until("the cohorts", 10_000, async () => {
    const rows = await table(page, "Retention");
    expect(rows.map((row) => row.slice(1, 5)).filter((row) => row[0] !== "0")).toEqual([
      ["3", "2", "1", "1"],
      ["1", "0", "0", "0"],
    ]);
    return true;
  });
  await page.getByRole("button", { name: "67 %, 2 persons, after 1 day" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("heading", { name: "2 persons did anything again 1 day later" }).waitFor();
  expect(await sheet.locator('a[href*="/people/"]').count()).toBe(2);
  expect(await sheet.locator('a[href*="/sessions/"]').count()).toBe(2);
  await sheet.getByRole("button", { name: "Close" }).click();
  // Nobody came back of the other cohort: those of all are the same two.
  const all = page.getByRole("row", { name: /^All, by size/ });
  await all
    .getByTitle(/^Who came back/)
    .first()
    .click();
  await sheet.getByText("all cohorts").waitFor();
  await sheet.getByRole("heading", { name: "2 persons did anything again 1 day later" }).waitFor();
  await sheet.getByRole("button", { name: "Close" }).click();

  // What only began to return counts with another return event.
  await page.getByRole("button", { name: "Return: anything" }).click();
  await page.getByRole("button", { name: "Events", exact: true }).click();
  await page.getByRole("button", { name: /^order/ }).click();
  await until("who came back to order", 10_000, async () => {
    const rows = await table(page, "Retention");
    expect(rows.map((row) => row.slice(1, 5))).toContainEqual(["3", "0", "1", "1"]);
    return true;
  });
});

test("who comes back, how often, and how values are spread stand beside the period before", async () => {
  const { page } = desk;
  const day = (ago: number): string =>
    new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const open = (search: string) =>
    page.goto(
      `${server.origin}/sites/${boats.id}/explore?from=${day(3)}&to=${day(2)}&by=day&${search}`,
    );
  const rows = (name: string, first: number, wanted: string[][]) =>
    until(`the table ${name}`, 10_000, async () => {
      const all = await table(page, name);
      expect(all.map((row) => row.slice(first, first + (wanted[0]?.length ?? 0)))).toEqual(wanted);
      return true;
    });
  await open("kind=retention&mode=recurring");
  await rows("Retention", 1, [
    ["1", "3", "0", "2"],
    ["1", "3", "–", "–"],
  ]);
  const moved = page.getByRole("row", { name: /^Since the time before/ });
  expect((await moved.innerText()).split(/\s*\t\s*/).slice(1)).toEqual([
    "−67\u202f%",
    "−66.7\u202fpt",
  ]);
  await open("kind=stickiness");
  await rows("Stickiness", 0, [
    ["1", "2", "2", "2", "4"],
    ["2", "0", "2", "0", "2"],
  ]);
  await page.getByText("in the time before", { exact: true }).waitFor();
  await open("kind=lifecycle");
  await rows("Lifecycle", 1, [
    ["0", "3", "1", "0", "0", "0", "2", "0"],
    ["0", "1", "0", "2", "1", "0", "1", "1"],
  ]);
  await open("kind=distribution&fact=p.amount&active=order&classes=4");
  await rows("Distribution", 1, [
    ["20", "40", "1", "0"],
    ["40", "60", "1", "0"],
    ["60", "80", "0", "1"],
    ["80", "100", "0", "0"],
    ["100", "120", "0", "1"],
  ]);
  await page.getByRole("button", { name: "20 to 40: 1 events, 0 in the time before" }).click();
  await page
    .getByRole("dialog")
    .getByRole("heading", { name: /^1 person/ })
    .waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
});

test("switching kinds keeps what was picked, and back and forward restore each", async () => {
  const { page } = desk;
  await page.goto(
    `${server.origin}/sites/${boats.id}/explore?kind=funnel&step=add_to_cart&step=order&within=1d&last=90d`,
  );
  const kinds = page.getByRole("navigation", { name: "Kind of question" });
  await page.getByRole("button", { name: "Step 2: order" }).waitFor();
  await kinds.getByText("Retention").click();
  await page.getByRole("button", { name: "Start: add_to_cart" }).waitFor();
  await page.getByRole("button", { name: "Return: order" }).waitFor();
  await kinds.getByText("Correlation").click();
  await page.getByRole("button", { name: "Goal: order" }).waitFor();
  await kinds.getByText("Funnel").click();
  await page.getByRole("button", { name: "Step 2: order" }).waitFor();
  expect(await page.getByLabel("Window").inputValue()).toBe("1d");
  expect(new URL(page.url()).searchParams.get("last")).toBe("90d");
  await page.goBack();
  await page.getByRole("button", { name: "Goal: order" }).waitFor();
  await page.goBack();
  await page.getByRole("button", { name: "Return: order" }).waitFor();
  await page.goForward();
  await page.getByRole("button", { name: "Goal: order" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Start: add_to_cart" }).waitFor();
});

test("every kind answers with numbers that are known", async () => {
  const { page } = desk;
  const open = (search: string) =>
    page.goto(`${server.origin}/sites/${boats.id}/explore?last=7d&compare=none&${search}`);
  const rows = (name: string, wanted: (all: string[][]) => void) =>
    until(`the table ${name}`, 10_000, async () => {
      wanted(await table(page, name));
      return true;
    });
  await open("kind=paths&group=/boats/*");
  await rows("Paths", (all) => {
    expect(all).toContainEqual(["1", "/boats/*", "/cart", "2", "2", "33.3 %"]);
    expect(all).toContainEqual(["1", "/boats/*", "ended", "4", "2", "66.7 %"]);
  });
  await open("kind=stickiness");
  await rows("Stickiness", (all) =>
    expect(all.slice(0, 4).map((row) => row.slice(0, 3))).toEqual([
      ["1", "2", "4"],
      ["2", "0", "2"],
      ["3", "2", "2"],
      ["4", "0", "0"],
    ]),
  );
  await open("kind=lifecycle&active=order");
  await rows("Lifecycle", (all) => {
    const active = all.filter((row) => row.slice(1).some((cell) => cell !== "0"));
    expect(active.map((row) => row.slice(1))).toEqual([
      ["1", "0", "0", "0"],
      ["1", "0", "0", "1"],
      ["0", "0", "1", "1"],
      ["1", "0", "0", "1"],
      ["0", "0", "0", "1"],
    ]);
  });
  await open("kind=distribution&fact=p.amount&active=order&classes=4");
  await rows("Distribution", (all) =>
    expect(all.map((row) => row.slice(1, 4))).toEqual([
      ["20", "40", "1"],
      ["40", "60", "1"],
      ["60", "80", "1"],
      ["80", "100", "0"],
      ["100", "120", "1"],
    ]),
  );
  await page.getByRole("button", { name: "100 to 120: 1 events" }).press("Enter");
  await page
    .getByRole("dialog")
    .getByRole("heading", { name: "1 person amount from 100" })
    .waitFor();
  await open("kind=correlation&start=pageview~page!starts!/boats/&goal=order&fact=device&cases=1");
  await rows("Correlation", (all) =>
    expect(all.find((row) => row[1] === "add_to_cart")?.slice(2, 5)).toEqual(["3", "2", "66.7 %"]),
  );
});

test("a question that cannot be asked is marked where it is wrong, and the answer before it stays", async () => {
  const { page } = desk;
  await page.goto(
    `${server.origin}/sites/${boats.id}/explore?last=7d&compare=none&series=order~do!count&series=add_to_cart~do!count`,
  );
  await openTable(page, "Trend");
  await page.getByRole("button", { name: "Formula" }).click();
  await page.getByLabel("New formula").fill("A / Z");
  await page.getByLabel("New formula").press("Enter");
  const alert = page.getByRole("alert");
  await alert.filter({ hasText: "This cannot be asked" }).waitFor();
  expect(await alert.innerText()).toContain("trend.formulas[0]");
  expect(await page.getByLabel("Formula 1").getAttribute("aria-invalid")).toBe("true");
  expect((await table(page, "Trend")).length).toBe(7);
  await page.getByLabel("Formula 1").fill("B / A");
  await page.getByLabel("Formula 1").press("Enter");
  await alert.waitFor({ state: "detached" });
  await until("the formula's column", 10_000, async () =>
    (await table(page, "Trend")).some((row) => row.includes("2") && row.at(-1) === "2"),
  );
});

test("while it counts the old answer stays, dimmed; a question that is outdated is cancelled", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${boats.id}/explore?last=7d&kind=stickiness`);
  await until("the first answer", 10_000, async () => (await table(page, "Stickiness")).length > 0);
  const title = await page.getByRole("heading", { level: 1 }).innerText();
  const cancelled: string[] = [];
  page.on("requestfailed", (request) => cancelled.push(request.postData() ?? ""));
  let release = (): void => undefined;
  const held = new Promise<void>((done) => {
    release = done;
  });
  await page.route("**/ask", async (route) => {
    if (route.request().postData()?.includes("add_to_cart")) await held;
    await route.continue().catch(() => undefined);
  });
  const pick = async (from: string, event: string): Promise<void> => {
    await page.getByRole("button", { name: `Active: ${from}` }).click();
    await page.getByRole("button", { name: "Events", exact: true }).click();
    await page.getByRole("button", { name: new RegExp(`^${event}`) }).click();
  };
  await pick("anything", "add_to_cart");
  await page.getByRole("status").filter({ hasText: "counting…" }).waitFor();
  expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe(title);
  expect(await page.locator(".finding.old").count()).toBe(1);
  expect(await page.locator(".answer[inert]").count()).toBe(1);
  await pick("add_to_cart", "order");
  await until("the answer to the newest", 10_000, async () =>
    (await page.getByRole("heading", { level: 1 }).innerText()).startsWith("33"),
  );
  await until("the cancelled one", 10_000, () =>
    cancelled.some((body) => body.includes("add_to_cart")),
  );
  expect(cancelled.filter((body) => body.includes("add_to_cart")).length).toBe(1);
  await page.locator(".finding.old").waitFor({ state: "detached" });
  await page.locator(".answer[inert]").waitFor({ state: "detached" });
  release();
  await page.unrouteAll({ behavior: "wait" });
});

test("what could not be read is told beside the numbers", async () => {
  const { page } = desk;
  await page.route("**/ask", async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(
      '"missing":[]',
      '"missing":["part 7 fails its checksum"]',
    );
    await route.fulfill({ response, body });
  });
  await page.goto(`${server.origin}/sites/${boats.id}/explore?last=7d&kind=retention`);
  const alert = page.getByRole("alert");
  await alert.waitFor();
  expect(await alert.innerText()).toContain("the numbers are too low: part 7 fails its checksum");
  // One that is still being changed would fail with the page that it is for.
  await page.unrouteAll({ behavior: "wait" });
});

test("filters are saved as a segment, which counts the same; it gets another name and is removed", async () => {
  const { page } = desk;
  await page.goto(
    `${server.origin}/sites/${boats.id}/explore?last=7d&compare=none&kind=stickiness&device=phone`,
  );
  const people = [
    ["1", "1", "2"],
    ["2", "0", "1"],
    ["3", "1", "1"],
  ];
  const counted = (wanted: string[][]) =>
    until("the counted persons", 10_000, async () => {
      expect((await table(page, "Stickiness")).slice(0, 3).map((row) => row.slice(0, 3))).toEqual(
        wanted,
      );
      return true;
    });
  await counted(people);
  await page.getByRole("button", { name: "Segment: All visitors" }).click();
  await page.getByLabel("Name").fill("On the phone");
  await page.getByRole("button", { name: "Save segment" }).click();
  await page.getByRole("button", { name: "Segment: On the phone" }).waitFor();
  expect(new URL(page.url()).searchParams.has("device")).toBe(false);
  expect(new URL(page.url()).searchParams.get("segment")).toMatch(/^[0-9a-f]{16}$/);
  await counted(people);

  await page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link", { name: "Segments" })
    .click();
  const row = page.getByRole("row", { name: "On the phone" });
  expect(await row.innerText()).toContain("device is Phone");
  await row.getByRole("button", { name: "More with On the phone" }).click();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByLabel("Name", { exact: true }).fill("Phones");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page
    .getByRole("row", { name: "Phones" })
    .getByRole("button", { name: "More with Phones" })
    .click();
  await page.getByRole("button", { name: "Archive", exact: true }).click();
  await page.getByRole("button", { name: "Archived 1" }).click();
  await page.getByRole("button", { name: "Delete Phones" }).click();
  await typeName(page, "Delete Phones", "Phones");
  await page.getByRole("heading", { name: "No segment yet" }).waitFor();
  expect(await owner.get(`sites/${boats.id}/segments`)).toEqual({ segments: [] });
});

test("a filter on a property and a segment made of it hold on the other screens too", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${boats.id}?last=7d`);
  const persons = page
    .getByRole("group", { name: /^Numbers of the period/ })
    .getByRole("button", { name: /^Persons/ });
  const count = (wanted: string) =>
    until(
      `${wanted} persons`,
      10_000,
      async () => (await persons.innerText()).split(/\s+/)[1] === wanted,
    );
  await count("4");
  await page.getByRole("button", { name: "Add a filter" }).click();
  await page.getByRole("button", { name: /^On a property/ }).click();
  await page.getByLabel("What", { exact: true }).selectOption("p.amount");
  await page.getByLabel("How", { exact: true }).selectOption("greater");
  await page.getByLabel("Number", { exact: true }).fill("60");
  await page.getByRole("button", { name: "Add condition" }).click();
  await count("2");
  expect(new URL(page.url()).searchParams.get("where")).toBe("p.amount!greater!60");
  await page.getByRole("button", { name: "Segment: All visitors" }).click();
  await page.getByLabel("Name").fill("Big orders");
  await page.getByLabel("It is of").selectOption("persons");
  await page.getByRole("button", { name: "Save segment" }).click();
  await page.getByRole("button", { name: "Segment: Big orders" }).waitFor();
  await count("2");
  await page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link", { name: "Sessions" })
    .click();
  // All sessions of the two persons, not only those with an order.
  await page.getByRole("heading", { name: "4 sessions" }).waitFor();
  await page.getByRole("button", { name: "Segment: Big orders" }).click();
  await page.getByRole("button", { name: "All visitors", exact: true }).click();
  await page.getByRole("heading", { name: "8 sessions" }).waitFor();
});

test("a viewer asks everything and saves nothing", async () => {
  const VIEWER = { email: "viewer@example.org", password: "another long sentence" };
  const { link } = await inviteViewer(owner, boats, VIEWER.email);
  const theirs = await openDesk(browser, server);
  await theirs.page.goto(link);
  await enter(theirs.page, VIEWER.email, VIEWER.password);
  await theirs.page.getByRole("link", { name: "Explore", exact: true }).waitFor();
  await theirs.page.goto(
    `${server.origin}/sites/${boats.id}/explore?last=7d&kind=stickiness&device=phone`,
  );
  await until(
    "the numbers",
    10_000,
    async () => (await table(theirs.page, "Stickiness")).length > 0,
  );
  await theirs.page.getByRole("button", { name: "Segment: All visitors" }).click();
  await theirs.page.getByRole("link", { name: "All segments" }).waitFor();
  expect(await theirs.page.getByRole("button", { name: "Save segment" }).count()).toBe(0);
  theirs.expectQuiet();
  await theirs.context.close();
});

test("a funnel is built and its people are opened with the keyboard only", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${boats.id}/explore?last=7d&kind=funnel`);
  await page.getByRole("button", { name: "First step" }).focus();
  await page.keyboard.press("Enter");
  await until("the focus in the search", 15_000, () =>
    page.getByLabel("Find a page").evaluate((node) => node === document.activeElement),
  );
  await page.keyboard.type("/boats/");
  await page
    .getByRole("button", { name: /^\/boats\/…/ })
    .first()
    .waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await until("the focus on the next step", 15_000, () =>
    page
      .getByRole("button", { name: "Next step" })
      .evaluate((node) => node === document.activeElement),
  );
  await page.keyboard.press("Enter");
  await tabTo(page, /^Events$/);
  await page.keyboard.press("Enter");
  await tabTo(page, /^order/);
  await page.keyboard.press("Enter");
  const drop = page.getByRole("button", { name: "−1 left here" });
  await drop.waitFor();
  await tabTo(page, /^−1 left here/);
  await page.keyboard.press("Enter");
  await page
    .getByRole("dialog")
    .getByRole("heading", { name: "1 person left after “/boats/…”" })
    .waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });

  // The marks of a chart are one stop, and arrows move among them.
  await page.goto(`${server.origin}/sites/${boats.id}/explore?last=7d&kind=stickiness`);
  await page.getByRole("button", { name: "1 day: 2 persons" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page
    .getByRole("dialog")
    .getByRole("heading", { name: "2 persons there in 3 days" })
    .waitFor();
});

const SCREENS: [string, string][] = [
  ["trend", "explore?last=7d&series=order&split=device"],
  [
    "funnel",
    "explore?last=7d&kind=funnel&step=pageview~page!starts!/boats/&step=add_to_cart&step=order&split=device",
  ],
  [
    "people",
    "explore?last=7d&kind=funnel&step=pageview~page!starts!/boats/&step=order&who=main!dropped~step!n!2",
  ],
  ["retention", "explore?last=7d&kind=retention"],
  ["paths", "explore?last=7d&kind=paths"],
  ["lifecycle", "explore?last=7d&kind=lifecycle"],
  ["stickiness", "explore?last=7d&kind=stickiness"],
  ["distribution", "explore?last=7d&kind=distribution&fact=p.amount"],
  ["correlation", "explore?last=7d&kind=correlation&goal=order&fact=device&cases=1"],
  ["first", "explore?kind=funnel"],
  ["nothing", "explore?from=2020-01-01&to=2020-01-02"],
  ["segments", "segments"],
];

test("on a phone each screen of Explore works for all eyes and hands, in light and dark", async () => {
  await holdOnPhone(
    desk.page,
    SCREENS.map(([name, path]) => ({
      name: `explore-${name}`,
      url: `${server.origin}/sites/${boats.id}/${path}`,
      there: (page) => page.waitForLoadState("networkidle"),
    })),
  );
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

// ---------- helpers ----------

/** Three visitors: one buys, one leaves at the checkout, one looks. Gives the session that left. */
async function visitTheShop(): Promise<string> {
  const visit = async (paths: string[], adds: boolean, buys: boolean): Promise<string> => {
    const context = await browser.newContext();
    const page = await context.newPage();
    for (const path of paths) {
      await page.goto(`${server.shop}${path}`);
      if (adds && path.startsWith("/product/")) await page.locator("#add button").click();
    }
    if (buys) await page.evaluate(() => window.hitmetrix.track("order", { value: 129 }));
    const session = await sessionOf(page);
    await sessionWith(owner, demo, session, {
      pageview: paths.length,
      ...(adds ? { add_to_cart: 1 } : {}),
      ...(buys ? { order: 1 } : {}),
    });
    await recordingOf(owner, demo, session);
    await context.close();
    return session;
  };
  await visit(["/product/arc", "/checkout"], true, true);
  const leaver = await visit(["/product/pebble", "/checkout"], true, false);
  await visit(["/product/harbour"], false, false);
  return leaver;
}
