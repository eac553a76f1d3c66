// Takes the pictures of `cargo xtask screenshots`: every screen in every state, light and dark, on a
// desktop, a laptop and a phone, of the demo in the real server. A page shows all of them side by
// side; those that the guide needs are written into docs/guide.
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firstUser, type Owner, signIn } from "../support/api.ts";
import { checkoutBoard } from "../support/boards.ts";
import { startBrowser } from "../support/browser.ts";
import { enter, letIn } from "../support/dashboard.ts";
import { mailServer, type Receiver } from "../support/receivers.ts";
import { type Server, startServer } from "../support/server.ts";
import { addSite, demoSite, type Site } from "../support/sites.ts";
import { until } from "../support/until.ts";
import { type InUse, makeSecondFactor, putInUse } from "./in_use.ts";
import { overlaysOf } from "./overlays.ts";
import { type Shot, screensOf } from "./screens.ts";
import { putInto, type State } from "./states.ts";

const OUT = process.env.HITMETRIX_SCREENSHOTS ?? "/tmp/hitmetrix-screenshots";
/** Only screens whose names have one of these in them; all when there is none. */
const ONLY = (process.env.HITMETRIX_SCREENSHOTS_ONLY ?? "").split(" ").filter(Boolean);
/** Whether only what the guide shows is taken. */
const IS_GUIDE = process.env.HITMETRIX_SCREENSHOTS_GUIDE === "1";
const GUIDE = resolve(import.meta.dirname, "../../docs/guide");
/** Only these looks, as `light-1440`; all when there is none. */
const LOOKS = (process.env.HITMETRIX_SCREENSHOTS_LOOKS ?? "").split(" ").filter(Boolean);
/** Only these states, as `full empty`; all when there is none. */
const STATES = (process.env.HITMETRIX_SCREENSHOTS_STATES ?? "").split(" ").filter(Boolean);
const THEMES = IS_GUIDE ? (["light"] as const) : (["light", "dark"] as const);
const SIZES: readonly (readonly [number, number])[] = IS_GUIDE
  ? [[1440, 900]]
  : [
      [1440, 900],
      [1024, 768],
      [390, 844],
    ];
const LIMIT_MS = 4 * 3_600_000;
const THERE_MS = 60_000;
/** A picture may take its time on a machine that does much else. */
const PATIENCE_MS = 120_000;

interface Taken {
  readonly shot: string;
  readonly state: State;
  readonly file: string;
  readonly name: string;
}

let server: Server;
let browser: Browser;
let owner: Owner;
let demo: Site;
let nothing: Site;
let stranger: Owner;
let session: string;
let board: string;
let inUse: InUse;
let mail: Receiver<string>;
const taken: Taken[] = [];
const troubles: string[] = [];

beforeAll(async () => {
  mail = await mailServer();
  server = await startServer(undefined, mailFlags(mail.port));
  browser = await startBrowser();
  owner = await firstUser(server);
  demo = await demoSite(owner);
  nothing = await addSite(owner, "Bakery");
  await server.command("demo");
  session = await worthWatching();
  board = await makeBoard();
  inUse = await putInUse(owner, demo, { session, board });
  stranger = await someoneElse("viewer@example.org", "another long sentence");
  const { email, password } = inUse.second;
  await makeSecondFactor(await someoneElse(email, password));
  await mkdir(OUT, { recursive: true });
}, LIMIT_MS);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await mail?.stop();
});

test("pictures of all screens", { timeout: LIMIT_MS }, async () => {
  const named = { ...inUse, session, board };
  const shots = [...screensOf(named), ...overlaysOf(named)].filter(
    ({ name, guide }) =>
      (!IS_GUIDE || guide) && (!ONLY.length || ONLY.some((word) => name.includes(word))),
  );
  for (const theme of THEMES)
    for (const [width, height] of SIZES) {
      if (LOOKS.length > 0 && !LOOKS.includes(`${theme}-${width}`)) continue;
      const size = { width, height };
      await ofOwner({ theme, ...size }, shots);
      await ofNobody({ theme, ...size }, shots);
      if (!IS_GUIDE) await ofStranger({ theme, ...size }, shots);
    }
  await writeFile(join(OUT, "index.html"), sheet());
  console.log(`${taken.length} pictures in ${OUT}`);
  expect(troubles).toEqual([]);
});

interface Look {
  readonly theme: "light" | "dark";
  readonly width: number;
  readonly height: number;
}

async function ofOwner(look: Look, shots: readonly Shot[]): Promise<void> {
  const context = await signedIn(look, owner);
  const page = await context.newPage();
  for (const shot of shots) {
    if (shot.isOpen || look.width > (shot.widest ?? look.width)) continue;
    await take(page, look, { shot, state: "full", site: demo });
    if (IS_GUIDE) continue;
    if (shot.empty) await take(page, look, { shot, state: "empty", site: nothing });
    if (shot.path.startsWith("/")) continue;
    for (const state of ["loading", "partial", "error"] as const) {
      if (!shot.act) await take(page, look, { shot, state, site: demo });
    }
  }
  await context.close();
}

/** What stands in front of the door, each time in a browser that knows nothing. */
async function ofNobody(look: Look, shots: readonly Shot[]): Promise<void> {
  for (const shot of shots.filter(({ isOpen }) => isOpen)) {
    const context = await browser.newContext(optionsOf(look));
    await take(await context.newPage(), look, { shot, state: "full", site: demo });
    await context.close();
  }
}

/** What somebody sees whose role does not reach this far. */
async function ofStranger(look: Look, shots: readonly Shot[]): Promise<void> {
  const context = await signedIn(look, stranger);
  const page = await context.newPage();
  for (const shot of shots.filter(({ name }) => /^(overview|settings|users|status)/.test(name)))
    await take(page, look, { shot, state: "forbidden", site: demo });
  await context.close();
}

function optionsOf({ theme, width, height }: Look): BrowserContextOptions {
  return { viewport: { width, height }, colorScheme: theme, reducedMotion: "reduce" };
}

async function signedIn(look: Look, who: Owner): Promise<BrowserContext> {
  const context = await browser.newContext(optionsOf(look));
  context.setDefaultTimeout(PATIENCE_MS);
  await letIn(context, server, who);
  return context;
}

interface Wanted {
  readonly shot: Shot;
  readonly state: State;
  readonly site: Site;
}

async function take(page: Page, look: Look, { shot, state, site }: Wanted): Promise<void> {
  if (STATES.length > 0 && !STATES.includes(state)) return;
  const { theme, width } = look;
  const name = `${shot.name}-${state}-${theme}-${width}`;
  const path = shot.path.startsWith("/") ? shot.path : `/sites/${site.id}/${shot.path}`;
  try {
    await putInto(page, state);
    await page.goto(server.origin + path);
    if (state === "loading") await page.waitForTimeout(1_200);
    else await there(page);
    if (state === "full" && shot.act) {
      await shot.act(page);
      await there(page);
    }
    const file = join(OUT, `${name}.png`);
    await page.screenshot({ path: file, fullPage: !shot.isOverlay });
    taken.push({ shot: shot.name, state, file: `${name}.png`, name });
    const isOfGuide = state === "full" && theme === "light" && width === 1440;
    if (shot.guide && isOfGuide) await writeGuide(page, shot.guide);
  } catch (error) {
    troubles.push(`${name}: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
  }
}

/** Waits until nothing is being loaded, and nothing that came with it either. */
async function there(page: Page): Promise<void> {
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

/** A smaller picture for a page that is read, in few colours: pages load it, and git keeps it. */
async function writeGuide(page: Page, name: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality: 75 });
  await devtools.detach();
  await writeFile(join(GUIDE, `${name}.webp`), Buffer.from(data, "base64"));
}

/** A session of the demo in which a payment fails. */
async function worthWatching(): Promise<string> {
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
async function makeBoard(): Promise<string> {
  const context = await signedIn({ theme: "light", width: 1440, height: 900 }, owner);
  const page = await context.newPage();
  const made = await checkoutBoard(page, `${server.origin}/sites/${demo.id}/boards`);
  await context.close();
  return made;
}

/** Somebody who may see another site only. */
async function someoneElse(email: string, password: string): Promise<Owner> {
  const { link } = await owner.send<{ link: string }>("POST", "users", { email });
  const { users } = await owner.get<{ users: { id: number; email: string }[] }>("users");
  const id = users.find((one) => one.email === email)?.id;
  await owner.send("PUT", `sites/${nothing.id}/members/${id}`, { role: "viewer" });
  const page = await browser.newPage();
  await page.goto(link);
  await enter(page, email, password);
  await page.getByRole("link", { name: "Overview" }).first().waitFor();
  await page.close();
  return signIn(server, email, password);
}

/** Flags with which the server sends its mail to us. */
function mailFlags(port: number): readonly string[] {
  const set = { host: "127.0.0.1", port: String(port), tls: "none", from: "hitmetrix@example.org" };
  const flags = Object.entries(set).flatMap(([name, value]) => [`--smtp-${name}`, value]);
  return ["--egress-allow", "127.0.0.1", ...flags];
}

/** All pictures on one page: a row for each state of a screen. */
function sheet(): string {
  const rows = new Map<string, string[]>();
  for (const { shot, state, file, name } of taken) {
    const row = rows.get(`${shot}, ${state}`) ?? [];
    rows.set(`${shot}, ${state}`, [...row, `<a href="${file}"><img src="${file}" alt="${name}">`]);
  }
  const all = [...rows].map(
    ([name, images]) => `<h2>${name}</h2><p>${images.join("</a>")}</a></p>`,
  );
  return `<!doctype html><meta charset="utf-8"><title>Screens</title>
<style>body{font:14px system-ui;margin:24px}p{display:flex;gap:8px;overflow-x:auto}img{height:420px;border:1px solid #ccc}</style>
${all.join("\n")}
`;
}
