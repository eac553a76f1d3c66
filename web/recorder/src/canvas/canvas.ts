/**
 * What canvases show (`/r-canvas.js`, loaded where the site's rules want it): small pictures of
 * those in view, as often as they change and a budget of bytes allows. What is hidden never
 * leaves. The choke point knows of a mark only when it is told of it, a little later; so the page
 * itself is asked too, when a picture is taken and once more before it goes.
 */
import { base64 } from "../assets/base64";
import { later, matches, nodeType, parentNode } from "../observe/natives";
import type { Entry } from "../table";

/** Longest side of a picture; a larger canvas is taken smaller. */
const SIDE_MAX = 640;
/** What one picture may weigh; a heavier one is not sent. */
const BYTES_MAX = 96 << 10;
/** All of a window's; after each quarter of it pictures come half as often. */
const ALL_BYTES_MAX = 4 << 20;
/** Pause between two looks at the canvases of a page. */
const REST_MS = 1000;
/** Canvases of which pictures are taken at a time. */
const AT_ONCE = 4;
/** Smaller ones measure the width of letters, or count visits. */
const SIDE_MIN = 16;
const TYPE = "image/webp";
const QUALITY = 0.6;

/** Where canvases are, and who is told. */
export interface CanvasWanted {
  /** What is recorded, by its numbers. */
  entries: ReadonlyMap<number, Entry>;
  node(id: number): Node | null;
  rules: { mask: string[]; block: string[] };
  /** Whether there is a picture of the page, and its address is none on which nothing is sent. */
  may(): boolean;
  /** Does a piece of our work, which takes the page's time. */
  during<T>(work: () => T): T;
  /** `data` is the picture in Base64. */
  tell(payload: { id: number; type: string; data: string }): void;
}

/** Pictures of canvases of one window. */
export interface Canvases {
  /** Tells all of them once more: the page has a new picture. */
  again(): void;
  stop(): void;
}

/** Begins to take pictures. */
export function watchCanvases(wanted: CanvasWanted): Canvases {
  const { entries, node, rules, may, during, tell } = wanted;
  const hidden = ["[data-hm-mask]", "[data-hm-block]", ...rules.mask, ...rules.block].join();
  /** What was told last of each. */
  let told = new Map<number, string>();
  /** Those that the page itself may not read: they show something of another origin. */
  const shut = new WeakSet<HTMLCanvasElement>();
  /** In which turn a picture was taken: of many each has its turn. */
  const turns = new Map<number, number>();
  let turn = 0;
  let bytes = 0;
  let isOver = typeof OffscreenCanvas === "undefined";

  const take = async (id: number, canvas: HTMLCanvasElement, small: OffscreenCanvas) => {
    try {
      const blob = await small.convertToBlob({ type: TYPE, quality: QUALITY });
      const data = blob.size <= BYTES_MAX ? await base64(blob) : "";
      if (isOver || !data || told.get(id) === data || !may() || isHidden(canvas, hidden)) return;
      told.set(id, data);
      bytes += data.length;
      tell({ id, type: blob.type, data });
    } catch {
      shut.add(canvas);
    }
  };
  const look = async () => {
    const found: [id: number, canvas: HTMLCanvasElement][] = [];
    if (may()) {
      for (const [id, { tag }] of entries) {
        const canvas = tag === "canvas" && (node(id) as HTMLCanvasElement | null);
        if (!canvas || shut.has(canvas) || !isInView(canvas) || isHidden(canvas, hidden)) continue;
        found.push([id, canvas]);
      }
    }
    turn++;
    found.sort(([one], [other]) => (turns.get(one) ?? 0) - (turns.get(other) ?? 0));
    const taken = found.slice(0, AT_ONCE).map(([id, canvas]) => {
      turns.set(id, turn);
      const small = smaller(canvas);
      return small && take(id, canvas, small);
    });
    await Promise.all(taken);
  };
  const next = () => {
    if (isOver || bytes > ALL_BYTES_MAX) return;
    later(
      () =>
        // After the page has drawn: what shows 3D is empty at any other time.
        requestAnimationFrame(() => {
          if (!isOver) void during(look).then(next, next);
        }),
      REST_MS * 2 ** Math.floor((4 * bytes) / ALL_BYTES_MAX),
    );
  };
  next();
  return {
    again() {
      told = new Map();
    },
    stop() {
      isOver = true;
    },
  };
}

/** Whether anything that it hangs in, through shadow roots and frames, is masked or left out. */
function isHidden(canvas: Element, hidden: string): boolean {
  try {
    for (let at: Node | null | undefined = canvas; at; ) {
      if (nodeType(at) === 1 && matches(at as Element, hidden)) return true;
      at = parentNode(at) ?? (at as ShadowRoot).host ?? (at as Document).defaultView?.frameElement;
    }
    return false;
  } catch {
    // A rule that this browser cannot read might have meant it.
    return true;
  }
}

function isInView(canvas: HTMLCanvasElement): boolean {
  const { top, left, bottom, right, width, height } = canvas.getBoundingClientRect();
  const { innerWidth, innerHeight } = canvas.ownerDocument.defaultView ?? window;
  const isLarge = width >= SIDE_MIN && height >= SIDE_MIN && canvas.width > 0 && canvas.height > 0;
  return isLarge && top < innerHeight && left < innerWidth && bottom > 0 && right > 0;
}

/** A copy of what it shows. */
function smaller(canvas: HTMLCanvasElement): OffscreenCanvas | null {
  const { width, height } = canvas;
  const share = Math.min(1, SIDE_MAX / Math.max(width, height));
  const size = [width, height].map((side) => Math.max(1, Math.round(side * share)));
  const copy = new OffscreenCanvas(size[0] as number, size[1] as number);
  const context = copy.getContext("2d");
  context?.drawImage(canvas, 0, 0, copy.width, copy.height);
  return context && copy;
}
