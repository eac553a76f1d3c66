// Pages that a test writes itself, served as a site of its own.
import { type Loopback, startLoopback } from "./loopback.ts";

export interface OwnPage {
  readonly head?: string;
  readonly body?: string;
  /** What comes instead of a page with this head and body. */
  readonly script?: string;
  readonly headers?: Record<string, string>;
}

/** Serves each page under its path; every other path is not found. */
export function startOwnPages(pages: Record<string, OwnPage>): Promise<Loopback> {
  return startLoopback((request, response) => {
    const page = pages[new URL(request.url ?? "/", "http://x").pathname];
    if (page === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { head = "", body = "", script, headers } = page;
    const type = script === undefined ? "text/html; charset=utf-8" : "text/javascript";
    response.writeHead(200, { "content-type": type, ...headers });
    response.end(
      script ??
        `<!doctype html><html lang="en"><head><title>Own page</title>
<link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`,
    );
  });
}
