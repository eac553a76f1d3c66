/**
 * Builds the demo shop into web/dist/demo-shop: each page of pages/ in the one layout, the style
 * sheet, one script. The server fills in where the snippet points when it serves a page.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const out = (name) => path(`../dist/demo-shop/${name}`);

mkdirSync(out(""), { recursive: true });
const layout = readFileSync(path("layout.html"), "utf8");
for (const file of readdirSync(path("pages"))) {
  const [title, ...body] = readFileSync(path(`pages/${file}`), "utf8").split("\n");
  const page = layout
    .replace("{{TITLE}}", title.replace(/^<!-- | -->$/g, ""))
    .replace("{{BODY}}", body.join("\n").trim());
  writeFileSync(out(file), page);
}
// The steps of the checkout change the address without a new page; reloading one must work.
for (const step of ["delivery", "payment"]) {
  copyFileSync(out("checkout.html"), out(`checkout-${step}.html`));
}
for (const file of ["style.css", "care.txt"]) copyFileSync(path(file), out(file));

await build({
  entryPoints: [path("src/shop.ts")],
  outfile: out("shop.js"),
  bundle: true,
  minify: true,
  target: "es2020",
  legalComments: "none",
});
