import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { migrations as postgresMigrations } from "./generated/postgresql/migrations.js";
import { migrations as sqliteMigrations } from "./generated/sqlite/migrations.js";
import { schemaDiff } from "./schema-diff.fixture.js";

const prisma = fileURLToPath(new URL("../../../prisma/", import.meta.url));
const models = readFileSync(`${prisma}models.prisma`, "utf8");

describe.each([
  { provider: "sqlite", migrations: sqliteMigrations },
  { provider: "postgresql", migrations: postgresMigrations },
])("the migrations for $provider", { timeout: 60_000 }, ({ provider, migrations }) => {
  const schemaOf = (text: string) => `datasource db {\n  provider = "${provider}"\n}\n\n${text}`;

  test("and the models agree", async () => {
    expect(await schemaDiff(schemaOf(models), migrations)).toBe("");
  });

  test("and a model with one more column do not", async () => {
    const more = models.replace("model Organization {", "model Organization {\n  motto String?");
    const sql = await schemaDiff(schemaOf(more), migrations);
    expect(sql).toContain('ALTER TABLE "Organization" ADD COLUMN');
    expect(sql.match(/CREATE|DROP|ALTER/g)).toHaveLength(1);
  });

  test("are written from nothing at all, too", async () => {
    expect(await schemaDiff(schemaOf(models), [])).toContain('CREATE TABLE "Organization"');
  });

  test("in this build are those of the folder, and so is the client's schema", () => {
    const folder = `${prisma}migrations/${provider}`;
    const names = readdirSync(folder, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const texts = names.map(({ name }) => ({
      name,
      sql: readFileSync(`${folder}/${name}/migration.sql`, "utf8"),
    }));
    expect(migrations).toEqual(texts.sort((a, b) => (a.name < b.name ? -1 : 1)));
    const generated = new URL(`generated/${provider}/schema.prisma`, import.meta.url);
    expect(readFileSync(generated, "utf8").endsWith(models)).toBe(true);
  });
});
