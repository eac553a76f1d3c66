/**
 * Pictures and fonts that the page shows (`/r-assets.js`, loaded where the site's rules want them):
 * taken out of the browser's own cache, so that the site is asked for nothing twice. What is hidden
 * never comes here: the choke point names only what it shows.
 */
import { later } from "../observe/natives";
import { FONT } from "../page";
import { base64 } from "./base64";

/** What one picture or font may weigh; a larger one is a box in the replay. */
const BYTES_MAX = 256 << 10;
/** What all of a page load may weigh whose bytes the server asked for; further ones are boxes. */
const ALL_BYTES_MAX = 2 << 20;
/** Pictures are fetched one by one, so long after each other. */
const REST_MS = 100;
const KINDS =
  /^(image\/|font\/|application\/(font|x-font|vnd\.ms-fontobject)|application\/octet-stream$)/;

/** Kinds that are called so by everybody: of others only the bytes tell the server what they are. */
const PLAIN_KINDS = /^(image\/(png|jpeg|gif|webp|avif|x-icon|svg\+xml)|font\/(woff2?|ttf|otf))$/;
/** Names of what elements of the page show, and not only its sheets name. */
const OF_ELEMENT = /\/~\w+$/;
/** Shorter ones are sent at once: what names one costs as much. */
const NAMED_FROM = 512;

/** A picture or font: what stands for it, and its bytes, or what names them. */
export type Taken = { href: string; type: string } & ({ data: string } | { digest: string });

/** What is wanted, and who is told. */
export interface AssetsWanted {
  /** Pictures of other origins too, where those let the page read them. */
  isAll: boolean;
  /** Does a piece of our work, which takes the page's time. */
  during<T>(work: () => T): T;
  tell(payload: Taken): void;
}

/** Pictures and fonts of one window. */
export interface Assets {
  /** Looks through what is shown: its name in the recording, and its address. */
  look(shown: ReadonlyMap<string, string>): void;
  /** The server does not have these. */
  want(digests: readonly string[]): void;
  stop(): void;
}

/** One that is to be taken. */
interface Wanted {
  href: string;
  url: string;
  /** The server asked for its bytes. */
  isAsked?: boolean;
}

/** What an observer is told besides, where the browser tells it. */
interface Dropped {
  /** Of what was loaded before, the browser keeps only some (250, unless the page wants more). */
  droppedEntriesCount?: number;
}

/** Begins with nothing taken. */
export function watchAssets({ isAll, during, tell }: AssetsWanted): Assets {
  const loaded = new Set<string>();
  const seen = new Set<string>();
  /** By digest; one picture may lie under several addresses. */
  const named = new Map<string, Wanted[]>();
  const row: Wanted[] = [];
  let bytes = 0;
  let isBusy = false;
  let isOver = isThrifty();
  let isShort = false;
  const note = (entries: PerformanceObserverEntryList, _: unknown, more?: Dropped) => {
    for (const { name } of entries.getEntries()) loaded.add(name);
    isShort ||= !!more?.droppedEntriesCount;
  };
  const observer = new PerformanceObserver(note);
  observer.observe({ type: "resource", buffered: true });

  const next = async (): Promise<void> => {
    const first = row.shift();
    if (!first || isOver) {
      isBusy = false;
      return;
    }
    isBusy = true;
    await send(first).catch(() => {});
    later(() => void next(), REST_MS);
  };
  const send = async (wanted: Wanted): Promise<void> => {
    const { href, url } = wanted;
    const blob = await take(url, isAll);
    const data = blob && (await base64(blob));
    if (!blob || !data) return;
    const type = blob.type.split(";")[0] ?? "";
    // What others have sent is only named.
    const isNamed = !wanted.isAsked && data.length > NAMED_FROM && PLAIN_KINDS.test(type);
    const digest = isNamed ? await digestOf(during(() => new TextEncoder().encode(data))) : "";
    if (isOver) return;
    if (digest) {
      named.set(digest, [...(named.get(digest) ?? []), wanted]);
      tell({ href, type, digest });
    } else if (bytes + blob.size <= ALL_BYTES_MAX) {
      bytes += blob.size;
      tell({ href, type, data });
    }
  };
  const go = () => {
    if (!isBusy) void next();
  };
  return {
    look(shown) {
      if (isOver) return;
      for (const [href, url] of shown) {
        // What the browser has not loaded is not shown, and must not be asked for because of us. Where it
        // has forgotten, what only a sheet names may be in the cache for another page, which hides it.
        const isForgotten =
          isShort && isOwn(url) && (OF_ELEMENT.test(href) || FONT.test(new URL(url).pathname));
        if (seen.has(href) || !(loaded.has(url) || isForgotten)) continue;
        seen.add(href);
        row.push({ href, url });
      }
      go();
    },
    want(digests) {
      for (const digest of digests) {
        for (const wanted of named.get(digest) ?? []) row.push({ ...wanted, isAsked: true });
        named.delete(digest);
      }
      go();
    },
    stop() {
      isOver = true;
      observer.disconnect();
    },
  };
}

/** The first 16 bytes of the SHA-256, in hexadecimal; empty where the browser computes none. */
async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  if (!globalThis.crypto?.subtle) return "";
  const whole = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(whole, 0, 16), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

/** Whether the visitor's line is to be spared. */
function isThrifty(): boolean {
  const { connection } = navigator as Navigator & {
    connection?: { saveData?: boolean; effectiveType?: string };
  };
  return (
    !!connection && (connection.saveData === true || /2g|3g/.test(connection.effectiveType ?? ""))
  );
}

/** Own ones are looked for in the cache alone, so that nobody is ever asked for them. */
function isOwn(url: string): boolean {
  return new URL(url).origin === location.origin;
}

async function take(url: string, isAll: boolean): Promise<Blob | null> {
  if (!isOwn(url) && !isAll) return null;
  const response = await fetch(
    url,
    isOwn(url)
      ? { cache: "only-if-cached", mode: "same-origin", credentials: "same-origin" }
      : { cache: "force-cache", mode: "cors", credentials: "omit" },
  );
  const length = Number(response.headers.get("content-length"));
  if (!response.ok || length > BYTES_MAX) return null;
  const blob = await response.blob();
  return blob.size > 0 && blob.size <= BYTES_MAX && KINDS.test(blob.type) ? blob : null;
}
