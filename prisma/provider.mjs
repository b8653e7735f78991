// What the scripts beside this file know of each database.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

export const providers = ["sqlite", "postgresql"];

/** The one model file behind a provider's datasource. */
export function schemaOf(provider) {
  const models = readFileSync(join(here, "models.prisma"), "utf8");
  return `datasource db {\n  provider = "${provider}"\n}\n\n${models}`;
}

export function migrationFolder(provider) {
  return join(here, "migrations", provider);
}

/** The migrations written so far, oldest first; none when there is no folder yet. */
export function migrationsOf(provider) {
  const folder = migrationFolder(provider);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, sql: readFileSync(join(folder, name, "migration.sql"), "utf8") }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
