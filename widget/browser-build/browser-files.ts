import { rmSync } from "node:fs";
import { parseSync, type Plugin } from "vite";
import { fileName } from "../src/embed/file-name.js";
import { chunkFiles } from "./chunk-files.js";
import { chunkTable } from "./chunk-table.js";
import { FOLDER, hashOf, root, scriptCode } from "./script-build.js";

/** Everything a browser may load besides the all-in-one script, and what that one must know of it. */
export interface BrowserFiles {
  /** Code by path. */
  files: Map<string, string>;
  define: Record<string, string>;
}

/** Builds the chunks, the module build that fetches them, and the loader that fetches that. */
export async function browserFiles(): Promise<BrowserFiles> {
  const chunks = await chunkFiles();
  const define = { CHUNK_HASHES: JSON.stringify(chunks.hashes) };
  const module = await scriptCode(
    `${root}src/module.ts`,
    { format: "es" },
    { isFirst: true, define, plugins: [chunkTable("chunks-beside.ts")] },
  );
  const name = fileName("core", hashOf(module));
  const loader = await scriptCode(
    `${root}src/loader.ts`,
    { format: "iife" },
    { isFirst: true, define: { MODULE_FILE: JSON.stringify(`${FOLDER}/${name}`) } },
  );
  const hashedFiles = [[name, module] as const, ...chunks.files];
  return {
    define,
    files: new Map([
      ["loader.js", loader],
      ["smooth-agent.mjs", entryOf(name, module)],
      ...hashedFiles.map(([file, code]) => [`${FOLDER}/${file}`, code] as const),
    ]),
  };
}

/** The module build under a name that stays; where there is no page it exports nothing real. */
function entryOf(file: string, code: string): string {
  const names = parseSync(file, code).module.staticExports.flatMap(({ entries }) =>
    entries.map(({ exportName }) => exportName.name),
  );
  const found = `typeof document === "undefined" ? {} : await import("./${FOLDER}/${file}")`;
  return `export const { ${names.join(", ")} } = ${found};\n`;
}

/** Puts them beside what is built, in place of those of an earlier build. */
export function beside(files: BrowserFiles["files"]): Plugin {
  return {
    name: "browser-files",
    generateBundle(_options, _bundle, isWrite) {
      if (isWrite) rmSync(`${root}dist/${FOLDER}`, { recursive: true, force: true });
      for (const [path, source] of files) {
        this.emitFile({ type: "asset", fileName: path, source });
      }
    },
  };
}
