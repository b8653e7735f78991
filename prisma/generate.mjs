// Writes one Prisma client per database from the one model file, without the schema engine's binary.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrationsOf, providers, schemaOf } from "./provider.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const generated = join(here, "../server/src/store/generated");
const cli = createRequire(import.meta.url).resolve("prisma/build/index.js");

for (const provider of providers) {
  const output = join(generated, provider);
  const schema = join(here, "generated", `${provider}.prisma`);
  rmSync(output, { recursive: true, force: true });
  mkdirSync(dirname(schema), { recursive: true });
  writeFileSync(schema, generator(output) + schemaOf(provider));
  execFileSync(process.execPath, [cli, "generate", "--schema", schema, "--no-hints"], {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      // Generation is WASM and TypeScript; an existing file keeps the CLI from fetching its engine.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
  });
  cpSync(schema, join(output, "schema.prisma"));
  writeFileSync(join(output, "migrations.ts"), migrationsModule(provider));
}

// The migrations travel as a module, so that the compiled server needs no file beside it.
function migrationsModule(provider) {
  const migrations = JSON.stringify(migrationsOf(provider), null, 2);
  return `export const migrations: readonly { name: string; sql: string }[] = ${migrations};\n`;
}

function generator(output) {
  return `generator client {
  provider               = "prisma-client"
  output                 = ${JSON.stringify(output)}
  runtime                = "nodejs"
  moduleFormat           = "esm"
  generatedFileExtension = "ts"
  importFileExtension    = "js"
}

`;
}
