// What a page lets come in (a dialog that fades, a list that slides) begins to do so when it is
// rebuilt, and would stand at its first moment, often unseen, while the replay stands.

/** Brings all animations of a document and its frames that have an end to their end. */
export function finishAnimations(document: Document | null): void {
  if (!document) return;
  for (const animation of document.getAnimations()) {
    const end = animation.effect?.getComputedTiming().endTime;
    // Of one that goes on for ever every moment is as good.
    if (end === undefined || end === Number.POSITIVE_INFINITY) continue;
    try {
      animation.finish();
    } catch {
      // One that cannot be brought to its end stays where it is.
    }
  }
  for (const frame of document.querySelectorAll("iframe")) finishAnimations(frame.contentDocument);
}
