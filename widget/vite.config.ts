import { defineConfig } from "vite";
import { minifyTemplates } from "./minify-templates.js";

/** The module build: Lit stays an import, so that a host's bundler keeps one copy of it. */
export default defineConfig({
  plugins: [minifyTemplates()],
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox128", "safari17.5"],
    outDir: "dist",
    emptyOutDir: false,
    sourcemap: true,
    lib: {
      entry: {
        index: "src/index.ts",
        define: "src/define.ts",
        client: "src/client.ts",
        conversation: "src/conversation.ts",
      },
      formats: ["es"],
    },
    rolldownOptions: {
      external: /^lit(\/|$)/,
      output: { chunkFileNames: "chunks/[name].js" },
    },
  },
});
