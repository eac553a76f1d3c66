// A tap on the wire: it stands between the browser and the server, passes everything on as it is
// and keeps every byte that the browser sends, headers and beacons of closed pages included.
import { request as ask, type IncomingMessage, type ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { type Loopback, startLoopback } from "./loopback.ts";

export interface Tapped {
  readonly url: string;
  /** Request line, headers and decoded body. */
  readonly text: string;
  readonly body: string;
  /** Bytes of the body as it came. */
  readonly bytes: number;
  /** When it had come, epoch milliseconds. */
  readonly at_ms: number;
}

export interface Tap extends Loopback {
  readonly requests: readonly Tapped[];
}

export interface TapOptions {
  /** A script that is served instead of the server's own. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** Paths that are answered as if the server were down. */
  readonly isDown?: (path: string) => boolean;
}

/** Starts a tap before the server at `origin`. */
export async function startTap(origin: string, options: TapOptions = {}): Promise<Tap> {
  const requests: Tapped[] = [];
  const pieces = new Map<string, Buffer[]>();
  const loopback = await startLoopback((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.on("end", () => {
      const bytes = Buffer.concat(parts);
      const body = decoded(bytes, pieces);
      requests.push({
        url: incoming.url ?? "",
        text: `${incoming.method} ${incoming.url}\n${incoming.rawHeaders.join("\n")}\n${body}`,
        body,
        bytes: bytes.length,
        at_ms: Date.now(),
      });
      answer({ origin, incoming, response, bytes }, options);
    });
  });
  // Under another name than the pages of the tests have, because cookies know no ports.
  return { ...loopback, origin: loopback.origin.replace("127.0.0.1", "localhost"), requests };
}

interface Passing {
  readonly origin: string;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly bytes: Buffer;
}

function answer({ origin, incoming, response, bytes }: Passing, options: TapOptions): void {
  const path = (incoming.url ?? "/").split("?")[0] ?? "/";
  const script = options.scripts?.[path];
  if (options.isDown?.(path)) {
    response.writeHead(503, { "access-control-allow-origin": "*" }).end();
    return;
  }
  if (script !== undefined) {
    response.writeHead(200, {
      "content-type": "text/javascript",
      "access-control-allow-origin": "*",
    });
    response.end(script);
    return;
  }
  const { hostname, port, host } = new URL(origin);
  const passed = ask(
    {
      hostname,
      port,
      path: incoming.url,
      method: incoming.method,
      headers: { ...incoming.headers, host },
    },
    (from) => {
      response.writeHead(from.statusCode ?? 502, from.headers);
      from.pipe(response);
    },
  );
  passed.on("error", () => response.writeHead(502).end());
  passed.end(bytes);
}

/** The body as text, unpacked; of a chunk in pieces its first line, and with the last one all. */
function decoded(bytes: Buffer, pieces: Map<string, Buffer[]>): string {
  const plain = unpacked(bytes);
  const end = plain.indexOf(10);
  const head = plain.subarray(0, end < 0 ? plain.length : end).toString("utf8");
  const piece = /"piece":\[(\d+),(\d+)\]/.exec(head);
  if (piece === null) return plain.toString("utf8");
  const id = /"window":"\w+"/.exec(head) + String(/"sequence":\d+/.exec(head));
  const all = pieces.get(id) ?? [];
  pieces.set(id, all);
  all[Number(piece[1])] = plain.subarray(end + 1);
  const isWhole = all.filter(Boolean).length === Number(piece[2]);
  return isWhole ? `${head}\n${unpacked(Buffer.concat(all)).toString("utf8")}` : head;
}

function unpacked(bytes: Buffer): Buffer {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}
