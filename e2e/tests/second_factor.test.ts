// A second factor, as somebody makes it with an app on their phone (worked out here), signs in with it
// and with a recovery code; and as an owner asks it of everybody and resets it.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser } from "../support/browser.ts";
import { type Desk, enter, openDesk } from "../support/dashboard.ts";
import { keepPicture } from "../support/pictures.ts";
import { tooWide, violationsInThemes, violationsOf } from "../support/screens.ts";
import { type Server, startServer } from "../support/server.ts";
import { codeOf, STEP_S } from "../support/totp.ts";
import { until } from "../support/until.ts";

const EMAIL = "owner@example.org";
const PASSWORD = "a sentence that is long enough";
let server: Server;
let browser: Browser;
let desk: Desk;
let key = "";
let codes: string[] = [];
/** The last step of which a code was given. */
let last = 0;

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  desk = await openDesk(browser, server);
  await desk.page.goto(server.link);
  await enter(desk.page, EMAIL, PASSWORD);
  await desk.page.getByRole("link", { name: "Overview" }).waitFor();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** A code that was not given before: of now, or of the step ahead, which counts too. */
async function nextCode(): Promise<string> {
  last = await until("a step of which no code was given", 70_000, () => {
    const now = Math.floor(Date.now() / 1000 / STEP_S);
    return now > last ? now : now + 1 > last && now + 1;
  });
  return codeOf(key, last);
}

async function signOut(page: Page): Promise<void> {
  await page.goto(`${server.origin}/account`);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

test("it is made with password, picture and code, and gives recovery codes once", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/account`);
  await page.getByLabel("Your password").fill(PASSWORD);
  await page.getByRole("button", { name: "Make a second factor" }).click();
  await page.getByRole("img", { name: "QR code of the key" }).waitFor();
  const link = page.getByRole("link", { name: "Open in an app on this device" });
  key = new URL((await link.getAttribute("href")) ?? "").searchParams.get("secret") ?? "";
  expect(key).toMatch(/^[A-Z2-7]{32}$/);
  await keepPicture(page, "second-factor-new");
  await page.getByLabel("Code", { exact: true }).fill(await nextCode());
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("The sign-in asks for a code from now on.").waitFor();
  codes = await page.getByRole("status").locator("li code").allInnerTexts();
  expect(codes).toHaveLength(10);
  await keepPicture(page, "second-factor-codes");
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.getByText("10 recovery codes are left").waitFor();
});

test("the sign-in asks for a code, and takes no wrong one and none twice", async () => {
  const { page } = desk;
  const used = codeOf(key, last);
  await signOut(page);
  await enter(page, EMAIL, PASSWORD);
  await page.getByText("The code that your authenticator app shows now").waitFor();
  const refused = async (code: string): Promise<void> => {
    await page.getByLabel("Code").fill(code);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("The code is wrong, too old, or was used already").waitFor();
  };
  await refused("000000");
  await refused(used);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await tooWide(page)).toEqual([]);
  expect(await violationsInThemes(page, "second-step")).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByLabel("Code").fill(await nextCode());
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Overview" }).waitFor();
});

test("a recovery code signs in once", async () => {
  const { page } = desk;
  await signOut(page);
  await enter(page, EMAIL, PASSWORD);
  await page.getByLabel("Code").fill(codes[0] ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Overview" }).waitFor();
  await page.goto(`${server.origin}/account`);
  await page.getByText("9 recovery codes are left").waitFor();
});

test("recovery codes are made anew with password and code", async () => {
  const { page } = desk;
  await page.getByRole("button", { name: "New recovery codes…" }).click();
  await page.getByLabel("Your password").fill(PASSWORD);
  await page.getByLabel("A code of the app, or a recovery code").fill(codes[1] ?? "");
  await page.getByRole("button", { name: "Make ten new ones" }).click();
  await page.getByText("The recovery codes of before sign nobody in any more.").waitFor();
  const before = codes;
  codes = await page.getByRole("status").locator("li code").allInnerTexts();
  expect(codes).toHaveLength(10);
  expect(codes.filter((code) => before.includes(code))).toEqual([]);
  expect(await violationsOf(page)).toEqual([]);
  await keepPicture(page, "second-factor-renewed");
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.getByText("10 recovery codes are left").waitFor();
});

test("an owner asks it of everybody: who has none can do nothing but make one", async () => {
  const { page } = desk;
  await page.goto(`${server.origin}/users`);
  await page.getByLabel("Everybody must have a second factor").check();
  await page.getByText("Everybody must have a second factor now").waitFor();
  await page.getByLabel("E-mail").fill("ada@example.org");
  await page.getByRole("button", { name: "Make an invitation" }).click();
  const box = page.getByRole("status").filter({ hasText: "Send this link" });
  const invitation = await box.locator("code").innerText();
  const theirs = await openDesk(browser, server);
  await theirs.page.goto(invitation);
  await enter(theirs.page, "ada@example.org", PASSWORD);
  await theirs.page.getByText("Everybody has a second factor here.").waitFor();
  await theirs.page.waitForURL((url) => url.pathname === "/account");
  await theirs.page.goto(`${server.origin}/`);
  await theirs.page.getByText("Everybody has a second factor here.").waitFor();
  await keepPicture(theirs.page, "second-factor-required");
  expect(await violationsOf(theirs.page)).toEqual([]);
  await theirs.context.close();
  await page.mouse.move(0, 0);
  await keepPicture(page, "second-factor-users");
  expect(await violationsOf(page)).toEqual([]);
});

test("the command line resets it, and the audit log has all of it", async () => {
  const { page } = desk;
  await server.command("user", "reset-second-factor", EMAIL);
  // Its logins end with it: whoever has the lost phone is out.
  await page.goto(`${server.origin}/account`);
  await enter(page, EMAIL, PASSWORD);
  await page.getByRole("button", { name: "Make a second factor" }).waitFor();
  expect(server.output()).not.toContain(key);
  for (const code of codes) expect(server.output()).not.toContain(code);
});
