// Takes the pictures of `cargo xtask screenshots`: every screen in every state, light and dark, on a
// desktop, a laptop and a phone, of the demo in the real server. A page shows all of them side by
// side; those that the guide needs are written into docs/guide.
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Owner } from "../support/api.ts";
import { letIn } from "../support/dashboard.ts";
import type { Site } from "../support/sites.ts";
import { type Installation, openInstallation, there } from "./installation.ts";
import { overlaysOf } from "./overlays.ts";
import { remarksOn } from "./remarks.ts";
import { LAST, type Shot, screensOf } from "./screens.ts";
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
/** A picture may take its time on a machine that does much else. */
const PATIENCE_MS = 120_000;

interface Taken {
  readonly shot: string;
  readonly state: State;
  readonly file: string;
  readonly name: string;
}

let at: Installation;
/** What can be measured of a picture and is not as it should be: to be looked at. */
const remarks: string[] = [];
const taken: Taken[] = [];
const troubles: string[] = [];

beforeAll(async () => {
  at = await openInstallation();
  await mkdir(OUT, { recursive: true });
}, LIMIT_MS);

afterAll(async () => {
  await at?.close();
});

test("pictures of all screens", { timeout: LIMIT_MS }, async () => {
  const shots = [...screensOf(at.named), ...overlaysOf(at.named), ...LAST].filter(
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
  await writeFile(join(OUT, "remarks.txt"), remarks.map((line) => `${line}\n`).join(""));
  console.log(`${taken.length} pictures in ${OUT}, ${remarks.length} remarks in remarks.txt`);
  expect(troubles).toEqual([]);
});

interface Look {
  readonly theme: "light" | "dark";
  readonly width: number;
  readonly height: number;
}

async function ofOwner(look: Look, shots: readonly Shot[]): Promise<void> {
  const context = await signedIn(look, at.owner);
  const page = await context.newPage();
  for (const shot of shots) {
    if (shot.isOpen || look.width > (shot.widest ?? look.width)) continue;
    await take(page, look, { shot, state: "full", site: at.demo });
    if (IS_GUIDE) continue;
    if (shot.empty) await take(page, look, { shot, state: "empty", site: at.nothing });
    if (!isOfSite(shot)) continue;
    for (const state of ["loading", "partial", "error"] as const) {
      if (!shot.act) await take(page, look, { shot, state, site: at.demo });
    }
  }
  await context.close();
}

/** What stands in front of the door, each time in a browser that knows nothing. */
async function ofNobody(look: Look, shots: readonly Shot[]): Promise<void> {
  for (const shot of shots.filter(({ isOpen }) => isOpen)) {
    const context = await at.browser.newContext(optionsOf(look));
    await take(await context.newPage(), look, { shot, state: "full", site: at.demo });
    await context.close();
  }
}

/** What somebody sees whose role does not reach this far. */
async function ofStranger(look: Look, shots: readonly Shot[]): Promise<void> {
  const context = await signedIn(look, at.stranger);
  const page = await context.newPage();
  for (const shot of shots.filter(({ name }) => /^(overview|settings|users|status)/.test(name)))
    await take(page, look, { shot, state: "forbidden", site: at.demo });
  await context.close();
}

function optionsOf({ theme, width, height }: Look): BrowserContextOptions {
  return { viewport: { width, height }, colorScheme: theme, reducedMotion: "reduce" };
}

async function signedIn(look: Look, who: Owner): Promise<BrowserContext> {
  const context = await at.browser.newContext(optionsOf(look));
  context.setDefaultTimeout(PATIENCE_MS);
  await letIn(context, at.server, who);
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
  const address = addressOf(shot, site);
  try {
    await putInto(page, state);
    await page.goto(address);
    if (state === "loading") await page.waitForTimeout(1_200);
    else await there(page);
    if (state === "full" && shot.act) {
      await shot.act(page);
      await there(page);
    }
    const file = join(OUT, `${name}.png`);
    if (!shot.isOverlay) await page.evaluate(putTabsLast);
    await page.screenshot({ path: file, fullPage: !shot.isOverlay });
    for (const remark of await remarksOn(page)) remarks.push(`${name}: ${remark}`);
    taken.push({ shot: shot.name, state, file: `${name}.png`, name });
    const isOfGuide = state === "full" && theme === "light" && width === 1440;
    if (shot.guide && isOfGuide) await writeGuide(page, shot.guide);
  } catch (error) {
    troubles.push(`${name}: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
  }
}

const isOfSite = ({ path }: Shot): boolean => !/^(\/|https?:)/.test(path);

function addressOf(shot: Shot, site: Site): string {
  const path = isOfSite(shot) ? `/sites/${site.id}/${shot.path}` : shot.path;
  return new URL(path, at.server.origin).href;
}

/** In the page: what is fixed to the window's end stands at the picture's, and hides nothing in it. */
function putTabsLast(): void {
  const tabs = document.querySelector<HTMLElement>(".tabbar");
  if (!tabs?.parentElement || getComputedStyle(tabs).position !== "fixed") return;
  document.body.style.position = "relative";
  tabs.style.position = "absolute";
}

/** A smaller picture for a page that is read, in few colours: pages load it, and git keeps it. */
async function writeGuide(page: Page, name: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality: 75 });
  await devtools.detach();
  await writeFile(join(GUIDE, `${name}.webp`), Buffer.from(data, "base64"));
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
