import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import type { SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { rowsIn, writeIn } from "./database-file.fixture.js";
import { migrate, type Migration } from "./migration.js";
import { emptyPglite, pgliteFactory } from "./pglite.fixture.js";

const FIRST: Migration = { name: "1_first", sql: "CREATE TABLE a (id TEXT PRIMARY KEY);" };
const SECOND: Migration = {
  name: "2_second",
  sql: "ALTER TABLE a ADD COLUMN b TEXT;\n-- a comment; with a semicolon\nCREATE INDEX a_b ON a (b);",
};

/** An empty database, and what a test does to it from outside. */
interface Rig {
  factory: SqlMigrationAwareDriverAdapterFactory;
  indexes: string;
  rows(sql: string): unknown;
  write(sql: string): unknown;
  close(): Promise<void>;
}

async function sqliteRig(): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), "smooth-agent-migration-"));
  const file = join(folder, "a.db");
  return {
    factory: new PrismaBetterSqlite3({ url: `file:${file}` }),
    indexes: "SELECT name FROM sqlite_master",
    rows: (sql) => rowsIn(file, sql),
    write: (sql) => writeIn(file, sql),
    close: () => rm(folder, { recursive: true }),
  };
}

async function postgresRig(): Promise<Rig> {
  const database = await emptyPglite();
  return {
    factory: pgliteFactory(database),
    indexes: "SELECT indexname AS name FROM pg_indexes",
    rows: async (sql) => (await database.query(sql)).rows,
    write: (sql) => database.exec(sql),
    close: () => database.close(),
  };
}

describe.each([
  { name: "SQLite", open: sqliteRig },
  { name: "PostgreSQL", open: postgresRig },
])("migrate on $name", { timeout: 40_000 }, ({ open }) => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await open();
  }, 40_000);
  afterEach(() => rig.close());
  const run = (migrations: readonly Migration[]) => migrate(rig.factory, migrations);

  test("applies what is new, in order, and nothing twice", async () => {
    expect(await run([FIRST])).toEqual(["1_first"]);
    await rig.write("INSERT INTO a VALUES ('kept')");
    expect(await run([FIRST])).toEqual([]);
    expect(await run([FIRST, SECOND])).toEqual(["2_second"]);
    const before = await rig.rows("SELECT * FROM _prisma_migrations");
    expect(await run([FIRST, SECOND])).toEqual([]);
    expect(await rig.rows("SELECT * FROM _prisma_migrations")).toEqual(before);
    expect(await rig.rows("SELECT * FROM a")).toEqual([{ id: "kept", b: null }]);
    const index = `SELECT * FROM (${rig.indexes}) AS all_of_them WHERE name = 'a_b'`;
    expect(await rig.rows(index)).toHaveLength(1);
  });

  test("refuses a database of a newer version and changes nothing", async () => {
    await run([FIRST, SECOND]);
    await expect(run([FIRST])).rejects.toThrow(
      "The database has the migration 2_second, which this version does not know. " +
        "Run the version that made it, or a newer one.",
    );
    expect(await rig.rows("SELECT migration_name FROM _prisma_migrations")).toHaveLength(2);
  });

  test("refuses a migration whose text was altered", async () => {
    await run([FIRST]);
    const altered = { ...FIRST, sql: `${FIRST.sql}\n` };
    await expect(run([altered, SECOND])).rejects.toThrow(
      "The migration 1_first was applied with another text than this version has.",
    );
    expect(await rig.rows("SELECT migration_name FROM _prisma_migrations")).toHaveLength(1);
  });

  test("says that a migration failed, and afterwards that it failed half-way", async () => {
    const broken = {
      name: "2_broken",
      sql: "CREATE TABLE b (id TEXT); INSERT INTO missing VALUES (1);",
    };
    await run([FIRST]);
    await expect(run([FIRST, broken])).rejects.toThrow(/missing/);
    await expect(run([FIRST, broken])).rejects.toThrow(
      "The migration 2_broken failed half-way. Restore a backup, or resolve it with",
    );
  });

  test("passes over a failed attempt that was rolled back", async () => {
    await run([FIRST, SECOND]);
    await rig.write(
      "INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, rolled_back_at, applied_steps_count) " +
        "VALUES ('x', 'y', '0_gone', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 0)",
    );
    expect(await run([FIRST, SECOND])).toEqual([]);
  });
});
