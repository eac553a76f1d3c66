import type { Attributes } from "../attributes";
import type { Node as Recorded } from "../events";
import { createChanges } from "./changes";
import type { Context } from "./context";
import { createFrames } from "./frames";
import { createIds } from "./ids";
import { isShown, later, listen, localName, nodeType, shadowRoot } from "./natives";
import { patch } from "./patch";
import { isPopover, POPOVER, UNSEEN } from "./serialise";
import { createSheets, isStyle } from "./sheets";
import { createSlices } from "./slices";
import { walk } from "./walk";
import { watchInputs } from "./watch-inputs";
import { watchMedia } from "./watch-media";
import { isWithin, target, watchPointer } from "./watch-pointer";
import { watchScroll } from "./watch-scroll";
import { watchSelection } from "./watch-selection";
import { watchSize } from "./watch-size";

/** What changed is told so long after it changed, all at once: after the page has painted it. */
const WAIT_MS = 40;
/** An element that changes too often is looked at again after this. */
const FREQUENT_MS = 200;
/** Time that a page that is being left gives to what is not done. */
const LEAVING_MS = 250;
/** Nodes that may be known before those are looked for that left unseen. */
const SWEEP = 10_000;
/** Elements whose shadow root nobody but they can see, as far as it came while somebody looked. */
const closed = new WeakSet<Element>();
const WATCHERS = [watchPointer, watchScroll, watchInputs, watchMedia, watchSelection];

type Data = Record<string, unknown>;
type Work = Generator<undefined, void>;

/** The page's window: its size, and how far the page is scrolled. */
export interface Size {
  width: number;
  height: number;
  left: number;
  top: number;
}

/** Who is told of what the page does, all of it unmasked. */
export interface Sight {
  /** Selector of what is not recorded. */
  readonly block: string;
  now(): number;
  /** An incremental event of that time. */
  event(data: Data, time: number): void;
  /** A node of a picture that is being taken, before those below it. */
  enter(node: Recorded, parentId: number | null): void;
  /** The style text of an element is about to be told: masks it in slices. */
  prepare(pieces: string[], id: number): Work;
  /** A picture of the page as it was at that time. */
  page(node: Recorded, size: Size, time: number): Work;
  /** A picture of the document in a frame. */
  frame(node: Recorded, parentId: number, time: number): Work;
  /** A document is watched from now on; ends with what it returns. */
  document(document: Document): () => void;
  /** A field is secret, whatever it becomes. */
  keep(field: Node): void;
  /** The pointer is shaken to and fro. */
  shaken(): void;
  /** Does a piece of our work, which takes the page's time. */
  during<T>(work: () => T): T;
}

/** The page, watched. */
export interface Observed {
  node(id: number): Node | null;
  id(node: Node): number;
  /** Takes a picture of the page; once at a time, and what happens meanwhile is told after it. */
  picture(): void;
  /** Tells what is not told yet, because the page is being left or its picture is wanted. */
  flush(): void;
  /** Tells attributes of a node once more, which were left out before. */
  again(id: number, attributes: Attributes): void;
  /** Does a piece of work in slices. */
  slowly(work: Work): void;
  /** Looks at what gives no sign when it changes. */
  look(): void;
  stop(): void;
}

/** Watches the page and tells what it does, in rrweb's words, until it is stopped. */
export function observe(sight: Sight): Observed {
  const ids = createIds();
  const slices = createSlices(sight.during);
  const ends: (() => void)[] = [];
  const roots = new WeakSet<ShadowRoot>();
  /** Roots of the picture that is being taken: what they adopt is told after it. */
  let pictured: (Document | ShadowRoot)[] = [];
  /** While a picture is taken: what happens meanwhile. */
  let held: [data: Data, time: number][] | null = null;
  let swept = SWEEP;
  let isWanted = false;
  let isStopped = false;
  let due = 0;
  let timer = 0;

  const emit = (data: Data) => {
    const time = sight.now();
    if (isStopped) return;
    if (held) held.push([data, time]);
    else sight.event(data, time);
  };
  const again = (id: number, attributes: Attributes) =>
    emit({ source: 0, texts: [], removes: [], adds: [], attributes: [{ id, attributes }] });
  const wake = (ms = WAIT_MS) => {
    const at = performance.now() + ms;
    if (isStopped || (timer && due <= at)) return;
    if (timer) clearTimeout(timer);
    due = at;
    timer = later(() => sight.during(run), ms);
  };
  const tell = (isAll: boolean) => {
    sheets.tell();
    const rest = changes.tell(isAll);
    sheets.tell();
    return rest;
  };
  const run = () => {
    clearTimeout(timer);
    timer = 0;
    if (held || isStopped) return;
    const rest = tell(false);
    if (rest !== "none") wake(rest === "some" ? 0 : FREQUENT_MS);
  };
  const context: Context = {
    ids,
    // A picture that is being taken may still come to it.
    id: (node) => (held && node ? ids.of(node) : ids.known(node)),
    block: sight.block,
    emit,
    during: sight.during,
    wake,
    settle() {
      if (timer) run();
    },
    keep: sight.keep,
    shaken: sight.shaken,
    rootId(node) {
      const { ownerDocument } = node;
      return ownerDocument && ownerDocument !== document ? ids.of(ownerDocument) : undefined;
    },
    restyled: (element) => sheets.renew(element),
    unseen(element, why) {
      const id = ids.known(element);
      if (id > 0) again(id, { [UNSEEN]: why });
    },
    found(element, recorded, isPicture) {
      const root = shadowRoot(element);
      if (root) enter(root);
      if (root && isPicture) pictured.push(root);
      else if (root) sheets.adopt(root);
      if (closed.has(element)) close(element);
      if (localName(element) === "iframe") frames.found(element as HTMLIFrameElement);
      if (!isPicture && isStyle(element)) sheets.found(element, recorded);
    },
  };
  const changes = createChanges(context);
  const sheets = createSheets(context, slices.run, sight.prepare);
  const toggled = (event: Event) => {
    const element = target(event) as HTMLElement;
    const id = ids.known(element);
    // Dialogs and details toggle too; they have an attribute.
    if (id > 0 && element.popover) again(id, { [POPOVER]: isPopover(element) ? "open" : null });
  };
  /** Tells of a box where the inside of an element cannot be seen, once that is there. */
  const close = (host: Element) =>
    later(() => {
      if (isWithin(host, sight.block)) return;
      const { width, height } = host.getBoundingClientRect();
      context.unseen(host, `shadow ${Math.round(width)}x${Math.round(height)}`);
    }, FREQUENT_MS);
  const enter = (root: ShadowRoot) => {
    if (roots.has(root)) return;
    roots.add(root);
    changes.observe(root);
    ends.push(watchScroll(context, root), listen(root, "toggle", toggled));
  };
  const take = (of: Document, parentId: number | null) => {
    pictured = [of];
    return walk(of, context, (node, parent, live) => {
      sight.enter(node, parent ? parent.id : parentId);
      return nodeType(live) === 1 && isStyle(live as Element) ? styled(node, live) : null;
    });
  };
  function* styled(node: Recorded, live: Node): Work {
    const pieces = yield* sheets.read(live as Element);
    if (pieces && node.attributes && !node.attributes.rr_width) node.attributes._cssText = pieces;
  }
  /** Takes a picture by `work`, and tells afterwards what happened meanwhile. */
  function* still(work: () => Work): Work {
    held ??= [];
    try {
      yield* work();
    } finally {
      const all = held ?? [];
      held = null;
      for (const [data, time] of all) if (!isStopped) sight.event(data, time);
      for (const root of pictured) sheets.adopt(root);
      wake(0);
    }
  }
  function* page(): Work {
    isWanted = false;
    changes.forget();
    sheets.clear();
    ids.clear();
    const time = sight.now();
    const { innerWidth: width, innerHeight: height, scrollX: left, scrollY: top } = window;
    const node = yield* take(document, null);
    yield* sight.page(node, { width, height, left, top }, time);
  }
  const frames = createFrames(context, (frame, inner) => {
    let isOver = false;
    const unwatch = watch(inner);
    const show = function* (): Work {
      const parentId = ids.known(frame);
      if (isOver || parentId < 0) return;
      changes.drop(inner);
      const time = sight.now();
      const node = yield* take(inner, parentId);
      if (ids.known(frame) === parentId) yield* sight.frame(node, parentId, time);
    };
    slices.run(
      (function* () {
        // What was moved into it is taken from its old place first.
        if (!held) tell(false);
        yield* still(show);
      })(),
    );
    return () => {
      isOver = true;
      unwatch();
      changes.drop(inner);
    };
  });
  const loaded = ({ target }: Event) => {
    const element = target as Element | null;
    const id = ids.known(element);
    if (!element || id < 0) return;
    const name = localName(element);
    if (name === "link" || (name === "style" && imports(element))) sheets.renew(element);
    // It has a size of its own from now on.
    if (/^(img|video|input)$/.test(name)) again(id, { src: "" });
  };
  const watch = (inner: Document) => {
    const window = inner.defaultView;
    const all = [
      ...WATCHERS.map((each) => each(context, inner)),
      listen(inner, "load loadedmetadata", loaded),
      listen(inner, "toggle", toggled),
      sight.document(inner),
    ];
    if (window) {
      const { Element } = window as unknown as typeof globalThis;
      all.push(
        sheets.watch(window),
        patch(Element.prototype, "attachShadow", (host, _rest, root) => {
          const element = host as Element;
          if (shadowRoot(element) !== root) {
            closed.add(element);
            close(element);
          } else if (ids.known(element) > 0) enter(root as ShadowRoot);
        }),
      );
    }
    changes.observe(inner);
    return () => {
      for (const end of all) end();
    };
  };
  ends.push(watch(document), watchSize(context, window));
  const picture = () => {
    if (isWanted || isStopped) return;
    isWanted = true;
    held ??= [];
    slices.run(still(page));
  };
  return {
    node: ids.node,
    id: ids.known,
    picture,
    again,
    slowly: slices.run,
    flush() {
      slices.finish(LEAVING_MS);
      if (held || isStopped) return;
      tell(true);
    },
    look() {
      if (held) return;
      sheets.look();
      if (ids.size() < swept * 2) return;
      ids.sweep(isShown);
      swept = Math.max(SWEEP, ids.size());
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
      slices.stop();
      changes.stop();
      frames.stop();
      for (const end of ends) end();
    },
  };
}

/** Whether a style element brings sheets from elsewhere. */
function imports(element: Element): boolean {
  const { sheet } = element as HTMLStyleElement;
  return !!sheet?.cssRules[0] && "styleSheet" in sheet.cssRules[0];
}
