import { defineConfig } from "vite";

// Everything the page needs comes from its own origin: no module preload polyfill, no absolute base.
export default defineConfig({
  base: "./",
  build: {
    outDir: "../src/safeground/web/ui",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2500,
  },
  worker: { format: "es" },
});
