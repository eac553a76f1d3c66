// What a heatmap counts, as a file for spreadsheets: of elements, of heights or of places.
import type { RecordedHeat } from "@hitmetrix/wire";
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

/** Lines of a file for spreadsheets. */
export function csvOf(lines: readonly (readonly (string | number | null)[])[]): string {
  return lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

function cell(value: string | number | null): string {
  if (value === null) return "";
  return typeof value === "number" ? String(value) : csvText(value);
}

/**
 * A text in quotes. One that a spreadsheet would take for a formula gets an apostrophe before it,
 * as the command line does: what visitors send must not run on the desk of who reads it.
 */
export function csvText(text: string): string {
  const begins = text.replace(/^[ \u00a0%"']+/, "").charAt(0);
  const guard = "=+-@\t\r\n＝＋－＠".includes(begins) && begins !== "" ? "'" : "";
  const early = /^[\t\r\n]/.test(text) ? "'" : guard;
  return `"${early}${text.replaceAll('"', '""')}"`;
}

/** Lets the browser save a file. */
export function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
