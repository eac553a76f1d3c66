/**
 * Navigations without a page load. Every sign leads to one comparison of addresses, so that
 * nothing counts twice; a router's redirects within a moment count as one page, at the time of the
 * last, and the title has that moment to change. The Navigation API sees all; elsewhere History's methods are wrapped.
 */
import { guard } from "./guard.ts";
import { later } from "./later.ts";
import type { Watched } from "./watched.ts";

/** A new address counts as a page once it has stood so long, so that several in a row are one. */
const SETTLE_MS = 100;

export function watchNavigation({ base, listen, onStop }: Watched): void {
  let signalledAt = 0;
  const settle = guard(() => {
    const time = signalledAt;
    signalledAt = 0;
    base.settle(time);
  });
  const signal = () => {
    if (!signalledAt) later(settle, SETTLE_MS);
    signalledAt = base.now();
  };
  base.settle();
  const { navigation } = window as { navigation?: EventTarget };
  if (navigation) {
    listen("currententrychange", signal, navigation);
    return;
  }
  listen("popstate", signal);
  listen("hashchange", signal);
  for (const name of ["pushState", "replaceState"] as const) {
    const native = history[name];
    let isWatching = true;
    history[name] = function (this: History, ...args: Parameters<History["pushState"]>) {
      native.apply(this, args);
      if (isWatching) signal();
    };
    // Others may have wrapped ours since: it stays in place and only passes on.
    onStop(() => {
      isWatching = false;
    });
  }
}
