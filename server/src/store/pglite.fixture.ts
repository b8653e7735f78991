import { PGlite } from "@electric-sql/pglite";
import {
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from "@prisma/driver-adapter-utils";
import type { DatabaseError } from "pg";
import { PrismaPGlite } from "pglite-prisma-adapter";

/**
 * PostgreSQL inside this process (WASM, one connection), for Prisma and its schema engine.
 *
 * @param database stays open when an adapter is disposed of; a new one per connection when absent
 */
export function pgliteFactory(database?: PGlite): SqlMigrationAwareDriverAdapterFactory {
  const adapterOf = async (given: PGlite | undefined) => {
    const client = given ?? (await emptyPglite());
    const adapter = await new PrismaPGlite(client).connect();
    return awaiting(adapter, client, async () => {
      if (!given && !client.closed) await client.close();
    });
  };
  return {
    provider: "postgres",
    adapterName: "pglite",
    connect: () => adapterOf(database),
    connectToShadowDb: () => adapterOf(undefined),
  };
}

let empty: Promise<File | Blob> | undefined;

/** A new database. The first one of a process takes seconds, the others are copies of it. */
export async function emptyPglite(): Promise<PGlite> {
  empty ??= PGlite.create().then(dumped);
  return PGlite.create({ loadDataDir: await empty });
}

/** Closes a database and answers what copies of it are made from. */
export async function dumped(database: PGlite): Promise<File | Blob> {
  const dump = await database.dumpDataDir("none");
  await database.close();
  return dump;
}

// The adapter's own executeScript does not wait for its script, and loses what it throws.
function awaiting(
  adapter: SqlDriverAdapter,
  client: PGlite,
  dispose: () => Promise<void>,
): SqlDriverAdapter {
  return Object.assign(adapter, {
    async executeScript(script: string) {
      try {
        await client.exec(script);
      } catch (error) {
        const { code = "", message, severity = "" } = error as DatabaseError;
        const rest = { detail: undefined, column: undefined, hint: undefined };
        throw new DriverAdapterError({ kind: "postgres", code, message, severity, ...rest });
      }
    },
    dispose,
  });
}
