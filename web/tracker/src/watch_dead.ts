/**
 * Dead clicks: something that looks as if it did something is clicked, and nothing follows: no
 * change of the page, no navigation, no scroll, no focus, no change of a field, no other window.
 */
import { control } from "./control.ts";
import { guard } from "./guard.ts";
import { later } from "./later.ts";
import { matches } from "./matches.ts";
import type { Watched } from "./watched.ts";

/** A click after which nothing happens for so long is dead. */
const WAIT_MS = 1500;
const SIGNS = "scroll focusin change input blur pagehide selectionchange toggle visibilitychange";
/** What reacts by itself. With a link elsewhere the browser is on its way, however long that takes. */
const ALIVE =
  "input,select,textarea,label,option,summary,video,audio,canvas,iframe,embed,object," +
  "a[href]:not([href^='#']):not([href^='javascript:']),area[href]";

export function watchDead(watched: Watched): void {
  let waiting: MutationObserver | undefined;
  const alive = () => {
    waiting?.disconnect();
    waiting = undefined;
  };
  for (const sign of SIGNS.split(" ")) watched.listen(sign, alive);
  watched.onPage(alive);
  watched.on("click", (seen) => {
    const { event, path, time } = seen;
    alive();
    if (!event.isTrusted || path.some((node) => matches(node, ALIVE))) return;
    const { element, told } = control(seen, watched);
    if (!element && getComputedStyle(path[0] as Element).cursor !== "pointer") return;
    const observer = new MutationObserver(alive);
    const what = { subtree: true, childList: true, attributes: true, characterData: true };
    // A change within a shadow root is not seen from without.
    for (const node of path) {
      if (node instanceof ShadowRoot || node instanceof Document) observer.observe(node, what);
    }
    waiting = observer;
    later(
      guard(() => {
        if (waiting !== observer) return;
        alive();
        watched.emit("dead_click", told, time);
      }),
      WAIT_MS,
    );
  });
  watched.onStop(alive);
}
