// What happened beside the numbers, as it stands on charts and in lists, and days of a site's time
// zone as moments.
import type { AnnotationDraft, Annotation as Known } from "@hitmetrix/wire";
import type { Mark } from "../charts/series.ts";
import { dayYear, isoDay, time } from "../format.ts";

const DAY_MS = 86_400_000;
/** No zone is further from UTC, and no clock change larger. */
const FAR_MS = 15 * 3_600_000;

export const KIND: Record<Known["kind"], { name: string; say: string }> = {
  release: { name: "Release", say: "Another version of the site" },
  campaign: { name: "Campaign", say: "Advertising, a newsletter, a sale" },
  other: { name: "Other", say: "Anything that explains a change" },
};

/** Where annotations stand on a chart: several of one bucket are one line. */
export function marksOf(
  annotations: readonly Known[] | null,
  times: readonly number[],
  to_ms: number,
): Mark[] {
  const found = new Map<number, string[]>();
  for (const { from_ms, text, to_ms: over_ms } of annotations ?? []) {
    const begins = times[0] ?? to_ms;
    if (from_ms >= to_ms || (over_ms ?? from_ms + 1) <= begins) continue;
    // What began before stands at the beginning.
    const bucket = Math.max(
      0,
      times.findLastIndex((ms) => ms <= from_ms),
    );
    found.set(bucket, [...(found.get(bucket) ?? []), text]);
  }
  return [...found]
    .sort(([one], [other]) => one - other)
    .map(([bucket, all]) => ({
      bucket,
      label: all.length > 1 ? `${all[0]}, ${all.length - 1} more` : (all[0] ?? ""),
      all,
    }));
}

/** Marks of one bucket as one line that says them all, in the order of time. */
export function oneLineEach(marks: readonly Mark[]): Mark[] {
  const found = new Map<number, Mark>();
  for (const { bucket, label, all = [label] } of marks) {
    const there = found.get(bucket);
    found.set(
      bucket,
      there
        ? { bucket, label: `${there.label}, ${label}`, all: [...(there.all ?? []), ...all] }
        : { bucket, label, all },
    );
  }
  return [...found.values()].sort((one, other) => one.bucket - other.bucket);
}

/** When it was, in words. */
export function whenOf({ from_ms, to_ms }: Known, zone: string): string {
  const moment = (ms: number, isEnd: boolean) => {
    const isDay = time(ms, zone) === "00:00";
    return isDay ? dayYear(isEnd ? ms - 1 : ms, zone) : `${dayYear(ms, zone)}, ${time(ms, zone)}`;
  };
  const begins = moment(from_ms, false);
  if (typeof to_ms !== "number") return begins;
  const ends = moment(to_ms, true);
  return ends === begins ? begins : `${begins} to ${ends}`;
}

/** The first moment at or after a day and time of a zone, as `2026-11-27` and `14:30`. */
export function momentOf(day: string, at: string, zone: string): number {
  const wanted = `${day} ${at}`;
  const told = (ms: number) => `${isoDay(ms, zone)} ${time(ms, zone)}`;
  const middle = Date.parse(`${day}T${at}:00Z`);
  let [low, high] = [middle - FAR_MS, middle + FAR_MS];
  while (high - low > 1) {
    const between = Math.floor((low + high) / 2);
    if (told(between) < wanted) low = between;
    else high = between;
  }
  return high;
}

/** What the form has. */
export interface Fields {
  kind: Known["kind"];
  text: string;
  day: string;
  /** Empty: the whole day, from its first moment. */
  at: string;
  /** The last day of a span; empty for a moment. */
  until: string;
}

export function fieldsOf(known: Known | null, now: number, zone: string): Fields {
  if (!known) return { kind: "release", text: "", day: isoDay(now, zone), at: "", until: "" };
  const at = time(known.from_ms, zone);
  return {
    kind: known.kind,
    text: known.text,
    day: isoDay(known.from_ms, zone),
    at: at === "00:00" ? "" : at,
    until: typeof known.to_ms === "number" ? isoDay(known.to_ms - 1, zone) : "",
  };
}

export function draftOf({ kind, text, day, at, until }: Fields, zone: string): AnnotationDraft {
  const from_ms = momentOf(day, at || "00:00", zone);
  if (!until) return { kind, text: text.trim(), from_ms };
  const after = isoDay(Date.parse(`${until}T12:00:00Z`) + DAY_MS, "UTC");
  return { kind, text: text.trim(), from_ms, to_ms: momentOf(after, "00:00", zone) };
}
