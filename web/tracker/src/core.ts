/**
 * What the core of the tracker (`/t.js`) gives to the files that come after it: the second file
 * (`/x.js`), the recorder (`/r.js`) and web vitals (`/v.js`). These names cross file boundaries,
 * so they are never mangled. Types only: nothing here reaches the page.
 */
import type { ChunkAck, PageRules, PageSurvey } from "../../wire/src/api.ts";

export type { PageSurvey };

/** The privacy mode of a page that sends. `none` never gets as far as a core. */
export type Mode = "cookieless" | "persistent";

/** Properties of an event; the server checks them, the page only serialises them. */
export type Properties = Record<string, unknown>;

/** Body of `GET /c/{key}`: the rules of one site for its pages. */
export type Rules = PageRules;

/** First line of a body for `/e/{key}` and `/r/{key}`. */
export interface Envelope {
  v: 1;
  /** 32 hex digits: one page load in one tab. */
  window: string;
  /** 32 hex digits, persistent mode only. */
  visitor?: string;
  /** 32 hex digits, persistent mode only. */
  session?: string;
  mode: Mode;
  /** The sender's clock at this attempt, milliseconds since the epoch. */
  sent_ms: number;
  /** Width and height of the screen in CSS pixels. */
  screen?: [number, number];
  gpc?: boolean;
  dnt?: boolean;
  /** The browser says that a program drives it. */
  automated?: boolean;
  /** Events and chunks given up that no other envelope has told. Events only. */
  lost?: number;
  /** Version of the tracker. */
  tracker: string;
}

/** Each further line of a body for `/e/{key}`. */
export interface EventLine {
  name: string;
  /** Runs per window over all event names, from 0. */
  sequence: number;
  /** The sender's clock, milliseconds since the epoch. */
  time_ms: number;
  /** Absolute, already cut to the address rule. */
  url: string;
  /** Pageviews only. */
  referrer?: string;
  title?: string;
  properties?: Properties;
}

/** What is read of the server's answer: to events the session and surveys, to chunks all of it. */
export type Ack = Pick<ChunkAck, "session"> &
  Partial<Pick<ChunkAck, "snapshot" | "watched" | "wanted" | "sheets">> & {
    /** Surveys that the session was shown, where the browser keeps nothing. */
    surveys?: string[];
  };

/** How a body goes out. */
export interface SendOptions {
  /** Outlives the page. Counts against the 60 KB that may be in flight so. */
  keepalive?: boolean;
  /** Compress a large body, where the browser can: that takes a moment, which a page that is being left does not have. */
  gzip?: boolean;
  /** Told how many milliseconds compressing took. */
  packed?(ms: number): void;
}

/** A page event as it was when it happened; the path of an event is empty afterwards. */
export interface Seen {
  // biome-ignore lint/suspicious/noExplicitAny: the event's type follows from its name, which is data here
  event: any;
  /** From the innermost element outwards, through open shadow roots. */
  path: EventTarget[];
  /** Epoch milliseconds. */
  time: number;
}

/** The handle of the running tracker. */
export interface Core {
  /** Write key of the site. */
  readonly key: string;
  /** Origin of the server, without a slash at its end. */
  readonly origin: string;
  /** The site's rules; nothing true until they came, when they did not come in time, and after a stop: then nothing is recorded. */
  rules(): Rules | null;
  /** The mode in force now. */
  mode(): Mode;
  /** Global Privacy Control or Do Not Track applies: cookieless, no recording. */
  refused(): unknown;
  /** 32 hex digits: this page load in this tab. */
  readonly window: string;
  /** The ids in force now. `session` is absent in cookieless mode until the first answer. */
  identity(): Identity;
  /** Resolves with the id of the session as soon as there is one. */
  session(): Promise<string>;
  /** Calls back after a new session began in this window; returns what ends that. */
  onNewSession(callback: () => void): () => void;
  /** Queues an event. `url` is that of the page and `time` is now unless given. */
  emit(name: string, properties?: Properties, url?: string, time?: number): void;
  /** Cuts an address to the address rule; what is no address becomes "". */
  address(url: string): string;
  /** Adds to the count of what was given up, which the next envelope reports. */
  lost(count: number): void;
  /**
   * Sends one body. `envelope` adds to the standard envelope (window, ids, mode, times) and wins
   * over it; `lines` follow after a line feed. Resolves with the answer; else with a number:
   * above 0 it is the status of a refusal for good, else minus the seconds to wait before the next
   * try. Retrying is the caller's.
   */
  send(
    path: "/e/" | "/r/",
    envelope: Record<string, unknown>,
    lines: string | Uint8Array,
    options?: SendOptions,
  ): Promise<Ack | number>;
  /** Calls back each time the page is hidden or left: the last moment to send something. */
  onHide(callback: () => void): void;
  /** The events that wait: who sends much at that moment flushes them first, as the room is limited. */
  readonly queue: Pick<Queue, "flush">;
  /**
   * Values typed on this page, oldest first, in memory only: they are masked wherever else they
   * turn up. The recorder adds what is typed in frames.
   */
  typed(): string[];
  /** Epoch milliseconds that never run backwards. */
  now(): number;
}

/** Events on their way that share window, visitor, session and mode. */
export interface Batch {
  /** The part of the envelope that must not change later, as JSON without braces. */
  sender: string;
  lines: string;
  /** It is under way just now. */
  flying?: boolean;
  /** Where the second file stored it. */
  id?: string;
}

/** What waits to be acknowledged. */
export interface Queue {
  batches: Set<Batch>;
  /** What was given up since the last acknowledged envelope. */
  lost: number;
  add(sender: string, line: string, delayMs: number): void;
  /** Sends what waits, after a pause. */
  schedule(delayMs: number): void;
  /** Sends all that is not on its way. `isLeaving`: the page may not live to see the answer. */
  flush(isLeaving?: boolean): void;
}

/**
 * What the core leaves to the second file. Until that has come, the core does without, in the way
 * that gives the least away.
 */
export interface Hooks {
  /** Takes typed values out of an address, or out of another text ("" if it has one). */
  mask(text: string, isAddress?: boolean): string;
  /** What `page_leave` tells; nothing when there is nothing new to tell. */
  left(isHiding?: boolean): Properties | undefined;
  /** A page event of one of the watched types. */
  seen(seen: Seen): void;
  /** The page is hidden or left. */
  hide(): void;
  /** A page was counted. */
  page?(): void;
  /** A new session began in this window. */
  session?(): void;
  /** A batch could not be delivered yet, or is settled. */
  kept?(batch: Batch, isDone?: boolean): void;
  /** The visitor's consent ended: nothing may stay on the device. */
  forget?(): void;
  /** The tracker stops for good. */
  stop?(): void;
}

/** Who the visitor is and which session runs. */
export interface Identity {
  /** Only persistent pages have one. */
  visitor?: string | undefined;
  session?: string | undefined;
}

/** What the second file gets of the core: enough to make a [`Core`] of it. */
export interface Base {
  key: string;
  origin: string;
  /** 32 hex digits: this page load in this tab. */
  window: string;
  rules: Rules | null;
  /** Nobody may be known beyond the day: the visitor refuses, or the site allows no more. With a 0: the visitor alone. */
  refused(capped?: unknown): unknown;
  identity: Identity;
  session(): Promise<string>;
  emit: Core["emit"];
  address(url: string): string;
  queue: Queue;
  now(): number;
  /** How long events wait for others. */
  delay: number;
  /** Name of this site's data on the device. */
  name: string;
  hooks: Hooks;
  /** Page events since the start of the tracker. */
  early: Seen[];
  /** Names of events that happened on this page load. */
  seen: Record<string, unknown>;
  /** When the engaged time of the page began that nobody has reported yet. */
  since: number;
  /** Counts the page if its address has changed, or in any case. */
  settle(time?: number, isNew?: boolean): void;
  /** One envelope, with more members. */
  envelope(more: Record<string, unknown>): string;
  post(path: string, body: string | Blob, keepalive: boolean): Promise<Ack | number>;
}
