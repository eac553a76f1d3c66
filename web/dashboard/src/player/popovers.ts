import type { RecordedEvent } from "./types";

/** What says in a recording that a popover is open. */
const OPEN = "data-hm-popover";

/** A node or a list of nodes in an event, as far as it is looked at. */
interface Tree {
  readonly id?: unknown;
  readonly attributes?: unknown;
  readonly childNodes?: readonly Tree[];
}

/** The elements of some events that are popovers and were opened or closed, by their ids. */
export function popoversOf(events: readonly RecordedEvent[]): number[] {
  const found: number[] = [];
  const open: Tree[] = events.flatMap(({ type, data }) => {
    if (type === 2) return [data.node as Tree];
    if (type !== 3 || data.source !== 0) return [];
    const { adds, attributes } = data as { adds?: { node: Tree }[]; attributes?: Tree[] };
    return [...(adds ?? []).map(({ node }) => node), ...(attributes ?? [])];
  });
  for (let tree = open.pop(); tree; tree = open.pop()) {
    const { id, attributes, childNodes } = tree;
    if (attributes && OPEN in (attributes as object)) found.push(Number(id));
    for (const child of childNodes ?? []) open.push(child);
  }
  return found;
}

/** Popovers that are open at the same time: browsers take long over each one above the others. */
const OPEN_MAX = 100;

export interface Popovers {
  /** Learns of those in events that will be played. */
  know(events: readonly RecordedEvent[]): void;
  /** Opens and closes those that an event was about. */
  after(event: RecordedEvent): void;
  /** Opens and closes all that are known, after a seek. */
  settle(): void;
}

/** Popovers of a rebuilt page, as the recorded page had them: only a script can open one. */
export function createPopovers(nodeOf: (id: number) => Node | null): Popovers {
  const known = new Set<number>();
  const open = new Set<HTMLElement>();
  const show = (ids: Iterable<number>) => {
    for (const each of open) if (!isOpen(each)) open.delete(each);
    for (const id of ids) {
      const node = nodeOf(id);
      if (node?.nodeType === 1) turn(node as HTMLElement, open);
    }
  };
  return {
    know(events) {
      for (const id of popoversOf(events)) known.add(id);
    },
    after(event) {
      if (known.size) show(popoversOf([event]));
    },
    settle() {
      if (known.size) show(known);
    },
  };
}

function turn(popover: HTMLElement, open: Set<HTMLElement>): void {
  const wanted = popover.getAttribute(OPEN) === "open";
  try {
    if (wanted === isOpen(popover) || (wanted && open.size >= OPEN_MAX)) return;
    if (wanted) {
      popover.showPopover();
      open.add(popover);
    } else {
      popover.hidePopover();
      open.delete(popover);
    }
  } catch {
    // Not in the page yet, no popover any more, or shown as a dialog.
  }
}

function isOpen(popover: HTMLElement): boolean {
  return popover.matches(":popover-open");
}
