// The settings of a site as a form holds them, and what of them somebody changed in it: only that is
// sent, with how it was found, so that nobody takes back what somebody else set meanwhile.
import type { SiteSettings } from "@hitmetrix/wire";
import { linesOf } from "./lines.ts";

/** Settings that change; those that are absent stay. */
export type SettingsPatch = Partial<Omit<SiteSettings, "rules">> & {
  rules?: Partial<SiteSettings["rules"]>;
};

/** A change and the same settings as they were found. */
export interface SettingsChange {
  settings: SettingsPatch;
  was: SettingsPatch;
}

const GIB = 1024 ** 3;

/** Settings in the units and texts of the fields. */
export function draftOf({ rules, ...rest }: SiteSettings) {
  return {
    record: rules.record,
    samplePercent: Math.round(rules.sample * 10_000) / 100,
    maskText: rules.mask_text,
    respectDnt: rules.respect_dnt,
    mode: rest.mode ?? "persistent",
    recordConsole: rules.record_console ?? false,
    recordNetwork: rules.record_network ?? false,
    recordCanvas: rules.record_canvas ?? false,
    recordAssets: rules.record_assets ?? "own",
    mask: rules.mask.join("\n"),
    block: rules.block.join("\n"),
    show: rules.show.join("\n"),
    blocked: rules.blocked.join("\n"),
    queryKeys: rules.query_keys.join("\n"),
    hashRoutes: rules.hash_routes,
    recordingDays: rest.recording_days,
    shortestSeconds: rest.recording_min_ms / 1000,
    gibADay: Math.round((rest.recording_bytes_a_day / GIB) * 100) / 100,
    idleMinutes: rest.session_idle_ms / 60_000,
    eventDays: rest.event_days,
    checkOrigin: rest.check_origin,
    countAutomated: rest.count_automated,
    unverified: rest.unverified_identify,
  };
}

export type RulesDraft = ReturnType<typeof draftOf>;

/** What the fields say, as settings. */
function settingsOf(draft: RulesDraft) {
  return {
    rules: {
      record: draft.record,
      sample: Math.round(draft.samplePercent * 100) / 10_000,
      mask_text: draft.maskText,
      respect_dnt: draft.respectDnt,
      record_console: draft.recordConsole,
      record_network: draft.recordNetwork,
      record_canvas: draft.recordCanvas,
      record_assets: draft.recordAssets,
      mask: linesOf(draft.mask),
      block: linesOf(draft.block),
      show: linesOf(draft.show),
      blocked: linesOf(draft.blocked),
      query_keys: linesOf(draft.queryKeys),
      hash_routes: draft.hashRoutes,
    },
    mode: draft.mode,
    recording_days: draft.recordingDays,
    recording_min_ms: Math.round(draft.shortestSeconds * 1000),
    recording_bytes_a_day: Math.round(draft.gibADay * GIB),
    session_idle_ms: Math.round(draft.idleMinutes * 60_000),
    event_days: draft.eventDays,
    check_origin: draft.checkOrigin,
    count_automated: draft.countAutomated,
    unverified_identify: draft.unverified,
  };
}

/** Names of `next` whose values are others than in `before`. */
function changed<T extends object>(before: T, next: T): (keyof T)[] {
  return (Object.keys(next) as (keyof T)[]).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(next[name]),
  );
}

/** What of the settings, as they were when the form opened, its fields change; null for nothing. */
export function changeOf(base: SiteSettings, draft: RulesDraft): SettingsChange | null {
  // Held against what the fields showed at first: a field rounds, and is changed only by hand.
  const { rules: rulesBefore, ...before } = settingsOf(draftOf(base));
  const { rules: rulesNext, ...next } = settingsOf(draft);
  const names = changed(before, next);
  const rules = changed(rulesBefore, rulesNext);
  if (names.length === 0 && rules.length === 0) return null;
  const part = <T extends object>(of: T, which: readonly (keyof T)[]): Partial<T> =>
    Object.fromEntries(which.map((name) => [name, of[name]])) as Partial<T>;
  const whole = (of: Partial<SiteSettings>, ofRules: Partial<SiteSettings["rules"]>) =>
    rules.length > 0 ? { ...of, rules: ofRules } : of;
  return {
    settings: whole(part(next, names), part(rulesNext, rules)),
    was: whole(part(base, names), part(base.rules, rules)),
  };
}

/** What of the settings decides when stored data goes. */
export type Keeping = Pick<SiteSettings, "recording_days" | "event_days" | "recording_min_ms">;

/** The keeping that the fields say, when it lets stored data go sooner than before; else null. */
export function keepsLess(base: SiteSettings, draft: RulesDraft): Keeping | null {
  const { recording_days, event_days, recording_min_ms } = settingsOf(draft);
  const change = changeOf(base, draft)?.settings ?? {};
  // An empty field is no number yet.
  if (![recording_days, event_days, recording_min_ms].every(Number.isFinite)) return null;
  const forEver = (days: number): number => days || Number.POSITIVE_INFINITY;
  const isLess =
    recording_days < base.recording_days ||
    forEver(event_days) < forEver(base.event_days) ||
    (change.recording_min_ms ?? base.recording_min_ms) > base.recording_min_ms;
  return isLess ? { recording_days, event_days, recording_min_ms } : null;
}

/** What the form calls a setting. */
const LABELS: Record<string, string> = {
  "rules.record": "Record sessions",
  "rules.sample": "Share of sessions",
  "rules.record_assets": "Pictures and web fonts",
  "rules.record_canvas": "Record canvases",
  "rules.mask_text": "Mask all text of the page",
  "rules.mask": "Mask these too",
  "rules.block": "Do not record at all",
  "rules.show": "Show plain fields",
  "rules.blocked": "Pages on which nothing is sent",
  "rules.respect_dnt": "Respect Do Not Track",
  "rules.record_console": "Record the console",
  "rules.record_network": "Record requests",
  "rules.query_keys": "Query keys to keep in addresses",
  "rules.hash_routes": "The part behind # is the page",
  mode: "Privacy mode",
  recording_days: "Keep recordings",
  recording_min_ms: "Shortest recording",
  recording_bytes_a_day: "At most a day",
  session_idle_ms: "A session ends after",
  event_days: "Keep events",
  check_origin: "Only the site's own domains may send",
  count_automated: "Count automated browsers as people",
  unverified_identify: "Believe identify without a signature",
};

/** A message of the server with the names that the form has for settings. */
export function inFormWords(detail: string): string {
  return detail.replaceAll(
    /(?:settings\.)?((?:rules\.)?[a-z]+(?:_[a-z]+)*)/g,
    (whole, name: string) => (LABELS[name] ? `“${LABELS[name]}”` : whole),
  );
}
