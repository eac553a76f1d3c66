// Releases of the site that speed can be held against: one click instead of looking its day up.
import type { Annotation } from "@hitmetrix/wire";
import { isoDay } from "../format.ts";

export interface Release {
  day: string;
  text: string;
}

const SHOWN = 3;

/** The latest releases inside a period whose first day cannot be held against anything. */
export function releasesIn(
  annotations: readonly Annotation[] | null,
  days: { from: string; to: string },
  zone: string,
): Release[] {
  return (annotations ?? [])
    .filter(({ kind }) => kind === "release")
    .map(({ from_ms, text }) => ({ day: isoDay(from_ms, zone), text }))
    .filter(({ day }) => day > days.from && day <= days.to)
    .slice(-SHOWN);
}
