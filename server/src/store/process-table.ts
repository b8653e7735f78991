import type { Database, Tables } from "./database.js";
import type { LeaseStore } from "./lease-store.js";

/** How a database keeps the leases of the processes that run turns. */
export interface Leases extends LeaseStore {
  /** Drops the leases that ran out, but for this one: from then on their turns are anybody's. */
  reap(owner: string): Promise<void>;
}

/**
 * The leases of a database that only one process has open at a time: they last until it leaves, and
 * whoever opens the database next drops what a dead one left.
 */
export function exclusiveLeases(database: Database): Leases {
  return {
    isShared: false,
    enterProcess: (id) =>
      database.run(async (tables) => {
        await tables.serverProcess.create({ data: { id } });
      }),
    renewLease: async () => true,
    leaveProcess: (id) =>
      database.run(async (tables) => {
        await tables.serverProcess.deleteMany({ where: { id } });
      }),
    reap: async () => {},
  };
}

/** Whether a process may still run what it owns: a lease that was dropped never comes back. */
export async function hasLease(tables: Tables, owner: string | null): Promise<boolean> {
  if (owner === null) return false;
  return (await tables.serverProcess.findUnique({ where: { id: owner } })) !== null;
}
