// The table of a heatmap as a file for spreadsheets.
import { deadShare, type Zone } from "./zones.ts";

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
  return [HEAD, ...lines].map((line) => `${line.map(cell).join(",")}\r\n`).join("");
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
