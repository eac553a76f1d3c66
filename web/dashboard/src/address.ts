// The one way to move: reads and changes the browser's address and tells who listens.

export interface Address {
  path: string;
  search: string;
  hash: string;
}

type Listener = (address: Address) => void;

const listeners = new Set<Listener>();

export function currentAddress(): Address {
  return { path: location.pathname, search: location.search, hash: location.hash };
}

function tell(): void {
  const address = currentAddress();
  for (const listener of listeners) listener(address);
}

export function onAddress(listener: Listener): () => void {
  if (listeners.size === 0) addEventListener("popstate", tell);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener("popstate", tell);
  };
}

/** Goes to an address; `replace` leaves no step in the history, for what is only a correction. */
export function go(href: string, how: "push" | "replace" = "push"): void {
  const target = new URL(href, location.href);
  if (target.href === location.href) return;
  const samePath = target.pathname === location.pathname;
  if (how === "replace") history.replaceState(null, "", target);
  else history.pushState(null, "", target);
  tell();
  if (how === "push" && !samePath) scrollTo(0, 0);
}

/** Lets ordinary links of this origin move inside the app. Returns what undoes it. */
export function catchLinks(root: HTMLElement | Document): () => void {
  const onClick = (event: Event): void => {
    if (!(event instanceof MouseEvent) || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest("a");
    const href = link?.getAttribute("href");
    if (!link || !href || href.startsWith("#") || link.target || link.hasAttribute("download"))
      return;
    if (new URL(link.href).origin !== location.origin || link.dataset.outside !== undefined) return;
    event.preventDefault();
    go(link.href);
  };
  root.addEventListener("click", onClick);
  return () => root.removeEventListener("click", onClick);
}
