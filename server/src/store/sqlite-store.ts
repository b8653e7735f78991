import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import BetterSqlite3 from "better-sqlite3";
import { serialDatabase } from "./database.js";
import { PrismaClient } from "./generated/sqlite/client.js";
import { migrations } from "./generated/sqlite/migrations.js";
import { migrate } from "./migration.js";
import { prismaStore } from "./prisma-store.js";
import { exclusiveLeases } from "./process-table.js";
import { StoreOpenError } from "./storage-error.js";
import type { Store } from "./store.js";

export interface SqliteOptions {
  /** The file. Its folder is made when it is missing. */
  file: string;
  /** How long to wait for another server to let go of the file, in milliseconds. */
  lockWaitMs?: number;
}

/** Milliseconds that better-sqlite3 may block the event loop on a locked file. */
const BUSY_TIMEOUT_MS = 20;

/** A store on a SQLite file: the embedded default, for one server process. */
export function sqliteStore({ file, lockWaitMs = 5_000 }: SqliteOptions): Store {
  const factory = new PrismaBetterSqlite3({ url: `file:${file}`, timeout: BUSY_TIMEOUT_MS });
  const prisma = new PrismaClient({ adapter: factory });
  let unlock = () => undefined as void;
  const database = serialDatabase(prisma);
  return prismaStore(database, exclusiveLeases(database), {
    async open() {
      mkdirSync(dirname(file), { recursive: true });
      unlock = await lockFile(file, lockWaitMs);
      try {
        await migrate(factory, migrations);
        await prisma.$queryRawUnsafe("PRAGMA journal_mode = WAL");
        // What was acked outlives the power as well as the process.
        await prisma.$queryRawUnsafe("PRAGMA synchronous = FULL");
        await prisma.$queryRawUnsafe("PRAGMA foreign_keys = ON");
        // The file is ours alone: every other process that ever ran a turn is dead.
        await prisma.serverProcess.deleteMany();
      } catch (error) {
        unlock();
        throw error;
      }
    },
    async close() {
      await database.end();
      unlock();
    },
  });
}

/**
 * Keeps a second server off the file. The lock is the operating system's, held through a SQLite file
 * of its own, so that it ends with the process however it dies and readers of the data are not kept out.
 */
async function lockFile(file: string, waitMs: number): Promise<() => void> {
  const lock = new BetterSqlite3(`${file}.lock`, { timeout: 0 });
  const until = Date.now() + waitMs;
  for (;;) {
    try {
      lock.exec("BEGIN EXCLUSIVE");
      return () => lock.close();
    } catch (error) {
      if (!(error instanceof BetterSqlite3.SqliteError) || error.code !== "SQLITE_BUSY")
        throw error;
      if (Date.now() >= until) {
        lock.close();
        throw new StoreOpenError(
          `Another server uses the database ${file}. Stop it, or set DATABASE_URL to another file.`,
          { cause: error },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
