import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigurationError } from "./problems.js";

const DEFAULT_NAMES = ["mjs", "js", "ts"].map((extension) => `smooth-agent.config.${extension}`);

/**
 * Loads the config module.
 *
 * @param named the file that SMOOTH_AGENT_CONFIG names; without it the default names are looked for
 * @returns its default export; null when nothing was named and none is there
 * @throws {ConfigurationError} when the named file is missing or the module cannot be loaded
 */
export async function loadConfigModule(
  named: string | undefined,
  directory: string,
): Promise<{ file: string; value: unknown } | null> {
  const file = fileOf(named, directory);
  if (file === null) return null;
  try {
    const loaded: unknown = /\.[cm]?ts$/.test(file)
      ? await importTypeScript(file)
      : await import(pathToFileURL(file).href);
    const hasDefault = typeof loaded === "object" && loaded !== null && "default" in loaded;
    if (hasDefault) return { file, value: loaded.default };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([`${file} could not be loaded: ${reason}`]);
  }
  throw new ConfigurationError([
    `${file} has no default export: export default defineConfig({ … })`,
  ]);
}

// The loader costs about 190 ms, so it is there only for a module that needs it.
async function importTypeScript(file: string): Promise<unknown> {
  const { createJiti } = await import("jiti");
  return createJiti(import.meta.url).import(file);
}

function fileOf(named: string | undefined, directory: string): string | null {
  if (named === undefined) {
    const files = DEFAULT_NAMES.map((name) => resolve(directory, name));
    return files.find((file) => existsSync(file)) ?? null;
  }
  const file = resolve(directory, named);
  if (existsSync(file)) return file;
  throw new ConfigurationError([`SMOOTH_AGENT_CONFIG names ${named}, which does not exist`]);
}
