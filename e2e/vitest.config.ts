// Browser tests: the real server, a real Chromium, one after the other.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    fileParallelism: false,
    maxConcurrency: 2,
    // A browser on a busy machine now and then does in two steps what it does in one elsewhere. What
    // fails is tried once more, and the report says so beside it: (retry x1) is something to mend.
    retry: 1,
    // What hangs is to be told before all that is done ends; nothing that goes on is cut off.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    teardownTimeout: 60_000,
  },
});
