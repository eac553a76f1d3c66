// What a heatmap counts, as a file for spreadsheets: of elements, of heights or of places.
import type { RecordedHeat } from "@hitmetrix/wire";
import { csvOf } from "../csv.ts";
import { deadShare, type Reach, type Zone } from "./zones.ts";

const HEAD = [
  "rank",
  "element",
  "path",
  "clicks",
  "click_share",
  "rage_clicks",
  "dead_clicks",
  "dead_share",
  "sessions",
  "session_share",
  "first_click_ms",
];

export function zonesCsv(zones: readonly Zone[], label: (zone: Zone) => string): string {
  const lines = zones.map((zone, index) => [
    index + 1,
    label(zone),
    zone.zone,
    zone.clicks,
    zone.clickShare,
    zone.rage,
    zone.dead,
    deadShare(zone),
    zone.sessions,
    zone.sessionShare,
    zone.firstMs,
  ]);
  return csvOf([HEAD, ...lines]);
}

/** How many sessions see each percent of the page. */
export function reachCsv({ shares, sessions }: Reach): string {
  const lines = shares.map((share, percent) => [percent, Math.round(share * sessions), share]);
  return csvOf([["percent", "sessions", "share"], ...lines]);
}

/** How long each row of the page was in view, in the recordings. */
export function attentionCsv({ rows, row_px }: RecordedHeat): string {
  const lines = rows.map(({ ms, sessions }, row) => [
    row * row_px,
    (row + 1) * row_px,
    sessions,
    sessions > 0 ? Math.round(ms / sessions) : null,
  ]);
  return csvOf([["from_px", "to_px", "recorded_sessions", "in_view_ms_mean"], ...lines]);
}

/** Where the pointer was, in the recordings: rows of pixels, and shares of the window's width. */
export function moveCsv({ moves, row_px, columns }: RecordedHeat): string {
  const lines = moves.map(([row, column, times]) => [
    row * row_px,
    (row + 1) * row_px,
    column / columns,
    (column + 1) / columns,
    times,
  ]);
  return csvOf([["from_px", "to_px", "from_share", "to_share", "times"], ...lines]);
}
