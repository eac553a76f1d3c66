// What the benchmarks do in a browser; `cargo xtask bench` asks for it.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["bench/**/*.bench.ts", "screenshots/**/*.bench.ts"],
    fileParallelism: false,
    globalSetup: ["support/demo.ts"],
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
  },
});
