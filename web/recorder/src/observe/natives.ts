/**
 * The browser's own functions, whatever the page or its framework put in their place: a getter that
 * was changed tells another tree, a form's field called `firstChild` hides the form's own, and what
 * Zone.js patches makes the framework look at the whole page each time that we listen.
 */

type Prototypes = Record<"Node" | "Element", { prototype: object }>;
type Getter<T> = (node: Node) => T;

const isNative = (work: unknown) =>
  typeof work === "function" && Function.prototype.toString.call(work).includes("[native code]");

let clean: Prototypes | undefined;

/** Prototypes that no script of the page has touched; a frame is made for them when they are needed. */
function untouched(): Prototypes {
  if (clean) return clean;
  const here = window as unknown as Prototypes;
  clean = here;
  try {
    const frame = document.createElement("iframe");
    frame.style.display = "none";
    document.documentElement.append(frame);
    const { Node, Element } = (frame.contentWindow ?? window) as unknown as Prototypes;
    clean = { Node, Element };
    frame.remove();
  } catch {
    // Its policy forbids frames: what the page has is all there is.
  }
  return clean;
}

function find(of: keyof Prototypes, name: string, kind: "get" | "value"): unknown {
  const look = (from: Prototypes) =>
    Object.getOwnPropertyDescriptor(from[of].prototype, name)?.[kind];
  const found = look(window as unknown as Prototypes);
  return isNative(found) ? found : (look(untouched()) ?? found);
}

function getter<T>(of: keyof Prototypes, name: string): Getter<T> {
  const get = find(of, name, "get") as () => T;
  return (node) => get.call(node);
}

function method<A extends unknown[], T>(name: string): (node: Node, ...rest: A) => T {
  const work = find("Element", name, "value") as (...rest: A) => T;
  return (node, ...rest) => work.apply(node, rest);
}

export const nodeType = getter<number>("Node", "nodeType");
export const firstChild = getter<ChildNode | null>("Node", "firstChild");
export const lastChild = getter<ChildNode | null>("Node", "lastChild");
export const nextSibling = getter<ChildNode | null>("Node", "nextSibling");
export const previousSibling = getter<ChildNode | null>("Node", "previousSibling");
export const parentNode = getter<ParentNode | null>("Node", "parentNode");
export const textContent = getter<string | null>("Node", "textContent");
export const isConnected = getter<boolean>("Node", "isConnected");
export const localName = getter<string>("Element", "localName");
export const namespaceURI = getter<string | null>("Element", "namespaceURI");
export const shadowRoot = getter<ShadowRoot | null>("Element", "shadowRoot");
export const getAttributeNames = method<[], string[]>("getAttributeNames");
export const getAttribute = method<[name: string], string | null>("getAttribute");
export const matches = method<[selector: string], boolean>("matches");
export const closest = method<[selector: string], Element | null>("closest");

/** Whether a node is in a document that is shown. */
export function isShown(node: Node): boolean {
  return isConnected(node) && !!(node.ownerDocument ?? (node as Document)).defaultView;
}

/** What Zone.js has put aside, or what is there. */
function aside<T>(from: object, name: string): T {
  const zone = (window as { Zone?: { __symbol__?(name: string): string } }).Zone;
  const all = from as Record<string, T>;
  return all[zone?.__symbol__?.(name) ?? name] ?? (all[name] as T);
}

export const Observer = aside<typeof MutationObserver>(window, "MutationObserver");
const wait = aside<(work: () => void, ms: number) => number>(window, "setTimeout");
const add = aside<typeof addEventListener>(EventTarget.prototype, "addEventListener");
const remove = aside<typeof removeEventListener>(EventTarget.prototype, "removeEventListener");

/** What goes wrong in us is not the page's to hear of. */
function guarded<A extends unknown[]>(work: (...rest: A) => void): (...rest: A) => void {
  return (...rest) => {
    try {
      work(...rest);
    } catch {
      // The next picture mends it.
    }
  };
}

/** Does something later. */
export function later(work: () => void, ms: number): number {
  return wait.call(window, guarded(work), ms);
}

/** Listens to events of these kinds, on their way down; returns what ends that. */
export function listen<E extends Event>(
  target: EventTarget,
  kinds: string,
  work: (event: E) => void,
): () => void {
  const each = kinds.split(" ");
  const handler = guarded(work) as EventListener;
  const options = { capture: true, passive: true };
  for (const kind of each) add.call(target as Window, kind, handler, options);
  return () => {
    for (const kind of each) remove.call(target as Window, kind, handler, options);
  };
}
