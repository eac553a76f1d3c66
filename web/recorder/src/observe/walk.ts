import type { Node as Recorded } from "../events";
import type { Context } from "./context";
import { firstChild, matches, nextSibling, nodeType, parentNode, shadowRoot } from "./natives";
import { serialise } from "./serialise";
import { isOpen, isTold } from "./takes";

interface Level {
  readonly of: Node;
  readonly into: Recorded;
  readonly isShadow: boolean;
  /** The child that comes next. */
  at: Node | null;
  /** All its children were passed once. */
  isPassed: boolean;
}

/**
 * Goes through a document, in slices, while the page goes on: `enter` is called for each node with
 * the one that it hangs on. Nothing is lost: whoever calls has begun to watch before. What is put
 * where the walk has been by, or moved, is known as touched and told afterwards; what is put where
 * it has yet to come is found; and a node is told of once, wherever it is moved meanwhile.
 */
export function* walk(
  document: Document,
  context: Context,
  enter: (node: Recorded, parent: Recorded | null, of: Node) => Generator<undefined, void> | null,
): Generator<undefined, Recorded> {
  const { ids, block } = context;
  const top = serialise(document, { id: ids.add(document, null), block, isFresh: true });
  enter(top, null, document);
  const levels: Level[] = [];
  const open = (of: Node, into: Recorded, isShadow: boolean) =>
    levels.push({ of, into, isShadow, at: firstChild(of), isPassed: false });
  open(document, top, false);
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    const { of, into, isShadow } = level;
    let node = level.at;
    // Moved away while the page had its turn: what was told of by now is passed over.
    if (node && parentNode(node) !== of) node = firstChild(of);
    while (node && (ids.known(node) > 0 || !isTold(node))) node = nextSibling(node);
    if (!node) {
      // Once more from the first: the child that was to come next may have been moved to the end.
      level.at = firstChild(of);
      if (level.isPassed) levels.pop();
      level.isPassed = true;
      continue;
    }
    level.isPassed = false;
    level.at = nextSibling(node);
    const told = serialise(node, {
      id: ids.add(node, of),
      rootId: context.rootId(node),
      block,
      isFresh: false,
    });
    if (isShadow) told.isShadow = true;
    into.childNodes?.push(told);
    const work = enter(told, into, node);
    if (work) yield* work;
    yield;
    if (nodeType(node) !== 1 || matches(node, block)) continue;
    context.found(node as Element, told, true);
    const root = shadowRoot(node);
    if (root) open(root, told, true);
    if (isOpen(node)) open(node, told, false);
  }
  return top;
}
