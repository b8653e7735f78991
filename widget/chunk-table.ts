import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

/** Puts a table of a build's own in the place of where the elements look for their rare parts. */
export function chunkTable(file: string): Plugin {
  return {
    name: "chunk-table",
    enforce: "pre",
    resolveId(source) {
      if (!source.endsWith("/chunk-sources.js")) return undefined;
      return fileURLToPath(new URL(file, import.meta.url));
    },
  };
}
