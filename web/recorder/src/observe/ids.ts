/** Numbers of the page's nodes, and which of them the other side has. */
export interface Ids {
  /** The number of a node, which it keeps for good. */
  of(node: Node): number;
  /** Its number if the other side has it, else -1. */
  known(node: Node | null): number;
  node(id: number): Node | null;
  /** The other side has it from now on, hanging on that node or shadow root. */
  add(node: Node, parent: Node | null): number;
  /** What the node hangs on, on the other side. */
  parent(node: Node): Node | null;
  /** The other side has it no more. */
  drop(node: Node): void;
  /** It has nothing any more. */
  clear(): void;
  /** Forgets nodes that left the page unseen: with a frame, or with what had been taken out before. */
  sweep(isThere: (node: Node) => boolean): void;
  size(): number;
}

/** Counts on where it ended in an earlier recording of the same page. */
let last = 0;
const numbers = new WeakMap<Node, number>();
const parents = new WeakMap<Node, Node | null>();

/** Nobody has anything yet. */
export function createIds(): Ids {
  const nodes = new Map<number, Node>();
  const of = (node: Node) => {
    let id = numbers.get(node);
    if (!id) {
      id = ++last;
      numbers.set(node, id);
    }
    return id;
  };
  return {
    of,
    known(node) {
      const id = (node && numbers.get(node)) || -1;
      return nodes.has(id) ? id : -1;
    },
    node: (id) => nodes.get(id) ?? null,
    parent: (node) => parents.get(node) ?? null,
    add(node, parent) {
      const id = of(node);
      nodes.set(id, node);
      parents.set(node, parent);
      return id;
    },
    drop: (node) => nodes.delete(numbers.get(node) ?? 0),
    clear: () => nodes.clear(),
    sweep(isThere) {
      for (const [id, node] of nodes) if (!isThere(node)) nodes.delete(id);
    },
    size: () => nodes.size,
  };
}
