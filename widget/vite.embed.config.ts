import { defineConfig } from "vite";
import { chunkTable } from "./chunk-table.js";
import { asciiOutput } from "./ascii-output.js";
import { minifyTemplates } from "./minify-templates.js";

/** The script-tag build: one file with everything in it. */
export default defineConfig({
  publicDir: false,
  plugins: [chunkTable("src/embed/chunks-at-hand.ts"), minifyTemplates(), asciiOutput()],
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox128", "safari17.5"],
    outDir: "dist",
    emptyOutDir: false,
    sourcemap: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: "src/embed.ts",
      output: { format: "iife", entryFileNames: "smooth-agent.js" },
    },
  },
});
