// Pointer and attention on a page, from recordings: a sample, in rows from the top of the page.
import type { RecordedHeat } from "@hitmetrix/wire";
import type { Api } from "../api.ts";
import type { Spot } from "./density.ts";
import type { Band } from "./draw.ts";
import { conditionsOfHeat, type Side } from "./heat.ts";
import type { Part } from "./places.ts";

/** Asks for the sums; with conditions, for those of the recordings that are still there. */
export function loadRecorded(
  api: Api,
  {
    site,
    page,
    side,
    period,
  }: { site: number; page: string; side: Side; period: { from_ms: number; to_ms: number } },
  signal: AbortSignal,
): Promise<RecordedHeat> {
  const conditions = conditionsOfHeat({ ...side, device: null });
  const search = {
    page,
    device: side.device,
    from_ms: period.from_ms,
    to_ms: period.to_ms,
    filters: conditions.length > 0 ? JSON.stringify(conditions) : "",
  };
  return api.recordedHeat(site, search, signal);
}

/** Where the pointer was, on a page of this width. */
export function moveSpots({ moves, row_px, columns }: RecordedHeat, width: number): Spot[] {
  return moves.map(([row, column, count]) => ({
    x: ((column + 0.5) / columns) * width,
    y: (row + 0.5) * row_px,
    weight: count,
  }));
}

/** What was in view how long: steps of equal fifths of the longest. */
export function attentionBands({ rows, row_px }: RecordedHeat, height: number): Band[] {
  const most = Math.max(0, ...rows.map(({ ms }) => ms));
  const bands: Band[] = [];
  for (const [index, { ms }] of rows.entries()) {
    const [from, to] = [index * row_px, Math.min(height, (index + 1) * row_px)];
    if (from >= height) break;
    const step = ms === 0 ? 0 : Math.min(5, Math.max(1, Math.ceil((5 * ms) / most)));
    const last = bands.at(-1);
    if (last?.step === step) last.to = to;
    else bands.push({ from, to, step });
  }
  return bands;
}

/** How long a part was in view, on average of those who had some of it in view; null of nobody. */
export function inViewOf({ rows, row_px }: RecordedHeat, part: Part): number | null {
  const within = rows.slice(Math.floor(part.from / row_px), Math.ceil(part.to / row_px));
  const longest = within.reduce((most, { ms, sessions }) => {
    return sessions > 0 ? Math.max(most, ms / sessions) : most;
  }, 0);
  return within.some(({ sessions }) => sessions > 0) ? longest : null;
}
