import type { Replayer } from "@rrweb/replay";
import { createDialogs } from "./dialogs";
import { type Mirror, type Mutation, safe } from "./safe";
import type { Setting } from "./stage";

/** Style texts of recent pictures as the replayer reads them: the next one mostly has the same. */
const cache = { stylesWithHoverClass: new Map<string, string>() };
/** Style texts that are kept as they are read; with more all are read anew. */
const CACHE_MAX = 500;

/** The kind of node that a document is, as the recorder numbers them. */
const DOCUMENT = 0;

/** What is reached into: private to the replayer, and pinned with its version. */
interface Inside {
  rebuildFullSnapshot(event: unknown, isSync: boolean): void;
  applyIncremental(event: unknown, isSync: boolean): void;
  mirror: Mirror;
  cache: { stylesWithHoverClass: Map<string, string> };
  emitter: { all: Map<string, (() => void)[]> };
  applyMutation(mutation: Mutation, isSync: boolean): void;
  attachDocumentToIframe(mutation: unknown, frame: HTMLIFrameElement): void;
  applyScroll(scroll: Scroll, isSync: boolean): void;
  applyAdoptedStyleSheet(adopted: Adopted): void;
  styleMirror: { getStyle(id: number): CSSStyleSheet | null };
}

interface Adopted {
  styles?: { styleId: number }[];
  styleIds: number[];
}

interface Scroll {
  id: number;
}

/**
 * Mends what @rrweb/replay 2.1.6 gets wrong on a real document.
 *
 * - A node that goes is forgotten with its shadow root and what its frame shows, and only itself:
 *   otherwise parts of a shadow host that moves stand there twice, and a frame that moves is empty.
 * - A node stands in one place: between two documents its addition may come before its removal, which
 *   would leave it in both, or stop the event in the middle.
 * - A frame's document takes the place of the one before it, also under the same id: otherwise
 *   frames that load late stay empty.
 * - A dialog that goes is closed: without its attribute alone it stays above the page, and is a modal
 *   one when it opens again.
 * - A sheet that is written anew leaves the recorded picture as it is: otherwise a seek back shows the
 *   sheet of later.
 * - Sheets that never came are not waited for: a second later the sheets of then would be back.
 * - What cannot be applied costs itself and no more: a change that a browser refuses, as a hostile
 *   recording may hold, is passed over; `broken` is told when it is a whole picture.
 * - Text that becomes that of a style sheet asks nobody, and nothing gets a shadow root that cannot
 *   have one: only here is it known what an id stands for.
 * - Of many scroll positions on the way to a moment only the last of each element is set, and modal
 *   dialogs open at its end: each of both makes the browser lay out the page.
 */
export function mend(
  replayer: Replayer,
  { assets, broken }: Pick<Setting, "assets" | "broken">,
): void {
  const inside = replayer as unknown as Inside;
  const { mirror } = inside;
  const dialogs = createDialogs(replayer.iframe);
  if (cache.stylesWithHoverClass.size > CACHE_MAX) cache.stylesWithHoverClass.clear();
  inside.cache = cache;
  mirror.removeNodeFromMap = (top) => {
    const open: Node[] = [top];
    for (let node = open.pop(); node; node = open.pop()) {
      const id = mirror.getId(node);
      if (mirror.idNodeMap.get(id) === node) mirror.idNodeMap.delete(id);
      for (const child of node.childNodes) open.push(child);
      const { shadowRoot, contentDocument } = node as HTMLIFrameElement;
      for (const child of shadowRoot?.childNodes ?? []) open.push(child);
      if (contentDocument) open.push(contentDocument);
    }
  };
  const mutate = inside.applyMutation.bind(inside);
  inside.applyMutation = (mutation, isSync) => {
    const removes = mutation.removes.filter(({ id, parentId, isShadow }) => {
      const parent = mirror.getNode(parentId) as Element | null;
      const place = (isShadow && parent?.shadowRoot) || parent;
      const moved = mirror.getNode(id)?.parentNode;
      return !moved || !place || moved === place;
    });
    const gone = new Set(removes.map(({ id }) => id));
    for (const { node } of mutation.adds) {
      const moved = gone.has(node.id) || node.type === DOCUMENT ? null : mirror.getNode(node.id);
      if (!moved?.parentNode) continue;
      mirror.removeNodeFromMap(moved);
      moved.parentNode.removeChild(moved);
    }
    for (const { id, attributes } of mutation.attributes ?? []) {
      const node = mirror.getNode(id) as HTMLDialogElement | null;
      if (node?.nodeName === "DIALOG" && attributes?.open === null) {
        dialogs.closed(node);
        node.close();
      }
      const meta = node && attributes && "_cssText" in attributes && mirror.getMeta(node);
      if (meta) mirror.add(node, { ...meta, attributes: { ...meta.attributes } });
    }
    dialogs.change(isSync, () => mutate(safe({ ...mutation, removes }, mirror, assets), isSync));
  };
  const attach = inside.attachDocumentToIframe.bind(inside);
  inside.attachDocumentToIframe = (mutation, frame) => {
    if (!frame.contentDocument) return;
    mirror.removeNodeFromMap(frame.contentDocument);
    attach(mutation, frame);
  };
  const adopt = inside.applyAdoptedStyleSheet.bind(inside);
  inside.applyAdoptedStyleSheet = (adopted) => {
    const made = new Set(adopted.styles?.map(({ styleId }) => styleId));
    const isThere = (id: number) => made.has(id) || inside.styleMirror.getStyle(id) !== null;
    adopt({ ...adopted, styleIds: adopted.styleIds.filter(isThere) });
  };
  const scroll = inside.applyScroll.bind(inside);
  const scrolls = new Map<number, Scroll>();
  inside.applyScroll = (data, isSync) => {
    if (!isSync) return scroll(data, false);
    // The last one comes last, as it did.
    scrolls.delete(data.id);
    scrolls.set(data.id, data);
  };
  // Before the replayer's own: where the pointer is in a frame depends on what is scrolled, and what
  // a closed dialog holds does not scroll.
  inside.emitter.all.get("flush")?.unshift(() => {
    dialogs.settle();
    for (const data of scrolls.values()) scroll(data, true);
    scrolls.clear();
  });
  const rebuild = inside.rebuildFullSnapshot.bind(inside);
  inside.rebuildFullSnapshot = (event, isSync) => {
    try {
      dialogs.change(isSync, () => rebuild(event, isSync));
    } catch {
      broken();
    }
  };
  const apply = inside.applyIncremental.bind(inside);
  inside.applyIncremental = (event, isSync) => {
    try {
      apply(event, isSync);
    } catch {
      // A change that a browser refuses: the others are applied.
    }
  };
}
