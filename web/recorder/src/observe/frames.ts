import type { Context } from "./context";
import { listen } from "./natives";

/** Frames of the page's own origin, whose documents are recorded like the page. */
export interface Frames {
  /** A frame is told of. */
  found(frame: HTMLIFrameElement): void;
  /** Documents that are watched, with what ends that. */
  stop(): void;
}

/**
 * `attach` takes a picture of a frame's document and watches it; it is called anew when the frame
 * shows another one. What it returns ends the watching.
 */
export function createFrames(
  { ids, unseen }: Context,
  attach: (frame: HTMLIFrameElement, document: Document) => () => void,
): Frames {
  const heard = new WeakSet<HTMLIFrameElement>();
  const shown = new Map<HTMLIFrameElement, { document: Document; end: () => void }>();
  const ends: (() => void)[] = [];
  /** Those of which it is told that nothing of them can be seen. */
  const blind = new WeakSet<HTMLIFrameElement>();

  const look = (frame: HTMLIFrameElement) => {
    let document: Document | null = null;
    try {
      document = frame.contentDocument;
    } catch {
      // Of another origin: it stays an empty box.
    }
    const before = shown.get(frame);
    const isKnown = ids.known(frame) > 0;
    if (isKnown && blind.has(frame) === !!document) {
      if (document) blind.delete(frame);
      else blind.add(frame);
      unseen(frame, document ? null : "frame");
    }
    if (before && before.document === document && isKnown && ids.known(document) > 0) return;
    before?.end();
    shown.delete(frame);
    if (!document || !isKnown || !document.documentElement) return;
    shown.set(frame, { document, end: attach(frame, document) });
  };
  return {
    found(frame) {
      if (!heard.has(frame)) {
        heard.add(frame);
        ends.push(listen(frame, "load", () => look(frame)));
      }
      blind.delete(frame);
      // A document that is still loading is replaced, or tells itself when it is there.
      queueMicrotask(() => {
        if ((frame.contentDocument?.readyState ?? "complete") === "complete") look(frame);
      });
    },
    stop() {
      for (const end of ends) end();
      for (const { end } of shown.values()) end();
    },
  };
}
