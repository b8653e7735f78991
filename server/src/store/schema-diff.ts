import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import { migrations } from "./generated/sqlite/migrations.js";
import { migrationList, NO_FILTERS } from "./migration.js";
import { withSchemaEngine } from "./schema-engine.js";

/**
 * Compares the migrations of this version with a Prisma schema.
 *
 * @param schema the text of the Prisma schema, its datasource included
 * @returns the SQL that is missing; empty when they agree
 */
export async function schemaDiff(schema: string): Promise<string> {
  const factory = new PrismaBetterSqlite3({ url: ":memory:" });
  return withSchemaEngine(factory, schema, async (engine) => {
    const result = await engine.diff({
      from: { tag: "migrations", ...migrationList(migrations) },
      to: { tag: "schemaDatamodel", files: [{ path: "schema.prisma", content: schema }] },
      script: true,
      exitCode: true,
      filters: NO_FILTERS,
    });
    return result.exitCode === 0 ? "" : (result.stdout ?? "");
  });
}
