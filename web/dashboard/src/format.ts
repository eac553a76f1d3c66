// Numbers, durations and dates as people read them. One place decides digits, units and zones, so
// that the same value looks the same on every screen. Dates are always those of a named zone.
import type { Unit } from "@hitmetrix/wire";

const THIN = "\u202f";
const DASH = "–";
const MINUS = "−";
export const NONE = "–";

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

export interface Said {
  /** The number without its unit. */
  number: string;
  /** The unit, empty for counts. */
  unit: string;
}

export function count(value: number): string {
  return whole.format(value);
}

export function decimal(value: number, digits: number): string {
  return value.toLocaleString("en-GB", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

const digitsOf = new Map<string, number>();

/** How many digits behind the point amounts of a currency have; 2 without one. */
function centDigits(currency: string): number {
  let digits = digitsOf.get(currency);
  if (digits === undefined) {
    try {
      const known = new Intl.NumberFormat("en-GB", { style: "currency", currency });
      digits = known.resolvedOptions().maximumFractionDigits ?? 2;
    } catch {
      digits = 2;
    }
    digitsOf.set(currency, digits);
  }
  return digits;
}

/** An amount and its currency, without cents where they are not worth reading. */
export function amount(value: number | null, currency: string | null | undefined): Said {
  if (value === null) return { number: NONE, unit: "" };
  const digits =
    Number.isInteger(value) || Math.abs(value) >= 1000 ? 0 : centDigits(currency ?? "");
  const number = decimal(value, digits).replace(/^-(?=0(?:\.0+)?$)/, "");
  return { number, unit: currency ?? "" };
}

/** The same as one text: the currency stands behind the number, as every unit. */
export function money(value: number | null, currency: string | null | undefined): string {
  return joined(amount(value, currency));
}

/** `2:14 min` from a minute on, `45 s` from ten seconds on, `4.2 s` below. */
export function duration(ms: number): Said {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return { number: decimal(seconds, 1), unit: "s" };
  const rounded = Math.round(seconds);
  if (rounded < 60) return { number: String(rounded), unit: "s" };
  if (rounded < 3600)
    return { number: `${Math.floor(rounded / 60)}:${two(rounded % 60)}`, unit: "min" };
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60)
    return { number: `${Math.floor(minutes / 60)}:${two(minutes % 60)}`, unit: "h" };
  return { number: count(Math.round(minutes / 1440)), unit: "days" };
}

/** How long counting took: `under 1 ms`, `4.2 ms`, `320 ms` from ten milliseconds on. */
export function took(us: number): string {
  const ms = us / 1000;
  if (ms < 1) return `under 1${THIN}ms`;
  return `${ms < 9.95 ? decimal(ms, 1) : count(ms)}${THIN}ms`;
}

/** A position in a recording: `4:52`, `1:04:52`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const rest = `${two(seconds % 60)}`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${rest}`;
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${rest}`;
}

export function measured(value: number | null, unit: Unit): Said {
  if (value === null || !Number.isFinite(value)) return { number: NONE, unit: "" };
  if (unit === "share") return { number: decimal(value * 100, 1), unit: "%" };
  if (unit === "ms") return duration(value);
  if (unit === "ratio") return { number: decimal(value, 2), unit: "" };
  return { number: count(value), unit: "" };
}

export function joined(said: Said): string {
  return said.unit ? `${said.number}${THIN}${said.unit}` : said.number;
}

export function told(value: number | null, unit: Unit): string {
  return joined(measured(value, unit));
}

/** An amount with its currency, or any other number as it is. */
export function priced(value: number | null, unit: Unit, currency: string): string {
  return currency && (unit === "ratio" || unit === "count")
    ? money(value, currency)
    : told(value, unit);
}

/** For an axis: `12k`, `1.2M`, `40 %`, `2:00`. */
export function axis(value: number, unit: Unit): string {
  if (unit === "share")
    return `${decimal(value * 100, value * 100 < 10 && value !== 0 && (value * 100) % 1 !== 0 ? 1 : 0)}${THIN}%`;
  if (unit === "ms") return value === 0 ? "0" : joined(duration(value)).replace(/\.0(?=\D)/, "");
  if (value >= 1e6) return `${trimmed(value / 1e6)}M`;
  if (value >= 1e4) return `${trimmed(value / 1e3)}k`;
  return unit === "ratio" ? trimmed(value) : count(value);
}

export interface Change {
  text: string;
  /** -1, 0, 1 */
  direction: number;
  /** The change as a share of what was before; null where there was nothing. */
  relative: number | null;
}

/** How a value moved: in percent, for shares in points, for durations in seconds. */
export function change(now: number | null, before: number | null, unit: Unit): Change {
  if (now === null || before === null) return { text: NONE, direction: 0, relative: null };
  const difference = now - before;
  const direction = Math.sign(difference);
  const way = difference > 0 ? "+" : difference < 0 ? MINUS : "±";
  // What is rounded to nothing has no direction that could be read.
  const signed = (size: number, digits: number): string =>
    `${size < 0.05 ? "±" : way}${decimal(size, digits)}`;
  const relative = before === 0 ? null : difference / before;
  if (unit === "share")
    return { text: `${signed(Math.abs(difference) * 100, 1)}${THIN}pt`, direction, relative };
  if (unit === "ms")
    return { text: `${way}${joined(duration(Math.abs(difference)))}`, direction, relative };
  if (before === 0) return { text: now === 0 ? "±0" : "new", direction, relative };
  const percent = Math.abs(difference / before) * 100;
  if (percent >= 1000)
    return { text: `×${decimal(now / before, now / before < 100 ? 1 : 0)}`, direction, relative };
  return {
    text: `${signed(percent, percent < 9.95 ? 1 : 0)}${THIN}%`,
    direction,
    relative,
  };
}

export function bytes(value: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let rest = value;
  let step = 0;
  while (rest >= 1000 && step < units.length - 1) {
    rest /= 1000;
    step += 1;
  }
  return `${step === 0 ? count(rest) : decimal(rest, rest < 10 ? 1 : 0)}${THIN}${units[step]}`;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  let known = formatters.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone });
    formatters.set(key, known);
  }
  return known;
}

/** Whether this machine knows the zone. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** `12 Nov` */
export function day(ms: number, zone: string): string {
  return formatter(zone, { day: "numeric", month: "short" }).format(ms);
}

/** `12 Nov 2026` */
export function dayYear(ms: number, zone: string): string {
  return formatter(zone, { day: "numeric", month: "short", year: "numeric" }).format(ms);
}

/** `Thu 12 Nov` */
export function weekday(ms: number, zone: string): string {
  return formatter(zone, { weekday: "short", day: "numeric", month: "short" })
    .format(ms)
    .replace(",", "");
}

/** `20:41` */
export function time(ms: number, zone: string): string {
  return formatter(zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms);
}

/** `20:41:07` */
export function timeSeconds(ms: number, zone: string): string {
  return formatter(zone, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).format(ms);
}

/** `12 Nov 20:41` */
export function dayTime(ms: number, zone: string): string {
  return `${day(ms, zone)} ${time(ms, zone)}`;
}

/** `November 2026` */
export function month(ms: number, zone: string): string {
  return formatter(zone, { month: "short", year: "numeric" }).format(ms);
}

/** The calendar day in the zone, as `2026-11-12`. */
export function isoDay(ms: number, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).format(ms);
}

/** `25 Aug – 22 Nov`, with years when they differ from the year of `now`; times for spans inside a day. */
export function range(from: number, to: number, zone: string, now: number): string {
  const last = to - 1;
  const midnight =
    time(from, zone) === "00:00" && (time(to, zone) === "00:00" || to >= now - 60_000);
  if (!midnight && to - from < 48 * 3_600_000) {
    const sameDay = isoDay(from, zone) === isoDay(last, zone);
    return sameDay
      ? `${day(from, zone)}, ${time(from, zone)} ${DASH} ${time(to, zone)}`
      : `${dayTime(from, zone)} ${DASH} ${dayTime(to, zone)}`;
  }
  const year = isoDay(now, zone).slice(0, 4);
  const plain = isoDay(from, zone).slice(0, 4) === year && isoDay(last, zone).slice(0, 4) === year;
  const say = plain ? day : dayYear;
  if (isoDay(from, zone) === isoDay(last, zone)) return say(from, zone);
  return `${say(from, zone)} ${DASH} ${say(last, zone)}`;
}

/** `just now`, `12 s ago`, `4 min ago`, then the time. */
export function ago(ms: number, now: number, zone: string): string {
  const seconds = Math.max(0, Math.round((now - ms) / 1000));
  if (seconds < 2) return "just now";
  if (seconds < 60) return `${seconds}${THIN}s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${THIN}min ago`;
  return isoDay(ms, zone) === isoDay(now, zone) ? time(ms, zone) : dayTime(ms, zone);
}

/** The first four digits of an id, enough to tell neighbours apart. */
export function shortId(id: string): string {
  return id.slice(0, 6);
}

export function plural(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function trimmed(value: number): string {
  return decimal(value, 1).replace(/\.0$/, "");
}
