// Many sites in one list: by group, and those that a text names.
import type { Site } from "@hitmetrix/wire";

/** What a list needs to know of a site. */
type Listed = Pick<Site, "name" | "domains"> & { settings: Pick<Site["settings"], "group"> };

export interface SiteGroup<T> {
  /** Empty for the sites of no group. */
  name: string;
  sites: T[];
}

/** Names of all groups, by name. */
export function groupNames(sites: readonly Listed[]): string[] {
  const names = new Set(sites.map((site) => site.settings.group).filter(Boolean));
  return [...names].sort((a, b) => a.localeCompare(b));
}

/** The sites whose name, domain or group has every word of the text. */
export function sitesNamed<T extends { site: Listed }>(all: readonly T[], text: string): T[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(({ site }) => {
    const said = [site.name, site.settings.group, ...site.domains].join(" ").toLowerCase();
    return words.every((word) => said.includes(word));
  });
}

/** The groups by name, each with its sites as they came; those of no group last. */
export function byGroup<T extends { site: Listed }>(all: readonly T[]): SiteGroup<T>[] {
  const of = (name: string): T[] => all.filter(({ site }) => site.settings.group === name);
  const named = groupNames(all.map(({ site }) => site));
  return [...named, ""]
    .map((name) => ({ name, sites: of(name) }))
    .filter(({ sites }) => sites.length > 0);
}
