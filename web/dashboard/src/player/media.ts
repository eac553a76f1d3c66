import { clock } from "../format";
import { isObject } from "./json";
import type { RecordedEvent } from "./types";

/** What changes of videos and sounds become: the replayer, which has nothing to play, passes them over. */
export const MEDIA_TAG = "hm-media";

/** How a video stood at a time. */
interface Stand {
  at_ms: number;
  playing: boolean;
  position_s: number;
  rate: number;
}

/** A node in an event, as far as it is looked at. */
interface Tree {
  readonly id?: unknown;
  readonly media?: { playing: boolean; position_s: number };
  readonly childNodes?: readonly Tree[];
}

export interface Media {
  /** Learns of videos in events that will be played. */
  know(events: readonly RecordedEvent[]): void;
  /** Says on each video how it stands at a time, epoch milliseconds. */
  show(ms: number): void;
}

/** Videos that are told of, whatever a recording holds. */
const VIDEOS_MAX = 100;
const PLAY = 0;
const PAUSE = 1;
/** Less is the first picture of a video that nobody has played. */
const BEGUN_S = 0.05;
const LABEL = "background-image";

/**
 * A recording has no videos, only where they stood: it is written on their boxes. What came before a
 * moment decides, so that a seek knows as much as playing does.
 */
export function createMedia(nodeOf: (id: number) => Node | null): Media {
  const stands = new Map<number, Stand[]>();
  const shown = new WeakMap<Node, string>();
  const note = (id: number, stand: Stand) => {
    const known = stands.get(id);
    if (known) known.push(stand);
    else if (stands.size < VIDEOS_MAX) stands.set(id, [stand]);
  };
  const change = ({ timestamp, data }: RecordedEvent) => {
    const { id, kind, position_s, rate } = isObject(data.payload) ? data.payload : {};
    if (typeof id !== "number" || typeof position_s !== "number") return;
    const before = stands.get(id)?.at(-1);
    note(id, {
      at_ms: timestamp,
      playing: kind === PLAY || (kind !== PAUSE && before?.playing === true),
      position_s,
      rate: typeof rate === "number" ? rate : (before?.rate ?? 1),
    });
  };
  return {
    know(events) {
      for (const event of events) {
        if (event.type === 5 && event.data.tag === MEDIA_TAG) change(event);
        for (const { id, media } of videosOf(event))
          if (media) note(Number(id), { at_ms: event.timestamp, rate: 1, ...media });
      }
    },
    show(ms) {
      for (const [id, all] of stands) {
        const node = nodeOf(id);
        if (node?.nodeName !== "VIDEO") continue;
        const stand = all.findLast(({ at_ms }) => at_ms <= ms);
        const words = stand ? wordsOf(stand, ms, (node as HTMLVideoElement).loop) : "";
        const { style } = node as HTMLElement;
        // The page may have set the whole attribute since.
        const isThere = style.getPropertyPriority(LABEL) === "important";
        if ((shown.get(node) ?? "") === words && isThere === (words !== "")) continue;
        shown.set(node, words);
        write(node as HTMLVideoElement, words);
      }
    },
  };
}

/** The videos that an event brings. */
function videosOf({ type, data }: RecordedEvent): Tree[] {
  const open: Tree[] = [];
  if (type === 2) open.push(data.node as Tree);
  if (type === 3 && data.source === 0)
    for (const { node } of (data.adds ?? []) as { node: Tree }[]) open.push(node);
  const found: Tree[] = [];
  for (let tree = open.pop(); tree; tree = open.pop()) {
    if (tree.media) found.push(tree);
    for (const child of tree.childNodes ?? []) open.push(child);
  }
  return found;
}

/** Where it stands, in words; empty for one that nobody has played. How long it is nobody recorded. */
function wordsOf({ at_ms, playing, position_s, rate }: Stand, ms: number, loops: boolean): string {
  if (playing && loops) return "Playing";
  const now_s = position_s + (playing ? ((ms - at_ms) / 1000) * rate : 0);
  if (!playing && now_s < BEGUN_S) return "";
  const where = clock(Math.max(0, now_s) * 1000);
  return playing ? `Playing ${where}` : `Paused at ${where}`;
}

/** A sign in the corner of the box, under what the page lays over it. */
function write(video: HTMLVideoElement, words: string): void {
  const { style } = video;
  const names = [LABEL, "background-position", "background-size", "background-repeat"];
  if (!words) {
    for (const name of [...names, "object-position"]) style.removeProperty(name);
    return;
  }
  const width = 16 + words.length * 7;
  const sign = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="22"><rect width="${width}" height="22" rx="4" fill="#101216" fill-opacity=".84"/><text x="8" y="15" font-family="system-ui,sans-serif" font-size="12" fill="#fff">${words}</text></svg>`;
  const values = [
    `url("data:image/svg+xml,${encodeURIComponent(sign)}")`,
    "8px 8px",
    "auto",
    "no-repeat",
  ];
  for (const [index, name] of names.entries())
    style.setProperty(name, values[index] ?? "", "important");
  // A picture that stands there until somebody plays it would lie over the sign.
  if (video.poster.startsWith("blob:"))
    style.setProperty("object-position", "-99999px 0", "important");
}
