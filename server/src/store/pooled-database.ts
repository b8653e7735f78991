import { setTimeout as wait } from "node:timers/promises";
import type { Database, Tables } from "./database.js";
import type { Prisma, PrismaClient } from "./generated/postgresql/client.js";
import { ConflictError, StorageError } from "./storage-error.js";

/** Milliseconds that a transaction may wait for a connection, and then take. */
const TRANSACTION = { maxWait: 10_000, timeout: 10_000 };
const ATTEMPTS = 5;
const RETRY_MS = 25;

/**
 * A database on many connections, as PostgreSQL has it: work runs side by side, each transaction at
 * READ COMMITTED. What the database aborts in favour of other work is tried again, a few times.
 */
export function pooledDatabase(prisma: PrismaClient): Database & { end(): Promise<void> } {
  const running = new Set<Promise<unknown>>();
  let hasEnded = false;
  const admit = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (hasEnded) throw new StorageError(new Error("The store is closed."));
    const mine = retryingAborted(work);
    running.add(mine);
    try {
      return await mine;
    } catch (error) {
      throw error instanceof ConflictError ? error : new StorageError(error);
    } finally {
      running.delete(mine);
    }
  };
  return {
    run: (work) => admit(() => work(tablesOf(prisma))),
    read: (work) => {
      const snapshot = { ...TRANSACTION, isolationLevel: "RepeatableRead" } as const;
      return admit(() => prisma.$transaction((rows) => work(tablesOf(rows)), snapshot));
    },
    transact: (work) =>
      admit(() =>
        prisma.$transaction(async (rows) => {
          await boundTransaction(rows);
          return work(tablesOf(rows));
        }, TRANSACTION),
      ),
    async end() {
      hasEnded = true;
      await Promise.allSettled(running);
      await prisma.$disconnect();
    },
  };
}

// The two clients are generated from one model file. PostgreSQL's can do all that SQLite's can and some
// more (other isolation levels, case-insensitive filters), so that what is written for SQLite's fits.
function tablesOf(rows: Prisma.TransactionClient): Tables {
  return rows as unknown as Tables;
}

// A process that stalls in the middle must not keep what it locked from the others. These hold for the
// transaction only: as connection parameters, a pooler between us and the database would refuse them.
async function boundTransaction(rows: Prisma.TransactionClient): Promise<void> {
  const limit = String(TRANSACTION.timeout);
  await rows.$queryRaw`SELECT set_config('statement_timeout', ${limit}, true),
    set_config('idle_in_transaction_session_timeout', ${limit}, true)`;
}

async function retryingAborted<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !wasAborted(error)) throw error;
      await wait(attempt * RETRY_MS * (0.5 + Math.random()));
    }
  }
}

/**
 * Whether it was a deadlock's victim, could not be serialised, or leaned on a row that was deleted
 * meanwhile, or on whose deletion another leaned: as a whole, it may be tried again.
 */
function wasAborted(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && (error.code === "P2034" || error.code === "P2003")) return true;
  // A raw statement and a COMMIT tell it by their cause alone.
  const meta = "meta" in error ? error.meta : undefined;
  const driverError = (meta as { driverAdapterError?: Error } | undefined)?.driverAdapterError;
  const cause = (driverError ?? error).cause as { kind?: string } | undefined;
  return cause?.kind === "TransactionWriteConflict";
}
