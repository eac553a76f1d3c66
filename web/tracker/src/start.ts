/**
 * The second file (`/x.js`), loaded when the page is idle: everything that can wait. What happened
 * since the first file started is replayed to it.
 */
import type { Base, Seen } from "./core.ts";
import { guard } from "./guard.ts";
import { keepBatches } from "./keep_batches.ts";
import { makeCore } from "./make_core.ts";
import { matches } from "./matches.ts";
import { runRecorder } from "./run_recorder.ts";
import { watchAttention } from "./watch_attention.ts";
import { watchClicks } from "./watch_clicks.ts";
import { watchDead } from "./watch_dead.ts";
import { watchErrors } from "./watch_errors.ts";
import { watchForms } from "./watch_forms.ts";
import { watchNavigation } from "./watch_navigation.ts";
import { watchRage } from "./watch_rage.ts";
import { watchShown } from "./watch_shown.ts";
import { watchTyped } from "./watch_typed.ts";
import type { Watched } from "./watched.ts";

const { addEventListener, removeEventListener } = EventTarget.prototype;

export function start(base: Base): void {
  const { hooks } = base;
  const early = base.early.splice(0);
  const handlers: [string, (seen: Seen) => void][] = [];
  const pages = new Set<() => void>();
  const stops = new Set<() => void>();
  const sessions = new Set<() => void>();
  const hides = new Set<() => void>();
  const call = (callbacks: Set<() => void>) => () => {
    for (const callback of callbacks) guard(callback)();
  };

  const on: Watched["on"] = (type, handler) => {
    handlers.push([type, guard(handler)]);
  };
  const typed = watchTyped(on);
  const core = makeCore(base, {
    typed: typed.values,
    sessionCallbacks: sessions,
    hideCallbacks: hides,
  });
  const watched: Watched = {
    base,
    core,
    on,
    listen(type, handler, target = window) {
      const guarded = guard(handler);
      addEventListener.call(target, type, guarded, { capture: true, passive: true });
      stops.add(() => removeEventListener.call(target, type, guarded, true));
    },
    repeats: typed.repeats,
    emit: (name, properties, time) => base.emit(name, properties, location.href, time),
    onPage: (callback) => pages.add(callback),
    onStop: (callback) => stops.add(callback),
  };
  hooks.mask = typed.mask;
  hooks.page = call(pages);
  hooks.session = call(sessions);
  hooks.hide = call(hides);
  hooks.stop = call(stops);
  hooks.seen = (seen) => {
    // A survey tells itself what is done in it; its root is closed, so its host comes first.
    if (matches(seen.path[0], "[data-hm-block=survey]")) return;
    for (const [type, handler] of handlers) if (type === seen.event.type) handler(seen);
  };
  for (const watch of [
    keepBatches,
    watchNavigation,
    watchAttention,
    watchClicks,
    watchShown,
    watchForms,
    watchErrors,
    watchRage,
    watchDead,
    runRecorder,
  ]) {
    guard(watch)(watched);
  }
  for (const seen of early) hooks.seen(seen);
  import(`${base.origin}/v.js`).then(
    guard(({ vitals }) => vitals(core, base)),
    () => {},
  );
}
