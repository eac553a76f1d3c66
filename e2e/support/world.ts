// What most tests begin with: a browser, a server, and who may do everything there.
import type { Browser } from "playwright-core";
import { firstUser, type Owner } from "./api.ts";
import { startBrowser } from "./browser.ts";
import { startDemo } from "./demo.ts";
import { type Server, startServer } from "./server.ts";

export interface World {
  readonly server: Server;
  readonly browser: Browser;
  readonly owner: Owner;
}

/** Starts both, the server with further flags, and uses its first sign-in link. */
export function openWorld(flags: readonly string[] = []): Promise<World> {
  return withBrowser(startServer(undefined, flags));
}

/** The same, with the demo's ninety days of visits. */
export function openDemo(flags: readonly string[] = []): Promise<World> {
  return withBrowser(startDemo(flags));
}

async function withBrowser(starting: Promise<Server>): Promise<World> {
  const [server, browser] = await Promise.all([starting, startBrowser()]);
  return { server, browser, owner: await firstUser(server) };
}
