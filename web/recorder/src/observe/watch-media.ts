import type { Context } from "./context";
import { listen } from "./natives";
import { isWithin, target } from "./watch-pointer";

/** Kinds of events in the order of their numbers: rrweb's media interactions. */
const KINDS = "play pause seeked volumechange ratechange".split(" ");

/** Where videos and sounds are. */
export function watchMedia(context: Context, document: Document): () => void {
  return listen(document, KINDS.join(" "), (event) => {
    const media = target(event) as HTMLMediaElement | null;
    const id = context.id(media);
    if (!media || id < 0 || isWithin(media, context.block)) return;
    const { currentTime, volume, muted, playbackRate, loop } = media;
    const type = KINDS.indexOf(event.type);
    context.emit({ source: 7, type, id, currentTime, volume, muted, playbackRate, loop });
  });
}
