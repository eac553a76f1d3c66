// Builds the dashboard into web/dist/dashboard.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
await build({ root: here, configFile: join(here, "vite.config.ts"), logLevel: "warn" });
