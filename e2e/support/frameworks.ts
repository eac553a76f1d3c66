// Pages as frameworks make them, out of what somebody pastes: bundled by esbuild, run by the real
// framework in the browser, or rendered on the server as Next.js renders a layout.
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { compile } from "svelte/compiler";
import type { OwnPage } from "./own_pages.ts";

const HERE = resolve(import.meta.dirname, "..");
const PLACE = '<div id="app"></div>';

/** Files that are not on the disk. */
function files(named: Record<string, string>): Plugin {
  return {
    name: "files",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\// }, ({ path }) =>
        path in named ? { path, namespace: "files" } : undefined,
      );
      onLoad({ filter: /.*/, namespace: "files" }, ({ path }) => ({
        contents: named[path] ?? "",
        loader: "jsx",
        resolveDir: HERE,
      }));
    },
  };
}

async function bundle(
  entry: string,
  named: Record<string, string>,
  more: BuildOptions = {},
): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: entry, loader: "jsx", resolveDir: HERE },
    plugins: [files(named)],
    jsx: "automatic",
    bundle: true,
    write: false,
    format: "iife",
    define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "true" },
    logLevel: "silent",
    ...more,
  });
  return outputFiles?.[0]?.text ?? "";
}

/** A page and its script, by their paths. */
type Pages = Record<string, OwnPage>;
const withScript = (script: string): Pages => ({
  "/": { body: `${PLACE}<script src="/app.js"></script>` },
  "/app.js": { script },
});

/** An app of React with the component of the snippet in it. */
export async function reactPages(snippet: string): Promise<Pages> {
  const entry = `import { createRoot } from "react-dom/client";
    import { StrictMode } from "react";
    import { Hitmetrix } from "./Hitmetrix.jsx";
    createRoot(document.getElementById("app"))
      .render(<StrictMode><p>App</p><Hitmetrix /></StrictMode>);`;
  return withScript(await bundle(entry, { "./Hitmetrix.jsx": snippet }));
}

/** An app of Vue that uses the plugin of the snippet. */
export async function vuePages(snippet: string): Promise<Pages> {
  const entry = `import { createApp, h } from "vue";
    import { hitmetrix } from "./hitmetrix.js";
    const app = createApp({ render: () => h("p", "App") });
    app.use(hitmetrix);
    app.mount("#app");`;
  return withScript(await bundle(entry, { "./hitmetrix.js": snippet }));
}

/** A component of Svelte with the snippet in its script. */
export async function sveltePages(snippet: string): Promise<Pages> {
  const source = `<script>\n${snippet}\n</script>\n<p>App</p>\n`;
  const { js } = compile(source, { generate: "client", name: "App" });
  const entry = `import { mount } from "svelte";
    import App from "./App.js";
    mount(App, { target: document.getElementById("app") });`;
  const conditions = ["browser", "svelte"];
  return withScript(await bundle(entry, { "./App.js": js.code }, { conditions }));
}

/** What the server sends for a layout of Next.js with the snippet at the end of its body. */
export async function nextPages(snippet: string): Promise<Pages> {
  const layout = `export default function Layout({ children }) {
      return <html lang="en"><head><title>Own page</title></head><body>{children}${snippet}</body></html>;
    }`;
  const entry = `import { renderToString } from "react-dom/server";
    import Layout from "./layout.jsx";
    console.log(renderToString(<Layout><p>App</p></Layout>));`;
  const code = await bundle(entry, { "./layout.jsx": layout }, { format: "cjs", platform: "node" });
  const html = execFileSync(process.execPath, ["-"], { input: code, encoding: "utf8" });
  const headers = { "content-type": "text/html; charset=utf-8" };
  return { "/": { script: `<!doctype html>${html}`, headers } };
}
