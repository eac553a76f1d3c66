// The budget of the first load: everything that index.html asks for, and what the first screen
// asks for after it, as it goes over the wire.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const out = join(dirname(fileURLToPath(import.meta.url)), "../dist/dashboard");
const LIMIT_BYTES = 120 * 1024;
const built = existsSync(join(out, "index.html.br"));

const sizeOf = (name: string): number => statSync(join(out, `${name}.br`)).size;

test.skipIf(!built)("first load stays under 120 KB of brotli", () => {
  const html = readFileSync(join(out, "index.html"), "utf8");
  const named = [...html.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((match) => match[1] ?? "");
  const charts = readdirSync(join(out, "assets")).filter((name) =>
    /^series-.*\.(js|css)$/.test(name),
  );
  const files = ["index.html", ...named, ...charts.map((name) => `assets/${name}`)];
  const bytes = files.reduce((sum, name) => sum + sizeOf(name), 0);
  console.log(`first load ${(bytes / 1024).toFixed(1)} KB brotli of ${LIMIT_BYTES / 1024}`);
  expect(bytes).toBeLessThanOrEqual(LIMIT_BYTES);
});

test.skipIf(!built)("the replayer is not part of it", () => {
  const html = readFileSync(join(out, "index.html"), "utf8");
  const entry = /src="\/(assets\/[^"]+\.js)"/.exec(html)?.[1] ?? "";
  expect(readFileSync(join(out, entry), "utf8")).not.toContain("replayer-wrapper");
});

test.skipIf(!built)("the page carries no inline script, style or data address", () => {
  const html = readFileSync(join(out, "index.html"), "utf8");
  expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)|data:/);
});
