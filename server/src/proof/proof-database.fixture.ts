import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
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
}

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
