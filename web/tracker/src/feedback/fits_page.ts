/** Whether a survey may be asked on a page: by its patterns and devices. Empty lists take all. */
import type { PageSurvey, Rules } from "../core.ts";
import { fitsPattern } from "../fits_pattern.ts";
import { guard } from "../guard.ts";

/** The path as patterns see it: with the route behind `#`, where the site's rules say that it is one. */
export function pathOf({ pathname, hash }: Location, rules: Rules | null): string {
  const isRoute = rules?.hash_routes && /^#!?\//.test(hash);
  return pathname + (isRoute ? hash.split("?")[0] : "");
}

/** Letters as people write them: browsers write all but the simplest as bytes behind `%`. */
const decoded = (path: string): string => guard(decodeURI)(path) ?? path;

export function fitsPage(survey: PageSurvey, path: string, device: string): boolean {
  const { pages = [], devices = [] } = survey;
  return (
    (!devices.length || devices.some((one) => one === device)) &&
    (!pages.length || pages.some((pattern) => fitsPattern(decoded(pattern), decoded(path))))
  );
}
