import replayStyle from "@rrweb/replay/dist/style.css?raw";
import { createAssets } from "./assets";
import { whenReady } from "./attach";
import { freezeHeights } from "./freeze";
import { events as read } from "./lines";
import { BOX_RULES, createStage } from "./stage";
import type { Chunk, RecordedEvent } from "./types";
import { unroll } from "./unroll";

/** A page longer than this is cut. */
const HEIGHT_MAX_PX = 20_000;
/** How long fonts and pictures of the page may take. */
const LOAD_MS_MAX = 1500;
const UNREADABLE = "the picture of this page cannot be read";
const STYLE =
  "html,body{margin:0;height:100%;overflow:hidden;background:transparent}.replayer-wrapper{position:absolute;top:0;left:0;transform-origin:0 0}.replayer-wrapper>iframe{border:0;background:#fff}.replayer-mouse,.replayer-mouse-tail{display:none}";

/** Where a picture of a page comes from: chunks of one page load, the first with a snapshot. */
export interface PictureSource {
  readonly chunks: readonly Chunk[];
  /** The moment to be shown, UTC, milliseconds since the epoch. */
  readonly at_ms: number;
  load(chunk: Chunk): Promise<string>;
}

/** One page as it was at a moment, at its full height. */
export interface Picture {
  /** The page's document, rebuilt: to be measured, never to be changed. */
  readonly document: Document;
  /** Of the page, in its own pixels. */
  readonly width: number;
  readonly height: number;
  /** Height of the window that it was recorded in. */
  readonly windowHeight: number;
  /** Whether the page is longer than the picture. */
  readonly isCut: boolean;
  /** Whether the page stands still and an element in it scrolls, which is shown as high as what is in it. */
  readonly scrollsWithin: boolean;
  /** Shows it smaller or larger; the frame is for the caller to size. */
  scale(factor: number): void;
  destroy(): void;
}

/** Rebuilds a page inside `/player-frame`, as the player does, and stays at one moment. */
export async function openPicture(
  frame: HTMLIFrameElement,
  source: PictureSource,
): Promise<Picture> {
  const [loaded] = await Promise.all([
    Promise.all(source.chunks.map((chunk) => source.load(chunk))),
    whenReady(frame),
  ]);
  const assets = createAssets([...BOX_RULES]);
  const events: RecordedEvent[] = source.chunks.flatMap((chunk, index) => {
    const all = read(loaded[index] ?? "", chunk, assets);
    // A picture begins with a keyframe, and goes on without the next.
    return index === 0 ? all : all.filter(({ made }) => !made);
  });
  const outer = frame.contentDocument;
  if (!outer) throw new Error("the frame of the picture is gone");
  const style = outer.createElement("style");
  style.textContent = `${replayStyle}\n${STYLE}`;
  outer.head.append(style);
  let size = { width: 0, height: 0 };
  const sized = (next: typeof size) => {
    size = next;
  };
  const stage = createStage(outer.body, events, {
    speed: 1,
    assets,
    sized,
    // What there is of the page is measured below, or missed there.
    broken: () => {},
  });
  if (!stage) throw new Error(UNREADABLE);
  stage.show(source.at_ms);
  stage.dress();
  const inner = stage.wrapper.querySelector("iframe");
  const document = inner?.contentDocument;
  if (!inner || !document) throw new Error(UNREADABLE);
  await settled(document);
  // A document that holds nothing, or nothing any more, has no size.
  if (!document.documentElement) throw new Error(UNREADABLE);
  const width = size.width || inner.clientWidth;
  const windowHeight = size.height || inner.clientHeight;
  freezeHeights(document, { width, height: windowHeight });
  document.defaultView?.scrollTo(0, 0);
  const room = { width, height: windowHeight, heightMax: HEIGHT_MAX_PX };
  const scrollsWithin = unroll(document, room);
  const { height, isCut } = stretch(inner, document);
  await frames(document);
  return {
    document,
    width,
    height,
    windowHeight,
    isCut,
    scrollsWithin,
    scale(factor) {
      const { wrapper } = stage;
      wrapper.style.width = `${width}px`;
      wrapper.style.height = `${height}px`;
      wrapper.style.transform = `scale(${factor})`;
    },
    destroy() {
      stage.destroy();
      assets.destroy();
      style.remove();
    },
  };
}

/** Makes the frame as high as its page, which may change what the page does with the room. */
function stretch(inner: HTMLIFrameElement, document: Document): { height: number; isCut: boolean } {
  let height = 0;
  for (let round = 0; round < 3; round += 1) {
    const whole = Math.ceil(
      Math.max(document.documentElement.scrollHeight, document.body?.scrollHeight ?? 0),
    );
    const next = Math.min(HEIGHT_MAX_PX, whole);
    if (next === height) break;
    height = next;
    inner.style.height = `${height}px`;
    if (whole > HEIGHT_MAX_PX) return { height, isCut: true };
  }
  return { height, isCut: false };
}

/** Resolves when fonts and pictures are there, or have taken too long. */
async function settled(document: Document): Promise<void> {
  const pictures = [...document.images].map((image) => image.decode().catch(() => undefined));
  const late = new Promise((resolve) => setTimeout(resolve, LOAD_MS_MAX));
  await Promise.race([Promise.all([document.fonts.ready, ...pictures]), late]);
}

/** Waits until the layout stands. */
function frames(document: Document): Promise<void> {
  const view = document.defaultView ?? window;
  return new Promise((resolve) => {
    view.requestAnimationFrame(() => view.requestAnimationFrame(() => resolve()));
  });
}
