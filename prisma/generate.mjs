// Writes one Prisma client per database from the one model file, without the schema engine's binary.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const generated = join(here, "../server/src/store/generated");
const providers = ["sqlite"];

for (const provider of providers) {
  const output = join(generated, provider);
  const schema = join(here, "generated", `${provider}.prisma`);
  rmSync(output, { recursive: true, force: true });
  mkdirSync(dirname(schema), { recursive: true });
  writeFileSync(
    schema,
    header(provider, output) + readFileSync(join(here, "models.prisma"), "utf8"),
  );
  const cli = createRequire(import.meta.url).resolve("prisma/build/index.js");
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
  const folder = join(here, "migrations", provider);
  const migrations = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, sql: readFileSync(join(folder, name, "migration.sql"), "utf8") }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return `export const migrations = ${JSON.stringify(migrations, null, 2)};\n`;
}

function header(provider, output) {
  return `generator client {
  provider               = "prisma-client"
  output                 = ${JSON.stringify(output)}
  runtime                = "nodejs"
  moduleFormat           = "esm"
  generatedFileExtension = "ts"
  importFileExtension    = "js"
}

datasource db {
  provider = "${provider}"
}

`;
}
