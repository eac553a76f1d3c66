// Single keys, key pairs ("g" then a letter) and the palette's chord. Single keys never act while
// somebody types, while a dialog is open, or with a modifier held.

export interface Binding {
  /** `?`, `t`, or a pair as `g o`. */
  keys: string;
  run: () => void;
}

const PAIR_MS = 1200;
const KEPT = "single-keys";

/** Whether single keys act; who speaks to the computer, or slips, can switch them off. */
export function singleKeys(): boolean {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

/** Kept on this device only. */
export function setSingleKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, "off");
  } catch {
    // A browser that keeps nothing leaves them on.
  }
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest(
      "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]:not([contenteditable=false])",
    ) !== null
  );
}

/** Decides what a key press means; pure but for the half of a pair it remembers. */
export function createKeys(
  bindings: () => readonly Binding[],
): (key: string, nowMs: number) => boolean {
  let first = "";
  let firstMs = 0;
  return (key, nowMs) => {
    const pair = first && nowMs - firstMs <= PAIR_MS ? `${first} ${key}` : "";
    first = "";
    const all = bindings();
    const hit =
      (pair && all.find((each) => each.keys === pair)) || all.find((each) => each.keys === key);
    if (hit) {
      hit.run();
      return true;
    }
    if (all.some((each) => each.keys.startsWith(`${key} `))) {
      first = key;
      firstMs = nowMs;
      return true;
    }
    return false;
  };
}

/** Listens on the document. `palette` is called for Ctrl or Cmd K, wherever the focus is. */
export function listenKeys(bindings: () => readonly Binding[], palette: () => void): () => void {
  const press = createKeys(bindings);
  const onKey = (event: KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      palette();
      return;
    }
    if (
      event.defaultPrevented ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      isTyping(event.target)
    )
      return;
    if (document.querySelector("dialog[open]") || !singleKeys()) return;
    if (press(event.key.length === 1 ? event.key.toLowerCase() : event.key, event.timeStamp))
      event.preventDefault();
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}
