// What an owner or a page can set that bears on masking, and what each setting lets be shown.
import type { Rules } from "../../web/wire/src/api.ts";
import type { Site } from "../support/sites.ts";

/** One thing that is set otherwise than by default. */
export type Option =
  | "all text masked"
  | "mask rule"
  | "block rule"
  | "show rule for everything"
  | "rule nobody can read"
  | "query key kept"
  | "hash routes"
  | "blocked pages"
  | "Do Not Track ignored"
  | "events only"
  | "rules that come late"
  | "persistent"
  | "site at most cookieless"
  | "body shown by the page"
  | "body masked by the page"
  | "console recorded"
  | "network recorded"
  | "canvases recorded"
  | "pictures of other origins"
  | "no pictures";

/** What is set in one visit. */
export type On = ReadonlySet<Option>;

/** What an option changes of the site's rules. */
const RULES: Record<Option, Partial<Rules>> = {
  "all text masked": { mask_text: true },
  "mask rule": { mask: [".rule-mask", ".began .inside"] },
  "block rule": { block: [".rule-block"] },
  "show rule for everything": { show: ["*"] },
  "rule nobody can read": { mask: ["..["] },
  "query key kept": { query_keys: ["q"] },
  "hash routes": { hash_routes: true },
  "blocked pages": { blocked: ["/private/*"] },
  "Do Not Track ignored": { respect_dnt: false },
  "events only": { record: false },
  "rules that come late": {},
  persistent: {},
  "site at most cookieless": {},
  "body shown by the page": {},
  "body masked by the page": {},
  "console recorded": { record_console: true },
  "network recorded": { record_network: true },
  "canvases recorded": { record_canvas: true },
  "pictures of other origins": { record_assets: "all" },
  "no pictures": { record_assets: "none" },
};

export const OPTIONS = Object.keys(RULES) as Option[];

/** Rules that say whether or how a page is recorded, and nothing of what is masked in it. */
const OTHER_RULES = ["v", "sample"];

/** The rules that no option changes, so that nothing is proved of them. */
export function unprovedRules(rules: Readonly<Record<string, unknown>>): string[] {
  const proved = new Set([...OTHER_RULES, ...Object.values(RULES).flatMap(Object.keys)]);
  return Object.keys(rules).filter((name) => !proved.has(name));
}

/** The settings of a site with these options. */
export function settingsOf(on: On, site: Site["settings"]): Site["settings"] {
  const mode = on.has("site at most cookieless") ? { mode: "cookieless" } : {};
  return { ...site, ...mode, rules: { ...site.rules, ...rulesOf(on) } };
}

/** The rules of a site with these options, beside what it has by default. */
function rulesOf(on: On): Record<string, unknown> {
  const rules: Record<string, unknown> = {};
  for (const option of on) {
    for (const [name, value] of Object.entries(RULES[option])) {
      const before = rules[name];
      rules[name] = Array.isArray(before) ? [...before, ...(value as unknown[])] : value;
    }
  }
  return rules;
}

/** No option, each by itself and, where asked for, every two of them. */
export function optionSets(withPairs: boolean): On[] {
  const singles = OPTIONS.map((option) => new Set([option]));
  const pairs = OPTIONS.flatMap((one, index) =>
    OPTIONS.slice(index + 1).map((other) => new Set([one, other])),
  );
  return [new Set(), ...singles, ...(withPairs ? pairs : [])];
}

/** A name of the set for messages and tables. */
export function nameOf(on: On): string {
  return [...on].join(" + ") || "defaults";
}

/** Whether a secret of one kind of place must be hidden while these options are on. */
export type Hidden = (on: On) => boolean;

const allMasked: Hidden = (on) =>
  on.has("rule nobody can read") || on.has("body masked by the page");
const ownerShows: Hidden = (on) => on.has("show rule for everything") && !allMasked(on);
const shows: Hidden = (on) =>
  ownerShows(on) || (on.has("body shown by the page") && !allMasked(on));

/** What no setting shows: passwords, cards, codes, what is under a mark, comments, scripts, … */
export const never: Hidden = () => true;
/** Typed and chosen values of plain fields. */
export const value: Hidden = (on) => !shows(on);
/** Attributes that carry words and that a show rule of the owner can show. */
export const words: Hidden = (on) => !ownerShows(on);
/** The page's own text. */
export const text: Hidden = (on) => allMasked(on) || (on.has("all text masked") && !shows(on));
/** Texts in style sheets of the head: no mark of the body is around them. */
export const sheetText: Hidden = (on) =>
  on.has("rule nobody can read") || (on.has("all text masked") && !shows(on));
/** Attributes of the head that carry words: the body's marks are not around them. */
export const headWords: Hidden = (on) =>
  on.has("rule nobody can read") || !on.has("show rule for everything");
/** What the page logs in plain words. */
export const logged: Hidden = (on) => !on.has("console recorded") || text(on);
/** Where the page asks the network for something. */
export const asked: Hidden = (on) => !on.has("network recorded");
/** The title of a page: where all text is masked only a rule of the owner shows it, in recordings. */
export const title: Hidden = (on) =>
  on.has("rule nobody can read") ||
  (on.has("all text masked") && !on.has("show rule for everything"));
/** A title under the mask rule. */
export const ruledTitle: Hidden = (on) => on.has("mask rule") || title(on);
/** What stands under the mask rule. */
export const underMaskRule: Hidden = (on) => on.has("mask rule") || text(on);
/** What stands under the block rule. */
export const underBlockRule: Hidden = (on) => on.has("block rule") || text(on);
/** The query key `q`. */
export const queryKey: Hidden = (on) => !on.has("query key kept");
/** The path of a blocked page; a page without rules cannot know, and the server drops it. */
export const blockedPath: Hidden = (on) =>
  on.has("blocked pages") && !on.has("rules that come late");
/**
 * What is typed into a frame and shown by the page itself: events hear of frames only from the
 * recorder.
 */
export const framed: Hidden = (on) =>
  value(on) && !on.has("events only") && !on.has("rules that come late");
/** What is shown whatever is set: the page's path, campaigns, a field under `data-hm-show`. */
export const shown: Hidden = () => false;
