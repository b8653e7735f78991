// Bundles the headless client with all it imports, so that check:size weighs what a page would load:
// once alone, once with the state of a conversation on top.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const cache = at("../node_modules/.cache/size");
const entries = {
  client: 'export * from "@smooth-agent/widget/client";\n',
  conversation:
    'export * from "@smooth-agent/widget/client"; export * from "@smooth-agent/widget/conversation";\n',
};

mkdirSync(cache, { recursive: true });
for (const [name, source] of Object.entries(entries)) {
  const entry = `${cache}/${name}.entry.js`;
  writeFileSync(entry, source);
  await build({
    configFile: false,
    logLevel: "warn",
    root: at(".."),
    build: {
      target: "es2022",
      outDir: cache,
      emptyOutDir: false,
      modulePreload: { polyfill: false },
      // As an application, not a library: Vite keeps the white space of library modules.
      rolldownOptions: {
        input: { [name]: entry },
        output: { entryFileNames: "[name].js" },
        preserveEntrySignatures: "strict",
      },
    },
  });
}
