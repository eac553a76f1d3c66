/**
 * Checks the types of every web package: `tsc --noEmit` where there is a tsconfig.json, and
 * `svelte-check` where there are Svelte files. Prints one line per package and fails when one does.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BIN = join(ROOT, "node_modules", ".bin");
const PACKAGES = [
  { path: "web/wire", tool: "tsc" },
  { path: "web/tracker", tool: "tsc" },
  { path: "web/recorder", tool: "tsc" },
  { path: "web/dashboard", tool: "svelte-check" },
  { path: "web/demo-shop", tool: "tsc" },
  { path: "e2e", tool: "tsc" },
];
const ARGUMENTS = {
  tsc: ["--noEmit", "-p", "tsconfig.json"],
  "svelte-check": ["--tsconfig", "./tsconfig.json", "--fail-on-warnings"],
};

let failed = 0;
for (const { path, tool } of PACKAGES) {
  const cwd = join(ROOT, path);
  if (!existsSync(join(cwd, "tsconfig.json"))) continue;
  const begun = performance.now();
  const { status } = spawnSync(join(BIN, tool), ARGUMENTS[tool], { cwd, stdio: "inherit" });
  if (status !== 0) failed += 1;
  const time = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`${status === 0 ? "checked" : "failed "} ${path.padEnd(14)} ${tool} ${time} s`);
}
process.exitCode = failed === 0 ? 0 : 1;
