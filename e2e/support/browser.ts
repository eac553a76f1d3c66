// A real Chromium, quiet: it asks nobody but the servers of the test.
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts the browser that the environment names, or Debian's; with more flags where they are given. */
export function startBrowser(flags: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env.HITMETRIX_CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, headless: true, args: [...FLAGS, ...flags] });
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
