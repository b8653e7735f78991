import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseSync, type Plugin } from "vite";
import { root } from "./script-build.js";

const FILE = `${root}src/embed/shared-parts.ts`;

/** Leaves out of a chunk what the script that fetches it shares with it. */
export function sharedParts(): Plugin {
  const shared = sharedNames();
  return {
    name: "shared-parts",
    enforce: "pre",
    resolveId(source, importer) {
      return importer && shared.has(idOf(source, importer))
        ? { id: "shared", external: true }
        : undefined;
    },
    transform(code, id) {
      if (!id.endsWith(".ts")) return;
      for (const { moduleRequest, entries } of parseSync(id, code).module.staticImports) {
        const names = shared.get(idOf(moduleRequest.value, id));
        const missing = entries.find(
          ({ isType, importName }) =>
            names && !isType && !names.has("*") && !names.has(importName.name ?? "*"),
        );
        if (missing) {
          throw new Error(
            `${id} is part of a chunk and takes ${missing.importName.name} from ${moduleRequest.value}: name it in ${FILE}`,
          );
        }
      }
    },
  };
}

/** What is shared, by the modules it comes from. */
function sharedNames(): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const { entries } of parseSync(FILE, readFileSync(FILE, "utf8")).module.staticExports) {
    for (const { moduleRequest, exportName } of entries) {
      if (!moduleRequest) continue;
      const id = idOf(moduleRequest.value, FILE);
      names.set(id, (names.get(id) ?? new Set()).add(exportName.name ?? "*"));
    }
  }
  return names;
}

function idOf(source: string, importer: string): string {
  if (!source.startsWith(".")) return source;
  return resolve(dirname(importer), source).replace(/\.js$/, ".ts");
}
