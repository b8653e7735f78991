import { Socket } from "node:net";
import { PrismaPg } from "@prisma/adapter-pg";
import type { SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import { Pool, type PoolClient } from "pg";
import { PrismaClient } from "./generated/postgresql/client.js";
import { pooledDatabase } from "./pooled-database.js";
import { openPostgres, schemaOf } from "./postgres-opening.js";
import { prismaStore } from "./prisma-store.js";
import { sharedLeases } from "./shared-leases.js";
import type { Store } from "./store.js";
import { replacingNul } from "./stored-characters.js";

export interface PostgresOptions {
  /** `postgresql://user:password@host:port/database`; `?schema=` names another schema than public. */
  url: string;
  /** Connections at most; 10 when absent. */
  poolSize?: number;
}

/** Milliseconds to wait for a connection: for a free one of the pool, or for the server's answer. */
const CONNECT_MS = 10_000;
/** Milliseconds without a byte after which a busy connection is given up: longer than any statement may take. */
const SILENCE_MS = 15_000;
const IDLE_MS = 10_000;

/** A store on a PostgreSQL server, for any number of server processes. */
export function postgresStore({ url, poolSize = 10 }: PostgresOptions): Store {
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    fallback_application_name: "smooth-agent",
    keepAlive: true,
  });
  // An idle connection that breaks has left the pool by itself; unheard, its error would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", endWhenSilent);
  return prismaPostgresStore(new PrismaPg(pool, { schema: schemaOf(url) }), {
    open: () => openPostgres(url),
    async close() {
      if (!pool.ending) await pool.end();
    },
  });
}

/** A store on whatever speaks PostgreSQL to Prisma. */
export function prismaPostgresStore(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  lifetime: Pick<Store, "open" | "close">,
): Store {
  const database = pooledDatabase(new PrismaClient({ adapter: replacingNul(adapter) }));
  return prismaStore(database, sharedLeases(database), {
    open: lifetime.open,
    async close() {
      await database.end();
      await lifetime.close();
    },
  });
}

// A server that vanished without a word would hold its connections for a quarter of an hour. The pool
// drops an idle one before it counts as silent.
function endWhenSilent({ connection: { stream } }: PoolClient): void {
  if (!(stream instanceof Socket)) return;
  stream.setTimeout(SILENCE_MS, () => stream.destroy(new Error("The database fell silent.")));
}
