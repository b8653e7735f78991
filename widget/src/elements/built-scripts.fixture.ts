import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const CACHE = `${root}../node_modules/.cache/smooth-agent`;
/** What the scripts are made of, from the folder of the widget. */
const SOURCES = ["src", "browser-build", "vite.embed.config.ts", "package.json", "tsconfig.json"];
const AROUND = ["../protocol/src", "../package-lock.json"];

/** Everything that is built for browsers, by its path; it is built once for as long as nothing of it changes. */
export async function builtScripts(): Promise<Map<string, string>> {
  const file = `${CACHE}/scripts-${hashOfSources()}.json`;
  if (!existsSync(file)) keep(file, JSON.stringify(await scripts()));
  return new Map(JSON.parse(readFileSync(file, "utf8")));
}

async function scripts(): Promise<[path: string, code: string][]> {
  // Loading it takes longer than all else here, and is seldom needed.
  const { build } = await import("vite");
  const result = await build({
    root,
    configFile: `${root}vite.embed.config.ts`,
    logLevel: "warn",
    build: { write: false, sourcemap: false },
  });
  const [built] = Array.isArray(result) ? result : [result];
  if (!built || !("output" in built)) throw new Error("Nothing was built.");
  return built.output.map((file) => [
    file.fileName,
    file.type === "chunk" ? file.code : String(file.source),
  ]);
}

/** Another process may do the same just now. */
function keep(file: string, text: string): void {
  mkdirSync(CACHE, { recursive: true });
  for (const old of readdirSync(CACHE)) rmSync(`${CACHE}/${old}`, { force: true });
  const part = `${CACHE}/${randomUUID()}`;
  writeFileSync(part, text);
  renameSync(part, file);
}

function hashOfSources(): string {
  const hash = createHash("sha256");
  for (const path of [...SOURCES, ...AROUND].flatMap(filesIn)) {
    hash.update(`${path}\n`).update(readFileSync(root + path));
  }
  return hash.digest("hex");
}

function filesIn(path: string): string[] {
  if (/\.\w+$/.test(path)) return [path];
  return readdirSync(root + path, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|css)$/.test(name) && !/\.(test|fixture)\.ts$/.test(name))
    .map((name) => `${path}/${name}`)
    .sort();
}
