// Output goes where the server embeds it from. No inline script, style or data: address leaves
// this build, because the server's policy allows none.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { world } from "./world/plugin.ts";

export default defineConfig({
  plugins: [svelte(), world()],
  build: {
    outDir: "../dist/dashboard",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    reportCompressedSize: false,
    // The page behind a link to a recording loads the player and little else, the one behind a link
    // to a board what draws panels.
    rollupOptions: { input: { index: "index.html", share: "share.html", board: "board.html" } },
  },
});
