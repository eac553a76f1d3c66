/** Modal dialogs of a rebuilt page. */
export interface Dialogs {
  /** Makes a change; on the way to a moment the dialogs that it opens wait for the end. */
  change(isOnTheWay: boolean, work: () => void): void;
  /** One was closed: it opens no more. */
  closed(dialog: HTMLDialogElement): void;
  /** Opens those that wait, in their order. */
  settle(): void;
}

/**
 * Opening a modal dialog makes the browser lay out the whole page, and the replayer opens each one
 * that a picture or a change has: on the way to a moment that is done once, at its end.
 */
export function createDialogs(frame: HTMLIFrameElement): Dialogs {
  const waiting = new Set<HTMLDialogElement>();
  let isHeld = false;
  let held: HTMLDialogElement["showModal"] | undefined;
  const hold = () => {
    const inside = frame.contentWindow as (Window & typeof globalThis) | null;
    const prototype = inside?.HTMLDialogElement.prototype;
    if (!prototype || prototype.showModal === held) return;
    const open = prototype.showModal;
    held = function (this: HTMLDialogElement) {
      if (!isHeld) return open.call(this);
      // The one that opens last is on top.
      waiting.delete(this);
      waiting.add(this);
    };
    prototype.showModal = held;
  };
  return {
    change(isOnTheWay, work) {
      hold();
      isHeld = isOnTheWay;
      try {
        work();
      } finally {
        isHeld = false;
      }
    },
    closed: (dialog) => void waiting.delete(dialog),
    settle() {
      for (const dialog of waiting) if (dialog.isConnected && !dialog.open) dialog.showModal();
      waiting.clear();
    },
  };
}
