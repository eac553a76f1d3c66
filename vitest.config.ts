import { defineConfig } from "vitest/config";

/** Unit tests of all web packages in one run; the browser tests in e2e run for themselves. */
export default defineConfig({
  test: { projects: ["web/*/vitest.config.ts"] },
});
