// What the recorder says of itself in a recording: what it cost the page, and why it ended early.
// Both stand in the recorder's events, so that they are where the recording is.
import { bytes, count } from "./format.ts";
import type { Chunk } from "./player/index.ts";

/** What recording cost one page load in a session. */
export interface Cost {
  /** Of the page's main thread: in all, and the longest at one time. */
  total_ms: number;
  longest_ms: number;
  /** At most what the browser needed to pack it, beside that. */
  packing_ms: number;
  /** Before compression. */
  bytes: number;
}

export interface Told {
  cost: Cost | null;
  /** Why recording ended, in words; empty when it did not say so, or ended with its page. */
  stop: string;
}

/** How far back from the last chunk of a page load is looked: each minute has its figures. */
const LOOK_BACK = 3;
/** Page loads that are looked at; of more, their last ones. */
const WINDOWS_MAX = 20;

/** The last that these lines say of the recorder. */
export function toldIn(lines: string): Told {
  const told: Told = { cost: null, stop: "" };
  for (const line of lines.split("\n")) {
    if (!line.includes('"hm-cost"') && !line.includes('"hm-stop"')) continue;
    const data = dataOf(line);
    const payload = data?.payload ?? {};
    const number = (value: unknown) => (typeof value === "number" ? value : 0);
    if (data?.tag === "hm-stop")
      told.stop = stopWords(String(payload.reason ?? ""), number(payload.status));
    if (data?.tag === "hm-cost")
      told.cost = {
        total_ms: number(payload.total_ms),
        longest_ms: number(payload.longest_ms),
        packing_ms: number(payload.packing_ms),
        bytes: number(payload.bytes),
      };
  }
  return told;
}

function dataOf(line: string): { tag?: unknown; payload?: Record<string, unknown> } | null {
  try {
    const event = JSON.parse(line) as { type?: unknown; data?: { tag?: unknown } };
    return event.type === 5 ? (event.data ?? null) : null;
  } catch {
    return null;
  }
}

/** What the server's answers mean that refuse one body for what it holds. */
const REFUSALS: Record<number, string> = { 400: "not understood", 413: "too large" };

/** Why a recording ended before its page did, in words; empty for what is no end of that kind. */
export function stopWords(reason: string, status = 0): string {
  switch (reason) {
    case "bytes":
      return "it reached 48 MiB, the most that is taken of one session in one page load";
    case "cost":
      return "it took more than a fifth of the page's time for 15 seconds";
    case "pictures":
      return "it took 100 new pictures of the page, the most of one session in one page load";
    case "refused":
      return `the server refused three pieces of it, the last as ${REFUSALS[status] ?? "not to be taken"}`;
    case "stopped":
      return "the page or the visitor's choice ended it";
  }
  return "";
}

/** Two facts of a session: what recording cost, and why it ended early; empty where nobody said. */
export async function recordingFacts(
  chunks: readonly Chunk[],
  load: (chunk: Chunk) => Promise<string>,
): Promise<{ cost: string; stop: string }> {
  const windows = new Map<string, Chunk[]>();
  for (const chunk of chunks)
    windows.set(chunk.window, [...(windows.get(chunk.window) ?? []), chunk]);
  const sum: Cost = { total_ms: 0, longest_ms: 0, packing_ms: 0, bytes: 0 };
  const stops = new Set<string>();
  let recorded_ms = 0;
  for (const all of [...windows.values()].slice(-WINDOWS_MAX)) {
    all.sort((a, b) => a.sequence - b.sequence);
    const { cost, stop } = await lastOf(all.slice(-LOOK_BACK), load);
    if (stop) stops.add(stop);
    if (!cost) continue;
    sum.total_ms += cost.total_ms;
    sum.longest_ms = Math.max(sum.longest_ms, cost.longest_ms);
    sum.packing_ms += cost.packing_ms;
    sum.bytes += cost.bytes;
    recorded_ms +=
      Math.max(...all.map(({ last_ms }) => last_ms)) -
      Math.min(...all.map(({ first_ms }) => first_ms));
  }
  return { cost: recorded_ms > 0 ? costWords(sum, recorded_ms) : "", stop: [...stops].join("; ") };
}

async function lastOf(chunks: Chunk[], load: (chunk: Chunk) => Promise<string>): Promise<Told> {
  const told: Told = { cost: null, stop: "" };
  for (const chunk of chunks.reverse()) {
    // What cannot be loaded tells nothing.
    const said = toldIn(await load(chunk).catch(() => ""));
    told.stop ||= said.stop;
    told.cost ??= said.cost;
    if (told.cost) break;
  }
  return told;
}

function costWords(
  { total_ms, longest_ms, packing_ms, bytes: size }: Cost,
  recorded_ms: number,
): string {
  const ms = (value: number) => `${count(Math.round(value))}\u202fms`;
  const aMinute = (value: number) => ms((value * 60_000) / Math.max(60_000, recorded_ms));
  // Recorders of before said nothing of it.
  const packing = packing_ms > 0 ? `up to ${aMinute(packing_ms)} a minute for packing, ` : "";
  return `${aMinute(total_ms)} a minute of the page's time, ${ms(longest_ms)} at most at once, ${packing}${bytes(size)} before compression`;
}
