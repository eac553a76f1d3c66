// Where things of a heatmap are on the rebuilt page: clicks, zones, and the parts between headings.
import type { Spot } from "./density.ts";
import { findElement } from "./find.ts";
import type { Kind } from "./heat.ts";
import type { Point, Zone } from "./zones.ts";

/** In pixels of the page. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export type Finder = (path: string) => Element | null;

/** Finds each path once. */
export function createFinder(document: Document): Finder {
  const known = new Map<string, Element | null>();
  return (path) => {
    let found = known.get(path);
    if (found === undefined) {
      found = findElement(document, path);
      known.set(path, found);
    }
    return found;
  };
}

/** Null where the element is not shown. */
export function boxOf(element: Element): Box | null {
  const { left, top, width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0 ? { left, top, width, height } : null;
}

/** Clicks on an element that the picture does not show. */
export interface Unplaced {
  element: string;
  zone: string;
  count: number;
  /** The page has it no more, or had it not yet; or it has it and does not show it. */
  reason: "gone" | "hidden";
}

export interface Placed {
  spots: Spot[];
  placed: number;
  unplaced: Unplaced[];
}

/** Puts each click at its place in its element. */
export function placePoints(find: Finder, points: readonly Point[], kind: Kind): Placed {
  const spots: Spot[] = [];
  const missing = new Map<string, Unplaced>();
  let placed = 0;
  for (const { element, zone, x, y, counts } of points) {
    const count = kind === "rage" ? counts.rage : kind === "dead" ? counts.dead : counts.clicks;
    if (count === 0) continue;
    const found = element ? find(element) : null;
    const box = found && boxOf(found);
    if (!box) {
      const known = missing.get(element);
      if (known) known.count += count;
      else missing.set(element, { element, zone, count, reason: found ? "hidden" : "gone" });
      continue;
    }
    placed += count;
    spots.push({
      x: box.left + box.width * (x ?? 0.5),
      y: box.top + box.height * (y ?? 0.5),
      weight: count,
    });
  }
  const unplaced = [...missing.values()].sort((left, right) => right.count - left.count);
  return { spots, placed, unplaced };
}

/** A zone with its number in the table and its place on the page. */
export interface ZoneBox {
  zone: Zone;
  rank: number;
  box: Box;
}

/** The first zones that the picture shows. */
export function zoneBoxes(find: Finder, ranked: readonly Zone[], most: number): ZoneBox[] {
  return ranked.slice(0, most).flatMap((zone, index) => {
    const element = zone.zone ? find(zone.zone) : null;
    const box = element && boxOf(element);
    return box ? [{ zone, rank: index + 1, box }] : [];
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
