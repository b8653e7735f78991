import { createHash } from "node:crypto";
import type {
  Provider,
  SqlDriverAdapter,
  SqlMigrationAwareDriverAdapterFactory,
} from "@prisma/driver-adapter-utils";
import { StoreOpenError } from "./storage-error.js";
import { withSchemaEngine } from "./schema-engine.js";

/** One folder of `prisma/migrations/<provider>`. */
export interface Migration {
  name: string;
  sql: string;
}

/**
 * Brings a database to this version's schema, with Prisma's own bookkeeping table.
 *
 * The engine is loaded only when something is unapplied; a database that is up to date costs one query.
 *
 * @returns the names of the migrations that were applied now
 * @throws when the database was migrated by a newer or altered version, or a migration failed before
 */
export async function migrate(
  factory: SqlMigrationAwareDriverAdapterFactory,
  migrations: readonly Migration[],
): Promise<string[]> {
  const applied = await appliedMigrations(factory);
  const unapplied = unappliedMigrations(migrations, applied);
  if (unapplied.length === 0) return [];
  const migrationsList = migrationList(factory.provider, migrations);
  const input = { migrationsList, filters: NO_FILTERS };
  const output = await withSchemaEngine(factory, undefined, (engine) =>
    engine.applyMigrations(input),
  );
  return output.appliedMigrationNames;
}

/** The migrations of a database as the engine takes them. */
export function migrationList(provider: Provider, migrations: readonly Migration[]) {
  const name = provider === "postgres" ? "postgresql" : provider;
  return {
    baseDir: "/migrations",
    lockfile: { path: "migration_lock.toml", content: `provider = "${name}"\n` },
    shadowDbInitScript: "",
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: {
        path: "migration.sql",
        content: { tag: "ok" as const, value: sql },
      },
    })),
  };
}

export const NO_FILTERS = { externalTables: [], externalEnums: [] };

interface AppliedMigration {
  name: string;
  checksum: string;
  finished: boolean;
}

function unappliedMigrations(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum, finished } of applied) {
    const migration = known.get(name);
    if (!migration) {
      throw new StoreOpenError(
        `The database has the migration ${name}, which this version does not know. ` +
          "Run the version that made it, or a newer one.",
      );
    }
    if (!finished) {
      throw new StoreOpenError(
        `The migration ${name} failed half-way. Restore a backup, or resolve it with "prisma migrate resolve".`,
      );
    }
    if (createHash("sha256").update(migration.sql).digest("hex") !== checksum) {
      throw new StoreOpenError(
        `The migration ${name} was applied with another text than this version has.`,
      );
    }
  }
  const names = new Set(applied.map(({ name }) => name));
  return migrations.filter(({ name }) => !names.has(name));
}

async function appliedMigrations(
  factory: SqlMigrationAwareDriverAdapterFactory,
): Promise<AppliedMigration[]> {
  const adapter = await factory.connect();
  try {
    if (!(await hasBookkeeping(adapter))) return [];
    const { rows } = await query(
      adapter,
      "SELECT migration_name, checksum, finished_at IS NOT NULL FROM _prisma_migrations " +
        "WHERE rolled_back_at IS NULL ORDER BY started_at",
    );
    return rows.map(([name, checksum, finished]) => ({
      name: String(name),
      checksum: String(checksum),
      finished: Number(finished) === 1 || finished === true,
    }));
  } finally {
    await adapter.dispose();
  }
}

async function hasBookkeeping(adapter: SqlDriverAdapter): Promise<boolean> {
  const tables =
    adapter.provider === "postgres"
      ? "information_schema.tables WHERE table_schema = current_schema() AND table_name"
      : "sqlite_master WHERE type = 'table' AND name";
  const { rows } = await query(adapter, `SELECT 1 FROM ${tables} = '_prisma_migrations'`);
  return rows.length > 0;
}

function query(adapter: SqlDriverAdapter, sql: string) {
  return adapter.queryRaw({ sql, args: [], argTypes: [] });
}
