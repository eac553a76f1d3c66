import type { Ack, Core } from "../../tracker/src/core";
import { gzip } from "./gzip";

/** Name and version of the recorder, and of our format: rrweb's events, masked. */
const RECORDER = "hitmetrix-1/1";
/** What a chunk holds, and one numbered piece of a larger one. */
const CHUNK_BYTES = 256 << 10;
/** What a body may hold to go out while the page is being left. */
const LEAVING_BYTES = 30 << 10;
/** What is too long for one such body, and can be in none. */
const LEAVING_MAX = 2 * LEAVING_BYTES;
/** A longer chunk is packed first and goes in pieces: as one body it might be too large to outlive the page. */
const WHOLE_MAX = 128 << 10;
/**
 * What the last two pieces hold: one outlives the page beside its events at any time, and both once it
 * is left. Browsers keep 64 KiB of bodies alive, all that a page has under way together.
 */
const PIECE_BYTES = 24_000;
/** What may wait for the network; beyond it the oldest chunks are given up. */
const WAITING_BYTES_MAX = 16 << 20;
/** Attempts to send a chunk; after the last it is given up and counted as lost. */
const ATTEMPTS_MAX = 5;
/** Pause after the first attempt that failed, give or take a half; each further one is twice as long. */
const RETRY_MS = 1000;
/** Who is told to wait longer is told to stop: what waits would fill the page's memory. */
const WAIT_MS_MAX = 600_000;
/** Bodies that are refused for what they hold before recording ends, unless a picture arrives. */
const REFUSALS_MAX = 3;
/** Refusals of the page or the site, not of one body. */
const CLOSED = [403, 404];

/** Numbers run per window, so over all times that recording begins again in it. */
let sequence = 0;

/** Lines that are being gathered into a chunk. */
interface Open {
  lines: string[];
  length: number;
  /** As the page was when its first line came. */
  envelope: Record<string, unknown>;
  /** When that was; 0 while there is none. */
  at: number;
}

/** A piece of a packed chunk that was not acknowledged yet. */
interface Piece {
  readonly at: readonly [index: number, count: number];
  readonly bytes: Uint8Array;
  going?: Promise<Ack | number> | undefined;
}

interface Chunk {
  envelope: Record<string, unknown>;
  lines: string;
  /** What is left of it, once it is packed and too large for one body. */
  pieces?: readonly Piece[] | undefined;
  /** Pictures and fonts: without them a replay lacks nothing else. */
  isAside: boolean;
  /** What the server has was left out. */
  isShort?: boolean;
  busy: boolean;
  /** It is on its way so that it outlives the page. */
  kept?: boolean;
  /** Ends the wait for what the server has of it. */
  hurry?: () => void;
  attempts: number;
}

/** Takes the recorder's events as lines and brings them to the server in chunks. */
export interface Sender {
  /** Adds one event; pictures and fonts go in chunks of their own, after what shows them. */
  add(line: string, isAside?: boolean): void;
  /** Ends the open chunk and sends what waits. */
  flush(): void;
  /** The page is hidden or left: as much as may goes out so that it survives. */
  leave(): void;
  /** Bytes taken so far in this session. */
  bytes(): number;
  /** When the open chunk began, by the core's clock; 0 when there is none. */
  openedAt(): number;
}

/** Who hears of what, and what a chunk says of its page. */
export interface Around {
  /** Address of the page, as it may leave it. */
  url(): string;
  /** An answer came. */
  answered(ack: Ack): void;
  /** A chunk was lost, so that a new snapshot is needed. */
  broken(): void;
  /**
   * The server takes no more, with that status: nothing is sent any more. Where it refused bodies for
   * what they hold, and may take another one, what is added now goes out as a last one, once.
   */
  refused(status: number): void;
  /** A body was packed, which took so many milliseconds. */
  packed(ms: number): void;
  /** The lines with less in them, where the server has what is left out; null where there is nothing to leave out. */
  shorten(lines: string): Promise<string> | null;
}

/** A sender: begins a chunk with the first line, and ends it by size, time or leaving. */
export function createSender(
  core: Core,
  { url, answered, broken, refused, packed, shorten }: Around,
): Sender {
  const events = open();
  const assets = open();
  let total = 0;
  let pumping = false;
  let refusals = 0;
  let over = false;
  const waiting: Chunk[] = [];

  const put = (into: Open, line: string) => {
    if (!into.at) {
      into.at = core.now();
      const mode = core.mode();
      // The ids of the moment when the chunk began: a new session may begin while it waits.
      const { visitor, session } = mode === "persistent" ? core.identity() : {};
      into.envelope = { mode, visitor, session, recorder: RECORDER, url: url() };
    }
    into.lines.push(line);
    into.length += line.length + 1;
  };
  const cut = (from: Open) => {
    if (!from.lines.length) return;
    waiting.push({
      envelope: { ...from.envelope, sequence: sequence++ },
      lines: from.lines.join("\n"),
      isAside: from === assets,
      busy: false,
      attempts: 0,
    });
    Object.assign(from, open());
    let bytes = waiting.reduce((sum, { lines }) => sum + lines.length, 0);
    while (bytes > WAITING_BYTES_MAX && waiting.length > 1) {
      const at = waiting.findIndex(({ busy }) => !busy);
      if (at < 0) break;
      bytes -= waiting[at]?.lines.length ?? 0;
      give(at);
    }
  };
  const give = (at: number) => {
    waiting.splice(at, 1);
    core.lost(1);
    broken();
  };
  /** Takes an answer in; the milliseconds to wait before the same chunk goes again, if it does. */
  const settle = (chunk: Chunk, answer: Ack | number): number => {
    const at = waiting.indexOf(chunk);
    // It went twice, as a page was left, and the other has its answer.
    if (at < 0) return 0;
    if (typeof answer === "object") {
      // A refused body asks for a picture: others that arrive meanwhile mend nothing.
      if (chunk.lines.startsWith('{"type":4,')) refusals = 0;
      waiting.splice(at, 1);
      answered(answer);
      return 0;
    }
    // The last one, which said that the others were refused, was so too.
    if (over) {
      waiting.splice(at, 1);
      core.lost(1);
      return 0;
    }
    const wait = Math.max(-1000 * answer, RETRY_MS * 2 ** ++chunk.attempts * (0.5 + Math.random()));
    const isRefused = answer > 0;
    if (isRefused) refusals++;
    if (CLOSED.includes(answer) || refusals >= REFUSALS_MAX || wait > WAIT_MS_MAX) {
      cut(events);
      cut(assets);
      core.lost(waiting.length);
      waiting.length = 0;
      over = CLOSED.includes(answer) || !isRefused;
      refused(answer);
      over = true;
      return 0;
    }
    if (isRefused || chunk.attempts >= ATTEMPTS_MAX) give(at);
    return isRefused ? 0 : wait;
  };
  const pump = async () => {
    if (pumping) return;
    pumping = true;
    try {
      for (;;) {
        const chunk = waiting.find(({ busy }) => !busy);
        // Rules go with a refusal, and so does what waits.
        if (!chunk || !core.rules()) return;
        chunk.busy = true;
        if (!(chunk.isAside || chunk.isShort)) {
          chunk.isShort = true;
          const { lines } = chunk;
          const shorter = shorten(lines);
          if (shorter) {
            chunk.lines = await new Promise((done) => {
              chunk.hurry = () => done(lines);
              shorter.then(done, chunk.hurry);
            });
            // Meanwhile it may have gone whole, as the page was left, or the visitor refused.
            chunk.busy = !!chunk.kept;
            continue;
          }
        }
        const answer = await transmit(core, chunk, packed);
        chunk.busy = false;
        const wait = settle(chunk, answer);
        if (wait) await pause(wait);
      }
    } finally {
      pumping = false;
    }
  };
  return {
    add(line, isAside) {
      if (over) return;
      const into = isAside ? assets : events;
      const size = line.length;
      if (into.length + size > CHUNK_BYTES) cut(into);
      put(into, line);
      total += size;
      if (into.length > CHUNK_BYTES) cut(into);
      void pump();
    },
    flush() {
      cut(events);
      cut(assets);
      void pump();
    },
    leave() {
      if (!core.rules()) return;
      // Small chunks: what survives the page is limited, and each that fits is a gain.
      const { lines, envelope, at } = events;
      Object.assign(events, open());
      for (const line of lines) {
        if (events.length + line.length > LEAVING_BYTES) cut(events);
        Object.assign(events, { envelope, at });
        put(events, line);
      }
      cut(events);
      // More of them waits for whether the page lives on; no number is missing if it does not.
      if (assets.length < LEAVING_BYTES) cut(assets);
      // What may be cut off on its way goes once more, and counts once; after what did not go yet.
      const turn = ({ pieces, busy }: Chunk) => (pieces ? -1 : +busy);
      for (const chunk of [...waiting].sort((one, other) => turn(one) - turn(other))) {
        const { pieces, isAside } = chunk;
        if (pieces && !isAside) {
          // All of them are of use, or none.
          const bytes = pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
          if (bytes <= 2 * PIECE_BYTES)
            for (const piece of pieces)
              void go(core, chunk, piece).then((answer) => {
                // Where the pump pauses, nobody else hears that the last one came.
                if (!chunk.pieces?.length) settle(chunk, answer);
              });
          continue;
        }
        const isLarge = chunk.lines.length > LEAVING_MAX;
        // Packed it may still arrive: every moment counts.
        if (isLarge) chunk.hurry?.();
        // In place of a large picture goes a line that tells nothing new: nothing else is missing then.
        const isStandIn = isLarge && isAside;
        const told = isStandIn ? lines.at(-1) : chunk.lines;
        if (chunk.kept || !told || told.length > LEAVING_MAX) continue;
        chunk.kept = chunk.busy = true;
        void core.send("/r/", chunk.envelope, told, { keepalive: true }).then((answer) => {
          chunk.kept = chunk.busy = false;
          // The page lives on, and so does the picture.
          if (isStandIn && typeof answer === "object" && waiting.includes(chunk))
            waiting.push({
              ...chunk,
              pieces: undefined,
              envelope: { ...chunk.envelope, sequence: sequence++ },
            });
          settle(chunk, answer);
          void pump();
        });
      }
      void pump();
    },
    bytes: () => total,
    openedAt: () => events.at || assets.at,
  };
}

function open(): Open {
  return { lines: [], length: 0, envelope: {}, at: 0 };
}

/** Sends one chunk, in pieces when it is too large for one body: those that are not there yet. */
async function transmit(
  core: Core,
  chunk: Chunk,
  packed: (ms: number) => void,
): Promise<Ack | number> {
  const { envelope, lines, isAside } = chunk;
  if (!chunk.pieces) {
    // Packed it is small enough to outlive the page.
    if (lines.length <= (isAside ? CHUNK_BYTES : WHOLE_MAX))
      return core.send("/r/", envelope, lines, { gzip: true, keepalive: true, packed });
    const plain = new TextEncoder().encode(lines);
    const from = core.now();
    chunk.pieces = piecesOf((await gzip(plain)) ?? plain);
    packed(core.now() - from);
  }
  let answer: Ack | number = 0;
  for (let [first] = chunk.pieces; first; [first] = chunk.pieces) {
    answer = await go(core, chunk, first);
    if (typeof answer === "number") break;
  }
  return answer;
}

/** Cuts a packed chunk: what can outlive the page comes last. */
function piecesOf(bytes: Uint8Array): readonly Piece[] {
  const { length } = bytes;
  const ends: number[] = [];
  for (let rest = length - 2 * PIECE_BYTES; rest > 0; rest -= CHUNK_BYTES) ends.unshift(rest);
  const last = ends.at(-1) ?? 0;
  ends.push(last + Math.ceil((length - last) / 2), length);
  return ends.map((end, index) => ({
    at: [index, ends.length],
    bytes: bytes.subarray(ends[index - 1] ?? 0, end),
  }));
}

/** Sends a piece, unless it is on its way. */
function go(core: Core, chunk: Chunk, piece: Piece): Promise<Ack | number> {
  piece.going ??= core
    .send("/r/", { ...chunk.envelope, piece: piece.at }, piece.bytes, { keepalive: true })
    .then((answer) => {
      piece.going = undefined;
      if (typeof answer === "object")
        chunk.pieces = chunk.pieces?.filter((other) => other !== piece);
      return answer;
    });
  return piece.going;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
