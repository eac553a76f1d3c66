import type { Context } from "./context";
import { later, listen } from "./natives";

/** The size of the window is told at most so often. */
const TOLD_MS = 200;

/** The size of the page's window. */
export function watchSize(context: Context, window: Window): () => void {
  let isWaiting = false;
  return listen(window, "resize", () => {
    if (isWaiting) return;
    isWaiting = true;
    later(() => {
      isWaiting = false;
      context.emit({ source: 4, width: window.innerWidth, height: window.innerHeight });
    }, TOLD_MS);
  });
}
