import { isObject } from "./json";

/** What canvases are recorded as. */
const TAG = "hm-canvas";
const KINDS = /^image\/(webp|png|jpeg)$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const SHOWN = "background-image";

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
        style.setProperty(SHOWN, picture, "important");
        style.setProperty("background-size", "100% 100%", "important");
        style.setProperty("background-repeat", "no-repeat", "important");
      }
    },
    clear: () => last.clear(),
  };
}
