import type { Context } from "./context";
import { later, listen } from "./natives";
import { isWithin, target } from "./watch-pointer";

/** A place that is scrolled is told of at most so often. */
const TOLD_MS = 100;

/** How far the page and what is in it are scrolled; `root` is a document or a shadow root. */
export function watchScroll(context: Context, root: Node): () => void {
  const { block } = context;
  const scrolled = new Set<Node>();
  const tell = () => {
    for (const node of scrolled) {
      const id = context.id(node);
      if (id < 0 || (node.nodeType === 1 && isWithin(node, block))) continue;
      const of = node.nodeType === 9 ? (node as Document).scrollingElement : (node as Element);
      context.emit({ source: 3, id, x: of?.scrollLeft ?? 0, y: of?.scrollTop ?? 0 });
    }
    scrolled.clear();
  };
  return listen(root, "scroll", (event) => {
    const node = target(event);
    if (!node) return;
    if (!scrolled.size) later(tell, TOLD_MS);
    scrolled.add(node);
  });
}
