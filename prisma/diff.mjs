// Writes the migration that leads from prisma/migrations to prisma/models.prisma:
//   npm run build -w @smooth-agent/server && node prisma/diff.mjs NAME
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { schemaDiff } from "../server/dist/store/schema-diff.js";

const here = dirname(fileURLToPath(import.meta.url));
const [name] = process.argv.slice(2);
if (!name) throw new Error("Name the migration: node prisma/diff.mjs add_titles");

for (const provider of ["sqlite"]) {
  const schema = readFileSync(join(here, "generated", `${provider}.prisma`), "utf8");
  const sql = await schemaDiff(schema);
  if (sql === "") {
    console.log(`${provider}: nothing to do`);
    continue;
  }
  const stamp = new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14);
  const folder = join(here, "migrations", provider, `${stamp}_${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "migration.sql"), sql);
  console.log(`${provider}: ${folder}`);
}
