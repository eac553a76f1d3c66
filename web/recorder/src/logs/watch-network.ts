import { later } from "../observe/natives";
import { patch } from "../observe/patch";

/** The browser tells the size of what came a moment after it came. */
const SIZE_MS = 200;
const ASKED = /^(fetch|xmlhttprequest|beacon)$/;

interface Asked {
  method: string;
  href: string;
  kind: "fetch" | "xhr";
  from: number;
}

let isFirst = true;

/**
 * From when on what came is told: from the start only on the page that was loaded, and once. What
 * came before belongs to another session, or to a page on which nothing is sent.
 */
function begun(): number {
  const [loaded] = performance.getEntriesByType("navigation");
  const plain = (href = "") => href.split("#")[0];
  const isWhole = isFirst && plain(loaded?.name) === plain(location.href);
  isFirst = false;
  return isWhole ? 0 : performance.now();
}

/**
 * What the page asks of the network: by which method, where, with which answer, how long it took
 * and how much came. Bodies and headers are not looked at.
 */
export function watchNetwork(
  origin: string,
  tell: (payload: Record<string, unknown>) => void,
): () => void {
  const isOurs = (href: string) =>
    href.startsWith(`${origin}/`) &&
    /^\/([ecr]|tag)\/|^\/[a-z-]+\.js$/.test(href.slice(origin.length));
  const say = ({ method, href, kind, from }: Asked, status: number) => {
    const duration_ms = Math.round(performance.now() - from);
    if (isOurs(href)) return;
    later(() => {
      const entry = performance.getEntriesByName(href).at(-1) as PerformanceResourceTiming;
      const bytes = entry?.encodedBodySize ?? 0;
      tell({ method: method.toUpperCase(), href, status, duration_ms, bytes, kind });
    }, SIZE_MS);
  };
  const absolute = (url: unknown) => new URL(String(url), document.baseURI).href;
  const requests = new WeakMap<XMLHttpRequest, Asked>();
  const heard = new WeakSet<XMLHttpRequest>();
  const ends = [
    patch(window, "fetch", (_self, [input, init], result) => {
      // We take pictures out of the browser's cache.
      if ((init as RequestInit | undefined)?.cache === "only-if-cached") return;
      const request = input instanceof Request ? input : undefined;
      const method = (init as RequestInit | undefined)?.method ?? request?.method ?? "GET";
      const href = absolute(request?.url ?? input);
      const asked: Asked = { method, href, kind: "fetch", from: performance.now() };
      (result as Promise<Response>).then(
        ({ status }) => say(asked, status),
        () => say(asked, 0),
      );
    }),
    patch(XMLHttpRequest.prototype, "open", (self, [method, url]) => {
      const href = absolute(url);
      requests.set(self as XMLHttpRequest, { method: String(method), href, kind: "xhr", from: 0 });
    }),
    patch(XMLHttpRequest.prototype, "send", (self) => {
      const request = self as XMLHttpRequest;
      const asked = requests.get(request);
      if (asked) asked.from = performance.now();
      if (heard.has(request)) return;
      heard.add(request);
      request.addEventListener("loadend", () => {
        const of = requests.get(request);
        if (of) say(of, request.status);
      });
    }),
  ];
  const from = begun();
  const observer = new PerformanceObserver((entries) => {
    for (const entry of entries.getEntries() as PerformanceResourceTiming[]) {
      if (entry.startTime < from) continue;
      const { name: href, initiatorType, duration, encodedBodySize: bytes } = entry;
      if (ASKED.test(initiatorType) || isOurs(href)) continue;
      const status = (entry as { responseStatus?: number }).responseStatus ?? 0;
      const duration_ms = Math.round(duration);
      tell({ method: "GET", href, status, duration_ms, bytes, kind: "resource" });
    }
  });
  observer.observe({ type: "resource", buffered: true });
  return () => {
    observer.disconnect();
    for (const end of ends) end();
  };
}
