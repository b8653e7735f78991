import { defineConfig } from "vite";
import { elementManifest } from "./browser-build/element-manifest.js";
import { minifyTemplates } from "./browser-build/minify-templates.js";

/** The module build: Lit stays an import, and React too, so that a host's bundler keeps one copy of each. */
export default defineConfig({
  plugins: [minifyTemplates(), elementManifest()],
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
        react: "src/react.ts",
      },
      formats: ["es"],
    },
    rolldownOptions: {
      external: /^(lit|react)(\/|$)/,
      output: { chunkFileNames: "chunks/[name].js" },
    },
  },
});
