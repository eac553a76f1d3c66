import type { Context } from "./context";
import { later, listen } from "./natives";
import { isWithin } from "./watch-pointer";

/** What is selected is told at most so often. */
const TOLD_MS = 100;

/** What is selected of the page's text. */
export function watchSelection(context: Context, document: Document): () => void {
  const { block } = context;
  let isWaiting = false;
  let wasEmpty = true;
  const tell = () => {
    isWaiting = false;
    const selection = document.getSelection();
    const isEmpty = !selection || selection.isCollapsed;
    if (isEmpty && wasEmpty) return;
    wasEmpty = isEmpty;
    const ranges = [];
    for (let at = 0; selection && at < selection.rangeCount; at++) {
      const { startContainer, startOffset, endContainer, endOffset } = selection.getRangeAt(at);
      if (isWithin(startContainer, block) || isWithin(endContainer, block)) continue;
      const [start, end] = [context.id(startContainer), context.id(endContainer)];
      if (start > 0 && end > 0) ranges.push({ start, startOffset, end, endOffset });
    }
    context.emit({ source: 14, ranges });
  };
  return listen(document, "selectionchange", () => {
    if (!isWaiting) later(tell, TOLD_MS);
    isWaiting = true;
  });
}
