import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { migrations } from "./generated/sqlite/migrations.js";
import { schemaDiff } from "./schema-diff.js";

const prisma = fileURLToPath(new URL("../../../prisma/", import.meta.url));
const models = readFileSync(`${prisma}models.prisma`, "utf8");
const schemaOf = (text: string) => `datasource db {\n  provider = "sqlite"\n}\n\n${text}`;

describe("the migrations", () => {
  test("and the models agree", async () => {
    expect(await schemaDiff(schemaOf(models))).toBe("");
  });

  test("and a model with one more column do not", async () => {
    const more = models.replace("model Organization {", "model Organization {\n  motto String?");
    expect(await schemaDiff(schemaOf(more))).toContain('ADD COLUMN "motto" TEXT');
  });

  test("in this build are those of the folder, and so is the client's schema", () => {
    const folder = `${prisma}migrations/sqlite`;
    const names = readdirSync(folder, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const texts = names.map(({ name }) => ({
      name,
      sql: readFileSync(`${folder}/${name}/migration.sql`, "utf8"),
    }));
    expect(migrations).toEqual(texts.sort((a, b) => (a.name < b.name ? -1 : 1)));
    const generated = new URL("generated/sqlite/schema.prisma", import.meta.url);
    expect(readFileSync(generated, "utf8").endsWith(models)).toBe(true);
  });
});
