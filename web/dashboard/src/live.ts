// What just happened, as a list that can be read while it moves: runs of the same thing by the
// same visitor on the same page are one line with a number.
import type { LiveEvent, SessionEvent } from "@hitmetrix/wire";
import { type Happened, happened, isMeasurement } from "./happened.ts";

export interface LiveLine extends Happened {
  key: string;
  time_ms: number;
  session: string;
  page: string;
  times: number;
}

/** The live view knows of an event its name, page and one text; titles belong to pageviews. */
function asEvent(event: LiveEvent): SessionEvent {
  const text = event.name === "pageview" ? "" : event.text;
  return {
    time_ms: event.time_ms,
    name: event.name,
    sequence: 0,
    window: "",
    page: { host: "", path: event.page, query: "", title: event.text },
    properties: text ? { text, message: text, field: text, href: text } : {},
    unverified: false,
    origin: "browser",
  };
}

/** Newest first, as they came; at most `most` lines. */
export function liveLines(recent: readonly LiveEvent[], most: number): LiveLine[] {
  const lines: LiveLine[] = [];
  let run = "";
  for (const event of recent) {
    if (isMeasurement(event.name)) continue;
    const same = `${event.session}${event.name}${event.page}${event.text}`;
    const last = lines.at(-1);
    if (last && same === run) {
      last.times += 1;
      // The key is the run's oldest event, so that a run that grows stays the same line.
      last.key = `${event.time_ms}${same}`;
      continue;
    }
    if (lines.length === most) break;
    run = same;
    lines.push({
      ...happened(asEvent(event)),
      key: `${event.time_ms}${same}`,
      time_ms: event.time_ms,
      session: event.session,
      page: event.page,
      times: 1,
    });
  }
  const seen = new Map<string, number>();
  for (const line of lines) {
    const number = seen.get(line.key) ?? 0;
    seen.set(line.key, number + 1);
    if (number > 0) line.key += `#${number}`;
  }
  return lines;
}
