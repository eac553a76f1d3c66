// The title of a heatmap is what stands out on the page. Never says "because".
import type { RecordedHeat } from "@hitmetrix/wire";
import { count, decimal, duration, joined, plural } from "../format.ts";
import type { Kind } from "./heat.ts";
import type { Part } from "./places.ts";
import { inViewOf } from "./recorded.ts";
import { countOf, deadShare, OTHER, type Reach, rankedBy, type Zone, type Zones } from "./zones.ts";

export interface HeatFinding {
  title: string;
  /** One sentence of proof. */
  proof: string;
  /** The row that it is about. */
  zone: Zone | null;
}

/** A zone that gets so many of the clicks and does nothing most of the time is worth the title. */
const DEAD_CLICKS = 0.05;
const DEAD_SHARE = 0.5;
/** Fewer clicks tell nothing. */
const CLICKS_MIN = 10;

export function percent(share: number): string {
  const value = share * 100;
  return joined({ number: decimal(value, value > 0 && value < 9.95 ? 1 : 0), unit: "%" });
}

export interface Found {
  zones: Zones;
  reach: Reach | null;
  /** What a zone is called. */
  label: (zone: Zone) => string;
  /** Sessions on the page that recordings are read of; of a group one page. */
  onShown: number;
  /** What recordings tell; null until they have. */
  recorded: RecordedHeat | null;
  parts: readonly Part[];
  /** The page stands still, and an element in it scrolls. */
  scrollsWithin: boolean;
}

export function heatFinding(kind: Kind, found: Found): HeatFinding {
  if (found.scrollsWithin && (kind === "scroll" || kind === "attention")) return ofWithin(kind);
  if (kind === "scroll") return ofScroll(found.reach);
  if (kind === "move" || kind === "attention") return ofRecorded(kind, found);
  const { zones, label } = found;
  const [first] = rankedBy(zones.zones, kind).filter(({ zone }) => zone !== OTHER);
  const sessions = plural(zones.pageSessions, "session", "sessions");
  if (!first) {
    const nobody = {
      clicks: "clicked on",
      rage: "clicked in anger on",
      dead: "clicked in vain on",
    };
    return { title: `Nobody ${nobody[kind]} this page`, proof: `${sessions} saw it.`, zone: null };
  }
  const name = `“${label(first)}”`;
  const tried = `${percent(first.sessionShare)} of ${sessions} try it.`;
  if (kind === "rage") {
    const title = `Most rage is on ${name}`;
    const all = plural(zones.all.rage, "rage click", "rage clicks");
    return { title, proof: `${count(first.rage)} of ${all}.`, zone: first };
  }
  if (kind === "dead") {
    const share = deadShare(first) ?? 0;
    const of = `${percent(share)} of the clicks on it do nothing.`;
    return { title: `Most clicks in vain are on ${name}`, proof: of, zone: first };
  }
  const idle = zones.zones.find(
    (zone) =>
      zone.zone !== OTHER &&
      zone.clicks >= CLICKS_MIN &&
      zone.clickShare >= DEAD_CLICKS &&
      (deadShare(zone) ?? 0) >= DEAD_SHARE,
  );
  if (idle) {
    const what = `“${label(idle)}”, which mostly does nothing`;
    const proof = `${percent(idle.sessionShare)} of ${sessions} try it.`;
    return { title: `${percent(idle.clickShare)} of clicks hit ${what}`, proof, zone: idle };
  }
  const title = `${name} gets ${percent(countOf(first, kind) / Math.max(1, zones.all.clicks))} of clicks`;
  return { title, proof: tried, zone: first };
}

/** Recordings are a sample, and it is said of how many. */
function ofRecorded(kind: "move" | "attention", { recorded, parts, onShown }: Found): HeatFinding {
  const name = kind === "move" ? "Where the pointer was" : "What was in view, and how long";
  if (!recorded) return { title: name, proof: "", zone: null };
  if (recorded.sessions === 0) {
    const proof = "No visit of this kind was recorded; clicks and scrolling are counted for all.";
    return { title: "No recording tells of this page", proof, zone: null };
  }
  const sample = plural(recorded.sessions, "recorded session", "recorded sessions");
  const proof = `A sample: ${sample} of ${count(onShown)}.`;
  if (kind === "move") return { title: name, proof, zone: null };
  const timed = parts.map((part) => ({ part, ms: inViewOf(recorded, part) ?? 0 }));
  const longest = timed.sort((left, right) => right.ms - left.ms)[0];
  if (!longest || longest.ms === 0 || parts.length < 2) return { title: name, proof, zone: null };
  const title = `“${longest.part.name}” is in view longest, ${joined(duration(longest.ms))}`;
  return { title, proof, zone: null };
}

/** What is counted of such a page is the page itself, all of which is in the window. */
function ofWithin(kind: "scroll" | "attention"): HeatFinding {
  const title =
    kind === "scroll" ? "How far they scroll is not known" : "What was in view is not known";
  const proof = "This page stands still and an element in it scrolls, of which only clicks tell.";
  return { title, proof, zone: null };
}

function ofScroll(reach: Reach | null): HeatFinding {
  if (!reach) {
    const proof = "No session of this period told how far it scrolled.";
    return { title: "How far they scroll is not known", proof, zone: null };
  }
  const half = reach.shares.findLastIndex((share) => share >= 0.5);
  const end = reach.shares[100] ?? 0;
  const proof = `${percent(end)} of ${plural(reach.sessions, "session", "sessions")} see it to its end.`;
  if (half >= 100) {
    const title = `${percent(end)} of sessions see the whole page`;
    return { title, proof: `Of ${plural(reach.sessions, "session", "sessions")}.`, zone: null };
  }
  return {
    title: `Half of the sessions see no more than ${percent(half / 100)} of the page`,
    proof,
    zone: null,
  };
}
