/**
 * Clicks: where and on what, read before the page reacts. Links that lead away and files are told
 * as such.
 */
import { control } from "./control.ts";
import { matches } from "./matches.ts";
import type { Watched } from "./watched.ts";

const FILES =
  /\.(7z|apk|csv|dmg|docx?|epub|exe|gz|iso|mp[34]|msi|pdf|pkg|pptx?|rar|tgz|xlsx?|zip)$/i;
/** A click on a field so soon after one on its label is the browser's. */
const FORWARD_MS = 50;

export function watchClicks(watched: Watched): void {
  let labelled: unknown;
  let labelledAt = 0;
  watched.on("click", (seen) => {
    const { path, event, time } = seen;
    const target = path[0];
    if (!event.isTrusted || !(target instanceof Element)) return;
    // The clicks that Enter gives to a form's button and a label to its field are not the visitor's.
    if (!event.detail && (target.getRootNode() as Document).activeElement !== target) return;
    if (target === labelled && time - labelledAt < FORWARD_MS) return;
    labelled = (path.find((node) => matches(node, "label")) as HTMLLabelElement | undefined)
      ?.control;
    labelledAt = time;
    const { element, told } = control(seen, watched);
    const { href } = told;
    watched.emit("click", told, time);
    if (!element || !href) return;
    const { hostname, pathname } = new URL(href);
    if (FILES.test(pathname) || matches(element, "[download]")) {
      watched.emit("download", { href }, time);
    } else if (hostname !== location.hostname) watched.emit("outbound", { href }, time);
  });
}
