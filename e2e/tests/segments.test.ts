// What somebody comes for who asks "whose visits?": a segment of what was seen in one click, one of
// what people did and did not do, how many are in it, their sessions, and no way to lose one.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { importBoats } from "../support/explore.ts";
import { cellsOf, holdOnPhone } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { addSite, type Site } from "../support/sites.ts";
import { typeName } from "../support/typed_name.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const LIST = "Segments, one a row";

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;
let url: string;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Boats");
  await importBoats(server);
  url = `${server.origin}/sites/${site.id}/segments`;
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Name with words, sessions, share of all and persons of each row. */
async function rows(page: Page): Promise<string[][]> {
  const cells = await cellsOf(page, LIST);
  return cells.map(([name = "", , sessions = "", share = "", , persons = ""]) => [
    name.replace(/\s+/g, " "),
    sessions,
    share,
    persons,
  ]);
}

const hasRows = (page: Page, wanted: string[][]) =>
  until("the segments with their numbers", 15_000, async () => {
    expect(await rows(page)).toEqual(wanted);
    return true;
  });

const PHONE = ["Phone device is Phone", "4", "50.0 %", "2"];

test("two clicks make a segment of a device that was seen, with how many are in it", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/sites/${site.id}`);
  const rail = page.getByRole("navigation", { name: "Main" });
  await rail.getByRole("link", { name: "Segments" }).click();
  await page.getByRole("heading", { name: "No segment yet" }).waitFor();
  await page.getByRole("button", { name: "New segment" }).click();
  await page.getByRole("button", { name: /^Phone\s*4$/ }).click();
  await hasRows(page, [PHONE]);
});

test("one of what was done and what was not, which leads to the sessions in it", async () => {
  const { page } = desk;
  await page.goto(url);
  await page.getByRole("button", { name: "New segment" }).click();
  await page.getByRole("button", { name: /^Several conditions/ }).click();
  const form = page.getByRole("region", { name: "New segment" });
  await form.getByLabel("Name").fill("Left the cart");
  await addEvent(page, "Did or saw", "add_to_cart");
  await addEvent(page, "Did not", "order");
  await form.getByText("and did not order").waitFor();
  await form.getByRole("button", { name: "Save segment" }).click();
  const left = ["Left the cart did add_to_cart, and did not order", "1", "12.5 %", "1"];
  await hasRows(page, [left, PHONE]);
  await page.getByTitle("Their sessions and recordings").first().click();
  await page.getByRole("heading", { name: "1 session" }).waitFor();
  await page.getByRole("button", { name: "Segment: Left the cart" }).waitFor();
});

test("changed to persons it has all their sessions, and undo takes that back", async () => {
  const { page } = desk;
  await page.goto(url);
  await page.getByRole("button", { name: "More with Left the cart" }).click();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  const form = page.getByRole("region", { name: "Change the segment" });
  await form.getByRole("button", { name: "Remove did not order" }).click();
  await form.getByLabel("It is of").selectOption("persons");
  await form.getByLabel("Name").fill("Used the cart");
  await form.getByRole("button", { name: "Save" }).click();
  await hold(page, "“Used the cart” is changed");
  await hasRows(page, [PHONE, ["Used the cart did add_to_cart", "5", "62.5 %", "3"]]);
  await undo(page, "“Used the cart” is changed");
  const left = ["Left the cart did add_to_cart, and did not order", "1", "12.5 %", "1"];
  await hasRows(page, [left, PHONE]);
});

test("one that is archived is offered nowhere, holds where it is used, and comes back", async () => {
  const { page } = desk;
  const idOf = async (wanted: string) => {
    const list = await owner.get<{ segments: { id: string; name: string }[] }>(
      `sites/${site.id}/segments`,
    );
    return list.segments.find(({ name }) => name === wanted)?.id ?? "";
  };
  const phone = await idOf("Phone");
  const draft = { name: "Others", of: "sessions", conditions: [{ not: { segment: phone } }] };
  await owner.send("POST", `sites/${site.id}/segments`, draft);
  await page.goto(url);
  await act(page, "Phone", "Archive");
  await hold(page, "“Phone” is archived");
  const rest = async (said: string) => {
    const [, others] = await rows(page);
    return others?.[0] === said && others[1] === "4";
  };
  await until("what uses it says so", 15_000, () => rest("Others not in “Phone (archived)”"));
  await undo(page, "“Phone” is archived");
  await until("it is back", 15_000, () => rest("Others not in “Phone”"));
  await act(page, "Phone", "Archive");
  await until("it is archived", 15_000, () => rest("Others not in “Phone (archived)”"));

  await page.goto(`${server.origin}/sites/${site.id}`);
  await page.getByRole("button", { name: "Segment: All visitors" }).click();
  const picker = page.getByRole("dialog", { name: "Segment: All visitors" });
  await picker.getByRole("button", { name: /^Others/ }).waitFor();
  expect(await picker.getByRole("button", { name: /^Phone/ }).count()).toBe(0);
  // An address that somebody copied holds, and says what it is about.
  await page.goto(`${server.origin}/sites/${site.id}?segment=${phone}`);
  await page.getByRole("button", { name: "Segment: Phone (archived)" }).waitFor();
});

test("what another uses does not go; what nothing uses goes once its name is typed", async () => {
  // In a window of its own: a browser notes the refusal as an error of the page.
  const refused = await openDesk(browser, server, owner);
  await refused.page.goto(url);
  await refused.page.getByRole("button", { name: "Archived 1" }).click();
  await refused.page.getByRole("button", { name: "Delete Phone" }).click();
  await typeName(refused.page, "Delete Phone", "Phone");
  await refused.page.getByRole("alert").filter({ hasText: "used by `Others`" }).waitFor();
  await refused.context.close();

  const { page } = desk;
  await page.goto(url);
  await act(page, "Others", "Archive");
  await page.getByRole("button", { name: "Archived 2" }).click();
  await page.getByRole("button", { name: "Delete Others" }).click();
  await typeName(page, "Delete Others", "Others");
  await page.getByText("“Others” is deleted").waitFor();
  await page.getByRole("button", { name: "Bring Phone back" }).click();
  const left = ["Left the cart did add_to_cart, and did not order", "1", "12.5 %", "1"];
  await hasRows(page, [left, PHONE]);
});

test("the period and filters above hold, and the address shows it to others", async () => {
  const { page } = desk;
  await page.goto(`${url}?source.not=nobody&last=90d&page=/boats/canoe`);
  await until("sessions that saw the canoe", 15_000, async () => {
    const found = await rows(page);
    return found.find(([name]) => name?.startsWith("Phone"))?.[1] === "2";
  });
});

test("the screens work for all eyes and hands, in light and dark, on a phone", async () => {
  const there = (page: Page) => page.getByRole("region", { name: LIST }).waitFor();
  const editor = async (page: Page) => {
    await there(page);
    await page.getByRole("button", { name: "New segment" }).click();
    await page.getByRole("button", { name: /^Several conditions/ }).click();
    await page.getByRole("region", { name: "New segment" }).waitFor();
  };
  await holdOnPhone(desk.page, [
    { name: "segments", url, there },
    { name: "segment-new", url, there: editor },
  ]);
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

async function addEvent(page: Page, done: "Did or saw" | "Did not", event: string): Promise<void> {
  await page.getByRole("button", { name: "+ Behaviour" }).click();
  await page.getByRole("button", { name: done, exact: true }).click();
  await page.getByRole("group", { name: "What to pick" }).getByText("Events").click();
  await page.getByRole("button", { name: new RegExp(`^${event}\\s*\\d+$`) }).click();
}

async function act(page: Page, segment: string, deed: string): Promise<void> {
  await page.getByRole("button", { name: `More with ${segment}`, exact: true }).click();
  await page.getByRole("button", { name: deed, exact: true }).click();
}

/** Points at what is said, so that it stays until it is undone however long the rest takes. */
function hold(page: Page, said: string): Promise<void> {
  return page.locator("p", { hasText: said }).hover();
}

async function undo(page: Page, said: string): Promise<void> {
  await page.locator("p", { hasText: said }).getByRole("button", { name: "Undo" }).click();
}
