/** Whether a survey may be asked on a page: by its patterns and devices. Empty lists take all. */
import type { PageSurvey, Rules } from "../core.ts";

/** The path as patterns see it: with the route behind `#`, where the site's rules say that it is one. */
export function pathOf({ pathname, hash }: Location, rules: Rules | null): string {
  const isRoute = rules?.hash_routes && /^#!?\//.test(hash);
  return pathname + (isRoute ? hash.split("?")[0] : "");
}

export function fitsPage(survey: PageSurvey, path: string, device: string): boolean {
  const { pages = [], devices = [] } = survey;
  const takes = (pattern: string) =>
    RegExp(
      `^${pattern.replace(/[^\w*]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`).replaceAll("*", ".*")}$`,
      "u",
    ).test(path);
  return (
    (!devices.length || devices.some((one) => one === device)) &&
    (!pages.length || pages.some(takes))
  );
}
