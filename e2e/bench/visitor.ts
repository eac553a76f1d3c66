// Somebody who looks around: pages, curves of the mouse, scrolling, clicks, words in fields. What
// they do follows from a seed. Pauses are cut to a tenth, because a recording has nothing in them;
// what they do takes its time, and the time that was cut is told.
import type { CDPSession, Page } from "playwright-core";
import { sessionOf } from "../support/tracker.ts";
import type { Random } from "./random.ts";
import type { Place } from "./sites.ts";

/** Windows that people have, by class: phone, tablet, desktop. */
const SCREENS: readonly (readonly (readonly [number, number])[])[] = [
  [
    [390, 844],
    [412, 915],
    [360, 800],
  ],
  [
    [820, 1180],
    [768, 1024],
  ],
  [
    [1440, 900],
    [1280, 800],
    [1536, 864],
    [1920, 1080],
  ],
];

const WORDS = "lamp blue order delivery tomorrow large quiet reading garden hello two please".split(
  " ",
);
const PAUSES_CUT = 10;

export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly touch: boolean;
}

/** A screen of a class that comes as often as it does: half desktops, four in ten phones. */
export function screenOf(random: Random): Screen {
  const chance = random.next();
  const kind = chance < 0.4 ? 0 : chance < 0.5 ? 1 : 2;
  const [width, height] = random.pick(SCREENS[kind] ?? []);
  return { width, height, touch: kind < 2 };
}

/** Visits the place; gives its session and the milliseconds that were cut from its pauses. */
export async function lookAround(
  page: Page,
  { place, origin, random, screen }: Visiting,
): Promise<{ session: string; cutMs: number }> {
  const visitor: Visitor = { page, random, screen, at: [0, 0], cutMs: 0, place };
  if (screen.touch) visitor.touch = await page.context().newCDPSession(page);
  let session: string | undefined;
  const pages = place.paths.length > 1 ? random.between(1, 4) : 1;
  for (let index = 0; index < pages; index += 1) {
    const path = index === 0 && random.next() < 0.5 ? place.paths[0] : random.pick(place.paths);
    await arrive(page, origin + path);
    session ??= await sessionOf(page);
    await pause(visitor, 2000);
    const actions = random.between(2, place.paths.length === 1 ? 10 : 5);
    for (let done = 0; done < actions; done += 1) {
      await act(visitor);
      await pause(visitor, random.between(400, 3500));
    }
  }
  return { session: session ?? "", cutMs: visitor.cutMs };
}

/** Goes to an address; a press just before may be leading elsewhere, and then once more. */
async function arrive(page: Page, address: string): Promise<void> {
  const go = () => page.goto(address, { waitUntil: "load" });
  await go().catch(go);
}

/** Who visits what. */
export interface Visiting {
  readonly place: Place;
  readonly origin: string;
  readonly random: Random;
  readonly screen: Screen;
}

export interface Visitor {
  readonly page: Page;
  readonly place: Place;
  readonly random: Random;
  readonly screen: Screen;
  touch?: CDPSession;
  at: readonly [number, number];
  cutMs: number;
}

function wait(ms: number): Promise<void> {
  return new Promise((next) => setTimeout(next, ms));
}

async function pause(visitor: Visitor, wantedMs: number): Promise<void> {
  const takenMs = wantedMs / PAUSES_CUT;
  visitor.cutMs += wantedMs - takenMs;
  await wait(takenMs);
}

async function act(visitor: Visitor): Promise<void> {
  const { random, place, page } = visitor;
  for (let legs = random.between(0, 1); legs > 0; legs -= 1) await wander(visitor);
  const chance = random.next();
  if (place.keys.length > 0 && chance < 0.4) return page.keyboard.press(random.pick(place.keys));
  if (chance < 0.55) return scroll(visitor);
  if (chance < 0.7) return wander(visitor);
  // A press may have led to another page, whose document is not there yet.
  const found = await reachable(page, chance > 0.9 ? FIELDS : `${BUTTONS}, ${LINKS}`).catch(
    () => [],
  );
  const target = found.length > 0 ? random.pick(found) : undefined;
  if (target === undefined) return scroll(visitor);
  await moveTo(visitor, target[0], target[1]);
  await press(visitor);
  if (chance > 0.9) await page.keyboard.type(random.pick(WORDS), { delay: 60 });
}

/** Where somebody looks, there the mouse goes. */
export function wander(visitor: Visitor): Promise<void> {
  const { random, screen } = visitor;
  const [x, y] = [random.between(5, screen.width - 5), random.between(5, screen.height - 5)];
  return moveTo(visitor, x, y);
}

/** Along a curve, faster in its middle, as a hand does; fingers leave no trace before they touch. */
export async function moveTo(visitor: Visitor, x: number, y: number): Promise<void> {
  const [fromX, fromY] = visitor.at;
  visitor.at = [x, y];
  if (visitor.touch) return;
  const { page, random } = visitor;
  const distance = Math.hypot(x - fromX, y - fromY);
  const bend = (random.next() - 0.5) * 0.4;
  const [viaX, viaY] = [(fromX + x) / 2 + (y - fromY) * bend, (fromY + y) / 2 - (x - fromX) * bend];
  const steps = Math.max(8, Math.round(distance / 14));
  for (let step = 1; step <= steps; step += 1) {
    const share = step / steps;
    const along = share * share * (3 - 2 * share);
    const [a, b, c] = [(1 - along) ** 2, 2 * along * (1 - along), along ** 2];
    const [shakeX, shakeY] = [random.next() * 2 - 1, random.next() * 2 - 1];
    await page.mouse.move(
      a * fromX + b * viaX + c * x + shakeX,
      a * fromY + b * viaY + c * y + shakeY,
    );
    await wait(12);
  }
}

/** A click or a tap where the visitor is. */
export async function press({ page, touch, at: [x, y] }: Visitor): Promise<void> {
  if (touch) await page.touchscreen.tap(x, y);
  else await page.mouse.click(x, y, { delay: 40 });
}

/** Scrolls some way, mostly down. */
export async function scroll({ page, touch, random, screen }: Visitor): Promise<void> {
  const up = random.next() < 0.25;
  if (touch) return swipe(touch, random, screen, up);
  for (let turn = random.between(3, 9); turn > 0; turn -= 1) {
    await page.mouse.wheel(0, up ? -120 : 120);
    await wait(45);
  }
}

/** A finger over the screen, slower towards its end. */
async function swipe(
  touch: CDPSession,
  random: Random,
  { width, height }: Screen,
  up: boolean,
): Promise<void> {
  const x = Math.round(width * (0.4 + random.next() * 0.3));
  const from = Math.round(height * (up ? 0.35 : 0.7));
  const way = (up ? 1 : -1) * random.between(150, 400);
  const send = (type: "touchStart" | "touchMove" | "touchEnd", y?: number) =>
    touch.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: y === undefined ? [] : [{ x, y }],
    });
  await send("touchStart", from);
  for (let step = 1; step <= 14; step += 1) {
    const share = step / 14;
    await send("touchMove", Math.round(from + way * share * (2 - share)));
    await wait(18);
  }
  await send("touchEnd");
}

/** What can be typed into. */
export const FIELDS =
  "input:not([type]), input[type=text], input[type=search], input[type=email], textarea";
/** What does something on a page when it is pressed. */
export const BUTTONS =
  "button, [role=button], summary, label, input[type=checkbox], a[href^='#'], .opblock-summary";
/** What leads to another page of the site. */
const LINKS = "a[href^='/'], a[href$='.html']";

/** Middles of what can be pressed or typed into and is in view; nothing that leads elsewhere. */
export function reachable(page: Page, wanted: string): Promise<[number, number][]> {
  return page.evaluate((wanted) => {
    const middles: [number, number][] = [];
    for (const element of document.querySelectorAll(wanted)) {
      const box = element.getBoundingClientRect();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      if (box.width === 0 || x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) continue;
      const top = document.elementFromPoint(x, y);
      if (top && (element.contains(top) || top.contains(element))) middles.push([x, y]);
    }
    return middles;
  }, wanted);
}
