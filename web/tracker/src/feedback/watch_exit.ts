/**
 * When somebody seems to leave. With a mouse: the pointer goes out over the upper edge, to the tabs
 * and the address. By finger: after at least one screen of reading, fast back to the top, where the
 * browser's bar is; a page that is merely hidden tells nothing. Not in the first seconds, when pointers
 * still come from where they were.
 */
import type { Listening } from "./listening.ts";

/** Who leaves sooner after the page began has not read it, and is not asked. */
const ARMED_MS = 3000;
/** Within this a way up the page is a fling, as of somebody who wants to leave. */
const FLING_MS = 500;
/** Part of the screen that a fling passes in that time. */
const FLING_SCREENS = 0.6;

export function watchExit({ on }: Listening, now: () => number, leaves: () => void): void {
  const began = now();
  const isArmed = () => now() - began >= ARMED_MS;
  on(document, "mouseout", ({ relatedTarget, clientY, buttons }: MouseEvent) => {
    if (!relatedTarget && clientY <= 0 && !buttons && isArmed()) leaves();
  });
  let isTouched = false;
  let last = scrollY;
  /** Where the way back up began, and when. */
  let turn = { y: last, time: began };
  on(window, "touchstart", () => {
    isTouched = true;
  });
  on(window, "scroll", () => {
    const time = now();
    if (scrollY >= last) turn = { y: scrollY, time };
    else if (time - turn.time > FLING_MS) turn = { y: last, time };
    last = scrollY;
    // One jump, as by a link to the top, is no fling.
    const isFling =
      time > turn.time && turn.y >= innerHeight && turn.y - last >= FLING_SCREENS * innerHeight;
    if (isTouched && isFling && isArmed()) leaves();
  });
}
