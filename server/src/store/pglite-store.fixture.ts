import { PGlite } from "@electric-sql/pglite";
import { migrations } from "./generated/postgresql/migrations.js";
import { migrate } from "./migration.js";
import { dumped, emptyPglite, pgliteFactory } from "./pglite.fixture.js";
import { prismaPostgresStore } from "./postgres-store.js";
import type { Store } from "./store.js";

let migrated: Promise<File | Blob> | undefined;

/** A store on PostgreSQL inside this process, with a database of its own. */
export async function pgliteStore(): Promise<Store> {
  migrated ??= migratedDatabase();
  const database = await PGlite.create({ loadDataDir: await migrated });
  const factory = pgliteFactory(database);
  return prismaPostgresStore(factory, {
    open: async () => void (await migrate(factory, migrations)),
    close: () => database.close(),
  });
}

async function migratedDatabase(): Promise<File | Blob> {
  const database = await emptyPglite();
  await migrate(pgliteFactory(database), migrations);
  return dumped(database);
}
