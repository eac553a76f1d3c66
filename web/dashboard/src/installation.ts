// What the check of an installation says, as a screen shows it: the light, and where each cause is
// mended.
import type { Installation, InstallationFinding } from "@hitmetrix/wire";

/** `waiting`: nothing came. `uncounted`: events came, and none counts. `silent`: they counted, and none
 * does any more. `on`: events count. */
export type Light = "waiting" | "uncounted" | "silent" | "on";

export function lightOf({ first_event_ms, findings }: Installation): Light {
  if (first_event_ms === null) return "waiting";
  if (findings.some(({ affects }) => affects === "silence")) return "silent";
  return findings.some(({ affects }) => affects === "events") ? "uncounted" : "on";
}

/** Section of the site's settings in which a cause is mended; null where none is. */
const SECTIONS: Record<string, [section: string, name: string]> = {
  foreign_page: ["site", "Domains of the site"],
  only_own: ["own", "Own traffic"],
  only_automated: ["counting", "Counting and keeping"],
  rules_only: ["counting", "Counting and keeping"],
  event_refused: ["losses", "Losses"],
  events_refused: ["losses", "Losses"],
  recording_refused: ["losses", "Losses"],
  names_refused: ["recording", "Recording and masking"],
  recording_off: ["recording", "Recording and masking"],
  sample: ["recording", "Recording and masking"],
  quota: ["recording", "Recording and masking"],
  refusing: ["recording", "Recording and masking"],
};

export function sectionOf({ code }: InstallationFinding): { section: string; name: string } | null {
  const found = SECTIONS[code];
  return found ? { section: found[0], name: found[1] } : null;
}
