// Somebody who uses a site while it is recorded, and what the page looks like at some moments of it.
// What they do, and when the page is looked at, follows from a seed.
import type { Page, Request } from "playwright-core";
import type { Random } from "../bench/random.ts";
import type { Opened } from "../bench/sites.ts";
import {
  BUTTONS,
  FIELDS,
  moveTo,
  press,
  reachable,
  type Screen,
  scroll,
  type Visitor,
} from "../bench/visitor.ts";
import type { Owner } from "../support/api.ts";
import { EXACT, type Seen, seenOf, unlike } from "../support/likeness.ts";
import { sessionOf } from "../support/tracker.ts";
import { until } from "../support/until.ts";
import { WORDS } from "./places.ts";

/** A page stands still when it looks the same so long after. */
const STILL_MS = 900;
/** What happened before this part of that time has been recorded, moves of the mouse the latest. */
const RECORDED_MS = 700;
/** Clocks of the page and of the recording may be off by this. */
const CLOCK_MS = 250;
/** On what a page is looked at. */
export const DESK: Screen = { width: 1280, height: 800, touch: false };
export const PHONE: Screen = { width: 390, height: 844, touch: true };

/** What a browser's context needs to be such a screen. */
export function contextOf({ width, height, touch }: Screen) {
  return { viewport: { width, height }, hasTouch: touch, isMobile: touch };
}

/** The page at a time. */
export interface Moment {
  readonly path: string;
  /** Epoch milliseconds; nothing changed for some time before and after. */
  readonly time_ms: number;
  readonly seen: readonly Seen[];
  /** What was done on the page until then. */
  readonly acts: readonly string[];
}

/** A visit that was recorded. */
export interface Visited {
  readonly session: string;
  readonly moments: readonly Moment[];
}

export interface Chunk {
  readonly window: string;
  readonly sequence: number;
  readonly last_sequence?: number;
  readonly first_ms: number;
  readonly last_ms: number;
  readonly snapshot: boolean;
}

/** Chunks of a session, in no order. */
export async function chunksOf(owner: Owner, site: number, session: string): Promise<Chunk[]> {
  return (await owner.get<{ chunks: Chunk[] }>(`sites/${site}/recordings/${session}`)).chunks;
}

/** Uses some pages of a place, looks at each at some moments, and leaves. */
export async function visitPlace(
  page: Page,
  owner: Owner,
  { place, origin, site }: Opened,
  how: {
    readonly paths: readonly string[];
    readonly moments: number;
    readonly random: Random;
    readonly screen: Screen;
  },
): Promise<Visited> {
  const moments: Moment[] = [];
  const { random, screen } = how;
  const visitor: Visitor = { page, place, random, screen, at: [0, 0], cutMs: 0 };
  if (screen.touch) visitor.touch = await page.context().newCDPSession(page);
  let session = "";
  const sent = watchSending(page);
  for (const path of how.paths) {
    await sent();
    await page.goto(origin + path, { waitUntil: "load" });
    session ||= await sessionOf(page);
    const acts: string[] = [];
    for (let left = how.moments; left > 0; left -= 1) {
      await recorded(page, owner, { site: site.id, session });
      for (let act = how.random.between(1, 3); act > 0; act -= 1) acts.push(await use(visitor));
      await recorded(page, owner, { site: site.id, session });
      moments.push({ path, acts: [...acts], ...(await lookStill(visitor)) });
    }
  }
  // Leaving sends what is left, with a remark that is later than the last moment.
  await sent();
  await page.goto("about:blank");
  const last_ms = moments.at(-1)?.time_ms ?? 0;
  await until("the last chunk", 20_000, async () => {
    const chunks = await chunksOf(owner, site.id, session);
    return isWhole(chunks) && chunks.some((chunk) => chunk.last_ms >= last_ms - CLOCK_MS);
  });
  return { session, moments };
}

/**
 * Waits until no chunk is on its way, nor comes soon: one with a font in it is too large for what
 * browsers still send when a page is left, and is lost with the page.
 */
function watchSending(page: Page): () => Promise<unknown> {
  // Later in a session the recorder sends each five seconds, first of all what fonts are called.
  const QUIET_MS = 6000;
  let count = 0;
  let ended = 0;
  const ends = (request: Request) => {
    if (!new URL(request.url()).pathname.startsWith("/r/")) return;
    count -= 1;
    ended = performance.now();
  };
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.startsWith("/r/")) count += 1;
  });
  page.on("requestfinished", ends);
  page.on("requestfailed", ends);
  return () =>
    until(
      "the last chunk on its way",
      30_000,
      async () => count <= 0 && performance.now() - ended > QUIET_MS,
    );
}

/** Whether no chunk is missing before the last one of any page load. */
function isWhole(chunks: readonly Chunk[]): boolean {
  const windows = new Map<string, number[]>();
  for (const { window, sequence } of chunks)
    windows.set(window, [...(windows.get(window) ?? []), sequence]);
  return [...windows.values()].every((all) => all.length === Math.max(...all) + 1);
}

/** Waits until the page that is there now has a picture. */
async function recorded(
  page: Page,
  owner: Owner,
  { site, session }: { readonly site: number; readonly session: string },
): Promise<void> {
  await until("a picture of the page", 30_000, async () => {
    const began_ms = await page.evaluate(() => performance.timeOrigin);
    const chunks = await chunksOf(owner, site, session);
    return chunks.some(({ snapshot, first_ms }) => snapshot && first_ms >= began_ms - CLOCK_MS);
  });
}

/** Does one thing; what it was. */
async function use(visitor: Visitor): Promise<string> {
  const { page, place, random } = visitor;
  const chance = random.next();
  if (place.keys.length > 0 && chance < 0.5) {
    const key = random.pick(place.keys);
    await page.keyboard.press(key);
    return key;
  }
  const wanted = chance < 0.35 ? null : chance < 0.8 ? BUTTONS : FIELDS;
  const found = wanted ? await reachable(page, wanted).catch(() => []) : [];
  const target = found.length > 0 ? random.pick(found) : undefined;
  if (!target) {
    await scroll(visitor);
    return "scroll";
  }
  await moveTo(visitor, target[0], target[1]);
  await press(visitor);
  if (wanted === BUTTONS) return `press ${target.map(Math.round)}`;
  const word = random.pick(WORDS);
  await page.keyboard.type(word, { delay: 30 });
  return `type ${word} at ${target.map(Math.round)}`;
}

/** Runs in the page: takes the focus from what has it, in shadow roots too. */
function leave(): void {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  (active as HTMLElement | null)?.blur?.();
}

/** Runs in the page: waits until it scrolls no more. */
async function scrolled(): Promise<void> {
  for (let frames = 0, at = -1; frames < 12; frames += 1) {
    if (at !== scrollY) frames = 0;
    at = scrollY;
    await new Promise((next) => requestAnimationFrame(next));
  }
}

/**
 * The page once nothing on it changes any more. What came under the mouse without a move of it is
 * hovered over in the page and in no recording, so the mouse is moved a little, as in a hand; and what
 * has the focus looks so in the page alone, so it is left before. What a finger has touched stays
 * hovered over in the same way, and is left with a mouse. A press may be leading to another page, which
 * ends what is asked of the one before: then that one is looked at.
 */
async function lookStill({
  page,
  at: [x, y],
}: Visitor): Promise<{ time_ms: number; seen: Seen[] }> {
  let before: Seen[] | undefined;
  let shake = 0;
  return until("a page that stands still", 30_000, async () => {
    await page.evaluate(leave);
    await page.evaluate(scrolled);
    shake = 1 - shake;
    await page.mouse.move(x + shake, y);
    const earlier = before ?? (await seenOf(page));
    const time_ms = Date.now() + RECORDED_MS;
    await page.waitForTimeout(STILL_MS);
    before = await seenOf(page);
    const changes = unlike(earlier, before, { tolerance: EXACT });
    if (changes.length > 0) throw new Error(changes.join("\n"));
    return { time_ms, seen: before };
  });
}
