import { defineConfig } from "vitest/config";

export default defineConfig({
  define: { TRACKER_VERSION: '"test"' },
  test: {
    name: "tracker",
    environment: "jsdom",
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/setup.ts"],
  },
});
