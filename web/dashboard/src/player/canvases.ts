import { isObject } from "./json";
import { label } from "./unseen";

/** What canvases are recorded as. */
const TAG = "hm-canvas";
const KINDS = /^image\/(webp|png|jpeg)$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const SHOWN = "background-image";
/** Marks a canvas whose picture is there. */
const DRAWN = "data-hm-drawn";

/**
 * A canvas of which nothing is recorded says so. It is not filled: many lie over a whole page, and
 * what is under them is seen through them. Its own colour stays.
 */
export const CANVAS_RULES: readonly string[] = [
  `canvas:not([${DRAWN}]){background-image:url("${label("Canvas, not recorded")}")!important;background-position:center!important;background-size:min(100%,260px) auto!important;background-repeat:no-repeat!important;outline:1px solid #9ca3af80!important;outline-offset:-1px!important}`,
];

/** Pictures of what canvases showed, put where they stood. */
export interface Canvases {
  /** Takes in an event of the recording's own; others than those of canvases are passed over. */
  take(data: unknown): void;
  /** Shows what was taken in. */
  show(): void;
  /** The page is rebuilt: nothing is known. */
  clear(): void;
}

/**
 * Nothing draws in a replayed page, where no script runs: the last picture is the background of
 * the canvas's box.
 */
export function createCanvases(nodeOf: (id: number) => Node | null): Canvases {
  const last = new Map<number, string>();
  const shown = new WeakMap<Node, string>();
  return {
    take(data) {
      if (!isObject(data) || data.tag !== TAG || !isObject(data.payload)) return;
      const { id, type, data: picture } = data.payload;
      if (typeof id !== "number" || typeof type !== "string" || !KINDS.test(type)) return;
      if (typeof picture !== "string" || !BASE64.test(picture)) return;
      last.set(id, `url("data:${type};base64,${picture}")`);
    },
    show() {
      for (const [id, picture] of last) {
        const node = nodeOf(id);
        if (node?.nodeName !== "CANVAS") continue;
        const { style } = node as HTMLElement;
        // The page may have set the whole attribute since.
        const isThere = style.getPropertyPriority(SHOWN) === "important";
        if (isThere && shown.get(node) === picture) continue;
        shown.set(node, picture);
        (node as HTMLElement).setAttribute(DRAWN, "");
        style.setProperty(SHOWN, picture, "important");
        style.setProperty("background-size", "100% 100%", "important");
        style.setProperty("background-repeat", "no-repeat", "important");
      }
    },
    clear: () => last.clear(),
  };
}
