// All unit tests of the web parts in one run; each package keeps its own configuration.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { projects: ["web/tracker", "web/recorder", "web/dashboard", "web/demo-shop"] },
});
