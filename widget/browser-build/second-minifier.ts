import { minify } from "terser";
import type { Plugin } from "vite";

/** Minifies once more what every page loads: each of the two minifiers finds what the other leaves. */
export function secondMinifier(): Plugin {
  return {
    name: "second-minifier",
    async generateBundle({ format }, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "chunk") continue;
        const map = file.map && { content: JSON.stringify(file.map), asObject: true };
        const { code, map: further } = await minify(file.code, {
          ecma: 2020,
          module: format === "es",
          compress: { passes: 2, unsafe: true },
          // A browser reads what stands in parentheses once, and not a second time when it is called.
          format: { wrap_iife: true },
          ...(map && { sourceMap: map }),
        });
        if (code === undefined) throw new Error(`${file.fileName} became nothing`);
        file.code = code;
        if (file.map && further && typeof further === "object") Object.assign(file.map, further);
      }
    },
  };
}
