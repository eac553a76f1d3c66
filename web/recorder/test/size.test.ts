import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { beforeAll, expect, it } from "vitest";

/** What a page that records may have to load. */
const BROTLI_BYTES_MAX = 18_432;

beforeAll(() => import("../build.mjs" as string));

it("weighs at most 18 KB", () => {
  const bytes = readFileSync(new URL("../../dist/r.js", import.meta.url));
  const { length } = brotliCompressSync(bytes);
  console.log(`r.js: ${bytes.length} bytes, ${length} with Brotli`);
  expect(length).toBeLessThanOrEqual(BROTLI_BYTES_MAX);
});
