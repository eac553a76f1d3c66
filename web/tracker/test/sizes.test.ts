// @vitest-environment node
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";

const brotliBytes = (name: string) => {
  const bytes = readFileSync(fileURLToPath(new URL(`../../dist/${name}`, import.meta.url)));
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  }).length;
};

describe("sizes", () => {
  beforeAll(async () => {
    // @ts-expect-error: builds when imported, exports nothing
    await import("../build.mjs");
  }, 60_000);

  it("the core stays within 3 KB of brotli", () => {
    expect(brotliBytes("t.js")).toBeLessThanOrEqual(3072);
  });

  // Not within 4 KB, as it was: that forms are seen and what is wrong in them has to be watched by
  // what is there on every page, because nobody sets a form up, and what a secret is has to be known
  // to tell nothing of it. With the recorder 26 KB are allowed.
  it("the second file stays within 5.25 KB of brotli", () => {
    expect(brotliBytes("x.js")).toBeLessThanOrEqual(5376);
  });

  it("the file for own traffic stays within 1 KB of brotli", () => {
    expect(brotliBytes("i.js")).toBeLessThanOrEqual(1024);
  });

  it("the surveys stay within 6 KB of brotli", () => {
    expect(brotliBytes("f.js")).toBeLessThanOrEqual(6144);
  });
});
