// The installation that pictures are taken of and that eyes are kept on: the demo as a company has it
// that works with it, with everything that can be opened, in a server and a browser of its own.
import type { Browser, Page } from "playwright-core";
import { type Owner, signIn } from "../support/api.ts";
import { checkoutBoard } from "../support/boards.ts";
import { enter, letIn } from "../support/dashboard.ts";
import { mailServer, type Receiver } from "../support/receivers.ts";
import type { Server } from "../support/server.ts";
import { addSite, demoSite, type Site } from "../support/sites.ts";
import { until } from "../support/until.ts";
import { openDemo } from "../support/world.ts";
import { startAskedPage } from "./asked_page.ts";
import { makeSecondFactor, putInUse } from "./in_use.ts";
import type { Named } from "./screens.ts";

const THERE_MS = 60_000;

export interface Installation {
  readonly server: Server;
  readonly browser: Browser;
  readonly owner: Owner;
  /** The site with visits, and one without. */
  readonly demo: Site;
  readonly nothing: Site;
  /** Somebody who may see only the other site. */
  readonly stranger: Owner;
  readonly named: Named;
  close(): Promise<void>;
}

/** Starts it all and fills it. */
export async function openInstallation(): Promise<Installation> {
  const mail = await mailServer();
  const { server, browser, owner } = await openDemo(mailFlags(mail));
  const demo = await demoSite(owner);
  const nothing = await addSite(owner, "Bakery");
  const session = await worthWatching(owner, demo);
  const board = await makeBoard({ server, browser, owner }, demo);
  const inUse = await putInUse(owner, demo, { session, board });
  const customer = await startAskedPage(owner, server.origin);
  const world = { server, browser, owner };
  const stranger = await someoneElse(world, nothing, [
    "viewer@example.org",
    "another long sentence",
  ]);
  const { email, password } = inUse.second;
  await makeSecondFactor(await someoneElse(world, nothing, [email, password]));
  return {
    ...world,
    demo,
    nothing,
    stranger,
    named: { ...inUse, session, board, asked: `${customer.origin}/thanks` },
    async close() {
      await browser.close();
      await server.stop();
      await mail.stop();
      await customer.stop();
    },
  };
}

type World = Pick<Installation, "server" | "browser" | "owner">;

/** Waits until nothing is being loaded, and nothing that came with it either. */
export async function there(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle", { timeout: THERE_MS }).catch(() => {});
  // What was just pressed says that it counts only after a moment, and its panels ask once it is there.
  for (let calm = 0; calm < 2; calm += 1) {
    await page.waitForTimeout(400);
    await page.waitForFunction(isAtRest, null, { timeout: THERE_MS }).catch(() => {});
  }
}

/** In the page: whether nothing says that it is being counted or looked for. */
function isAtRest(): boolean {
  const says = [...document.querySelectorAll('[role="status"]')].map(
    (node) => node.textContent ?? "",
  );
  return !document.querySelector('[aria-busy="true"]') && !says.some((text) => text.includes("…"));
}

/** A session of the demo in which a payment fails. */
async function worthWatching(owner: Owner, demo: Site): Promise<string> {
  interface List {
    readonly recordings: readonly { readonly session: string; readonly path: string }[];
  }
  const all = await until("recordings of the demo", 60_000, async () => {
    const list = await owner.get<List>(`sites/${demo.id}/recordings?limit=100`);
    return list.recordings.length > 20 && list.recordings;
  });
  for (const { session } of all) {
    const path = `sites/${demo.id}/sessions/${session}`;
    const { events } = await owner.get<{ events: { name: string }[] }>(path);
    const has = (name: string) => events.some((event) => event.name === name);
    if (has("rage_click") && has("error")) return session;
  }
  throw new Error("no recording of a payment that fails");
}

/** A board of the checkout, as the template makes it of what was seen. */
async function makeBoard({ server, browser, owner }: World, demo: Site): Promise<string> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await letIn(context, server, owner);
  const page = await context.newPage();
  const made = await checkoutBoard(page, `${server.origin}/sites/${demo.id}/boards`);
  await context.close();
  return made;
}

/** Somebody who may see another site only. */
async function someoneElse(
  { server, browser, owner }: World,
  site: Site,
  [email, password]: readonly [email: string, password: string],
): Promise<Owner> {
  const { link } = await owner.send<{ link: string }>("POST", "users", { email });
  const { users } = await owner.get<{ users: { id: number; email: string }[] }>("users");
  const id = users.find((one) => one.email === email)?.id;
  await owner.send("PUT", `sites/${site.id}/members/${id}`, { role: "viewer" });
  const page = await browser.newPage();
  await page.goto(link);
  await enter(page, email, password);
  await page.getByRole("link", { name: "Overview" }).first().waitFor();
  await page.close();
  return signIn(server, email, password);
}

/** Flags with which the server sends its mail to us. */
function mailFlags({ port }: Receiver<string>): readonly string[] {
  const set = { host: "127.0.0.1", port: String(port), tls: "none", from: "hitmetrix@example.org" };
  const flags = Object.entries(set).flatMap(([name, value]) => [`--smtp-${name}`, value]);
  return ["--egress-allow", "127.0.0.1", ...flags];
}
