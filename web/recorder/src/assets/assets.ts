/**
 * Pictures and fonts that the page shows (`/r-assets.js`, loaded where the site's rules want them):
 * taken out of the browser's own cache, so that the site is asked for nothing twice. What is hidden
 * never comes here: the choke point names only what it shows.
 */
import { later } from "../observe/natives";

/** What one picture or font may weigh, and all of a page's. */
const BYTES_MAX = 256 << 10;
const ALL_BYTES_MAX = 2 << 20;
/** Pictures are fetched one by one, so long after each other. */
const REST_MS = 100;
const KINDS =
  /^(image\/|font\/|application\/(font|x-font|vnd\.ms-fontobject)|application\/octet-stream$)/;

/** What is wanted, and who is told. */
export interface AssetsWanted {
  /** Pictures of other origins too, where those let the page read them. */
  isAll: boolean;
  tell(payload: { href: string; type: string; data: string }): void;
}

/** Pictures and fonts of one window. */
export interface Assets {
  /** Looks through what is shown: its name in the recording, and its address. */
  look(shown: ReadonlyMap<string, string>): void;
  stop(): void;
}

/** Begins with nothing taken. */
export function watchAssets({ isAll, tell }: AssetsWanted): Assets {
  const loaded = new Set<string>();
  const seen = new Set<string>();
  const row: [href: string, url: string][] = [];
  let bytes = 0;
  let isBusy = false;
  let isOver = isThrifty();
  const observer = new PerformanceObserver((entries) => {
    for (const { name } of entries.getEntries()) loaded.add(name);
  });
  observer.observe({ type: "resource", buffered: true });

  const next = async (): Promise<void> => {
    const first = row.shift();
    if (!first || isOver) {
      isBusy = false;
      return;
    }
    isBusy = true;
    const [href, url] = first;
    const blob = await take(url, isAll).catch(() => null);
    if (blob && bytes + blob.size <= ALL_BYTES_MAX && !isOver) {
      bytes += blob.size;
      const data = await base64(blob);
      if (data && !isOver) tell({ href, type: blob.type.split(";")[0] ?? "", data });
    }
    later(() => void next(), REST_MS);
  };
  return {
    look(shown) {
      if (isOver) return;
      for (const [href, url] of shown) {
        // What the browser has not loaded is not shown, and must not be asked for because of us.
        if (seen.has(href) || !loaded.has(url)) continue;
        seen.add(href);
        row.push([href, url]);
      }
      if (!isBusy) void next();
    },
    stop() {
      isOver = true;
      observer.disconnect();
    },
  };
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

async function take(url: string, isAll: boolean): Promise<Blob | null> {
  const isOwn = new URL(url).origin === location.origin;
  if (!isOwn && !isAll) return null;
  const response = await fetch(
    url,
    isOwn
      ? { cache: "only-if-cached", mode: "same-origin", credentials: "same-origin" }
      : { cache: "force-cache", mode: "cors", credentials: "omit" },
  );
  const length = Number(response.headers.get("content-length"));
  if (!response.ok || length > BYTES_MAX) return null;
  const blob = await response.blob();
  return blob.size > 0 && blob.size <= BYTES_MAX && KINDS.test(blob.type) ? blob : null;
}

function base64(blob: Blob): Promise<string> {
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).split(",")[1] ?? "");
    reader.onerror = () => done("");
    reader.readAsDataURL(blob);
  });
}
