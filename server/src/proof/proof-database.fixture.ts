import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import BetterSqlite3 from "better-sqlite3";
import { temporaryPostgres } from "../store/postgres-server.fixture.js";
import type { Fields } from "./history.fixture.js";
import type { RowReader } from "./row-reader.fixture.js";

/** The database under a program that is killed: the one parameter of a sweep. */
export interface ProofDatabase {
  /** The package that the program reaches it through; its points are named there. */
  driver: "better-sqlite3" | "pg";
  /** DATABASE_URL. */
  url: string;
  reader: RowReader;
  /** Reads what a killed program left, before the next one opens it. */
  readAsLeft<Result>(read: (reader: RowReader) => Promise<Result>): Promise<Result>;
  drop?(): Promise<void>;
}

/** Makes the database of a program that is killed, given the program's folder. */
export type DatabaseIn = (folder: string) => ProofDatabase | Promise<ProofDatabase>;

/** A SQLite file in a folder. */
export function sqliteDatabase(folder: string): ProofDatabase {
  const file = join(folder, "proof.db");
  return {
    driver: "better-sqlite3",
    url: `file:${file}`,
    reader: sqliteReader(file),
    // From a copy: whoever opens the file itself would recover it, which is for the next server to do.
    async readAsLeft(read) {
      const copies = await mkdtemp(join(tmpdir(), "smooth-agent-left-"));
      try {
        const copy = join(copies, "left.db");
        await copyFile(file, copy);
        await copyFile(`${file}-wal`, `${copy}-wal`).catch(() => undefined);
        return await read(sqliteReader(copy));
      } finally {
        await rm(copies, { recursive: true });
      }
    },
  };
}

/** A database of its own on the PostgreSQL server of the tests. */
export async function postgresDatabase(): Promise<ProofDatabase> {
  const { url, rows, drop } = await temporaryPostgres();
  const reader: RowReader = { query: async (sql) => (await rows(sql)) as Fields[] };
  return {
    driver: "pg",
    url,
    reader,
    // What the dead program had not committed is undone as soon as the server notices.
    async readAsLeft(read) {
      const others = `SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`;
      while ((await reader.query(others)).length > 0) await pause(5);
      return read(reader);
    },
    drop,
  };
}

/** Reads a SQLite file, also while its server runs. */
export function sqliteReader(file: string): RowReader {
  return {
    query: async (sql) => {
      const database = new BetterSqlite3(file, { fileMustExist: true, timeout: 5_000 });
      try {
        return database.prepare<[], Fields>(sql).all();
      } finally {
        database.close();
      }
    },
  };
}
