// Owners and members as people meet them: another owner by typed address, roles and removals that can
// be taken back, one's own password; and what goes for good asks for its name.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Owner, signIn } from "../support/api.ts";
import { type Desk, enter, letIn, openDesk } from "../support/dashboard.ts";
import { startOwnPages } from "../support/own_pages.ts";
import { keepPicture } from "../support/pictures.ts";
import { tooWide, violationsInThemes } from "../support/screens.ts";
import type { Server } from "../support/server.ts";
import { addSite, recordingOf, type Site } from "../support/sites.ts";
import { sessionOf, snippetOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const ADA = "ada@example.org";
const OLD = "a sentence that is long enough";
const NEW = "another sentence, longer still";

let server: Server;
let browser: Browser;
let owner: Owner;
let desk: Desk;
let site: Site;

beforeAll(async () => {
  ({ server, browser, owner } = await openWorld());
  site = await addSite(owner, "Lamps");
  await invite(ADA, OLD);
  desk = await openDesk(browser, server, owner);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** A user who has opened the invitation and chosen a password. */
async function invite(email: string, password: string): Promise<void> {
  const { link } = await owner.send<{ link: string }>("POST", "users", { email });
  const opened = await fetch(`${server.origin}/api/v1/first-user`, {
    method: "POST",
    headers: { "content-type": "application/json", "sec-fetch-site": "same-origin" },
    body: JSON.stringify({ token: new URL(link).hash.slice(1), email, password }),
  });
  if (!opened.ok) throw new Error(`invitation: ${opened.status} ${await opened.text()}`);
}

interface User {
  readonly id: number;
  readonly email: string;
  readonly owner: boolean;
}

async function userOf(email: string): Promise<User> {
  const { users } = await owner.get<{ users: User[] }>("users");
  const found = users.find((user) => user.email === email);
  if (!found) throw new Error(`no user ${email}`);
  return found;
}

async function roleOf(email: string): Promise<string | undefined> {
  const path = `sites/${site.id}/members`;
  const { members } = await owner.get<{ members: { email: string; role: string }[] }>(path);
  return members.find((member) => member.email === email)?.role;
}

async function looksRight(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  expect(await violationsInThemes(page, name)).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
}

test("another owner is made by typing the address, and taken back with undo", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/users`);
  await page.getByText("the only owner, who cannot go").waitFor();
  const row = page.getByRole("row").filter({ hasText: ADA });
  await row.getByRole("button", { name: "Make an owner…" }).click();
  const box = page.getByRole("dialog", { name: `Make ${ADA} an owner` });
  const yes = box.getByRole("button", { name: "Make an owner" });
  await box.getByRole("textbox").fill("ada@example.com");
  expect(await yes.isDisabled()).toBe(true);
  await looksRight(page, "users-owner");
  await box.getByRole("textbox").fill(ADA);
  await yes.click();
  await row.getByRole("cell", { name: "Owner", exact: true }).waitFor();
  expect((await userOf(ADA)).owner).toBe(true);
  await page.getByRole("button", { name: "Undo" }).click();
  await row.getByRole("button", { name: "Make an owner…" }).waitFor();
  expect((await userOf(ADA)).owner).toBe(false);
});

test("a role and a removal are taken back with undo, by an admin who is no owner too", async () => {
  const ada = await userOf(ADA);
  await owner.send("PUT", `sites/${site.id}/members/${ada.id}`, { role: "admin" });
  const bobs = "bob@example.org";
  const bob = await userOf(bobs).catch(() => invite(bobs, OLD).then(() => userOf(bobs)));
  await owner.send("PUT", `sites/${site.id}/members/${bob.id}`, { role: "viewer" });
  const adas = await openDesk(browser, server);
  await letIn(adas.context, server, await signIn(server, ADA, OLD));
  const { page } = adas;
  await page.goto(`${server.origin}/sites/${site.id}/settings/members`);
  const row = page.getByRole("row").filter({ hasText: bob.email });
  const undo = page.getByRole("button", { name: "Undo" });
  const becomes = (role: string | undefined) =>
    until(`${role ?? "no"} role`, 15_000, async () => (await roleOf(bob.email)) === role);
  // What was done is shown once the members are read anew; until then a row is as it was before.
  const listed = () =>
    page.waitForResponse((answer) => {
      return answer.url().endsWith("/members") && answer.request().method() === "GET";
    });
  const shown = listed();
  await row.getByRole("combobox").selectOption("editor");
  await becomes("editor");
  // Pointed at, it stays.
  await undo.hover();
  await shown;
  const again = listed();
  await undo.click();
  await page.getByText("Taken back").waitFor();
  await becomes("viewer");
  await again;
  await row.getByRole("button", { name: "Remove" }).click();
  await page.getByText("bob@example.org is no member any more").hover();
  await becomes(undefined);
  await keepPicture(page, "members-undo");
  await undo.click();
  await becomes("viewer");
  await row.waitFor();
  await adas.context.close();
});

test("one's own password is changed with the old one, and other logins end", async () => {
  const adas = await openDesk(browser, server);
  await letIn(adas.context, server, await signIn(server, ADA, OLD));
  const elsewhere = await signIn(server, ADA, OLD);
  const { page } = adas;
  await page.goto(`${server.origin}/account`);
  await page.getByRole("button", { name: "Change the password…" }).click();
  const fill = async (old: string, next: string, again: string): Promise<void> => {
    await page.getByLabel("Old password").fill(old);
    await page.getByLabel("New password", { exact: false }).first().fill(next);
    await page.getByLabel("New password again").fill(again);
    await page.getByRole("button", { name: "Change it" }).click();
  };
  await fill(OLD, NEW, `${NEW} `);
  await page.getByText("The new password is not the same both times.").waitFor();
  await fill("not the old one", NEW, NEW);
  await page.getByText("The old password is wrong.").waitFor();
  await looksRight(page, "own-password");
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await tooWide(page)).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await fill(OLD, NEW, NEW);
  await page.getByText("Your password is changed").waitFor();
  await page.reload();
  await page.getByRole("heading", { name: ADA }).waitFor();
  await expect(elsewhere.get("me")).rejects.toThrow("401");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await enter(page, ADA, NEW);
  await page
    .getByRole("heading", { name: "Sites" })
    .or(page.getByRole("link", { name: "Overview" }))
    .first()
    .waitFor();
  await adas.context.close();
});

/** A visit that was recorded, by its session. */
async function recorded(): Promise<string> {
  const head = snippetOf(server.origin, site.key, "persistent");
  const pages = await startOwnPages({ "/": { head, body: "<h1>Lamps</h1>" } });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(pages.origin);
  const session = await sessionOf(page);
  await recordingOf(owner, site, session);
  await context.close();
  await pages.stop();
  return session;
}

test("a token, a user and a recording go only by their name", async () => {
  const { page } = desk;
  await owner.send("POST", `sites/${site.id}/tokens`, { name: "warehouse", scope: "read" });
  await page.goto(`${server.origin}/sites/${site.id}/settings/tokens`);
  const row = page.getByRole("row").filter({ hasText: "warehouse" });
  const box = page.getByRole("dialog");
  await row.getByRole("button", { name: "Remove…" }).click();
  await box.getByRole("button", { name: "Keep it" }).click();
  await row.getByRole("button", { name: "Remove…" }).click();
  expect(await box.getByRole("button", { name: "Remove", exact: true }).isDisabled()).toBe(true);
  await box.getByRole("textbox").fill("warehouse");
  await box.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("warehouse works no more").waitFor();
  await row.waitFor({ state: "detached" });

  await page.goto(`${server.origin}/users`);
  const bob = page.getByRole("row").filter({ hasText: "bob@example.org" });
  await bob.getByRole("button", { name: "Remove…" }).click();
  await box.getByRole("textbox").fill("bob@example.org");
  await box.getByRole("button", { name: "Remove", exact: true }).click();
  await bob.waitFor({ state: "detached" });

  const session = await recorded();
  await page.goto(`${server.origin}/sites/${site.id}/sessions/${session}`);
  await page.getByRole("button", { name: "Facts of this session" }).click();
  await page.getByRole("button", { name: "Delete the recording…" }).click();
  expect(await box.getByRole("button", { name: "Delete" }).isDisabled()).toBe(true);
  await keepPicture(page, "recording-delete");
  await box.getByRole("textbox").fill(session.slice(0, 6));
  await box.getByRole("button", { name: "Delete" }).click();
  await page.getByText("The recording is deleted; the events stay").waitFor();
  const gone = await owner.get<{ recordings: unknown[] }>(
    `sites/${site.id}/recordings?session=${session}`,
  );
  expect(gone.recordings).toEqual([]);
});

test("a link that was used says what to do, and asks for nothing any more", async () => {
  const email = `carl-${Date.now()}@example.org`;
  const { link } = await owner.send<{ link: string }>("POST", "users", { email });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await enter(page, email, OLD);
  await page.getByRole("navigation", { name: "Main" }).waitFor();
  await context.clearCookies();
  await page.goto("about:blank");
  // Nothing has to be typed to hear it.
  await page.goto(link);
  await page.getByRole("heading", { name: "This link works no more" }).waitFor();
  expect(await page.getByRole("textbox").count()).toBe(0);
  await looksRight(page, "link-used");
  await page.getByRole("link", { name: "sign in" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await context.close();
});
