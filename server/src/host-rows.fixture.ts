import BetterSqlite3 from "better-sqlite3";

/** Writes into the file of a running server what a host's own tools would: outside of the server. */
export function hostRows(file: string) {
  const write = (sql: string, ...values: unknown[]) => {
    const database = new BetterSqlite3(file);
    try {
      database.prepare(sql).run(...values);
    } finally {
      database.close();
    }
  };
  return {
    /** @param behaviour JSON text as it is, anything else as JSON */
    agent(id: string, behaviour: unknown, organizationId = "default") {
      const text = typeof behaviour === "string" ? behaviour : JSON.stringify(behaviour);
      write(
        `INSERT INTO "Agent" ("id", "organizationId", "behaviour", "updatedAt") VALUES (?, ?, ?, 0)
         ON CONFLICT ("id") DO UPDATE SET "behaviour" = excluded."behaviour"`,
        id,
        organizationId,
        text,
      );
    },
    /** @param allowedOrigins the text of the column as it is */
    policy(id: string, allowedOrigins: string) {
      write(`UPDATE "Agent" SET "allowedOrigins" = ? WHERE "id" = ?`, allowedOrigins, id);
    },
    persona(organizationId: string, persona: string | null) {
      write(
        `INSERT INTO "Organization" ("id", "persona") VALUES (?, ?)
         ON CONFLICT ("id") DO UPDATE SET "persona" = excluded."persona"`,
        organizationId,
        persona,
      );
    },
    /** Makes every question about a table fail, until it is called again with the other name. */
    rename(from: string, to: string) {
      write(`ALTER TABLE "${from}" RENAME TO "${to}"`);
    },
  };
}
