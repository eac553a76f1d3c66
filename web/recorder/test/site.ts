/**
 * A small site that records itself: a page, the built recorder, and a server that keeps what was
 * posted. The core of the tracker is played by a few lines that send what the recorder gives them.
 */
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright-core";

export const CHROMIUM = process.env.HITMETRIX_CHROMIUM ?? "/usr/bin/chromium";

/** Why the browser trials cannot run here; empty when they can. */
export function missing(): string {
  return existsSync(CHROMIUM) ? "" : `no Chromium at ${CHROMIUM}; set HITMETRIX_CHROMIUM`;
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export interface Body {
  envelope: Record<string, unknown>;
  /** Everything after the envelope, as text; for a piece the raw bytes as latin1. */
  lines: string;
  piece: Buffer | null;
  wireBytes: number;
}

export interface Site {
  origin: string;
  bodies: Body[];
  /** The events of all bodies, pieces joined, in the order of their chunks. */
  events(): { type: number; timestamp: number; data: Record<string, unknown> }[];
  /** All that was posted, as text. */
  everything(): string;
  answer: { snapshot?: boolean; watched?: boolean };
  /** Statuses that the next bodies are refused with. */
  refusals: number[];
  close(): Promise<void>;
}

/** The page's side of the tracker, and the recorder started with it. */
const CORE = `
import { record } from "/r.js";
const rules = Object.assign({ v: 1, record: true, sample: 1, blocked: [], query_keys: [], hash_routes: false,
  mask_text: false, respect_dnt: true, mask: [], block: [], show: [],
  record_console: false, record_network: false }, window.RULES);
const sessions = new Set();
const base = Date.now() - performance.now();
const core = {
  key: "k", origin: location.origin, window: "0".repeat(32),
  rules: () => rules, strict: () => false, mode: () => "cookieless", refused: () => false,
  identity: () => ({}), session: () => Promise.resolve("0".repeat(32)),
  onNewSession(callback) { sessions.add(callback); return () => sessions.delete(callback); },
  emit() {},
  address(url) {
    const { protocol, host, pathname, search } = new URL(url, location.href);
    if (!/^https?:/.test(protocol)) return "";
    const query = search.slice(1).split("&").filter((pair) => /^(utm_\\w+|ref)=/.test(pair)).join("&");
    return protocol + "//" + host + pathname + (query && "?" + query);
  },
  queue: { flush() {} },
  lost(count) { window.LOST = (window.LOST ?? 0) + count; },
  async send(path, envelope, lines, { keepalive = false, gzip = false, packed } = {}) {
    const head = JSON.stringify({ v: 1, window: core.window, sent_ms: core.now(), ...envelope }) + "\\n";
    let body = new Blob([head, lines]);
    const from = core.now();
    if (gzip) body = await new Response(body.stream().pipeThrough(new CompressionStream("gzip"))).blob();
    if (gzip) packed?.(core.now() - from);
    if ((gzip || typeof lines !== "string") && body.size > 28_000) keepalive = false;
    try {
      const answer = await fetch(path + core.key, { method: "POST", body, keepalive, headers: { "content-type": "text/plain" } });
      return answer.ok ? await answer.json() : answer.status;
    } catch { return 0; }
  },
  onHide(callback) {
    addEventListener("pagehide", callback);
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && callback());
  },
  typed: () => [],
  now: () => base + performance.now(),
};
window.newSession = () => { for (const callback of sessions) callback(); };
window.stopRecording = record(core);
window.startRecording = () => { window.stopRecording = record(core); };
`;

/** Serves `pages` by path; a page records itself by \`<script type=module src=/core.js>\`. */
export async function serve(pages: Record<string, string>): Promise<Site> {
  const built = await build({
    entryPoints: [fileURLToPath(new URL("../src/record.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    write: false,
    minify: true,
  });
  const recorder = built.outputFiles[0]?.text ?? "";
  const bodies: Body[] = [];
  const site = { answer: {}, refusals: [] as number[] } as Site;
  const server: Server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    if (request.method === "POST") {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const refusal = site.refusals.shift();
        if (refusal) {
          response.statusCode = refusal;
          response.end();
          return;
        }
        bodies.push(read(Buffer.concat(parts)));
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ accepted: true, session: "0".repeat(32), ...site.answer }));
      });
      return;
    }
    const type = path.endsWith(".js")
      ? "text/javascript"
      : path.endsWith(".css")
        ? "text/css"
        : "text/html";
    const text = path === "/core.js" ? CORE : path === "/r.js" ? recorder : pages[path];
    response.statusCode = text === undefined ? 404 : 200;
    response.setHeader("content-type", `${type}; charset=utf-8`);
    response.end(text ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  site.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  site.bodies = bodies;
  site.events = () => join(bodies);
  site.everything = () =>
    bodies.map(({ envelope, lines }) => JSON.stringify(envelope) + lines).join("\n") +
    JSON.stringify(join(bodies));
  site.close = () => new Promise((resolve) => server.close(() => resolve()));
  return site;
}

function read(wire: Buffer): Body {
  const bytes = wire[0] === 0x1f && wire[1] === 0x8b ? gunzipSync(wire) : wire;
  const end = bytes.indexOf(10);
  const envelope = JSON.parse(bytes.subarray(0, end).toString()) as Record<string, unknown>;
  const rest = bytes.subarray(end + 1);
  const piece = envelope.piece ? Buffer.from(rest) : null;
  return { envelope, lines: piece ? "" : rest.toString(), piece, wireBytes: wire.length };
}

function join(
  bodies: Body[],
): { type: number; timestamp: number; data: Record<string, unknown> }[] {
  const chunks = new Map<number, string>();
  const pieces = new Map<number, Buffer[]>();
  for (const { envelope, lines, piece } of bodies) {
    const sequence = Number(envelope.sequence);
    if (!piece) {
      chunks.set(sequence, lines);
      continue;
    }
    const [index = 0, count = 0] = envelope.piece as number[];
    const parts = pieces.get(sequence) ?? [];
    parts[index] = piece;
    pieces.set(sequence, parts);
    if (parts.filter(Boolean).length === count) {
      const whole = Buffer.concat(parts);
      chunks.set(sequence, (whole[0] === 0x1f ? gunzipSync(whole) : whole).toString());
    }
  }
  return [...chunks.entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([, lines]) => lines.split("\n").filter(Boolean))
    .map((line) => JSON.parse(line));
}

/** Waits until `check` gives something, at most twenty seconds. */
export async function until<T>(
  check: () => T | undefined | false | null | Promise<T | undefined | false | null>,
): Promise<T> {
  const end = performance.now() + 60_000;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (performance.now() > end) throw new Error("waited a minute in vain");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
