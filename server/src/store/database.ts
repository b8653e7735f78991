import type { Prisma, PrismaClient } from "./generated/sqlite/client.js";
import { ConflictError, StorageError } from "./storage-error.js";

/** The tables, inside or outside of a transaction. */
export type Tables = Prisma.TransactionClient;

/** How the store's nouns reach the database. */
export interface Database {
  /** Runs one statement, or reads that need not agree, without a transaction of their own. */
  run<Result>(work: (tables: Tables) => Promise<Result>): Promise<Result>;
  /** Runs reads that see the database as it was at one instant. */
  read<Result>(work: (tables: Tables) => Promise<Result>): Promise<Result>;
  /** Runs statements as one transaction: all of them or, when `work` throws, none. */
  transact<Result>(work: (tables: Tables) => Promise<Result>): Promise<Result>;
}

const TRANSACTION = { maxWait: 10_000, timeout: 10_000 };
/** How long work may wait for a file that another process holds, counted from when it was asked for. */
const BUSY_MS = 2_000;
const BUSY_WAIT_MS = 50;

/**
 * A database on one connection, as SQLite has it: one piece of work at a time. The adapter would
 * otherwise let a statement of one request slip into the open transaction of another, and be rolled
 * back with it.
 */
export function serialDatabase(prisma: PrismaClient): Database & { end(): Promise<void> } {
  let last: Promise<unknown> = Promise.resolve();
  let hasEnded = false;
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    // Prisma would connect again by itself, to a file that may be another server's by then.
    if (hasEnded) return Promise.reject(new StorageError(new Error("The store is closed.")));
    const until = Date.now() + BUSY_MS;
    const mine = last.then(() => retryingWhileBusy(work, until));
    last = mine.catch(() => undefined);
    return mine.catch(asStorageError);
  };
  return {
    run: (work) => inTurn(() => work(prisma)),
    // In its turn, it is alone with the database.
    read: (work) => inTurn(() => work(prisma)),
    transact: (work) => inTurn(() => prisma.$transaction(work, TRANSACTION)),
    async end() {
      hasEnded = true;
      await last;
      await prisma.$disconnect();
    },
  };
}

// Another process (a backup, a shell) may hold the file for a moment: wait without blocking the loop.
async function retryingWhileBusy<Result>(
  work: () => Promise<Result>,
  until: number,
): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() >= until || !isBusy(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, BUSY_WAIT_MS));
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "P1008";
}

function asStorageError(error: unknown): never {
  if (error instanceof ConflictError) throw error;
  throw new StorageError(error);
}
