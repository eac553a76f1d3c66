/**
 * For tests: a page under a strict policy that plays recordings as the dashboard does, with
 * `/player-frame` served as the product serves it, and a list of everything it asked for.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const FRAME_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data: blob:; media-src blob:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'";
const PAGE = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/page.css"><iframe id="frame" src="/player-frame"></iframe><script type="module" src="/page.js"></script>`;
const CSS = "body{margin:0}iframe{border:0;width:1000px;height:700px}";

export interface Theatre {
  origin: string;
  /** Paths that were asked for. */
  asked: string[];
  close(): Promise<void>;
}

/** Serves chunks by their name, and the list of them. */
export async function openTheatre(
  chunks: object[],
  bodies: Record<string, string>,
): Promise<Theatre> {
  const script = await bundle();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    asked.push(path);
    const answer = (type: string, text: string, policy = "") => {
      response.setHeader("content-type", `${type}; charset=utf-8`);
      if (policy) response.setHeader("content-security-policy", policy);
      response.end(text);
    };
    if (path === "/") answer("text/html", PAGE, PAGE_POLICY);
    else if (path === "/page.js") answer("text/javascript", script);
    else if (path === "/page.css") answer("text/css", CSS);
    else if (path === "/player-frame")
      answer("text/html", "<!doctype html><title>player</title>", FRAME_POLICY);
    else if (path === "/chunks") answer("application/json", JSON.stringify(chunks));
    else if (path.startsWith("/chunk/") && bodies[path.slice(7)] !== undefined) {
      answer("application/x-ndjson", bodies[path.slice(7)] ?? "");
    } else {
      response.statusCode = 404;
      answer("text/plain", "");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function bundle(): Promise<string> {
  const require = createRequire(import.meta.url);
  const built = await build({
    stdin: {
      contents: `
        import { attach } from "./attach";
        window.seen = [];
        const begun = performance.now();
        const rows = await (await fetch("/chunks")).json();
        window.player = attach(document.querySelector("iframe"), {
          chunks: rows,
          async load({ window, sequence }) {
            const answer = await fetch("/chunk/" + window + "-" + sequence);
            if (!answer.ok) throw Object.assign(new Error("no such chunk"), { status: answer.status });
            return answer.text();
          },
        });
        for (const name of ["state", "gap", "page", "size", "skip"]) player.on(name, (value) => seen.push([name, value]));
        // Milliseconds from the request for the list to the first picture.
        window.first_ms = new Promise((done) => {
          player.on("state", ({ status }) => {
            if (status === "paused") requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
          });
        });
        // Seeks, and waits until the picture is drawn; milliseconds.
        window.timed = async (ms) => {
          const from = performance.now();
          await player.seek(ms);
          await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
          return performance.now() - from;
        };
      `,
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
      loader: "ts",
    },
    bundle: true,
    format: "esm",
    write: false,
    plugins: [
      {
        name: "raw",
        setup(within) {
          within.onLoad({ filter: /\.css$/ }, ({ path }) => ({
            contents: readFileSync(path, "utf8"),
            loader: "text",
          }));
          within.onResolve({ filter: /\?raw$/ }, ({ path }) => ({
            path: require.resolve(path.replace("?raw", "")),
          }));
        },
      },
    ],
  });
  return built.outputFiles[0]?.text ?? "";
}
