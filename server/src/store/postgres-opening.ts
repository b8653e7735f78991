import { PrismaPg } from "@prisma/adapter-pg";
import type { SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import { Client, escapeIdentifier } from "pg";
import { migrations } from "./generated/postgresql/migrations.js";
import { migrate } from "./migration.js";
import { postgresOpenError } from "./postgres-open-error.js";

/** Milliseconds to wait for the server's answer, and for another instance that migrates. */
const CONNECT_MS = 10_000;
const LOCK_MS = 60_000;

/**
 * Brings a PostgreSQL database to this version's schema, one instance at a time.
 *
 * @throws {StoreOpenError} that says what to do, without the password
 */
export async function openPostgres(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  // A connection that breaks fails what is asked of it; unheard, its error would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await lock(client);
    await migrate(migrationFactory(url), migrations);
    await client.query("COMMIT");
  } catch (error) {
    throw postgresOpenError(error, client);
  } finally {
    await client.end();
  }
}

// Held by a transaction, it also holds where a pooler shares connections, and ends with the connection.
async function lock(client: Client): Promise<void> {
  await client.query("BEGIN");
  await client.query(`SET LOCAL lock_timeout = ${LOCK_MS}`);
  await client.query("SET LOCAL idle_in_transaction_session_timeout = 0");
  await client.query("SELECT pg_advisory_xact_lock(hashtext('smooth-agent migrations'))");
}

/** The schema that the tables are in, as Prisma's own URLs name it; the engine makes a missing one. */
export function schemaOf(url: string): string {
  return new URL(url).searchParams.get("schema") ?? "public";
}

/** One connection, on which the engine's own lock and its statements are together. */
function migrationFactory(url: string): SqlMigrationAwareDriverAdapterFactory {
  const schema = schemaOf(url);
  const factory = new PrismaPg({ connectionString: url, max: 1 }, { schema });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connectToShadowDb: () => factory.connectToShadowDb(),
    async connect() {
      const adapter = await factory.connect();
      const path = `SET search_path TO ${escapeIdentifier(schema)}`;
      await adapter.executeRaw({ sql: path, args: [], argTypes: [] });
      // The adapter's own cuts a script at every semicolon, also in comments and texts.
      adapter.executeScript = async (sql) => {
        await adapter.executeRaw({ sql, args: [], argTypes: [] });
      };
      return adapter;
    },
  };
}
