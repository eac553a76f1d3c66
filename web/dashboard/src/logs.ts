// What a recorded page logged and asked of the network, read out of the recorder's events. The
// lines come with the recording, chunk by chunk, so that they are where the recording is: on a
// shared page and in a file as well.
import { faultOf } from "./player/fault.ts";
import type { Chunk } from "./player/index.ts";
import { retry } from "./player/retry.ts";

export interface ConsoleLine {
  time_ms: number;
  level: "log" | "info" | "warn" | "error" | "debug";
  text: string;
}

export interface Asked {
  time_ms: number;
  method: string;
  href: string;
  /** 0 where nobody knows. */
  status: number;
  duration_ms: number;
  bytes: number;
  kind: string;
}

/** Lines that the recorder left out because they were too many, by what they are. */
export interface LeftOut {
  console: number;
  errors: number;
  network: number;
}

/** What one chunk tells: its lines, and each time how many were left out so far. */
interface Read {
  console: ConsoleLine[];
  network: Asked[];
  left: LeftOut[];
}

export interface Logs {
  console: ConsoleLine[];
  network: Asked[];
  left: LeftOut;
  /** Chunks that were read, and how many there are. */
  read: number;
  of: number;
  /** Chunks that cannot be, however often one asks. */
  broken: number;
  /** The server is not reached: it is asked again, or was often enough. */
  away: "" | "trying" | "given-up";
}

const NONE_LEFT: LeftOut = { console: 0, errors: 0, network: 0 };
export const NO_LOGS: Logs = {
  console: [],
  network: [],
  left: NONE_LEFT,
  read: 0,
  of: 0,
  broken: 0,
  away: "",
};

/** A request that went wrong: an answer that is an error, or none. */
export function isFailed({ status, kind }: Pick<Asked, "status" | "kind">): boolean {
  return status >= 400 || (status === 0 && kind !== "resource");
}

/** Host and path of an address; what is none is shown as it is. */
export function placeOf(href: string): { host: string; path: string } {
  const [, host = "", path = ""] = /^https?:\/\/([^/?#]+)([^?#]*)/.exec(href) ?? [];
  return host ? { host, path: path || "/" } : { host: "", path: href };
}

/** The lines of one chunk. */
export function logsIn(lines: string): Read {
  const found: Read = { console: [], network: [], left: [] };
  const number = (value: unknown) => (typeof value === "number" ? value : 0);
  for (const line of lines.split("\n")) {
    if (!/hm-console|hm-network|hm-cost/.test(line)) continue;
    const event = parse(line);
    const { tag, payload } = event?.data ?? {};
    if (event?.type !== 5 || !payload) continue;
    const time_ms = event.timestamp;
    if (tag === "hm-console") {
      const { level, text } = payload;
      found.console.push({ time_ms, level: level as ConsoleLine["level"], text: String(text) });
    } else if (tag === "hm-network") {
      const { method, href, kind } = payload;
      found.network.push({
        time_ms,
        method: String(method),
        href: String(href),
        status: number(payload.status),
        duration_ms: number(payload.duration_ms),
        bytes: number(payload.bytes),
        kind: String(kind),
      });
    } else if (tag === "hm-cost") {
      const { console_left, errors_left, network_left } = payload;
      found.left.push({
        console: number(console_left),
        errors: number(errors_left),
        network: number(network_left),
      });
    }
  }
  return found;
}

interface Custom {
  type: number;
  timestamp: number;
  data?: { tag?: unknown; payload?: Record<string, unknown> };
}

function parse(line: string): Custom | null {
  try {
    return JSON.parse(line) as Custom;
  } catch {
    return null;
  }
}

/** How many were left out in all: each page load counts on, and anew where recording began again. */
function leftOut(chunks: readonly Chunk[], of: (chunk: Chunk) => readonly LeftOut[]): LeftOut {
  const sum = { ...NONE_LEFT };
  const before = new Map<string, LeftOut>();
  for (const chunk of [...chunks].sort((a, b) => a.sequence - b.sequence)) {
    for (const now of of(chunk)) {
      const was = before.get(chunk.window) ?? NONE_LEFT;
      for (const kind of ["console", "errors", "network"] as const)
        sum[kind] += now[kind] < was[kind] ? now[kind] : now[kind] - was[kind];
      before.set(chunk.window, now);
    }
  }
  return sum;
}

/** Reads chunk after chunk and tells after each; those that are known are not read again. */
export function createLogs(
  load: (chunk: Chunk, signal: AbortSignal) => Promise<string>,
  tell: (logs: Logs) => void,
) {
  const known = new Map<string, Read | null>();
  const nameOf = ({ window, sequence }: Chunk) => `${window} ${sequence}`;
  const sorted = <T extends { time_ms: number }>(lines: T[]): T[] =>
    lines.sort((a, b) => a.time_ms - b.time_ms);
  function say(chunks: readonly Chunk[], away: Logs["away"] = ""): void {
    const had = chunks.map((chunk) => known.get(nameOf(chunk)));
    const whole = had.filter((each) => each !== undefined && each !== null);
    tell({
      console: sorted(whole.flatMap((each) => each.console)),
      network: sorted(whole.flatMap((each) => each.network)),
      left: leftOut(chunks, (chunk) => known.get(nameOf(chunk))?.left ?? []),
      read: had.filter((each) => each !== undefined).length,
      of: chunks.length,
      broken: had.filter((each) => each === null).length,
      away,
    });
  }
  return async (chunks: readonly Chunk[], signal: AbortSignal): Promise<void> => {
    say(chunks);
    for (const chunk of chunks) {
      if (known.has(nameOf(chunk))) continue;
      try {
        const asking = { away: () => say(chunks, "trying"), signal };
        const lines = await retry(() => load(chunk, signal), asking);
        if (signal.aborted) return;
        known.set(nameOf(chunk), logsIn(lines));
      } catch (error) {
        if (signal.aborted) return;
        const fault = faultOf(error);
        // Whoever looks again asks again.
        if (fault === "unreachable" || fault === "signed-out") return say(chunks, "given-up");
        known.set(nameOf(chunk), null);
      }
      say(chunks);
    }
  };
}
