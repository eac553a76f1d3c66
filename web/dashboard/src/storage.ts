// What a site keeps in the words of its settings: what goes when, how much that frees, and what
// stays. Days are those of UTC, in which the server counts them.
import type { Coming, StoragePlan } from "@hitmetrix/wire";
import { bytes, count, day, dayYear, month, plural, weekday } from "./format.ts";

/** One row of what goes: the same array feeds the bars and the table. */
export interface Going {
  when: string;
  count: number;
  bytes: number;
}

const DAY_MS = 24 * 3_600_000;
/** So many days are told one by one, then weeks up to the second figure, then months. */
const DAYS = 7;
const DAYS_IN_WEEKS = 35;

/** What goes, the next first, in steps that grow with the distance. */
export function going(coming: readonly Coming[], now: number): Going[] {
  const rows = new Map<string, Going>();
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  for (const each of coming) {
    const days = Math.floor((each.at_ms - today) / DAY_MS);
    const when = whenOf(days, each.at_ms, today);
    const row = rows.get(when) ?? { when, count: 0, bytes: 0 };
    row.count += each.count;
    row.bytes += each.bytes;
    rows.set(when, row);
  }
  return [...rows.values()];
}

function whenOf(days: number, at: number, today: number): string {
  if (days <= 0) return "Today";
  if (days === 1) return "Tomorrow";
  if (days < DAYS) return weekday(at, "UTC");
  if (days < DAYS_IN_WEEKS) {
    const from = today + Math.floor(days / 7) * 7 * DAY_MS;
    return `${day(from, "UTC")} – ${day(from + 6 * DAY_MS, "UTC")}`;
  }
  return month(at, "UTC");
}

/** The finding: what the next week takes. */
export function storageTitle({ recordings }: StoragePlan, now: number): string {
  if (recordings.count === 0) return "No recordings are kept yet";
  const soon = recordings.coming.filter((each) => each.at_ms < now + 7 * DAY_MS);
  const many = soon.reduce((sum, each) => sum + each.count, 0);
  const freed = soon.reduce((sum, each) => sum + each.bytes, 0);
  if (many === 0) return "No recording goes within a week";
  const [goes, frees] = many === 1 ? ["goes", "frees"] : ["go", "free"];
  return `${plural(many, "recording", "recordings")} ${goes} within a week and ${frees} ${bytes(freed)}`;
}

/** What stays or goes by another rule, a line each. */
export function storageNotes({ recordings, disk }: StoragePlan): string[] {
  const notes: string[] = [];
  if (recordings.pinned > 0)
    notes.push(
      recordings.pinned === 1
        ? `1 recording is pinned (${bytes(recordings.pinned_bytes)}) and stays until somebody releases it.`
        : `${count(recordings.pinned)} recordings are pinned (${bytes(recordings.pinned_bytes)}) and stay until somebody releases them.`,
    );
  if (recordings.shared_bytes > 0)
    notes.push(
      `${bytes(recordings.shared_bytes)} are style sheets, images and pages that recordings have alike; each goes with the last recording that needs it.`,
    );
  if (recordings.own_bytes > 0)
    notes.push(
      `${bytes(recordings.own_bytes)} are style sheets and images that fewer than five visitors sent; they go with their visitor's recordings.`,
    );
  if (recordings.unplayable > 0)
    notes.push(
      `${plural(recordings.unplayable, "recording", "recordings")} cannot be played, for want of a full picture of a page.`,
    );
  if (disk)
    notes.push(
      `The disk is ${disk.used_percent} % full. From ${disk.mark_percent} % on recordings go before their time: of the site that takes most, the oldest that are not pinned.`,
    );
  return notes;
}

/** When the last of the events goes that are kept now; nothing while all are kept. */
export function eventsNote({ events }: StoragePlan): string {
  const kept = `${plural(events.count, "event", "events")} in ${bytes(events.bytes)}`;
  const first = events.coming[0];
  if (events.days === 0 || !first) return `${kept}: kept until you set a limit.`;
  return `${kept}: the first ${plural(first.count, "goes", "go")} by ${dayYear(first.at_ms, "UTC")}.`;
}

/** What goes for good as soon as a draft of the settings is saved. */
export function goesNow({ now }: StoragePlan): string {
  const parts: string[] = [];
  if (now.recordings > 0)
    parts.push(
      `${plural(now.recordings, "recording", "recordings")} (${bytes(now.recording_bytes)})`,
    );
  if (now.events > 0) parts.push(plural(now.events, "event", "events") + about(now.event_bytes));
  if (parts.length === 0) return "Nothing that is stored now goes at once.";
  return `Erased for good within ten minutes: ${parts.join(" and ")}.`;
}

/** Events that came a moment ago lie in the log still, and take no bytes of their own yet. */
function about(stored: number): string {
  return stored > 0 ? ` (about ${bytes(stored)})` : "";
}
