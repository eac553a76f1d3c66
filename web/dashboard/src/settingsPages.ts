// The pages of a site's settings, and by which words people look for what stands there.
import type { IconName } from "./icons.ts";

export interface SettingsPage {
  key: string;
  name: string;
  icon: IconName;
  /** What stands there, in the words that are typed for it. */
  words: string;
}

export const SETTINGS_PAGES = [
  {
    key: "site",
    name: "Site",
    icon: "settings",
    words: "name domains time zone currency group write key delete",
  },
  {
    key: "installation",
    name: "Installation",
    icon: "settings",
    words: "check code snippet tag works broken why no data",
  },
  {
    key: "recording",
    name: "Recording and masking",
    icon: "settings",
    words:
      "replay privacy mode sampling share canvas pictures fonts mask block hide consent cookies cookieless do not track console network retention",
  },
  {
    key: "counting",
    name: "Counting and keeping",
    icon: "settings",
    words:
      "session idle retention keep events days delete old data query keys utm hash routes origin bots automated identify signature storage",
  },
  {
    key: "own",
    name: "Own traffic",
    icon: "settings",
    words: "exclude ip address network office filter internal myself this is me leave out",
  },
  {
    key: "losses",
    name: "Losses",
    icon: "settings",
    words: "lost refused missing left out bots blocked quota errors data quality",
  },
  {
    key: "annotations",
    name: "Annotations",
    icon: "goal",
    words: "notes releases campaigns outages deployments marks",
  },
  {
    key: "members",
    name: "Members",
    icon: "people",
    words: "users roles access team invite admin editor viewer permissions",
  },
  { key: "tokens", name: "Tokens", icon: "key", words: "api keys secret server events import" },
  {
    key: "audit",
    name: "Audit log",
    icon: "page",
    words: "who did what history changes watched exported",
  },
  { key: "about", name: "About", icon: "settings", words: "version licence documentation help" },
] as const satisfies readonly SettingsPage[];
