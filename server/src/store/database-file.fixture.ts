import BetterSqlite3 from "better-sqlite3";

/** Rows of a SQLite file, read from outside of any store. */
export function rowsIn(file: string, sql: string): unknown[] {
  return withDatabase(file, (database) => database.prepare(sql).all());
}

/** Changes a SQLite file from outside of any store. */
export function writeIn(file: string, sql: string): void {
  withDatabase(file, (database) => database.exec(sql));
}

function withDatabase<Result>(
  file: string,
  work: (database: BetterSqlite3.Database) => Result,
): Result {
  const database = new BetterSqlite3(file);
  try {
    return work(database);
  } finally {
    database.close();
  }
}
