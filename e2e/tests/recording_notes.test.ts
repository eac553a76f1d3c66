// Notes, tags and collections: somebody goes through recordings, marks what matters at its second,
// and a colleague finds it.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Owner, signIn } from "../support/api.ts";
import { type Desk, openDesk } from "../support/dashboard.ts";
import { keepPicture } from "../support/pictures.ts";
import { nodeMaker, postVisit, type RecordedEvents } from "../support/recorded.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { pictureOf, positionOf, press, seek } from "../support/stage.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const SITE_ORIGIN = "http://127.0.0.1:7";
const SESSIONS = ["1a", "2a", "3a"].map((two) => two.repeat(16));
const BEGAN_MS = Date.now() - 300_000;
const LASTS_MS = 30_000;

let server: Server;
let browser: Browser;
let owner: Owner;
let site: Site;
let desk: Desk;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Lamps");
  for (const [place, session] of SESSIONS.entries()) {
    const from_ms = BEGAN_MS + place * 40_000;
    const event = { name: "pageview", sequence: 0, time_ms: from_ms, url: `${SITE_ORIGIN}/cart` };
    const visit = { key: site.key, origin: SITE_ORIGIN, session };
    await postVisit(server, { ...visit, lines: recorded(from_ms), events: [event] });
    await recordingOf(owner, site, session);
  }
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("N makes a note at this second, which stands on the timeline and leads back there", async () => {
  const { page } = desk;
  await open(page, SESSIONS[0] ?? "");
  await seek(page, 12_000);
  await press(page, "n");
  const field = page.getByRole("textbox", { name: /^Note at 0:1\d$/ });
  await field.waitFor();
  const stood = (await positionOf(page)).at;
  // What is typed is text, and no key of the player.
  await field.pressSequentially("Looks for the sum, finds none. l j k");
  expect((await positionOf(page)).at).toBe(stood);
  await field.press("Control+Enter");
  const item = page.getByRole("listitem").filter({ hasText: "Looks for the sum" });
  await item.waitFor();
  const flag = page.getByRole("button", { name: /^Note at 0:1\d Looks for the sum/ });
  await flag.waitFor();
  await keepPicture(page, "notes");
  await seek(page, 25_000);
  await flag.click();
  await until("the second of the note", 20_000, async () => {
    return Math.abs((await positionOf(page)).at - stood) < 3000;
  });
});

test("a note is changed, and one that was removed comes back", async () => {
  const { page } = desk;
  const item = page.getByRole("listitem").filter({ hasText: "Looks for the sum" });
  await item.getByRole("button", { name: "Change" }).click();
  await page.getByRole("textbox", { name: /^Note at/ }).fill("Looks for the sum twice");
  await page.getByRole("button", { name: "Save the note" }).click();
  await page.getByText("Looks for the sum twice").waitFor();
  await item.getByRole("button", { name: "Remove" }).click();
  await page.getByText("No note on this recording yet.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Looks for the sum twice").waitFor();
});

test("tags and a collection find the recordings again", async () => {
  const { page } = desk;
  await mark(page, async (dialog) => {
    await dialog.getByLabel("Another tag").fill("Cart  sum");
    await dialog.getByRole("button", { name: "Add" }).click();
    await dialog.getByRole("button", { name: "Take the tag Cart sum away" }).waitFor();
    await dialog.getByLabel("Name of a new collection").fill("For Monday");
    await dialog.getByRole("button", { name: "Make" }).click();
    await until("the recording is in it", 15_000, () =>
      dialog.getByLabel("For Monday").isChecked(),
    );
    await keepPicture(page, "tags");
  });
  // The newest stands first, so the next one above is the second.
  await press(page, "ArrowUp");
  await page.waitForURL((url) => url.pathname.endsWith(SESSIONS[1] ?? ""));
  await pictureOf(page);
  await mark(page, async (dialog) => {
    await dialog.getByLabel("For Monday").check();
    await dialog.getByLabel("Another tag").fill("CART SUM");
    await dialog.getByRole("button", { name: "Add" }).click();
    // It is one tag, in its first spelling.
    await dialog.getByRole("button", { name: "Take the tag Cart sum away" }).waitFor();
    await dialog.getByRole("button", { name: "Take the tag Cart sum away" }).click();
    await dialog.getByRole("button", { name: "Take the tag Cart sum away" }).waitFor({
      state: "detached",
    });
  });
  const filter = page.getByRole("button", { name: "Tags: any or none" });
  await filter.click();
  await page
    .getByRole("dialog", { name: /^Tags:/ })
    .getByLabel(/Cart sum/)
    .check();
  await listed(page, 1);
  expect(new URL(page.url()).searchParams.getAll("tag")).toEqual(["Cart sum"]);
  await keepPicture(page, "list-by-tag");
  await page.goto(`${server.origin}/sites/${site.id}/sessions?notes=yes`);
  await listed(page, 1);
  await page.goto(`${server.origin}/sites/${site.id}/sessions`);
  await listed(page, 3);
  await page.getByRole("button", { name: "Tags: any or none" }).click();
  await page.getByLabel("In the collection").selectOption({ label: "For Monday (2)" });
  await listed(page, 2);
});

test("a collection is listed as somebody put it together, or in another order", async () => {
  const { page } = desk;
  const id = new URL(page.url()).searchParams.get("collection");
  const path = `sites/${site.id}/collections/${id}`;
  const { sessions } = await owner.get<{ sessions: string[] }>(path);
  const order = page.getByLabel("Order");
  await expect.poll(() => order.inputValue()).toBe("collected");
  for (const wanted of [sessions, [...sessions].reverse()]) {
    await owner.send("PATCH", path, { sessions: wanted });
    await page.reload();
    await listed(page, 2);
    await expect.poll(() => sessionsListed(page)).toEqual(wanted);
  }
  await order.selectOption({ label: "Newest first" });
  // Each session began after the one before it.
  const newest = [...sessions].sort().reverse();
  await until("the newest first", 15_000, async () => {
    return (await sessionsListed(page)).join() === newest.join();
  });
  expect(new URL(page.url()).searchParams.get("sort")).toBe("newest");
  await order.selectOption({ label: "As collected" });
  await until("its own order", 15_000, async () => {
    return (await sessionsListed(page)).join() === [...sessions].reverse().join();
  });
  await keepPicture(page, "list-collected");
});

test("a colleague who may only look reads all of it and changes none", async () => {
  const viewer = await colleague();
  const other = await openDesk(browser, server, viewer);
  const { page } = other;
  await page.goto(desk.page.url());
  await listed(page, 2);
  await page.getByRole("button", { name: "Tags: For Monday" }).waitFor();
  await open(page, SESSIONS[0] ?? "");
  await page.getByRole("tab", { name: /^Notes/ }).click();
  await page.getByText("Looks for the sum twice").waitFor();
  expect(await page.getByRole("button", { name: "Change", exact: true }).count()).toBe(0);
  expect(await page.getByRole("button", { name: /^Tags and collections/ }).count()).toBe(0);
  await press(page, "n");
  expect(await page.getByRole("textbox", { name: /^Note at/ }).count()).toBe(0);
  other.expectQuiet();
  await other.context.close();
});

test("it stands in the dark and on a phone", async () => {
  const { page } = desk;
  await open(page, SESSIONS[0] ?? "");
  await page.getByRole("tab", { name: /^Notes/ }).click();
  await page.emulateMedia({ colorScheme: "dark" });
  await keepPicture(page, "notes-dark");
  await page.setViewportSize({ width: 390, height: 844 });
  await keepPicture(page, "notes-phone");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
});

test("the dashboard asked nobody but its server, and had no error", () => desk.expectQuiet());

async function open(page: Page, session: string): Promise<void> {
  await page.goto(`${server.origin}/sites/${site.id}/sessions/${session}#t=0`);
  await pictureOf(page);
}

async function mark(
  page: Page,
  deed: (dialog: ReturnType<Page["getByRole"]>) => Promise<void>,
): Promise<void> {
  const name = "Tags and collections of this recording";
  await page.getByRole("button", { name }).click();
  const dialog = page.getByRole("dialog", { name });
  await dialog.waitFor();
  await deed(dialog);
  await page.keyboard.press("Escape");
}

async function listed(page: Page, count: number): Promise<void> {
  const list = page.getByRole("region", { name: "Sessions", exact: true });
  await until(`${count} sessions in the list`, 15_000, async () => {
    return (await list.getByRole("listitem").count()) === count;
  });
}

/** Ids of the sessions in the list, from its top. */
function sessionsListed(page: Page): Promise<string[]> {
  const list = page.getByRole("region", { name: "Sessions", exact: true });
  return list
    .getByRole("listitem")
    .getByRole("link")
    .evaluateAll((links) =>
      links.map(
        (link) => /sessions\/([0-9a-f]{32})/.exec((link as HTMLAnchorElement).href)?.[1] ?? "",
      ),
    );
}

/** Somebody with the role viewer. */
async function colleague(): Promise<Owner> {
  // A test that is tried once more gets another one.
  const [email, password] = [`viewer-${Date.now()}@example.org`, "another long password"];
  const made = await owner.send<{ link: string }>("POST", "users", { email });
  const token = new URL(made.link).hash.slice(1);
  const answer = await fetch(`${server.origin}/api/v1/first-user`, {
    method: "POST",
    headers: { "content-type": "application/json", "sec-fetch-site": "same-origin" },
    body: JSON.stringify({ token, email, password }),
  });
  if (!answer.ok) throw new Error(`first-user: ${answer.status} ${await answer.text()}`);
  const { users } = await owner.get<{ users: { id: number; email: string }[] }>("users");
  const user = users.find((each) => each.email === email);
  await owner.send("PUT", `sites/${site.id}/members/${user?.id}`, { role: "viewer" });
  return signIn(server, email, password);
}

/** A page on which somebody moves all the time. */
function recorded(from_ms: number): RecordedEvents {
  const { element, page } = nodeMaker();
  const style = element("style", {}, "body { font: 20px sans-serif; margin: 40px }");
  const node = page([style], element("body", {}, element("h1", {}, "Your cart"), "3 lamps"));
  const moves = Array.from({ length: 60 }, (_, step) => ({
    type: 3,
    timestamp: from_ms + ((step + 1) * LASTS_MS) / 60,
    data: { source: 1, positions: [{ x: step * 9, y: step * 5, id: 1, timeOffset: 0 }] },
  }));
  return [
    { type: 4, timestamp: from_ms, data: { href: SITE_ORIGIN, width: 800, height: 500 } },
    { type: 2, timestamp: from_ms, data: { node, initialOffset: { left: 0, top: 0 } } },
    ...moves,
  ];
}
