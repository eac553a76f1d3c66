import type { Attributes } from "../attributes";
import type { Mutation, Node as Recorded } from "../events";
import { createBucket } from "./bucket";
import type { Context } from "./context";
import {
  firstChild,
  getAttribute,
  isConnected,
  lastChild,
  localName,
  matches,
  nextSibling,
  nodeType,
  Observer,
  parentNode,
  previousSibling,
  shadowRoot,
  textContent,
} from "./natives";
import { openMode, serialise } from "./serialise";
import { isOpen, isTold } from "./takes";

/** Nodes that are added in one go. */
const ADDS_MAX = 400;
/** Time after which the rest waits. Masking what was found takes about as long again. */
const LOOK_MS = 5;
const WATCHED = {
  attributes: true,
  attributeOldValue: true,
  characterData: true,
  childList: true,
  subtree: true,
};

/** A place whose children are not all told of yet. */
interface Gap {
  readonly of: ParentNode;
  /** The child that was told of last; those before it are still to come. */
  at: Node | null;
}

/** How much is left to tell: nothing, only what changes too often, or anything. */
export type Rest = "none" | "frequent" | "some";

/** What changed in the page and was not told of yet. */
export interface Changes {
  /** Watches a document or shadow root. */
  observe(root: Node): void;
  /** Takes a node out and puts it in anew, as it is now. */
  renew(node: Node): void;
  /** Tells of what changed: of all of it, or of as much as a slice of time allows. */
  tell(isAll: boolean): Rest;
  /** Forgets what changed: a picture of everything is about to be taken. */
  forget(): void;
  /** The other side has a node and what is below it no more. */
  drop(node: Node): void;
  stop(): void;
}

/**
 * Watches the page's tree. Only what was touched is noted when it happens; what it has become is
 * looked up when it is told, which may be some frames later and in several parts. Each part leaves
 * the other side with a tree that the page could have had: what was touched is taken out, and what
 * hangs in the page is put in, parents before children, a child after the sibling behind it.
 */
export function createChanges(context: Context): Changes {
  const { ids, block } = context;
  /** Nodes that were put in or taken out. */
  const touched = new Set<Node>();
  const attributes = new Map<Element, Set<string>>();
  const texts = new Set<Node>();
  const gaps: Gap[] = [];
  const open = new Map<Node, Gap>();
  const bucket = createBucket(() => performance.now());

  const changed = (element: Element, name: string) => {
    const names = attributes.get(element);
    if (names) names.add(name);
    else attributes.set(element, new Set([name]));
  };
  /** The inside of an element has changed of which only the outside is told. */
  const inside = (element: Element) => {
    const name = localName(element);
    if (name === "style") context.restyled(element);
    if (name === "textarea") changed(element, "value");
  };
  const noteOne = (record: MutationRecord) => {
    const { type, target } = record;
    if (type === "attributes") {
      const name = record.attributeName as string;
      if (name === "type" && record.oldValue === "password") context.keep(target);
      if (name === "disabled" && (target as HTMLStyleElement).sheet !== undefined)
        context.restyled(target as Element);
      changed(target as Element, name);
      return;
    }
    const isText = type === "characterData";
    const of = isText ? parentNode(target) : target;
    if (of && !isOpen(of)) inside(of as Element);
    else if (isText) texts.add(target);
    else {
      for (const node of record.removedNodes) touched.add(node);
      for (const node of record.addedNodes) touched.add(node);
    }
  };
  const note = (records: MutationRecord[]) => {
    for (const record of records) noteOne(record);
    if (records.length) context.wake();
  };
  const observer = new Observer((records: MutationRecord[]) => context.during(() => note(records)));

  /** Number of what a child hangs on: its parent, or the host of the shadow root it is in. */
  const holder = (parent: Node) =>
    ids.known(nodeType(parent) === 11 ? ((parent as ShadowRoot).host ?? null) : parent);
  const isShadow = (parent: Node) => nodeType(parent) === 11;

  const drop = (top: Node) => {
    const stack: Node[] = [top];
    for (let node = stack.pop(); node; node = stack.pop()) {
      ids.drop(node);
      const root = nodeType(node) === 1 ? shadowRoot(node) : null;
      if (root) stack.push(root);
      for (let child = firstChild(node); child; child = nextSibling(child)) stack.push(child);
    }
  };
  const leave = (of: ParentNode) => {
    if (!firstChild(of)) return;
    const gap = { of, at: null };
    gaps.push(gap);
    open.set(of, gap);
  };
  /** Puts one node in, and leaves its children for later; its number. */
  const put = (node: Node, parent: ParentNode, nextId: number | null, into: Mutation): number => {
    const id = ids.add(node, parent);
    const rootId = context.rootId(node);
    const recorded: Recorded = serialise(node, { id, rootId, block, isFresh: true });
    if (isShadow(parent)) recorded.isShadow = true;
    into.adds.push({ parentId: holder(parent), nextId, node: recorded });
    texts.delete(node);
    attributes.delete(node as Element);
    if (nodeType(node) !== 1 || recorded.attributes?.rr_width) return id;
    context.found(node as Element, recorded, false);
    if (isOpen(node)) leave(node as Element);
    const root = shadowRoot(node);
    if (root) leave(root);
    return id;
  };
  /** Puts a touched node in, and before it those that stand behind it and are to come too. */
  const place = (node: Node, into: Mutation) => {
    const parent = parentNode(node);
    if (!parent || ids.known(node) > 0 || !isConnected(node)) return;
    if (holder(parent) < 0 || !isOpen(parent)) return;
    if (nodeType(parent) === 1 && matches(parent, block)) return;
    const gap = open.get(parent);
    const row: Node[] = [];
    let next: Node | null = node;
    for (; next && ids.known(next) < 0; next = nextSibling(next)) {
      if (!isTold(next)) continue;
      // It stands before what was told of this place by now: its turn comes.
      if (gap && !touched.has(next)) return;
      row.push(next);
    }
    if (gap && !next && !gap.at) return;
    let nextId = next && ids.known(next);
    for (let each = row.pop(); each; each = row.pop()) nextId = put(each, parent, nextId, into);
  };
  const remove = (into: Mutation) => {
    const gone: Node[] = [];
    for (const node of touched) {
      const id = ids.known(node);
      if (id < 0) continue;
      gone.push(node);
      const parent = ids.parent(node);
      const parentId = parent ? holder(parent) : -1;
      if (parent && parentId > 0)
        into.removes.push({ parentId, id, ...(isShadow(parent) && { isShadow: true }) });
    }
    // Not before: what was moved into another of them hangs elsewhere on the other side.
    for (const node of gone) drop(node);
  };
  /** Tells of a place's children from the last to the first; whether of all. */
  const fill = (gap: Gap, into: Mutation, isOver: () => boolean): boolean => {
    const { of } = gap;
    if (holder(of) < 0) return true;
    const at = gap.at && parentNode(gap.at) === of ? ids.known(gap.at) : -1;
    let nextId = at > 0 ? at : null;
    let node = at > 0 ? previousSibling(gap.at as Node) : lastChild(of);
    for (; node; node = previousSibling(node)) {
      if (!isTold(node)) continue;
      const known = ids.known(node);
      nextId = known > 0 ? known : put(node, of, nextId, into);
      gap.at = node;
      if (isOver()) return false;
    }
    return true;
  };
  const now = (element: Element, name: string, all: Attributes) => {
    const is = localName(element);
    all[name] =
      name === "value" && is === "textarea"
        ? (element as HTMLTextAreaElement).value
        : getAttribute(element, name);
    if (name === "open" && is === "dialog" && all.open !== null)
      all.rr_open_mode = openMode(element);
  };
  /** Tells of texts and attributes; whether some wait only because they change too often. */
  const change = (into: Mutation, isAll: boolean, isOver: () => boolean): boolean => {
    let waits = false;
    bucket.turn();
    for (const node of texts) {
      texts.delete(node);
      const id = ids.known(node);
      if (id > 0) into.texts.push({ id, value: textContent(node) });
      if (isOver()) return false;
    }
    for (const [element, names] of attributes) {
      const id = ids.known(element);
      if (id > 0 && !isAll && !bucket.take(element)) {
        waits = true;
        continue;
      }
      attributes.delete(element);
      if (id < 0) continue;
      const all: Attributes = {};
      for (const name of names) now(element, name, all);
      into.attributes.push({ id, attributes: all });
      if (isOver()) return false;
    }
    return waits;
  };
  return {
    observe: (root) => observer.observe(root, WATCHED),
    drop,
    renew(node) {
      touched.add(node);
      context.wake();
    },
    tell(isAll) {
      note(observer.takeRecords());
      const until = performance.now() + LOOK_MS;
      const into: Mutation = { source: 0, texts: [], attributes: [], removes: [], adds: [] };
      const isOver = () => !isAll && (into.adds.length > ADDS_MAX || performance.now() > until);
      remove(into);
      for (const node of touched) {
        place(node, into);
        touched.delete(node);
        if (isOver()) break;
      }
      for (let gap = gaps.at(-1); gap && !isOver(); gap = gaps.at(-1)) {
        const count = gaps.length;
        if (!fill(gap, into, isOver)) break;
        // Its children have left gaps of their own behind it.
        gaps.splice(count - 1, 1);
        open.delete(gap.of);
      }
      const waits = !isOver() && change(into, isAll, isOver);
      if (into.texts.length + into.attributes.length + into.removes.length + into.adds.length)
        context.emit(into as unknown as Record<string, unknown>);
      if (touched.size + gaps.length + texts.size) return "some";
      return attributes.size ? (waits ? "frequent" : "some") : "none";
    },
    forget() {
      observer.takeRecords();
      touched.clear();
      attributes.clear();
      texts.clear();
      gaps.length = 0;
      open.clear();
    },
    stop: () => observer.disconnect(),
  };
}
