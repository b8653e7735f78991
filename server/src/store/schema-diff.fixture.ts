import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import { migrationList, NO_FILTERS, type Migration } from "./migration.js";
import { pgliteFactory } from "./pglite.fixture.js";
import { withSchemaEngine } from "./schema-engine.js";

/**
 * Compares migrations with a Prisma schema, in a database that lives in this process.
 *
 * @param schema the text of the Prisma schema; its datasource says which database is meant
 * @returns the SQL that is missing; empty when they agree
 */
export async function schemaDiff(
  schema: string,
  migrations: readonly Migration[],
): Promise<string> {
  const factory = /provider\s*=\s*"postgresql"/.test(schema)
    ? pgliteFactory()
    : new PrismaBetterSqlite3({ url: ":memory:" });
  return withSchemaEngine(factory, schema, async (engine) => {
    const result = await engine.diff({
      from: { tag: "migrations", ...migrationList(factory.provider, migrations) },
      to: { tag: "schemaDatamodel", files: [{ path: "schema.prisma", content: schema }] },
      script: true,
      exitCode: true,
      filters: NO_FILTERS,
    });
    return result.exitCode === 0 ? "" : (result.stdout ?? "");
  });
}
