/** Makes the whole handle of what the first file gives. */
import type { Base, Core } from "./core.ts";
import { guard } from "./guard.ts";

/** Bodies up to this size go as they are. */
const GZIP_BYTES_MIN = 4096;
/** What is packed outlives the page if it is as small as this: half of what browsers keep alive is for
    events. */
const KEPT_BYTES_MAX = 28_000;

/** What the handle needs beside the first file. */
export interface Parts {
  typed: string[];
  sessionCallbacks: Set<() => void>;
  hideCallbacks: Set<() => void>;
}

export function makeCore(base: Base, { typed, sessionCallbacks, hideCallbacks }: Parts): Core {
  return {
    ...base,
    rules: () => base.rules,
    refused: () => base.refused(0),
    mode: () => (base.identity.visitor ? "persistent" : "cookieless"),
    identity: () => base.identity,
    onNewSession(callback) {
      sessionCallbacks.add(callback);
      return () => sessionCallbacks.delete(callback);
    },
    address: (url) => guard(base.address)(url) ?? "",
    lost(count) {
      base.queue.lost += count;
    },
    async send(path, more, lines, { keepalive = false, gzip = false, packed } = {}) {
      // Read back once: a chunk that waited names the visitor and session of its own time, and
      // no key may come twice.
      const head = `${JSON.stringify(JSON.parse(base.envelope(more)))}\n`;
      let body: string | Blob =
        typeof lines === "string" ? head + lines : new Blob([head, lines as BlobPart]);
      if (gzip && lines.length > GZIP_BYTES_MIN) {
        const from = base.now();
        try {
          const zipped = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
          body = await new Response(zipped).blob();
        } catch {
          // Some browsers lack the class, some have it and fail: the plain body is as good.
        }
        packed?.(base.now() - from);
      }
      // Whatever is larger than this leaves no room for events to outlive the page.
      return base.post(path, body, keepalive && !((body as Blob).size > KEPT_BYTES_MAX));
    },
    onHide: (callback) => hideCallbacks.add(callback),
    typed: () => typed,
  };
}
