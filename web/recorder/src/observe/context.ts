import type { Node as Recorded } from "../events";
import type { Ids } from "./ids";

/** What the watchers of one recording work with. Types only. */
export interface Context {
  readonly ids: Ids;
  /** The number by which an event can name a node; below 0 for one that the other side has not. */
  id(node: Node | null): number;
  /** Selector of what is not recorded. */
  readonly block: string;
  /** Something happened: an incremental event, told in turn. */
  emit(data: Record<string, unknown>): void;
  /** The pointer is shaken to and fro. */
  shaken(): void;
  /** Does a piece of our work, which takes the page's time. */
  during<T>(work: () => T): T;
  /** Tells what has changed so far, before something that hangs on it. */
  settle(): void;
  /** Something changed that is looked up when it is told. */
  wake(): void;
  /** Number of the frame's document that a node is in; none for the page itself. */
  rootId(node: Node): number | undefined;
  /** An element is about to be told of, for the first time or again. */
  found(element: Element, recorded: Recorded, isPicture: boolean): void;
  /** What an element shows cannot be seen, and why; null when it can. */
  unseen(element: Element, why: string | null): void;
  /** The text of a style sheet's element has changed. */
  restyled(element: Element): void;
  /** A field is secret, whatever it becomes. */
  keep(field: Node): void;
}
