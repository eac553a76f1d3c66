/**
 * Builds the tracker's scripts into web/dist: t.js, x.js, v.js, f.js and i.js. esbuild bundles and
 * shortens the names that never leave their file (they end in an underscore); oxc, which folds
 * constants further, writes the code small.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minifySync } from "vite";

const TARGET = "es2020";
const SCRIPTS = [
  { from: "main.ts", to: "t.js", format: "iife" },
  { from: "start.ts", to: "x.js", format: "esm" },
  { from: "vitals.ts", to: "v.js", format: "esm" },
  { from: "feedback/feedback.ts", to: "f.js", format: "esm" },
  { from: "own.ts", to: "i.js", format: "esm" },
];

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const { version } = JSON.parse(readFileSync(path("package.json"), "utf8"));

mkdirSync(path("../dist"), { recursive: true });
for (const { from, to, format } of SCRIPTS) {
  const bundle = await build({
    entryPoints: [path(`src/${from}`)],
    bundle: true,
    format,
    target: TARGET,
    mangleProps: /[a-z]_$/i,
    define: { TRACKER_VERSION: JSON.stringify(version) },
    tsconfigRaw: { compilerOptions: { alwaysStrict: false, verbatimModuleSyntax: true } },
    write: false,
  });
  // esbuild turns constants into variables, which are not folded.
  const text = bundle.outputFiles[0].text.replace(
    /^( *)var ([A-Z_]+) = ([\d_e.]+);$/gm,
    "$1const $2 = $3;",
  );
  const { code, errors } = minifySync(to, text, {
    module: format === "esm",
    compress: { target: TARGET },
    mangle: { toplevel: true },
  });
  if (errors.length > 0) throw new Error(`${to}: ${errors[0].message}`);
  writeFileSync(path(`../dist/${to}`), code);
}
