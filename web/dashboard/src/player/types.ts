/** What a player needs and tells: chunks come from anywhere, the dashboard fetches them. */

/** Chunks that lie together, as `GET …/recordings/{session}` lists them: one or several. */
export interface Chunk {
  window: string;
  /** Number of the first within the page load. */
  sequence: number;
  /** Number of the last. */
  last_sequence: number;
  first_ms: number;
  last_ms: number;
  events: number;
  /** It begins with a snapshot of the recorder. */
  snapshot: boolean;
  /** What `load` gives begins with a keyframe of the server, from which a player can start too. */
  keyframe: boolean;
  path: string;
}

/** Where a recording comes from. */
export interface RecordingSource {
  readonly chunks: readonly Chunk[];
  /** What the visitor did where, as far as it is known: of several tabs that one was in front. */
  readonly acts?: readonly { window: string; time_ms: number }[];
  /**
   * The chunk's events as JSON lines, after its keyframe. Called when it is needed, and again after
   * a pause when it throws: for ever broken is only what throws an error with `code: "corrupt"` or a
   * `status` as HTTP has it that no further try would change.
   */
  load(chunk: Chunk): Promise<string>;
}

/** A stretch of time, in milliseconds from the beginning of the recording. */
export interface Stretch {
  from_ms: number;
  to_ms: number;
}

/** A stretch of which something is missing. */
export interface Gap extends Stretch {
  /** Chunks that are missing there, as far as their numbers tell. */
  missing: number;
  /**
   * `start`: before the first snapshot of a page; `hole`: chunks never came; `damaged`: what was
   * stored cannot be read; `gone`: it is not there any more.
   */
  reason: "start" | "hole" | "damaged" | "gone";
}

/** One page of the session. */
export interface Page extends Stretch {
  window: string;
  path: string;
}

export type Status = "loading" | "playing" | "paused" | "ended" | "failed";

export interface State {
  status: Status;
  /** Why it failed, or why loading takes longer, in plain words. */
  message?: string;
}

/** What `on` tells, by name. */
export interface PlayerEvents {
  /** Position in milliseconds from the beginning. */
  time: number;
  state: State;
  /** All gaps known by now. */
  gap: readonly Gap[];
  /** The page that is on the screen now. */
  page: Page;
  /** Width and height of the recorded viewport in CSS pixels. */
  size: { width: number; height: number };
  /** Inactivity was skipped, from here to there. */
  skip: Stretch;
  /** The recording has grown; its new length. */
  length: number;
  /** A chunk has come: when anything was recorded in it, epoch milliseconds. */
  active: { chunk: Chunk; spans: readonly [from_ms: number, to_ms: number][] };
  /** The recorder said why it ended, there; told when that is loaded. */
  stop: { at_ms: number; reason: string; status: number };
}

export interface Player {
  /** Length of the recording in milliseconds. */
  readonly duration: number;
  /** Time of its beginning, UTC, milliseconds since the epoch. */
  readonly started_ms: number;
  readonly pages: readonly Page[];
  readonly gaps: readonly Gap[];
  /** Position in milliseconds from the beginning. */
  readonly position: number;
  readonly state: State;
  play(): void;
  pause(): void;
  /** Resolves when the picture at that time stands. */
  seek(ms: number): Promise<void>;
  /** Loads what a seek to that time would need, so that its picture comes sooner. */
  prepare(ms: number): void;
  speed(factor: number): void;
  skipInactivity(skip: "on" | "off"): void;
  /** Takes in what came since. */
  extend(chunks: readonly Chunk[], acts: RecordingSource["acts"]): void;
  /** Stays where the recording ends, and waits there for what comes. */
  follow(follow: "on" | "off"): void;
  /** Calls back on each event of that name; returns what ends that. */
  on<Name extends keyof PlayerEvents>(
    name: Name,
    callback: (value: PlayerEvents[Name]) => void,
  ): () => void;
  destroy(): void;
}

/** A recorder event as it is stored. */
export interface RecordedEvent {
  type: number;
  timestamp: number;
  data: Record<string, unknown>;
  /** The server made it: part of the keyframe before its chunk. */
  made?: true;
}
