import { defineConfig } from "vite";
import { beside, browserFiles } from "./browser-build/browser-files.js";
import { chunkTable } from "./browser-build/chunk-table.js";
import { scriptOptions } from "./browser-build/script-build.js";
import { secondMinifier } from "./browser-build/second-minifier.js";

/** The builds for browsers: one script with nearly everything in it, and beside it what is fetched. */
export default defineConfig(async () => {
  const { files, define } = await browserFiles();
  const options = scriptOptions([chunkTable("chunks-at-hand.ts"), beside(files), secondMinifier()]);
  return {
    ...options,
    define,
    build: {
      ...options.build,
      sourcemap: true,
      rolldownOptions: {
        input: "src/embed.ts",
        checks: { bundlerTimings: false },
        output: {
          format: "iife" as const,
          entryFileNames: "smooth-agent.js",
          // Where there is no page it may be imported, and does nothing.
          banner: 'typeof document=="undefined"||',
        },
      },
    },
  };
});
