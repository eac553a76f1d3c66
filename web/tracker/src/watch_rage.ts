/** Rage: three or more clicks in one place, each within a second of the last; told when it ends. */
import { control } from "./control.ts";
import type { Properties } from "./core.ts";
import { guard } from "./guard.ts";
import { later } from "./later.ts";
import type { Watched } from "./watched.ts";

const CLICKS_MIN = 3;
/** A longer pause between clicks ends a row of them. */
const PAUSE_MS = 1000;
const RADIUS_PX = 30;

export function watchRage(watched: Watched): void {
  let clicks = 0;
  let last = { x: 0, y: 0, time: 0 };
  let told: Properties;
  const end = () => {
    if (clicks >= CLICKS_MIN) watched.emit("rage_click", { ...told, clicks }, last.time);
    clicks = 0;
  };
  watched.on("click", (seen) => {
    const { event, time } = seen;
    // Keys and scripts do not rage.
    if (!event.isTrusted || !event.detail) return;
    const { clientX: x, clientY: y } = event;
    if (time - last.time > PAUSE_MS || Math.hypot(x - last.x, y - last.y) > RADIUS_PX) end();
    if (!clicks) told = control(seen, watched).told;
    clicks += 1;
    last = { x, y, time };
    later(
      guard(() => {
        if (last.time === time) end();
      }),
      PAUSE_MS,
    );
  });
  watched.listen("pagehide", end);
}
