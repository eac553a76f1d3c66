/**
 * What canvases show (`/r-canvas.js`, loaded where the site's rules want it): small pictures of
 * those in view, as often as they change and a budget of bytes allows. What is hidden never
 * leaves: the choke point lets those pass only that nothing masks.
 */
import { base64 } from "../assets/base64";
import { later } from "../observe/natives";

/** Longest side of a picture, and what one may weigh. */
const SIDE_MAX = 640;
const BYTES_MAX = 96 << 10;
/** All of a window's; after each quarter of it pictures come half as often. */
const ALL_BYTES_MAX = 4 << 20;
const REST_MS = 1000;
/** Canvases of which pictures are taken at a time. */
const AT_ONCE = 4;
/** Smaller ones measure the width of letters, or count visits. */
const SIDE_MIN = 16;
const TYPE = "image/webp";
const QUALITY = 0.6;

/** Where canvases are, and who is told. */
export interface CanvasWanted {
  /** The recorded ones, with their numbers. */
  canvases(): Iterable<readonly [id: number, canvas: HTMLCanvasElement]>;
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
export function watchCanvases({ canvases, during, tell }: CanvasWanted): Canvases {
  /** What was told last of each. */
  let told = new Map<number, string>();
  /** Those that the page itself may not read: they show something of another origin. */
  const shut = new WeakSet<HTMLCanvasElement>();
  let bytes = 0;
  let isOver = typeof OffscreenCanvas === "undefined";

  const take = async (id: number, canvas: HTMLCanvasElement, small: OffscreenCanvas) => {
    try {
      const blob = await small.convertToBlob({ type: TYPE, quality: QUALITY });
      const data = blob.size <= BYTES_MAX ? await base64(blob) : "";
      if (isOver || !data || told.get(id) === data) return;
      told.set(id, data);
      bytes += data.length;
      tell({ id, type: blob.type, data });
    } catch {
      shut.add(canvas);
    }
  };
  const look = () => {
    const taken: Promise<void>[] = [];
    for (const [id, canvas] of canvases()) {
      if (taken.length === AT_ONCE) break;
      if (shut.has(canvas) || !isInView(canvas)) continue;
      const small = smaller(canvas);
      if (small) taken.push(take(id, canvas, small));
    }
    return Promise.all(taken);
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
