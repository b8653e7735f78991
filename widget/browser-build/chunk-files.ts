import { readFileSync } from "node:fs";
import { fileName } from "../src/embed/file-name.js";
import { hashOf, root, scriptCode } from "./script-build.js";
import { sharedParts } from "./shared-parts.js";

/** What the browser builds fetch by name, each in a file of its own. */
export interface ChunkFiles {
  /** The hash of each chunk's file, by the chunk's name. */
  hashes: Record<string, string>;
  /** Code by file name. */
  files: Map<string, string>;
}

/**
 * Builds every chunk of the table of sources as one file that imports nothing: it exports `open`,
 * which is called with what the fetching script shares and returns what the chunk exports. So a file
 * that could not be had may be asked for again under another address.
 */
export async function chunkFiles(): Promise<ChunkFiles> {
  const sources = readFileSync(`${root}src/elements/chunk-sources.ts`, "utf8");
  const hashes: ChunkFiles["hashes"] = {};
  const files: ChunkFiles["files"] = new Map();
  for (const [, key = "", path] of sources.matchAll(/([\w"-]+): \(\) =>\s+import\("(.+)\.js"\)/g)) {
    const name = key.replaceAll('"', "");
    const output = {
      format: "iife",
      name: "part",
      exports: "named",
      globals: { shared: "shared" },
    };
    const code = await scriptCode(`${root}src/elements/${path}.ts`, output, {
      plugins: [sharedParts()],
    });
    const file = `export const open=shared=>{${code}return part};\n`;
    hashes[name] = hashOf(file);
    files.set(fileName(name, hashes[name]), file);
  }
  return { hashes, files };
}
