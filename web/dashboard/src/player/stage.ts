import { Replayer } from "@rrweb/replay";
import { createAnimations } from "./animations";
import type { Assets } from "./assets";
import { CANVAS_RULES, createCanvases } from "./canvases";
import { ease } from "./ease";
import { createMedia } from "./media";
import { mend } from "./mend";
import { createPopovers } from "./popovers";
import type { RecordedEvent } from "./types";
import { UNSEEN_RULES } from "./unseen";

type ReplayerEvents = ConstructorParameters<typeof Replayer>[0];

/**
 * Without scripts a canvas is an element like any other and would lose its size; its attributes
 * have it. The lowest specificity, so that every rule of the recorded page wins. And a video would
 * have controls that say 0:00, whether the page showed any or not.
 */
export const BOX_RULES: readonly string[] = [
  ":where(canvas){display:inline-block;width:attr(width px,300px);height:attr(height px,150px)}",
  "video::-webkit-media-controls{display:none!important}",
  ...UNSEEN_RULES,
  ...CANVAS_RULES,
];

/** One page load on the screen, from its snapshot on. Times are epoch milliseconds. */
export interface Stage {
  add(events: RecordedEvent[]): void;
  /** Shows that time and stays there. */
  show(ms: number): void;
  play(ms: number): void;
  pause(): void;
  speed(factor: number): void;
  /** Where it stands now. */
  now(): number;
  /** False once it has come to the end of the events it has. */
  running(): boolean;
  readonly wrapper: HTMLElement;
  /** Shows the pictures and fonts that have come since. */
  dress(): void;
  /** Says on videos where they stand at that time. */
  videos(ms: number): void;
  destroy(): void;
}

/** What a page load is shown with. */
export interface Setting {
  speed: number;
  assets: Assets;
  sized(size: { width: number; height: number }): void;
  /** A picture cannot be rebuilt. */
  broken(): void;
}

/** Rebuilds a page load inside `root`; null when these events cannot be shown. */
export function createStage(
  root: HTMLElement,
  events: RecordedEvent[],
  { speed, assets, sized, broken }: Setting,
): Stage | null {
  const snapshot = events.find(({ type }) => type === 2);
  if (!snapshot || events.length < 2) return null;
  const base = events.reduce((first, { timestamp }) => Math.min(first, timestamp), Infinity);
  const replayer = replayerOf(ease(events), {
    root,
    speed,
    liveMode: false,
    // Focus would leave the dashboard, and with it the keyboard.
    triggerFocus: false,
    showWarning: false,
    UNSAFE_replayCanvas: false,
    // Its copy of a page that is changed in place of the page takes some changes in the wrong order
    // (rules of adopted sheets), and leaves out others (rules lost with a sheet's text).
    useVirtualDom: false,
    insertStyleRules: assets.rules,
    // See animations.ts.
    pauseAnimation: false,
    mouseTail: { duration: 500, lineCap: "round", lineWidth: 2, strokeStyle: "#5f5cdc" },
  });
  if (!replayer) return null;
  mend(replayer, { assets, broken });
  const nodeOf = (id: number) => replayer.getMirror().getNode(id);
  const popovers = createPopovers(nodeOf);
  popovers.know(events);
  const media = createMedia(nodeOf);
  media.know(events);
  const canvases = createCanvases(nodeOf);
  replayer.on("fullsnapshot-rebuilded", canvases.clear);
  replayer.on("custom-event", (event) => canvases.take((event as RecordedEvent).data));
  /** On the way to a moment: what is open then is settled once, there. */
  let seeking = false;
  replayer.on("event-cast", (event) => {
    if (seeking) return;
    popovers.after(event as RecordedEvent);
    canvases.show();
  });
  replayer.on("flush", () => {
    popovers.settle();
    canvases.show();
  });
  let active = false;
  replayer.on("finish", () => {
    active = false;
  });
  replayer.on("resize", (size) => sized(size as { width: number; height: number }));
  const seek = (work: () => void) => {
    seeking = true;
    try {
      work();
    } catch {
      broken();
    } finally {
      seeking = false;
    }
  };
  const animations = createAnimations(replayer.iframe);
  // There is nothing to see before the first picture.
  const offset = (ms: number) => Math.max(snapshot.timestamp, ms) - base;
  return {
    wrapper: replayer.wrapper,
    dress() {
      const mirror = replayer.getMirror();
      assets.dress(mirror.getIds().map(nodeOf));
    },
    videos: media.show,
    add(more) {
      popovers.know(more);
      media.know(more);
      for (const event of ease(more)) replayer.addEvent(event as never);
    },
    show(ms) {
      active = false;
      // What happened in that very millisecond belongs to the picture.
      seek(() => replayer.pause(offset(ms) + 1));
      animations.finish();
      // Sheets that a page adopted come a moment later.
      requestAnimationFrame(() => {
        if (!active) animations.finish();
      });
    },
    play(ms) {
      active = true;
      // The first picture stands at once, without scrolling to where it was.
      seek(() => replayer.play(Math.max(offset(ms), snapshot.timestamp - base + 1)));
      animations.release();
    },
    pause() {
      active = false;
      replayer.pause();
      animations.hold();
    },
    speed(factor) {
      replayer.setConfig({ speed: factor });
    },
    now: () => base + replayer.getCurrentTime(),
    running: () => active,
    destroy() {
      try {
        replayer.destroy();
      } catch {
        // The frame was taken away before.
      }
    },
  };
}

function replayerOf(
  events: readonly RecordedEvent[],
  options: ConstructorParameters<typeof Replayer>[1],
): Replayer | null {
  try {
    return new Replayer(events as unknown as ReplayerEvents, options);
  } catch {
    return null;
  }
}
