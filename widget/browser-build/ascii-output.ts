import type { Plugin } from "vite";

/** Writes what is not ASCII as escapes: a host page may be in any encoding, and scripts follow it. */
export function asciiOutput(): Plugin {
  return {
    name: "ascii-output",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === "chunk") file.code = file.code.replace(/[^\0-\x7F]/g, escaped);
      }
    },
  };
}

/** Valid in strings, templates and regular expressions, where all of them are. */
function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
