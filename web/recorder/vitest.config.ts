import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "recorder",
    environment: "node",
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000,
  },
});
