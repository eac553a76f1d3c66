/**
 * Loads the recorder and stops it again. It runs while the rules want it, nobody refused, the page
 * is not blocked and the session is in the sample; all of that is decided before anything is
 * captured, and anew on every page and for every session.
 */

import type { Core } from "./core.ts";
import { guard } from "./guard.ts";
import { isBlocked } from "./is_blocked.ts";
import { isSampled } from "./is_sampled.ts";
import type { Watched } from "./watched.ts";

interface Recorder {
  record(core: Core): (() => void) | undefined;
}

export function runRecorder({ base, core, onPage, onStop }: Watched): void {
  let recorder: Promise<Recorder> | undefined;
  let stop: (() => void) | undefined;
  const isWanted = () => {
    const { rules, identity } = base;
    const { origin, pathname, hash } = location;
    const route = rules?.hash_routes && /^#!?\//.test(hash) ? hash.split("?")[0] : "";
    return (
      rules?.record &&
      !base.refused(0) &&
      !isBlocked(origin + pathname + route, rules) &&
      !!identity.session &&
      isSampled(identity.session, rules.sample)
    );
  };
  const decide = guard(() => {
    if (!isWanted()) {
      stop?.();
      stop = undefined;
    } else if (!stop) {
      recorder ??= import(`${base.origin}/r.js`);
      recorder.then(
        guard(({ record }) => {
          if (!stop && isWanted()) stop = record(core) ?? (() => {});
        }),
        () => {
          recorder = undefined;
        },
      );
    }
  });
  core.session().then(decide);
  core.onNewSession(decide);
  onPage(decide);
  // The rules go with the stop, so that what is on its way here is not wanted any more.
  onStop(() => stop?.());
}
