// What lies under the pointer on the picture of a page: the element with its numbers, or how many
// see this far and how long it is in view.
import type { RecordedHeat } from "@hitmetrix/wire";
import { count, duration, joined, plural } from "../format.ts";
import { percent } from "./finding.ts";
import type { Kind } from "./heat.ts";
import type { ZoneBox } from "./places.ts";
import { countOf, deadShare, type Reach, reachAt, type Zone } from "./zones.ts";

/** The smallest zone at a place of the page. */
export function zoneAt(boxes: readonly ZoneBox[], x: number, y: number): ZoneBox | null {
  let found: ZoneBox | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const each of boxes) {
    const { left, top, width, height } = each.box;
    const isInside = x >= left && x < left + width && y >= top && y < top + height;
    if (!isInside || width * height >= least) continue;
    [found, least] = [each, width * height];
  }
  return found;
}

const NOUN: Partial<Record<Kind, readonly [string, string]>> = {
  rage: ["rage click", "rage clicks"],
  dead: ["click in vain", "clicks in vain"],
};

/** What is said of a zone: a line each. */
export function zoneLines(zone: Zone, kind: Kind, all: number): string[] {
  const [one, many] = NOUN[kind] ?? ["click", "clicks"];
  const number = countOf(zone, kind);
  const lines = [
    `${plural(number, one, many)}, ${percent(all > 0 ? number / all : 0)} of all`,
    `${plural(zone.sessions, "session", "sessions")}, ${percent(zone.sessionShare)} of those here`,
  ];
  if (zone.firstMs !== null) lines.push(`first after ${joined(duration(zone.firstMs))}`);
  const dead = deadShare(zone);
  if (kind === "clicks" && dead) lines.push(`${percent(dead)} do nothing`);
  return lines;
}

/** What is said of a height of the page; null where nothing is known of it. */
export function heightLine(
  kind: Kind,
  { y, height }: { y: number; height: number },
  { reach, recorded }: { reach: Reach | null; recorded: RecordedHeat | null },
): string | null {
  if (kind === "scroll" && reach) {
    const share = reachAt(reach, (100 * y) / height);
    return `${percent(share)} see this far, ${count(Math.round(share * reach.sessions))} of ${plural(reach.sessions, "session", "sessions")}`;
  }
  if (kind !== "attention" || !recorded) return null;
  const row = recorded.rows[Math.floor(y / recorded.row_px)];
  if (!row || row.sessions === 0) return "never in view";
  const mean = joined(duration(row.ms / row.sessions));
  return `in view ${mean} on average, by ${plural(row.sessions, "recorded session", "recorded sessions")}`;
}
