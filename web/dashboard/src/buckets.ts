// How one bucket of a trend is called, short on the axis and whole in a table.
import type { Interval } from "@hitmetrix/wire";
import { day, dayTime, month, time, weekday } from "./format.ts";

export function bucketLabel(ms: number, interval: Interval, zone: string): string {
  if (interval === "minute") return time(ms, zone);
  if (interval === "hour") return time(ms, zone) === "00:00" ? day(ms, zone) : time(ms, zone);
  if (interval === "month") return month(ms, zone);
  return day(ms, zone);
}

export function bucketTitle(ms: number, interval: Interval, zone: string): string {
  if (interval === "minute" || interval === "hour") return dayTime(ms, zone);
  if (interval === "week") return `Week of ${day(ms, zone)}`;
  if (interval === "month") return month(ms, zone);
  return weekday(ms, zone);
}
