import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

// biome-ignore lint/style/noDefaultExport: the plugin reads the default export
export default { preprocess: vitePreprocess(), compilerOptions: { runes: true } };
