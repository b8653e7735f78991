import type { Plugin } from "vite";
import { root } from "./script-build.js";

/** Puts a table of a build's own in the place of where the elements look for their rare parts. */
export function chunkTable(file: string): Plugin {
  return {
    name: "chunk-table",
    enforce: "pre",
    resolveId: (source) =>
      source.endsWith("/chunk-sources.js") ? `${root}src/embed/${file}` : undefined,
  };
}
