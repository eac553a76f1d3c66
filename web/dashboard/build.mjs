// Builds the dashboard into web/dist/dashboard and puts a brotli twin beside each text file, so
// that the server sends it as it lies there.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../dist/dashboard");
await build({ root: here, configFile: join(here, "vite.config.ts"), logLevel: "warn" });

for (const name of readdirSync(out, { recursive: true })) {
  const file = join(out, String(name));
  if (!statSync(file).isFile() || !/\.(html|js|css|svg)$/.test(file)) continue;
  const bytes = readFileSync(file);
  const small = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  writeFileSync(`${file}.br`, small);
}
