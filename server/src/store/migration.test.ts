import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { rowsIn, writeIn } from "./database-file.fixture.js";
import { migrate, type Migration } from "./migration.js";

const FIRST: Migration = { name: "1_first", sql: "CREATE TABLE a (id TEXT PRIMARY KEY);" };
const SECOND: Migration = {
  name: "2_second",
  sql: "ALTER TABLE a ADD COLUMN b TEXT;\n-- a comment; with a semicolon\nCREATE INDEX a_b ON a (b);",
};

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "smooth-agent-migration-"));
  file = join(folder, "a.db");
});
afterEach(() => rm(folder, { recursive: true }));

describe("migrate", () => {
  test("applies what is new, in order, and nothing twice", async () => {
    expect(await run([FIRST])).toEqual(["1_first"]);
    write("INSERT INTO a VALUES ('kept')");
    expect(await run([FIRST])).toEqual([]);
    expect(await run([FIRST, SECOND])).toEqual(["2_second"]);
    const before = rows("SELECT * FROM _prisma_migrations");
    expect(await run([FIRST, SECOND])).toEqual([]);
    expect(rows("SELECT * FROM _prisma_migrations")).toEqual(before);
    expect(rows("SELECT * FROM a")).toEqual([{ id: "kept", b: null }]);
    expect(rows("SELECT name FROM sqlite_master WHERE name = 'a_b'")).toHaveLength(1);
  });

  test("refuses a database of a newer version and changes nothing", async () => {
    await run([FIRST, SECOND]);
    await expect(run([FIRST])).rejects.toThrow(
      "The database has the migration 2_second, which this version does not know. " +
        "Run the version that made it, or a newer one.",
    );
    expect(rows("SELECT migration_name FROM _prisma_migrations")).toHaveLength(2);
  });

  test("refuses a migration whose text was altered", async () => {
    await run([FIRST]);
    const altered = { ...FIRST, sql: `${FIRST.sql}\n` };
    await expect(run([altered, SECOND])).rejects.toThrow(
      "The migration 1_first was applied with another text than this version has.",
    );
    expect(rows("SELECT migration_name FROM _prisma_migrations")).toHaveLength(1);
  });

  test("says that a migration failed, and afterwards that it failed half-way", async () => {
    const broken = {
      name: "2_broken",
      sql: "CREATE TABLE b (id TEXT); INSERT INTO missing VALUES (1);",
    };
    await run([FIRST]);
    await expect(run([FIRST, broken])).rejects.toThrow("`missing`");
    await expect(run([FIRST, broken])).rejects.toThrow(
      "The migration 2_broken failed half-way. Restore a backup, or resolve it with",
    );
  });

  test("passes over a failed attempt that was rolled back", async () => {
    await run([FIRST, SECOND]);
    write(
      "INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, rolled_back_at, applied_steps_count) " +
        "VALUES ('x', 'y', '0_gone', 1, 2, 0)",
    );
    expect(await run([FIRST, SECOND])).toEqual([]);
  });
});

function run(migrations: readonly Migration[]): Promise<string[]> {
  return migrate(new PrismaBetterSqlite3({ url: `file:${file}` }), migrations);
}

const rows = (sql: string) => rowsIn(file, sql);
const write = (sql: string) => writeIn(file, sql);
