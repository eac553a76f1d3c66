// J, K and the arrows go from row to row of whatever list a screen has: its tables, by what names a row,
// and its lists of what can be opened. Enter is the link's or button's own.
import { isTyping, singleKeys } from "./keys.ts";

const ROW = "tbody > tr, li.opens";
const OPENER = '.opener, th[scope="row"] a, th[scope="row"] button';

const openerIn = (row: Element): HTMLElement | null => row.querySelector<HTMLElement>(OPENER);
/** What is in a part that is shut cannot be gone to. */
const isSeen = (element: Element): boolean => element.getClientRects().length > 0;

/** What names each row of the list, or table, that an element is in. */
function openersAround(row: Element): HTMLElement[] {
  return [...(row.parentElement?.children ?? [])].flatMap((each) => openerIn(each) ?? []);
}

/** The first row of a screen, or the one that is open in it. */
function firstIn(root: ParentNode): HTMLElement | null {
  const all = [...root.querySelectorAll<HTMLElement>(ROW)].filter(openerIn);
  const row = all.find((each) => each.ariaCurrent === "true") ?? all.find(isSeen);
  return row ? openerIn(row) : null;
}

/** Whether a screen has rows to go through. */
export const hasRows = (root: ParentNode): boolean => firstIn(root) !== null;

const STEPS: Readonly<Record<string, 1 | -1>> = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };

/** The row that an element is in, if it can be opened. */
function rowOf(focused: Element | null): Element | null {
  const row = focused?.closest(ROW);
  return row && openerIn(row) ? row : null;
}

/** Where a key leads from what has the focus; null where it means nothing there, or is at an end. */
export function rowAt(key: string, focused: Element | null, root: ParentNode): HTMLElement | null {
  const step = STEPS[key];
  if (!step) return null;
  const row = rowOf(focused);
  if (row) {
    const all = openersAround(row);
    return all[all.indexOf(openerIn(row) as HTMLElement) + step] ?? null;
  }
  // From elsewhere the arrows scroll.
  return key === "j" ? firstIn(root) : null;
}

function isStep(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  return event.key in STEPS && !isTyping(event.target);
}

/** Goes to the row that a key means. In a row it means that alone: at the ends nothing else happens. */
export function goByKey(event: KeyboardEvent, root: ParentNode): void {
  if (!isStep(event)) return;
  const focused = document.activeElement;
  const next = rowAt(event.key, focused, root);
  if (!next && !rowOf(focused)) return;
  event.preventDefault();
  next?.focus();
}

/** Listens on the document. A screen that goes from one to the next by itself has `data-keys`. */
export function listenRows(): () => void {
  const onKey = (event: KeyboardEvent): void => {
    const root = document.querySelector("dialog[open]") ?? document.querySelector("main");
    const focused = document.activeElement;
    if (!root || focused?.closest("[popover]")) return;
    // Keys of what has the focus are left when single keys are switched off.
    if (!rowOf(focused) && (!singleKeys() || root.querySelector("[data-keys]"))) return;
    goByKey(event, root);
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}
