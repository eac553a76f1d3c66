import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";

/** What a page that records may have to load: each script, in bytes of Brotli. */
const BROTLI_BYTES_MAX = {
  // 18 KB, and 256 bytes for what is said of frames and closed roots that nobody can see, and for
  // marks that come late; and 512 for pieces of a first picture that outlive the page, and for what is
  // looked up once a task instead of once an address; and 1,024 for pictures of sheets that stay beside
  // masked parts, and for what is said of refusals and of what recording costs; and 512 for naming
  // sheets that the server has, which saves a page load many times as much. With all others a page may
  // have to load 26 KB.
  "r.js": 20_736,
  "r-logs.js": 3_072,
  "r-assets.js": 2_048,
  "r-canvas.js": 1_536,
};

beforeAll(() => import("../build.mjs" as string));

describe("the recorder's scripts stay small", () => {
  for (const [name, most] of Object.entries(BROTLI_BYTES_MAX))
    it(`${name} weighs at most ${most} bytes`, () => {
      const bytes = readFileSync(new URL(`../../dist/${name}`, import.meta.url));
      const { length } = brotliCompressSync(bytes);
      console.log(`${name}: ${bytes.length} bytes, ${length} with Brotli`);
      expect(length).toBeLessThanOrEqual(most);
    });
});
