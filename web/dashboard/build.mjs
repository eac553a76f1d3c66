// Builds the dashboard into web/dist/dashboard, and into web/dist/offline.html the page that a
// recording is saved in.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { build } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
await build({ root: here, configFile: join(here, "vite.config.ts"), logLevel: "warn" });
writeFileSync(join(here, "../dist/offline.html"), await offlinePage());

/**
 * One file with everything in it. Its policy lets its own script run, by digest, and nothing be
 * fetched; frames that recordings are rebuilt in inherit it. The server puts the recording where
 * `{{HITMETRIX_RECORDING}}` stands.
 */
async function offlinePage() {
  const { output } = await build({
    root: here,
    configFile: false,
    logLevel: "warn",
    plugins: [svelte()],
    build: {
      write: false,
      target: "es2022",
      cssCodeSplit: false,
      modulePreload: false,
      reportCompressedSize: false,
      rollupOptions: {
        input: join(here, "src/offline/main.ts"),
        output: { format: "iife", codeSplitting: false },
        // What loads parts of a page by their addresses has nothing to do here.
        transform: { define: { "import.meta": "{}" } },
      },
    },
  }).then((built) => (Array.isArray(built) ? built[0] : built));
  const code = output.find(({ type }) => type === "chunk")?.code ?? "";
  const style = output.find(({ fileName }) => fileName.endsWith(".css"))?.source ?? "";
  // Neither may end its own element.
  const script = code.replaceAll(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "<\\!--");
  const sheet = String(style).replaceAll(/<\/style/gi, "");
  const digest = createHash("sha256").update(script).digest("base64");
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${digest}'`,
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "font-src data: blob:",
    "media-src blob:",
    "form-action 'none'",
    "base-uri 'none'",
  ].join("; ");
  const page = readFileSync(join(here, "src/offline/page.txt"), "utf8");
  const parts = { POLICY: policy, STYLE: sheet, SCRIPT: script };
  return page.replaceAll(/%(POLICY|STYLE|SCRIPT)%/g, (_, name) => parts[name]);
}
