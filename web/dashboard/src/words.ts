// The words for what the API names: one word per idea, the same on every screen.
import type { Dimension, Measure, Operator, Role, TokenScope } from "@hitmetrix/wire";
import type { Filter } from "./question.ts";

interface DimensionWords {
  one: string;
  many: string;
}

const DIMENSION: Record<Dimension, DimensionWords> = {
  event: { one: "Event", many: "Events" },
  host: { one: "Host", many: "Hosts" },
  page: { one: "Page", many: "Pages" },
  title: { one: "Title", many: "Titles" },
  referrer: { one: "Referrer", many: "Referrers" },
  channel: { one: "Channel", many: "Channels" },
  source: { one: "Source", many: "Sources" },
  medium: { one: "Medium", many: "Media" },
  campaign: { one: "Campaign", many: "Campaigns" },
  term: { one: "Term", many: "Terms" },
  content: { one: "Content", many: "Contents" },
  country: { one: "Country", many: "Countries" },
  browser: { one: "Browser", many: "Browsers" },
  browser_version: { one: "Browser version", many: "Browser versions" },
  system: { one: "System", many: "Systems" },
  system_version: { one: "System version", many: "System versions" },
  device: { one: "Device", many: "Devices" },
  language: { one: "Language", many: "Languages" },
  bot: { one: "Bot", many: "Bots" },
  entry_page: { one: "Entry page", many: "Entry" },
  exit_page: { one: "Exit page", many: "Exit" },
};

interface MeasureWords {
  name: string;
  column: string;
  counted: string;
}

export const MEASURE: Record<Measure, MeasureWords> = {
  persons: {
    name: "Persons",
    column: "Persons",
    counted:
      "Different humans with at least one counted event. A visitor whom nobody identified is one person; identified visitors are joined.",
  },
  visitors: {
    name: "Visitors",
    column: "Visitors",
    counted: "Different browsers with at least one counted event.",
  },
  sessions: {
    name: "Sessions",
    column: "Sessions",
    counted:
      "One visitor's events with no gap over the site's idle limit, usually 30 minutes. A session counts where it starts.",
  },
  pageviews: {
    name: "Pageviews",
    column: "Views",
    counted:
      "Pages that were shown, in plain pages and in single-page apps. A reload counts again.",
  },
  events: {
    name: "Events",
    column: "Events",
    counted: "Everything that happened, but for automatic measurements like leaving a page.",
  },
  bounce_rate: {
    name: "Bounce rate",
    column: "Bounce",
    counted:
      "Share of sessions with one pageview, less than 10 seconds engaged and no event of the site's own.",
  },
  engaged_time: {
    name: "Engaged time, median",
    column: "Engaged",
    counted:
      "The middle session's time with the page in view and the visitor doing something. Half of the sessions are longer.",
  },
  session_duration: {
    name: "Session duration",
    column: "Duration",
    counted:
      "Median time from a session's first to its last event, tabs in the background included. Half of the sessions were shorter.",
  },
  pages_per_session: {
    name: "Pages a session",
    column: "Pages",
    counted: "Pageviews divided by sessions.",
  },
};

/** What those behind a number did, after how many they are. */
export const BEHIND: Record<Measure, string> = {
  persons: "came",
  visitors: "came",
  sessions: "came",
  pageviews: "saw pages",
  events: "did something",
  bounce_rate: "bounced",
  engaged_time: "came",
  session_duration: "came",
  pages_per_session: "came",
};

export const INTERVAL = {
  minute: "Minute",
  hour: "Hour",
  day: "Day",
  week: "Week",
  month: "Month",
} as const;

const OPERATOR: Record<Operator, string> = {
  is: "is",
  is_not: "is not",
  contains: "contains",
  does_not_contain: "does not contain",
  starts: "starts with",
  matches: "matches",
  alike: "is like",
  greater: "is over",
  less: "is under",
  between: "is between",
  set: "is set",
  not_set: "is not set",
};

export const ROLE: Record<Role, { name: string; can: string }> = {
  admin: { name: "Admin", can: "sees everything, changes the site, its members and tokens" },
  editor: { name: "Editor", can: "sees everything, changes what is measured, not who may" },
  viewer: { name: "Viewer", can: "sees everything, changes nothing" },
};

export const SCOPE: Record<TokenScope, { name: string; can: string }> = {
  ingest: { name: "Ingest", can: "sends events from a server, reads nothing" },
  read: { name: "Read", can: "asks questions and reads sessions, changes nothing" },
  admin: { name: "Admin", can: "does what an admin of this site can do" },
};

export function dimensionName(dimension: Dimension): string {
  return DIMENSION[dimension].one;
}

export function dimensionTab(dimension: Dimension): string {
  return DIMENSION[dimension].many;
}

export function operatorName(operator: Operator): string {
  return OPERATOR[operator];
}

const regions = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });
const languages = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });

function named(names: Intl.DisplayNames, code: string): string {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}

const EVENT: Record<string, string> = {
  pageview: "Pageview",
  page_leave: "Left a page",
  consent: "Consented",
  click: "Click",
  outbound: "Outbound link",
  download: "Download",
  form_view: "Form seen",
  form_focus: "Form field focused",
  form_change: "Form field changed",
  form_error: "Error at a form field",
  form_submit: "Form submitted",
  form_abandon: "Form abandoned",
  error: "JavaScript error",
  rage_click: "Rage click",
  dead_click: "Dead click",
  thrash: "Shaken pointer",
  web_vital: "Web vital",
  survey_shown: "Survey shown",
  survey_answered: "Survey answered",
  survey_dismissed: "Survey closed",
  request: "Request of the server",
  identify: "Identified",
  group: "Joined an account",
  alias: "Alias",
};

/** What can be wrong with a field: flags of the browser's ValidityState, or the page's own mark. */
const ERROR_KIND: Record<string, string> = {
  valueMissing: "left empty",
  typeMismatch: "no valid address",
  patternMismatch: "not in the form that is wanted",
  tooLong: "too long",
  tooShort: "too short",
  rangeUnderflow: "too small",
  rangeOverflow: "too large",
  stepMismatch: "between two allowed values",
  badInput: "cannot be read",
  customError: "refused by the page",
  aria: "marked by the page",
  invalid: "wrong",
};

export function errorKind(kind: string): string {
  return ERROR_KIND[kind] ?? kind;
}

/** True for names that the tracker gives, not the site. */
export function isOwnEvent(name: string): boolean {
  return !(name in EVENT);
}

/** What a visit may well be without: to lack it is no lack of knowledge. */
const LACKED: ReadonlySet<Dimension> = new Set(["campaign", "term", "content", "medium"]);

/** Whether the value says that there is none. */
export function isLack(dimension: Dimension, value: string): boolean {
  return value === "" && LACKED.has(dimension);
}

/** A dimension's value in words; the value itself stays what filters and addresses carry. */
export function valueName(dimension: Dimension, value: string): string {
  if (isLack(dimension, value)) return `No ${dimensionName(dimension).toLowerCase()}`;
  if (value === "") return "Unknown";
  if (dimension === "country") return named(regions, value);
  if (dimension === "language") return named(languages, value);
  if (dimension === "device") return value.charAt(0).toUpperCase() + value.slice(1);
  if (dimension === "event") return EVENT[value] ?? value;
  return value;
}

/** The same behind the dimension's name. */
export function saidValue(dimension: Dimension, value: string): string {
  return isLack(dimension, value) ? "none" : valueName(dimension, value);
}

export function filterWords(filter: Filter): { subject: string; verb: string; values: string } {
  const names = filter.values.map((value) => saidValue(filter.dimension, value));
  const values =
    names.length > 3
      ? `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`
      : names.join(filter.operator.endsWith("t") ? " or " : ", ");
  return {
    subject: dimensionName(filter.dimension).toLowerCase(),
    verb: filter.operator === "is" ? "" : operatorName(filter.operator),
    values,
  };
}

/** `Safari 26, Mac · 1280 × 800` */
export function deviceWords(facts: {
  browser?: string;
  browser_version?: string;
  system?: string;
  device?: string;
}): string {
  const browser = [facts.browser, facts.browser_version].filter(Boolean).join(" ");
  return (
    [browser, facts.system || (facts.device ? valueName("device", facts.device) : "")]
      .filter(Boolean)
      .join(", ") || "Unknown browser"
  );
}

export function originWords(facts: { channel?: string; source?: string }): string {
  const channel = facts.channel || "Unknown channel";
  return facts.source && facts.source.toLowerCase() !== channel.toLowerCase()
    ? `${channel}, ${facts.source}`
    : channel;
}

/** What a person is where the site's privacy mode keeps nobody beyond the day. */
export const COOKIELESS_PERSON =
  "This site is cookieless: a person is one browser on one day, unless your own server or an import names it.";
