/**
 * Loads the surveys' file (`/f.js`) once the site's rules have one for the page, and not before: a
 * site without surveys asks for nothing.
 */
import type { Base, Core } from "./core.ts";
import { deviceClass } from "./feedback/device_class.ts";
import { fitsPage, pathOf } from "./feedback/fits_page.ts";
import { guard } from "./guard.ts";

/** Names of events that are remembered for surveys that wait for one. */
const NAMES_MAX = 200;

export function loadSurveys(core: Core, base: Base): void {
  let isLoading = false;
  const look = guard(() => {
    const { rules, origin, hooks } = base;
    const path = pathOf(location, rules);
    const device = deviceClass(navigator);
    if (isLoading || !rules?.surveys?.some((survey) => fitsPage(survey, path, device))) return;
    isLoading = true;
    hooks.page = page;
    import(`${origin}/f.js`).then(
      guard(({ feedback }) => feedback(core, base)),
      () => {},
    );
  });
  const { page } = base.hooks;
  // A page that lives long, or makes names up, fills no memory. Whoever waits for an event hears of it.
  base.seen = new Proxy(base.seen, {
    set(names, name: string, time) {
      if (name in names || Object.keys(names).length < NAMES_MAX) names[name] = time;
      return true;
    },
  });
  base.hooks.page = () => {
    page?.();
    look();
  };
  core.onNewSession(look);
  look();
}
