// Somebody else's site, served from an npm package on a port of its own, with our snippet.
import { readFile } from "node:fs/promises";
import { extname, join, normalize, resolve } from "node:path";
import { type Loopback, startLoopback } from "./loopback.ts";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".ico": "image/x-icon",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
};

export interface Serving {
  /** Scripts by their paths, in place of the package's own. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** Drawings by their paths, beside what the package has. */
  readonly drawings?: Readonly<Record<string, string>>;
  readonly port?: number;
  /** What is changed in each page, style sheet and script before it is served. */
  readonly changed?: (text: string, type: string) => string;
}

/** Serves `folder` of node_modules with `snippet` before the end of each page's head. */
export function startForeignSite(
  folder: string,
  snippet: string,
  { scripts = {}, drawings = {}, port = 0, changed = (text) => text }: Serving = {},
): Promise<Loopback> {
  const root = resolve(import.meta.dirname, "../../node_modules", folder);
  return startLoopback((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname));
    const script = scripts[path];
    if (script !== undefined) {
      response.writeHead(200, { "content-type": "text/javascript" }).end(script);
      return;
    }
    const drawing = drawings[path];
    if (drawing !== undefined) {
      response.writeHead(200, { "content-type": "image/svg+xml" }).end(drawing);
      return;
    }
    const file = join(root, path.endsWith("/") ? `${path}index.html` : path);
    readFile(file).then(
      (bytes) => {
        const type = TYPES[extname(file)] ?? "application/octet-stream";
        response.writeHead(200, { "content-type": type });
        if (!type.startsWith("text/")) {
          response.end(bytes);
          return;
        }
        const text = changed(bytes.toString(), type);
        response.end(type === TYPES[".html"] ? text.replace("</head>", `${snippet}</head>`) : text);
      },
      () => response.writeHead(404).end(),
    );
  }, port);
}
