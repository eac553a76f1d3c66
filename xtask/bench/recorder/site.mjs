/**
 * The site and the receiver of `cargo xtask bench recorder` in one small server: it serves the page
 * and the scripts as they are built, answers as the product does, and counts what is posted.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { page, sheet } from "./pages.mjs";

const SESSION = "0123456789abcdef0123456789abcdef";
const RULES = {
  v: 1,
  record: true,
  sample: 1,
  blocked: [],
  query_keys: [],
  hash_routes: false,
  mask_text: false,
  respect_dnt: true,
  mask: [],
  block: [],
  show: [],
  session_idle_ms: 1_800_000,
};

/** Starts the server; `dist` is where the scripts were built to. */
export async function startSite(dist) {
  const posted = { bytes: 0, chunks: 0 };
  const script = (name) => readFileSync(`${dist}/${name}`);
  const here = (name) => readFileSync(new URL(name, import.meta.url));
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://x");
    const answer = (type, body) => response.writeHead(200, { "content-type": type }).end(body);
    if (request.method === "POST") {
      let bytes = 0;
      request.on("data", (part) => {
        bytes += part.length;
      });
      request.on("end", () => {
        if (pathname.startsWith("/r/")) {
          posted.bytes += bytes;
          posted.chunks += 1;
        }
        // As if somebody watched: what is recorded goes within a second, with what it belongs to.
        const ack = { session: SESSION, snapshot: false, watched: true };
        answer("application/json", JSON.stringify(ack));
      });
    } else if (pathname === "/") {
      const key = searchParams.get("record") === "yes" ? "recorded" : "plain";
      const tag = `<script defer src="/t.js" data-key="${key}"></script>`;
      answer("text/html", page(Number(searchParams.get("nodes")), tag));
    } else if (pathname.startsWith("/c/")) {
      const record = pathname === "/c/recorded";
      answer("application/json", JSON.stringify({ ...RULES, record }));
    } else if (pathname === "/page.css") answer("text/css", sheet());
    else if (pathname === "/more.css") answer("text/css", sheet(5000, "more"));
    else if (pathname === "/work.js") answer("text/javascript", here("work.js"));
    else if (/^\/[a-z-]+\.js$/.test(pathname)) answer("text/javascript", script(pathname.slice(1)));
    else response.writeHead(404).end();
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    posted,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
