import Database from "better-sqlite3";

/** Every row of every table of a SQLite file, by table, as it stands at this moment. */
export function databaseContents(file: string): Map<string, Record<string, unknown>[]> {
  const database = new Database(file, { readonly: true });
  try {
    const tables = database
      .prepare<[], { name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
      )
      .all();
    return new Map(
      tables.map(({ name }) => {
        const rows = database.prepare<[], Record<string, unknown>>(`SELECT * FROM "${name}"`).all();
        return [name, rows];
      }),
    );
  } finally {
    database.close();
  }
}
