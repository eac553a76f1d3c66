// Sessions that recordings.bench.ts kept, as bodies that a browser would send: the same events in the
// same chunks, packed as the recorder packs them, pictures and fonts named before they are sent.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** As the recorder has them: what one body holds, and from when on the tracker packs it. */
const BODY_BYTES_MAX = 256 << 10;
const GZIP_BYTES_MIN = 4096;
const GZIP_LEVEL = 6;
/** From when on a picture or font is named first, of kinds that are called so by everybody. */
const NAMED_FROM = 512;
const PLAIN_KINDS = /^(image\/(png|jpeg|gif|webp|avif|x-icon|svg\+xml)|font\/(woff2?|ttf|otf))$/;
const ASSET = '{"type":5,"data":{"tag":"hm-asset"';
/** Where all kept sessions say that they were. */
export const ORIGIN = "http://127.0.0.1:7";

interface KeptChunk {
  readonly window: string;
  readonly sequence: number;
  readonly first_ms: number;
  readonly last_ms: number;
  readonly path: string;
  readonly events: number;
}

/** One session as it was kept. */
export interface Kept {
  readonly session: string;
  readonly chunks: readonly KeptChunk[];
  /** Lines of each chunk. */
  readonly lines: readonly (readonly string[])[];
  readonly first_ms: number;
  readonly last_ms: number;
  readonly lines_bytes: number;
}

/** One chunk as it is to be sent. */
export interface Sending {
  readonly envelope: Record<string, unknown>;
  readonly lines: readonly string[];
  /** Lines that are sent when the server asks for what they bring, by digest. */
  readonly named: ReadonlyMap<string, string>;
}

/** Sites of which something was kept, by name, with their sessions in order. */
export async function keptSites(folder: string): Promise<Map<string, string[]>> {
  const found = await readdir(folder, { withFileTypes: true });
  const sites = new Map<string, string[]>();
  for (const { name } of found.filter((each) => each.isDirectory()).sort(byName)) {
    const files = (await readdir(join(folder, name))).filter((file) => file.endsWith(".jsonl"));
    const paths = files.sort().map((file) => join(folder, name, file));
    if (paths.length) sites.set(name, paths);
  }
  return sites;
}

const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);

/** Reads one session. */
export async function readKept(file: string): Promise<Kept> {
  const text = await readFile(file, "utf8");
  const [head = "", ...lines] = text.split("\n");
  const { session, chunks } = JSON.parse(head) as Pick<Kept, "session" | "chunks">;
  let from = 0;
  const parts = chunks.map(({ events }) => {
    from += events;
    return lines.slice(from - events, from);
  });
  return {
    session,
    chunks,
    lines: parts,
    first_ms: Math.min(...chunks.map((chunk) => chunk.first_ms)),
    last_ms: Math.max(...chunks.map((chunk) => chunk.last_ms)),
    lines_bytes: text.length - head.length,
  };
}

/** Its chunks, of a visitor of its own. */
export function sendingsOf({ session, chunks, lines }: Kept): Sending[] {
  return chunks.map(({ window, sequence, path }, index) => {
    const named = new Map<string, string>();
    const told = (lines[index] ?? []).map((line) => naming(line, named));
    const ids = { window, visitor: session, session, mode: "persistent" };
    const url = ORIGIN + path;
    const by = { tracker: "1", recorder: "hitmetrix-1/1" };
    return { envelope: { v: 1, ...ids, ...by, url, sequence }, lines: told, named };
  });
}

/** The line that names a picture or font in place of one that brings it. */
function naming(line: string, named: Map<string, string>): string {
  if (!line.startsWith(ASSET)) return line;
  const event = JSON.parse(line) as { data: { payload: { type: string; data?: string } } };
  const { data, ...rest } = event.data.payload;
  if (!data || data.length <= NAMED_FROM || !PLAIN_KINDS.test(rest.type)) return line;
  const digest = createHash("sha256").update(data).digest("hex").slice(0, 32);
  named.set(digest, line);
  return JSON.stringify({ ...event, data: { ...event.data, payload: { ...rest, digest } } });
}

/** A chunk as bodies: one, or numbered pieces where one would be too large. */
export function bodiesOf(envelope: Record<string, unknown>, lines: readonly string[]): Buffer[] {
  const head = `${JSON.stringify(envelope)}\n`;
  const text = lines.join("\n");
  const zip = (body: string) => gzipSync(body, { level: GZIP_LEVEL });
  if (text.length <= GZIP_BYTES_MIN) return [Buffer.from(head + text)];
  const packed = zip(text);
  if (text.length <= BODY_BYTES_MAX || packed.length <= BODY_BYTES_MAX) return [zip(head + text)];
  const count = Math.max(2, Math.ceil(packed.length / BODY_BYTES_MAX));
  const size = Math.ceil(packed.length / count);
  return Array.from({ length: count }, (_, index) => {
    const first = JSON.stringify({ ...envelope, piece: [index, count] });
    const part = packed.subarray(index * size, (index + 1) * size);
    return Buffer.concat([Buffer.from(`${first}\n`), part]);
  });
}
