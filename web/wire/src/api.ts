// The nouns of the HTTP API as the dashboard reads them. Field by field the same as crates/model
// and the OpenAPI document; times are UTC milliseconds, ids 32 hexadecimal digits.

export type Dimension =
  | "event"
  | "host"
  | "page"
  | "title"
  | "referrer"
  | "channel"
  | "source"
  | "medium"
  | "campaign"
  | "term"
  | "content"
  | "country"
  | "browser"
  | "browser_version"
  | "system"
  | "system_version"
  | "device"
  | "language"
  | "bot"
  | "entry_page"
  | "exit_page";

export type QuestionKind = "totals" | "trend" | "breakdown" | "sessions";

export type Measure =
  | "persons"
  | "visitors"
  | "sessions"
  | "pageviews"
  | "events"
  | "bounce_rate"
  | "engaged_time"
  | "pages_per_session";

export type Unit = "count" | "share" | "ms" | "time_ms" | "ratio" | "text" | "id" | "boolean";

export type Interval = "minute" | "hour" | "day" | "week" | "month";

export type Period =
  | { last: string }
  | { from: string; to: string }
  | { from_ms: number; to_ms: number };

export type Compare = "none" | "previous";

export type Bots = "exclude" | "include" | "only";

export type Operator = "is" | "is_not" | "contains" | "does_not_contain";

export interface Filter {
  dimension: Dimension;
  operator: Operator;
  values: string[];
}

export interface Question {
  kind: QuestionKind;
  period: Period;
  time_zone?: string;
  compare?: Compare;
  measures?: Measure[];
  interval?: Interval;
  dimension?: Dimension;
  filters?: Filter[];
  bots?: Bots;
  limit?: number;
}

export interface Column {
  name: string;
  unit: Unit;
}

export type Cell = number | string | boolean | null;

export interface ResolvedPeriod {
  from_ms: number;
  to_ms: number;
}

export interface Answer {
  columns: Column[];
  rows: Cell[][];
  rows_total: number;
  period: ResolvedPeriod;
  previous?: ResolvedPeriod;
  time_zone: string;
  interval?: Interval;
  data_version: string;
  rows_scanned: number;
  bot_events: number;
  lost_events: number;
  took_us: number;
  missing: string[];
}

export interface Rules {
  v: number;
  record: boolean;
  sample: number;
  blocked: string[];
  query_keys: string[];
  hash_routes: boolean;
  mask_text: boolean;
  respect_dnt: boolean;
  mask: string[];
  block: string[];
  show: string[];
}

export interface SiteSettings {
  rules: Rules;
  session_idle_ms: number;
  recording_days: number;
  event_days: number;
  recording_min_ms: number;
  recording_bytes_a_day: number;
  check_origin: boolean;
  count_automated: boolean;
  unverified_identify: boolean;
}

export interface Site {
  id: number;
  name: string;
  domains: string[];
  key: string;
  time_zone: string;
  created_at_ms: number;
  demo: boolean;
  settings: SiteSettings;
}

export type Role = "admin" | "editor" | "viewer";

export interface Me {
  user: { id: number | string; email: string; owner: boolean };
  sites: { site: Site; role: Role }[];
  version: string;
  demo_shop: string | null;
}

export interface Installation {
  first_event_ms: number | null;
  last_event_ms: number | null;
  origin: string;
  key: string;
}

export interface LiveSession {
  session: string;
  visitor: string;
  person: string;
  page: string;
  title: string;
  country: string;
  browser: string;
  system: string;
  device: string;
  channel: string;
  source: string;
  started_ms: number;
  last_ms: number;
  pageviews: number;
  events: number;
  recorded: boolean;
}

export interface LiveEvent {
  time_ms: number;
  name: string;
  page: string;
  session: string;
  text: string;
}

export interface Live {
  now_ms: number;
  data_version: string;
  people_now: number;
  sessions: LiveSession[];
  recent: LiveEvent[];
}

export interface Page {
  host: string;
  path: string;
  query: string;
  title: string;
}

export type Properties = Record<string, unknown>;

export interface SessionEvent {
  time_ms: number;
  name: string;
  sequence: number;
  window: string;
  page: Page;
  properties: Properties;
  unverified: boolean;
}

export interface RecordingSummary {
  session: string;
  visitor: string;
  started_ms: number;
  ended_ms: number;
  chunks: number;
  chunks_missing: number;
  stored_bytes: number;
  playable: boolean;
  path: string;
}

export interface RecordingRow extends RecordingSummary {
  country: string;
  browser: string;
  system: string;
  device: string;
  pageviews: number;
  events: number;
  errors: number;
  rage_clicks: number;
}

export interface ChunkRow {
  window: string;
  sequence: number;
  first_ms: number;
  last_ms: number;
  events: number;
  snapshot: boolean;
  stored_bytes: number;
  path: string;
  recorder: string;
}

export interface SessionDetail {
  session: string;
  visitor: string;
  person: string;
  started_ms: number;
  ended_ms: number;
  mode: "cookieless" | "persistent";
  country?: string;
  browser?: string;
  browser_version?: string;
  system?: string;
  system_version?: string;
  device?: string;
  language?: string;
  screen_px?: [number, number];
  bot?: string;
  referrer?: string;
  channel?: string;
  source?: string;
  medium?: string;
  campaign?: string;
  events: SessionEvent[];
  recording: RecordingSummary | null;
}

export interface RecordingDetail {
  summary: RecordingSummary;
  chunks: ChunkRow[];
}

export type TokenScope = "ingest" | "read" | "admin";

export interface Token {
  id: number | string;
  name: string;
  scope: TokenScope;
  created_at_ms?: number;
  last_used_ms?: number | null;
}

export interface Member {
  user: number | string;
  email: string;
  role: Role;
}

export interface User {
  id: number | string;
  email: string;
  owner: boolean;
  created_at_ms?: number;
  invited?: boolean;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
}
