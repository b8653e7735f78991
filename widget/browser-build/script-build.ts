import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { build, type InlineConfig, type Plugin } from "vite";
import { asciiOutput } from "./ascii-output.js";
import { minifyTemplates } from "./minify-templates.js";
import { secondMinifier } from "./second-minifier.js";

/** The folder of the widget. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** The folder beside the scripts that holds what they fetch. */
export const FOLDER = "smooth-agent";

/** What all scripts for browsers are built with. */
export function scriptOptions(plugins: Plugin[]): InlineConfig & { build: object } {
  return {
    publicDir: false,
    plugins: [...plugins, minifyTemplates(), asciiOutput()],
    build: {
      target: "es2022",
      cssTarget: ["chrome123", "firefox128", "safari17.5"],
      minify: true,
      modulePreload: false,
      outDir: "dist",
      emptyOutDir: false,
    },
  };
}

export interface ScriptOptions {
  plugins?: Plugin[];
  define?: Record<string, string>;
  /** Whether every page loads it, and every byte counts. */
  isFirst?: boolean;
}

/** Builds one script of its own and gives its code; nothing is written. */
export async function scriptCode(
  input: string,
  output: Record<string, unknown>,
  { plugins = [], define = {}, isFirst = false }: ScriptOptions = {},
): Promise<string> {
  const options = scriptOptions(isFirst ? [...plugins, secondMinifier()] : plugins);
  const result = await build({
    ...options,
    configFile: false,
    root,
    logLevel: "warn",
    define,
    build: {
      ...options.build,
      write: false,
      rolldownOptions: {
        input,
        output,
        preserveEntrySignatures: "strict",
        checks: { bundlerTimings: false },
      },
    },
  });
  const [built] = Array.isArray(result) ? result : [result];
  const [chunk, ...others] = built && "output" in built ? built.output : [];
  if (!chunk || others.length > 0) throw new Error(`${input} is to become one file`);
  return chunk.code.trim();
}

/** The SHA-256 of a file, base64: as in an `integrity` attribute after its `sha256-`. */
export function hashOf(code: string): string {
  return createHash("sha256").update(code).digest("base64");
}
