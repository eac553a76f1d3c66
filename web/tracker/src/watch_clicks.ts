/**
 * Clicks: where and on what, read before the page reacts. Links that lead away and files are told
 * as such.
 */
import { control } from "./control.ts";
import { elementPath } from "./element_path.ts";
import { matches } from "./matches.ts";
import type { Watched } from "./watched.ts";

const FILES =
  /\.(7z|apk|csv|dmg|docx?|epub|exe|gz|iso|mp[34]|msi|pdf|pkg|pptx?|rar|tgz|xlsx?|zip)$/i;
const FORWARD_MS = 50;
const box = Element.prototype.getBoundingClientRect;

export function watchClicks(watched: Watched): void {
  let labelled: unknown;
  let labelledAt = 0;
  watched.on("click", ({ path, event, time }) => {
    const target = path[0];
    if (!event.isTrusted || !(target instanceof Element)) return;
    // The clicks that Enter gives to a form's button and a label to its field are not the visitor's.
    if (!event.detail && (target.getRootNode() as Document).activeElement !== target) return;
    if (target === labelled && time - labelledAt < FORWARD_MS) return;
    labelled = (path.find((node) => matches(node, "label")) as HTMLLabelElement | undefined)
      ?.control;
    labelledAt = time;
    const { left, top, width, height } = box.call(target);
    const share = (offset: number, size: number) =>
      event.detail ? Math.round(1000 * Math.min(1, Math.max(0, offset / size || 0))) / 1000 : 0.5;
    const { element, text, href } = control(path, watched);
    watched.emit(
      "click",
      {
        path: elementPath(path),
        x: share(event.clientX - left, width),
        y: share(event.clientY - top, height),
        text,
        href,
      },
      time,
    );
    if (!element || !href) return;
    const { hostname, pathname } = new URL(href);
    if (FILES.test(pathname) || matches(element, "[download]")) {
      watched.emit("download", { href }, time);
    } else if (hostname !== location.hostname) watched.emit("outbound", { href }, time);
  });
}
