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

/** Opens and closes popovers as the recorded page had them: only a script can. */
export function showPopovers(elements: Iterable<Node | null>): void {
  for (const element of elements) {
    if (element?.nodeType !== 1) continue;
    const popover = element as HTMLElement;
    const isOpen = popover.getAttribute(OPEN) === "open";
    try {
      if (isOpen === popover.matches(":popover-open")) continue;
      if (isOpen) popover.showPopover();
      else popover.hidePopover();
    } catch {
      // Not in the page yet, no popover any more, or shown as a dialog.
    }
  }
}
