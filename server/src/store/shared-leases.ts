import type { Database, Tables } from "./database.js";
import type { Leases } from "./process-table.js";

/**
 * The leases of a database that several processes share. Only the database's own clock says when one
 * runs out: the clocks of the processes may differ.
 */
export function sharedLeases(database: Database): Leases {
  return {
    isShared: true,
    enterProcess: (id, leaseMs) =>
      database.run(async (tables) => {
        const expiresAt = await databaseTime(tables, leaseMs);
        await tables.serverProcess.create({ data: { id, expiresAt } });
      }),
    renewLease: (id, leaseMs) =>
      database.run(async (tables) => {
        const expiresAt = await databaseTime(tables, leaseMs);
        const renewed = await tables.serverProcess.updateMany({
          where: { id },
          data: { expiresAt },
        });
        return renewed.count === 1;
      }),
    leaveProcess: (id) =>
      database.run(async (tables) => {
        await tables.serverProcess.deleteMany({ where: { id } });
      }),
    reap: (owner) =>
      database.run(async (tables) => {
        const now = await databaseTime(tables, 0);
        await tables.serverProcess.deleteMany({
          where: { expiresAt: { lt: now }, NOT: { id: owner } },
        });
      }),
  };
}

async function databaseTime(tables: Tables, laterMs: number): Promise<Date> {
  const rows = await tables.$queryRaw<{ ms: number }[]>`
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms`;
  return new Date(Number(rows[0]?.ms) + laterMs);
}
