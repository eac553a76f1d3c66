// What a page lets come in (a dialog that fades, a list that slides) begins to do so when it is
// rebuilt, and would stand at its first moment, often unseen, while the replay stands. And what turns
// for ever stands while the replay does. The replayer's own way of that, a rule for every element of a
// page whose mark comes and goes, makes the browser work out all styles anew at each seek.

/** The animations of one rebuilt page; those that the page itself has paused stay as they are. */
export interface Animations {
  /** Brings those that have an end to their end, and holds the others. */
  finish(): void;
  /** Holds all where they are. */
  hold(): void;
  /** Lets those go on that were held. */
  release(): void;
}

/** Of the page that `frame` shows, and of the frames in it. */
export function createAnimations(frame: HTMLIFrameElement): Animations {
  const held = new Set<Animation>();
  const hold = (animation: Animation) => {
    animation.pause();
    held.add(animation);
  };
  const each = (change: (animation: Animation) => void) => {
    for (const document of documentsIn(frame.contentDocument)) {
      for (const animation of document.getAnimations()) {
        // One that goes with what is scrolled stands where that does.
        const isInTime = animation.timeline === document.timeline;
        if (!isInTime || animation.playState !== "running") continue;
        try {
          change(animation);
        } catch {
          // One that cannot be changed stays as it is.
        }
      }
    }
  };
  return {
    finish() {
      each((animation) => {
        const end = animation.effect?.getComputedTiming().endTime;
        // Of one that goes on for ever every moment is as good.
        if (end === undefined || end === Number.POSITIVE_INFINITY) hold(animation);
        else animation.finish();
      });
    },
    hold: () => each(hold),
    release() {
      for (const animation of held) {
        // One whose element has gone is idle, and nobody misses it.
        if (animation.playState === "paused") animation.play();
      }
      held.clear();
    },
  };
}

function* documentsIn(document: Document | null): Iterable<Document> {
  if (!document) return;
  yield document;
  for (const { contentDocument } of document.querySelectorAll("iframe"))
    yield* documentsIn(contentDocument);
}
