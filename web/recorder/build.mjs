/**
 * Builds the recorder into web/dist: r.js, and what it loads where the site wants it. esbuild
 * bundles; oxc, which folds further, writes the code small.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minifySync } from "vite";

const TARGET = "es2020";
const SCRIPTS = [
  { from: "record.ts", to: "r.js" },
  { from: "logs/logs.ts", to: "r-logs.js" },
  { from: "assets/assets.ts", to: "r-assets.js" },
  { from: "canvas/canvas.ts", to: "r-canvas.js" },
];

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

mkdirSync(path("../dist"), { recursive: true });
for (const { from, to } of SCRIPTS) {
  const bundle = await build({
    entryPoints: [path(`src/${from}`)],
    bundle: true,
    format: "esm",
    target: TARGET,
    legalComments: "none",
    write: false,
  });
  // esbuild turns constants into variables, which are not folded.
  const text = bundle.outputFiles[0].text.replace(
    /^( *)var ([A-Z_]+) = ([\d_e.]+);$/gm,
    "$1const $2 = $3;",
  );
  const { code, errors } = minifySync(to, text, {
    module: true,
    compress: { target: TARGET },
    mangle: { toplevel: true },
  });
  if (errors.length > 0) throw new Error(`${to}: ${errors[0].message}`);
  writeFileSync(path(`../dist/${to}`), code);
}
