// Writes the migrations that lead from prisma/migrations to prisma/models.prisma, one per database:
//   npm run build -w @smooth-agent/server && node prisma/diff.mjs NAME
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { schemaDiff } from "../server/dist/store/schema-diff.fixture.js";
import { migrationFolder, migrationsOf, providers, schemaOf } from "./provider.mjs";

const [name] = process.argv.slice(2);
if (!/^\w+$/.test(name ?? "")) {
  throw new Error("Name the migration in letters, digits and _: node prisma/diff.mjs add_titles");
}

const stamp = new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14);
for (const provider of providers) {
  const sql = await schemaDiff(schemaOf(provider), migrationsOf(provider));
  if (sql === "") {
    console.log(`${provider}: nothing to do`);
    continue;
  }
  const folder = join(migrationFolder(provider), `${stamp}_${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "migration.sql"), sql);
  console.log(`${provider}: ${folder}`);
}
