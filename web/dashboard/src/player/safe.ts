import { type Assets, isShowing } from "./assets";
import { isHost } from "./inert";
import { inertCss } from "./inert-css";

/** What stands for an id in the document that is there, as the replayer keeps it. */
export interface Mirror {
  idNodeMap: Map<number, Node>;
  getId(node: Node): number;
  getNode(id: number): Node | null;
  /** What a node was built from: the recorded one itself. */
  getMeta(node: Node): { attributes?: object } | null;
  add(node: Node, meta: object): void;
  removeNodeFromMap(node: Node): void;
}

/** A mutation as `inert` left it. */
export interface Mutation {
  texts: { id: number; value: string | null }[];
  adds: { parentId: number; node: Added }[];
  removes: { id: number; parentId: number; isShadow?: boolean }[];
  attributes?: { id: number; attributes?: Record<string, unknown> }[];
}

/** A node that is added, with all below it. */
export interface Added {
  id: number;
  type: number;
  tagName?: string;
  textContent?: string;
  isShadow?: true;
  isShadowHost?: true;
  childNodes?: Added[];
}

/** What is added anywhere in a mutation, by its id, and below what. */
type All = ReadonlyMap<number, { node: Added; parentId: number }>;

/**
 * A mutation in which what depends on the element it is about is safe too: what an id stands for
 * is known only here. An id stands for one node: what brings one a second time is left out, because
 * nobody knows which of them the replayer would then take for it. What is there by that id and what
 * is added under it must both be such that a change is harmless, since what is added may find no place.
 */
export function safe(mutation: Mutation, mirror: Mirror, assets: Assets): Mutation {
  const { adds: once, all } = unique(mutation.adds);
  const tagsOf = (id: number) =>
    [all.get(id)?.node.tagName, mirror.getNode(id)?.nodeName].filter((tag) => tag !== undefined);
  const isSheet = (id: number) => tagsOf(id).some((tag) => /(^|:)style$/i.test(tag));
  const parentsOf = (id: number) => {
    const there = mirror.getNode(id)?.parentNode;
    return [all.get(id)?.parentId ?? 0, there ? mirror.getId(there) : 0];
  };
  const texts = mutation.texts.map((text) =>
    text.value !== null && [text.id, ...parentsOf(text.id)].some(isSheet)
      ? { ...text, value: inertCss(text.value, assets) }
      : text,
  );
  const adds = once.map((add) => {
    const { isShadow, ...node } = add.node;
    if (isShadow && !canHost(add.parentId, all, mirror)) return { ...add, node };
    if (node.textContent === undefined || !isSheet(add.parentId)) return add;
    return { ...add, node: { ...add.node, textContent: inertCss(node.textContent) } };
  });
  // A picture's address on anything else would be asked for as a document.
  const attributes = mutation.attributes?.map((change) => {
    const tags = tagsOf(change.id);
    if (tags.length > 0 && tags.every(isShowing)) return change;
    const { src: _src, poster: _poster, ...rest } = change.attributes ?? {};
    return { ...change, attributes: rest };
  });
  return { ...mutation, texts, adds, ...(attributes && { attributes }) };
}

/** Those that bring no id which is there already, and all that they bring. */
function unique(adds: Mutation["adds"]): { adds: Mutation["adds"]; all: All } {
  const all = new Map<number, { node: Added; parentId: number }>();
  const kept = adds.filter((add) => {
    const brought = new Map<number, { node: Added; parentId: number }>();
    const open = [add];
    for (let next = open.pop(); next; next = open.pop()) {
      const { id, childNodes } = next.node;
      if (all.has(id) || brought.has(id)) return false;
      brought.set(id, next);
      for (const node of childNodes ?? []) open.push({ parentId: id, node });
    }
    for (const [id, one] of brought) all.set(id, one);
    return true;
  });
  return { adds: kept, all };
}

/** Whether an element has a shadow root, or may get one. */
function canHost(id: number, all: All, mirror: Mirror): boolean {
  const added = all.get(id);
  if (added) return added.node.isShadowHost === true;
  const element = mirror.getNode(id) as Element | null;
  return element?.shadowRoot != null || isHost(element?.localName ?? "");
}
