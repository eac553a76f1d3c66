// The dashboard in a browser of somebody's own, and what it must never do there.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { expect } from "vitest";
import type { Caller } from "./api.ts";
import type { Server } from "./server.ts";

export interface Desk {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Fails when the dashboard asked another host, had an error, or said one on the console. */
  expectQuiet(): void;
}

/** A browser in which somebody is signed in, or nobody. */
export async function openDesk(
  browser: Browser,
  server: Server,
  who?: Pick<Caller, "cookie">,
): Promise<Desk> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  if (who) await letIn(context, server, who);
  const page = await context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  context.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    // Browsers note each refusal there; these two are how one learns that nobody is signed in.
    const refused = /\/api\/v1\/(me|login)$/.test(message.location().url);
    if (refused && message.text().includes("status of 401")) return;
    complaints.push(`${message.text()} ${message.location().url}`);
  });
  return {
    context,
    page,
    expectQuiet() {
      const elsewhere = asked.filter((url) => !/^(blob|data):/.test(url));
      expect(elsewhere.filter((url) => new URL(url).origin !== server.origin)).toEqual([]);
      expect(complaints).toEqual([]);
    },
  };
}

/** Signs somebody in without the door. */
export async function letIn(
  context: BrowserContext,
  server: Server,
  { cookie }: Pick<Caller, "cookie">,
): Promise<void> {
  const [name, value] = cookie.split("=");
  await context.addCookies([{ name: name ?? "", value: value ?? "", url: server.origin }]);
}

/** Fills in the door, first or later. */
export async function enter(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: false }).first().fill(password);
  await page.getByRole("button", { name: /^(Start|Sign in)$/ }).click();
}
