// What a site's numbers may have missed, in words: what pages gave up, what was refused and why, and
// what is stored but left out because it came from bots or from those who work on the site.
import type { LossFigures } from "@hitmetrix/wire";
import { count, plural } from "./format.ts";

export type LossFigure = LossFigures["figures"][number];

/** One reason with its sum and its days. */
export interface LossRow {
  key: string;
  name: string;
  /** What it means and what can be done; may be empty. */
  means: string;
  count: number;
  /** One figure a day, the first day first. */
  days: number[];
}

const DAY_MS = 86_400_000;

const WHAT: Record<string, string> = {
  lost: "Given up in the page",
  event: "An event was refused",
  events: "A body of events was refused",
  recording: "A piece of a recording was refused",
  unplayable: "A recording cannot be played",
};

const WHY: Record<string, [name: string, means: string]> = {
  given_up: ["given up in the page", "The page could not deliver it in time, and told so later."],
  origin_refused: [
    "the page is on no domain of the site",
    "Add its domain to the site, if it is yours.",
  ],
  too_many: [
    "too many at once",
    "Over a limit of requests, or of a day's bytes of recordings; pages try again later.",
  ],
  too_large: ["larger than a body may be", "The limits stand in the reference."],
  invalid: [
    "cannot be understood",
    "Sent by something other than the tracker, or by a broken proxy.",
  ],
  forbidden: [
    "not wanted",
    "The visitor asks not to be tracked, or the session is another visitor's.",
  ],
  blocked_page: ["its page is blocked", "A rule of the site says that nothing is sent there."],
  bad_json: ["no event in JSON", "Sent by something other than the tracker."],
  missing_field: ["a field is missing", "Sent by something other than the tracker."],
  wrong_type: ["a field is not what it must be", "Sent by something other than the tracker."],
  name_too_long: ["its name is too long", "Names have up to 200 bytes."],
  text_too_long: ["a text of it is too long", "Properties hold up to 8 KiB each."],
  too_many_properties: ["it has too many properties", "256 is the limit."],
  too_many_events: ["more events in a body than are taken", "500 is the limit."],
  identity_refused: [
    "it says who somebody is, who may not be known",
    "The visitor asks not to be tracked, or the site's privacy mode is cookieless.",
  ],
  no_first_picture: [
    "its first picture never came",
    "The visitor left before it was sent, or it was lost. What happened is known all the same.",
  ],
  other: ["for one of many reasons", ""],
};

function words({ what, reason }: LossFigure): Pick<LossRow, "name" | "means"> {
  const [why, means] = WHY[reason] ?? [reason.replaceAll("_", " "), ""];
  if (what === "lost") return { name: WHAT.lost ?? what, means };
  return { name: `${WHAT[what] ?? what}: ${why}`, means };
}

/** By reason, the largest first. */
export function lossRows({ figures, from_ms, to_ms }: LossFigures): LossRow[] {
  const days = Math.round((to_ms - from_ms) / DAY_MS) + 1;
  const rows = new Map<string, LossRow>();
  for (const figure of figures) {
    const key = `${figure.what} ${figure.reason}`;
    const empty = { key, ...words(figure), count: 0, days: new Array<number>(days).fill(0) };
    const row = rows.get(key) ?? empty;
    const day = Math.round((figure.day_ms - from_ms) / DAY_MS);
    row.count += figure.count;
    row.days[day] = (row.days[day] ?? 0) + figure.count;
    rows.set(key, row);
  }
  return [...rows.values()].sort((a, b) => b.count - a.count);
}

/** What is missing of one day. */
export interface LossDay {
  day: number;
  lost: number;
  refused: number;
  /** Recordings that are kept and cannot be played. */
  unplayable: number;
}

/** By day, the last first; days on which nothing was lost or refused are left out. */
export function lossDays({ figures }: LossFigures): LossDay[] {
  const days = new Map<number, LossDay>();
  for (const { day_ms, what, count: many } of figures) {
    const row = days.get(day_ms) ?? { day: day_ms, lost: 0, refused: 0, unplayable: 0 };
    if (what === "lost") row.lost += many;
    else if (what === "unplayable") row.unplayable += many;
    else row.refused += many;
    days.set(day_ms, row);
  }
  return [...days.values()].sort((a, b) => b.day - a.day);
}

/** The finding: how much was lost, how much refused, and what cannot be played. */
export function lossTitle(told: LossFigures): string {
  const days = lossDays(told);
  const sum = (of: "lost" | "refused" | "unplayable") =>
    days.reduce((all, day) => all + day[of], 0);
  const [lost, refused, unplayable] = [sum("lost"), sum("refused"), sum("unplayable")];
  const dark = unplayable > 0 ? plural(unplayable, "recording", "recordings") : "";
  if (lost + refused === 0) {
    return dark ? `${dark} cannot be played; nothing else was lost` : "Nothing was lost or refused";
  }
  const more = dark ? `; ${dark} cannot be played` : "";
  if (refused === 0) return `${plural(lost, "event was", "events were")} lost on the way${more}`;
  if (lost === 0)
    return `${dark ? "No event" : "Nothing"} was lost; ${count(refused)} refused${more}`;
  return `${count(lost)} lost on the way, ${count(refused)} refused${more}`;
}

/** Why somebody counts as a bot, as an answer names it. */
export function botName(reason: string): string {
  if (reason === "own traffic") return "Own traffic, from an excluded address";
  if (reason === "automated browser") return "A browser that a program drives";
  if (reason === "no user agent") return "A browser without a name";
  return reason.replaceAll("\\", "");
}
