// Browser tests: the real server, a real Chromium. What measures a time runs alone, and what a
// recording costs its page most; the others mostly wait for something and run two files at a time.
import { defineConfig } from "vitest/config";

const ALONE = [
  "canvases",
  "joining_live",
  "long_session",
  "shop",
  "slow_link",
  "watching_live",
].map((name) => `tests/${name}.test.ts`);

export default defineConfig({
  test: {
    // A browser on a busy machine now and then does in two steps what it does in one elsewhere. What
    // fails is tried once more, and the report says so beside it: (retry x1) is something to mend.
    retry: 1,
    // What hangs is to be told before all that is done ends; nothing that goes on is cut off.
    testTimeout: 600_000,
    // The first of those that look at the demo makes it, and others wait for that.
    hookTimeout: 900_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          globalSetup: ["support/demo.ts"],
          include: ["tests/**/*.test.ts"],
          exclude: ALONE,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: ALONE,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
