/** Builds the recorder into `web/dist/r.js`. */
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));

/**
 * Parts of rrweb that the recorder never uses, cut out so that no page loads them. Each cut names
 * where it begins and ends in the version that package.json pins; another text fails the build.
 */
const CUTS = [
  {
    // Canvas, with its worker: recordCanvas is off.
    from: "class CanvasManager {",
    to: "class StylesheetManager {",
    instead: "class CanvasManager { freeze() {} unfreeze() {} lock() {} unlock() {} reset() {} }\n",
  },
  {
    // Frames of other origins: recordCrossOriginIframes is off, they would post past the masks.
    from: '    __publicField(this, "crossOriginIframeMirror", new CrossOriginIframeMirror(genId));',
    to: '    __publicField(this, "crossOriginIframeStyleMirror");',
    instead: "",
  },
  {
    from: "    this.crossOriginIframeStyleMirror = new CrossOriginIframeMirror(",
    to: '    this.mirror = options.mirror;\n    if (this.recordCrossOriginIframes) {\n      window.addEventListener("message"',
    instead: "",
  },
  {
    from: "  handleMessage(message) {",
    to: "class ShadowDomManager {",
    instead: "}\n",
  },
  {
    // Images in the snapshot: inlineImages is off.
    from: '  if (tagName === "img" && inlineImages) {',
    to: '  if (["audio", "video"].includes(tagName)) {',
    instead: "",
  },
  {
    from: '  if (tagName === "canvas" && recordCanvas) {',
    to: '  if (["audio", "video"].includes(tagName)) {',
    instead: "",
  },
  {
    // A page that adopts no sheet any more: rrweb keeps quiet, and the replay keeps the last ones.
    from: "    if (sheets.length === 0) return;",
    to: "    const adoptedStyleSheetData = {",
    instead: "",
  },
  {
    // Fonts made by scripts: collectFonts is off.
    from: "function initFontObserver({ fontCb, doc }) {",
    to: "function initSelectionObserver(param) {",
    instead: "function initFontObserver() { return () => {}; }\n",
  },
];

const cut = {
  name: "cut",
  setup(build) {
    build.onLoad({ filter: /@rrweb\/record\/dist\/record\.js$/ }, ({ path }) => {
      let contents = readFileSync(path, "utf8");
      for (const { from, to, instead } of CUTS) {
        const start = contents.indexOf(from);
        const end = contents.indexOf(to, start);
        if (start < 0 || end < 0)
          throw new Error(`rrweb has changed: no \`${from}\` before \`${to}\``);
        contents = contents.slice(0, start) + instead + contents.slice(end);
      }
      return { contents, loader: "js" };
    });
  },
};

mkdirSync(dist, { recursive: true });
await build({
  entryPoints: [fileURLToPath(new URL("src/record.ts", import.meta.url))],
  outfile: `${dist}r.js`,
  bundle: true,
  format: "esm",
  target: "es2020",
  minify: true,
  legalComments: "none",
  plugins: [cut],
});
