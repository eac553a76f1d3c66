// A real Chromium, quiet: it asks nobody but the servers of the test.
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { PATIENCE } from "./until.ts";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What a page may take on an idle machine to show what is waited for. */
const SHOWN_MS = 20_000;

/**
 * Starts the browser that the environment names, or Debian's; with more flags where they are given.
 * Its pages are waited for with patience.
 */
export async function startBrowser(flags: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env.HITMETRIX_CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: [...FLAGS, ...flags],
  });
  browser.on("context", (context) => context.setDefaultTimeout(PATIENCE * SHOWN_MS));
  return browser;
}

/** Bytes that a page sent to somebody, with where to. */
export interface Sent {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** Collects everything the pages of `context` send. */
export function watchWire(context: BrowserContext): Sent[] {
  const sent: Sent[] = [];
  context.on("request", (request) => {
    sent.push({
      url: request.url(),
      method: request.method(),
      headers: request.headers(),
      body: request.postDataBuffer() ?? Buffer.alloc(0),
    });
  });
  return sent;
}

/** Collects the errors of a page: a tracker must never cause one. */
export function watchErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  return errors;
}
