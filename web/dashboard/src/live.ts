// The last half hour in minutes, counted from the events that the live view gives.
import type { Live } from "@hitmetrix/wire";

export interface Minute {
  from_ms: number;
  events: number;
}

const MINUTE_MS = 60_000;
export const MINUTES = 30;

export function minutesOf(live: Pick<Live, "now_ms" | "recent">): Minute[] {
  const last = Math.floor(live.now_ms / MINUTE_MS) * MINUTE_MS;
  const minutes = Array.from({ length: MINUTES }, (_, index) => ({ from_ms: last - (MINUTES - 1 - index) * MINUTE_MS, events: 0 }));
  for (const event of live.recent) {
    const minute = minutes[MINUTES - 1 - Math.floor((last + MINUTE_MS - 1 - event.time_ms) / MINUTE_MS)];
    if (minute) minute.events += 1;
  }
  return minutes;
}
