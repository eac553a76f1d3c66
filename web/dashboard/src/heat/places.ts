// Where things of a heatmap are on the rebuilt page: clicks, zones, and the parts between headings.
import type { Spot } from "./density.ts";
import type { Kind } from "./heat.ts";
import type { Finder } from "./stands.ts";
import { type Point, timesOf, type Zone } from "./zones.ts";

/** In pixels of the page. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** What is seen of an element; null where it is of no size, made invisible, or cut off by what it is in. */
export function boxOf(element: Element): Box | null {
  return standOf(element)?.seen ?? null;
}

/** Where an element stands. */
interface Stand {
  /** All of it, and what of it is seen: null where what it is in shows nothing of it. */
  whole: Box;
  seen: Box | null;
  /** Whether what cuts it could be scrolled to the rest. */
  scrolls: boolean;
}

/** Null where the element is of no size or made invisible. */
function standOf(element: Element): Stand | null {
  const { left, top, width, height } = element.getBoundingClientRect();
  if (!(width > 0 && height > 0) || !isVisible(element)) return null;
  const whole = { left, top, width, height };
  return { whole, ...cutOf(element, whole) };
}

/** By its style, and the styles of what it is in. */
function isVisible(element: Element): boolean {
  const wanted = { opacityProperty: true, visibilityProperty: true };
  // jsdom has no such method.
  return element.checkVisibility?.(wanted) ?? true;
}

/** Fewer pixels of it than this are not seen. */
const SEEN_PX = 1;

/** What is left of it by what it is in, as a closed accordion, a slide that is not in turn, or a list that scrolls. */
function cutOf(element: Element, box: Box): Pick<Stand, "seen" | "scrolls"> {
  const view = element.ownerDocument.defaultView;
  let { left, top } = box;
  let [right, bottom] = [left + box.width, top + box.height];
  let scrolls = false;
  const seen = () =>
    right - left < SEEN_PX || bottom - top < SEEN_PX
      ? null
      : { left, top, width: right - left, height: bottom - top };
  let inner = element;
  for (let at = outerOf(element); view && at && at !== at.ownerDocument.body; at = outerOf(at)) {
    const inside = view.getComputedStyle(inner).position;
    // What is fixed is cut by the window alone, and the picture has none any more.
    if (inside === "fixed") break;
    const { overflowX, overflowY, position, transform } = view.getComputedStyle(at);
    // What hangs on something further out is not cut by what is between.
    const holds = position !== "static" && position !== "";
    if (inside === "absolute" && !holds && (transform === "none" || transform === "")) continue;
    inner = at;
    const edge = at.getBoundingClientRect();
    const [wasWide, wasHigh] = [right - left, bottom - top];
    if (cuts(overflowX)) {
      [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
    }
    if (cuts(overflowY)) {
      [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
    }
    scrolls ||= SCROLLS.test(overflowX) && right - left < wasWide;
    scrolls ||= SCROLLS.test(overflowY) && bottom - top < wasHigh;
    if (!seen()) break;
  }
  return { seen: seen(), scrolls };
}

const SCROLLS = /auto|scroll/;

/** Whether a place is within what is seen, or on its edge. */
function isWithin({ left, top, width, height }: Box, x: number, y: number): boolean {
  const [right, bottom] = [left + width + SEEN_PX, top + height + SEEN_PX];
  return x >= left - SEEN_PX && x <= right && y >= top - SEEN_PX && y <= bottom;
}

function cuts(overflow: string): boolean {
  return overflow !== "visible" && overflow !== "";
}

/** What an element stands in, through shadow roots. */
function outerOf(element: Element): Element | null {
  if (element.assignedSlot) return element.assignedSlot;
  const root = element.parentNode;
  return root?.nodeType === 11 ? (root as ShadowRoot).host : element.parentElement;
}

/** Clicks on an element that the picture does not show. */
export interface Unplaced {
  element: string;
  zone: string;
  /** Its words, where they tell it. */
  said: string;
  count: number;
  /**
   * The page has it no more, or had it not yet; or it has it and does not show it, or would if what
   * it is in were scrolled there; or something else stands in its place.
   */
  reason: "gone" | "hidden" | "scrolled" | "moved";
}

export interface Placed {
  spots: Spot[];
  placed: number;
  /** Of these, those that only their path places, as they told no words. */
  byPath: number;
  /** Of these, those whose element stands elsewhere now. */
  elsewhere: number;
  unplaced: Unplaced[];
}

/** Where elements stand: each is looked at once, though thousands of places may be in it. */
function standsOnce(): (element: Element) => Stand | null {
  const known = new Map<Element, Stand | null>();
  return (element) => {
    let stand = known.get(element);
    if (stand === undefined) {
      stand = standOf(element);
      known.set(element, stand);
    }
    return stand;
  };
}

/** Puts each click at its place in its element. */
export function placePoints(find: Finder, points: readonly Point[], kind: Kind): Placed {
  const missing = new Map<string, Unplaced>();
  const result: Placed = { spots: [], placed: 0, byPath: 0, elsewhere: 0, unplaced: [] };
  const stand = standsOnce();
  for (const { element, zone, said, x, y, counts } of points) {
    const count = timesOf(counts, kind);
    if (count === 0) continue;
    const found = find(element, said);
    const stands = found.element && stand(found.element);
    const [left, top] = [x ?? 0.5, y ?? 0.5];
    const place = stands && {
      x: stands.whole.left + stands.whole.width * left,
      y: stands.whole.top + stands.whole.height * top,
    };
    if (!place || !stands.seen || !isWithin(stands.seen, place.x, place.y)) {
      const missed = found.by === "moved" ? "moved" : "gone";
      const reason = !found.element ? missed : stands?.scrolls ? "scrolled" : "hidden";
      // One part of an element may be hidden, and another wait to be scrolled to.
      const key = `${element}\n${said}\n${reason}`;
      const known = missing.get(key);
      if (known) known.count += count;
      else missing.set(key, { element, zone, said, count, reason });
      continue;
    }
    result.placed += count;
    if (found.by === "path") result.byPath += count;
    if (found.by === "elsewhere") result.elsewhere += count;
    result.spots.push({ ...place, weight: count });
  }
  result.unplaced = [...missing.values()].sort((left, right) => right.count - left.count);
  return result;
}

/** A zone with its number in the table and its place on the page. */
export interface ZoneBox {
  zone: Zone;
  rank: number;
  box: Box;
  /** Whether one before it in the table is the same element of the picture. */
  isAgain: boolean;
}

/** The first zones that the picture shows. */
export function zoneBoxes(find: Finder, ranked: readonly Zone[], most: number): ZoneBox[] {
  const taken = new Set<Element>();
  return ranked.slice(0, most).flatMap((zone, index) => {
    const { element } = zone.zone ? find(zone.zone, zone.said) : { element: null };
    const box = element && boxOf(element);
    if (!box) return [];
    const isAgain = taken.has(element);
    taken.add(element);
    return [{ zone, rank: index + 1, box, isAgain }];
  });
}

/** A part of the page, from one heading to the next. */
export interface Part {
  name: string;
  /** In pixels of the page. */
  from: number;
  to: number;
}

/** A part less high than this is one with the part before. */
const PART_PX_MIN = 120;
const PARTS_MAX = 12;
const NAME_MAX = 48;

/** The page from heading to heading. */
export function partsOf(document: Document, height: number): Part[] {
  const headings = [...document.querySelectorAll("h1,h2,h3")].flatMap((element) => {
    const box = boxOf(element);
    const name = (element.textContent ?? "").replace(/\s+/g, " ").trim();
    return box && name ? [{ name, top: Math.max(0, box.top) }] : [];
  });
  headings.sort((a, b) => a.top - b.top);
  const starts = [{ name: "Top of the page", top: 0 }];
  for (const heading of headings) {
    const last = starts.at(-1);
    if (!last || starts.length >= PARTS_MAX) break;
    if (heading.top - last.top >= PART_PX_MIN) starts.push(heading);
    // The first heading near the top says more than that it is the top.
    else if (starts.length === 1) last.name = heading.name;
  }
  return starts.map(({ name, top }, index) => ({
    name: name.length > NAME_MAX ? `${name.slice(0, NAME_MAX - 1)}…` : name,
    from: top,
    to: starts[index + 1]?.top ?? height,
  }));
}
