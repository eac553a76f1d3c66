// Makes src/openapi.d.ts from docs/reference/openapi.json, the document that the server generates.
// Run by hand or by `cargo xtask gen`; the result is checked in, so that a change of the API is a
// visible difference. With --check it changes nothing and fails when the file is out of step.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import openapiTypescript, { astToString } from "openapi-typescript";

const here = dirname(fileURLToPath(import.meta.url));
const document = resolve(here, "../../docs/reference/openapi.json");
const target = resolve(here, "src/openapi.d.ts");
const head =
  "// Generated from docs/reference/openapi.json by web/wire/generate.mjs; do not edit.\n";

if (!existsSync(document)) {
  console.error("docs/reference/openapi.json is not there; make it first with `cargo xtask gen`");
  process.exit(1);
}
const raw = head + astToString(await openapiTypescript(JSON.parse(readFileSync(document, "utf8"))));
// Formatted as all other files are, so that one check serves them all.
const biome = resolve(here, "../../node_modules/.bin/biome");
const text = execFileSync(biome, ["format", `--stdin-file-path=${target}`], {
  cwd: resolve(here, "../.."),
  input: raw,
  encoding: "utf8",
});
const before = existsSync(target) ? readFileSync(target, "utf8") : "";
if (process.argv.includes("--check")) {
  if (text !== before) {
    console.error("web/wire/src/openapi.d.ts is out of step; run `node web/wire/generate.mjs`");
    process.exit(1);
  }
} else if (text !== before) {
  writeFileSync(target, text);
}
