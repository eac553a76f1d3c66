// Alerts in words: conditions as sentences, states, what is typed and what is meant, and the chart
// of what would have happened.
import type {
  Alert,
  AlertCondition,
  AlertPreview,
  AlertWatch,
  QuestionKind,
  Unit,
} from "@hitmetrix/wire";
import { dayTime, told } from "../format.ts";

export type ConditionKind = AlertCondition["kind"];
export type Side = NonNullable<AlertCondition["side"]>;
export type Bucket = NonNullable<AlertWatch["bucket"]>;

export const STATE: Record<Alert["state"], { name: string; say: string }> = {
  new: { name: "Not checked yet", say: "It is checked within seconds." },
  ok: { name: "As it should be", say: "The last full bucket is within what was set." },
  firing: { name: "Firing", say: "The last full bucket is outside what was set." },
  unknown: { name: "Cannot be told", say: "There is no number, or not all of it could be read." },
};

export const OUTCOME: Record<string, string> = {
  fired: "Fired",
  firing: "Still firing, told before",
  cooling: "Fires, within the cool-down",
  muted: "Fires, muted",
  ok: "As it should be",
  unknown: "Cannot be told",
  test: "Test",
};

export const BUCKET: Record<Bucket, string> = { hour: "hour", day: "day", week: "week" };

/** How often it is looked, by bucket, when nobody says otherwise. */
export const EVERY: Record<Bucket, number> = { hour: 15, day: 60, week: 360 };

const CHECKS: readonly { minutes: number; name: string }[] = [
  { minutes: 5, name: "every 5 minutes" },
  { minutes: 15, name: "every 15 minutes" },
  { minutes: 60, name: "every hour" },
  { minutes: 360, name: "every 6 hours" },
  { minutes: 1440, name: "once a day" },
  { minutes: 10_080, name: "once a week" },
];
const WIDTH_MINUTES: Record<Bucket, number> = { hour: 60, day: 1440, week: 10_080 };

/** How often it can be looked: never less often than the bucket is long, and as it is. */
export function checksOf(
  bucket: Bucket,
  now: number,
): readonly { minutes: number; name: string }[] {
  const fit = CHECKS.filter(({ minutes }) => minutes <= WIDTH_MINUTES[bucket]);
  if (fit.some(({ minutes }) => minutes === now)) return fit;
  return [...fit, { minutes: now, name: checkWords(now) }];
}

/** "every 15 minutes" */
export function checkWords(minutes: number): string {
  const known = CHECKS.find((one) => one.minutes === minutes);
  return known?.name ?? `every ${minutes} minutes`;
}

/** How long an alert can be silent; without an end until somebody switches it on. */
export const MUTES: readonly { name: string; ms: number | null }[] = [
  { name: "for an hour", ms: 3_600_000 },
  { name: "for a day", ms: 86_400_000 },
  { name: "for a week", ms: 604_800_000 },
  { name: "until switched on", ms: null },
];
const YEARS_MS = 10 * 365 * 86_400_000;

/** "Muted until 12 Nov 20:41", or "Muted" where there is no end. */
export function mutedWords(alert: Alert, now: number, zone: string): string {
  const until = alert.muted_until_ms;
  if (typeof until !== "number" || until - now > YEARS_MS) return "Muted";
  return `Muted until ${dayTime(until, zone)}`;
}

export const COOL_DOWNS: readonly { hours: number; name: string }[] = [
  { hours: 0, name: "every time" },
  { hours: 6, name: "once in 6 hours" },
  { hours: 24, name: "once a day" },
  { hours: 72, name: "once in 3 days" },
  { hours: 168, name: "once a week" },
];

const WATCHED: ReadonlySet<string> = new Set([
  "totals",
  "trend",
  "funnel",
  "goals",
  "retention",
  "lifecycle",
  "stickiness",
  "distribution",
]);

/** Why an insight of this kind has no number to be watched, and what has; null where it has one. */
export function whyNoAlert(kind: QuestionKind): string | null {
  if (WATCHED.has(kind)) return null;
  switch (kind) {
    case "paths":
      return "Paths are many ways at once and come to no single number. Watch the way that matters as a funnel, or a page of it as a trend.";
    case "correlation":
      return "A correlation ranks what tells buyers from others; it is no number that rises or falls. Watch the conversion itself as a funnel or a goal.";
    case "breakdown":
      return "A breakdown has a number for each value and none over time. Ask the same as a trend, divided by it, and watch one of its lines.";
    default:
      return "This is a list and comes to no single number. Count it as a trend, and watch that.";
  }
}

/** The widths that can be watched: within an hour nobody is there several times. */
export const bucketsOf = (kind: QuestionKind): readonly Bucket[] =>
  kind === "stickiness" ? ["day", "week"] : ["hour", "day", "week"];

/** What people type for a number of this unit, and what is meant. */
export function typed(value: number, unit: Unit): number {
  if (unit === "share") return Math.round(value * 100_000) / 1000;
  if (unit === "ms") return Math.round(value) / 1000;
  return value;
}

export function meant(value: number, unit: Unit): number {
  if (unit === "share") return value / 100;
  if (unit === "ms") return value * 1000;
  return value;
}

export function unitWord(unit: Unit): string {
  return unit === "share" ? "%" : unit === "ms" ? "seconds" : "";
}

/** A value that was seldom crossed: the highest or lowest of the past. */
export function startingValue(preview: AlertPreview, side: Side): number {
  const values = preview.points.flatMap(({ value }) => (typeof value === "number" ? [value] : []));
  if (values.length === 0) return 0;
  return side === "below" ? Math.min(...values) : Math.max(...values);
}

const SIDE: Record<Side, Record<ConditionKind, string>> = {
  above: { threshold: "is above", change: "rises by more than", anomaly: "is unusually high" },
  below: { threshold: "is below", change: "falls by more than", anomaly: "is unusually low" },
  either: { threshold: "is not", change: "changes by more than", anomaly: "is unusual" },
};

/** "falls by more than 20 % against the week before" */
export function conditionWords(condition: AlertCondition, unit: Unit | null): string {
  const side = SIDE[condition.side ?? "either"][condition.kind];
  switch (condition.kind) {
    case "threshold":
      return `${side} ${unit ? told(condition.value, unit) : condition.value}`;
    case "change":
      return `${side} ${condition.percent} % against the ${condition.against === "week_before" ? "week before" : "time before"}`;
    case "anomaly":
      return `${side} for its time of the week`;
  }
}

/** "of Order", where a time has several rows. */
export function rowWords(row: Readonly<Record<string, unknown>> | undefined): string {
  const words = Object.values(row ?? {}).map(String);
  return words.length > 0 ? ` of ${words.join(", ")}` : "";
}

export function columnWords(column: string): string {
  return column
    .replace(/^interval_(\d+)$/, "share back after $1")
    .replace(/^([A-Z])$/, "series $1")
    .replaceAll("_", " ");
}

/** "would have fired 3 times in the last 30 days" */
export function wouldHave({ sent, points, watch }: AlertPreview): string {
  const span = watch.bucket === "week" ? `${points.length} weeks` : "30 days";
  if (sent === 0) return `It would have told nobody in the last ${span}.`;
  return `It would have told you ${sent === 1 ? "once" : `${sent} times`} in the last ${span}.`;
}

export function isMuted(alert: Alert): boolean {
  return typeof alert.muted_until_ms === "number";
}

/** Who may be told by mail: "Members of the site and owners, and addresses at example.org." */
export function mailMay(domains: readonly string[]): string {
  const people = "Members of the site and owners";
  return domains.length === 0 ? `${people}.` : `${people}, and addresses at ${domains.join(", ")}.`;
}

/** Where webhooks may go: "The owner allows hooks.example.org." */
export function hooksMay(hosts: readonly string[]): string {
  if (hosts.length > 0) return `The owner allows ${hosts.join(", ")}.`;
  return "Hosts that the owner has listed in egress_allow.";
}

/** Addresses with commas, blanks or lines between them. */
export function addressesIn(text: string): string[] {
  return text
    .split(/[\s,;]+/)
    .map((one) => one.trim())
    .filter(Boolean);
}
