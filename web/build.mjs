/**
 * Builds every web package into web/dist and prints how long each took and what each shipped file
 * weighs: raw, gzip and brotli. A package takes part by having a `build.mjs`, which builds when it
 * is imported. Each file is laid down compressed beside itself (`.br`), but for pages with
 * placeholders, which the server fills in before it sends them.
 *
 * What was built from the same sources is left alone, so that cargo does not build the server,
 * which embeds it, anew; the stamp beside it says from what it was made and what came out.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const WEB = fileURLToPath(new URL(".", import.meta.url));
const DIST = join(WEB, "dist");
const STAMP = join(WEB, "../node_modules/.hitmetrix-web");
const PACKAGES = ["wire", "tracker", "recorder", "dashboard", "demo-shop", "docs"];
/** What web/docs is built from. */
const DOCS = ["guide", "concepts", "reference"].map((name) => join(WEB, "../docs", name));
const LOCK = join(WEB, "../package-lock.json");
const COMPRESSED = new Set([".js", ".css", ".html", ".svg", ".json"]);
const PLACEHOLDER = "{{HITMETRIX_";

const started = performance.now();
const made = existsSync(STAMP) ? readFileSync(STAMP, "utf8") : "";
if (made === stamp()) {
  console.log("the web parts are built from these sources already");
} else {
  await buildAll();
  writeFileSync(STAMP, stamp());
}

async function buildAll() {
  for (const name of PACKAGES) {
    const build = join(WEB, name, "build.mjs");
    if (!existsSync(build)) continue;
    const begun = performance.now();
    await import(pathToFileURL(build).href);
    console.log(`built ${name.padEnd(12)} ${seconds(begun)}`);
  }
  const rows = filesBelow(DIST)
    .filter((path) => COMPRESSED.has(extname(path)))
    .map(compress)
    .sort((a, b) => a.file.localeCompare(b.file));
  const width = Math.max(4, ...rows.map((row) => row.file.length));
  console.log(
    `\n${"file".padEnd(width)} ${column("raw")} ${column("gzip")} ${column("brotli")}  bytes`,
  );
  for (const row of rows) {
    console.log(
      `${row.file.padEnd(width)} ${column(row.raw)} ${column(row.gzip)} ${column(row.brotli)}`,
    );
  }
  console.log(`\nweb built in ${seconds(started)}`);
}

/** What the sources are and what was built: two digests. */
function stamp() {
  const sources = filesBelow(WEB).filter((path) => {
    const below = relative(WEB, path).split(sep);
    return below[0] !== "dist" && !below.includes("node_modules");
  });
  const docs = DOCS.flatMap(filesBelow);
  return `${digest([...sources, ...docs, LOCK])} ${digest(filesBelow(DIST))}\n`;
}

function digest(paths) {
  const whole = createHash("sha256");
  for (const path of paths.sort()) {
    const content = createHash("sha256").update(readFileSync(path)).digest("hex");
    whole.update(`${relative(WEB, path)}\0${content}\n`);
  }
  return whole.digest("hex");
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function compress(path) {
  const bytes = readFileSync(path);
  const brotli = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  if (!bytes.includes(PLACEHOLDER)) writeFileSync(`${path}.br`, brotli);
  return {
    file: relative(DIST, path),
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotli.length,
  };
}

function column(value) {
  return String(value).padStart(9);
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
