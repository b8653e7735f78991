import { createServer, type AddressInfo, type Server } from "node:net";
import { once } from "node:events";
import { Client } from "pg";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { postgresProxy } from "./postgres-proxy.fixture.js";
import { onPostgres, temporaryPostgres, type PostgresDatabase } from "./postgres-server.fixture.js";
import { postgresStore } from "./postgres-store.js";
import { StorageError, StoreOpenError } from "./storage-error.js";
import type { Store } from "./store.js";
import { beginTurn, newSession } from "./store.fixture.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const PASSWORD = "hush%40hush";

await onPostgres("a PostgreSQL store", () => {
  describe("when it opens", () => {
    test("three at once migrate an empty database once, and share it", async () => {
      const database = await emptied();
      const stores = [1, 2, 3].map(() => storeOn(database.url));
      await Promise.all(stores.map((store) => store.open()));
      const [first, second] = stores as [Store, Store];
      const { id } = await first.createSession(newSession());
      expect((await second.session(id))?.id).toBe(id);
      const applied = "SELECT count(*)::int AS n FROM _prisma_migrations WHERE finished_at IS NULL";
      expect(await database.rows(applied)).toEqual([{ n: 0 }]);
      expect(await database.rows(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory'`)).toEqual([]);
    });

    test("keeps its tables in the schema that the URL names, beside the host's own", async () => {
      const database = await emptied();
      await database.rows(`CREATE TABLE "Session" (own int)`);
      await database.rows(`CREATE TABLE _prisma_migrations (migration_name text)`);
      const store = storeOn(`${database.url}?schema=smooth%20agent`);
      await store.open();
      const { id } = await store.createSession(newSession());
      expect(await database.rows(`SELECT id FROM "smooth agent"."Session"`)).toEqual([{ id }]);
      expect(await database.rows(`SELECT * FROM public."Session"`)).toEqual([]);
      const again = storeOn(`${database.url}?schema=smooth%20agent`);
      await again.open();
      expect((await again.session(id))?.id).toBe(id);
    });

    test("a role whose own schema comes first still has its tables in public", async () => {
      const database = await emptied();
      await database.rows("CREATE SCHEMA elsewhere");
      const { pathname } = new URL(database.url);
      await database.rows(`ALTER DATABASE ${pathname.slice(1)} SET search_path TO elsewhere`);
      const store = storeOn(database.url);
      await store.open();
      await store.createSession(newSession());
      expect(await database.rows(`SELECT id FROM public."Session"`)).toHaveLength(1);
    });

    test("says that the database is missing", async () => {
      const database = await emptied();
      await database.drop();
      const name = new URL(database.url).pathname.slice(1);
      expect(await openingError(database.url)).toMatch(
        new RegExp(
          `^PostgreSQL at \\S+ has no database ${name}. Create it, or correct DATABASE_URL.$`,
        ),
      );
    });

    test("says that the user may not create tables", async () => {
      const database = await emptied();
      const role = `smooth_agent_poor_${Date.now()}`;
      await database.rows(`CREATE ROLE ${role} LOGIN`);
      await database.rows("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
      onTestFinished(async () => void (await database.rows(`DROP ROLE ${role}`)));
      const url = new URL(database.url);
      url.username = role;
      expect(await openingError(url.href)).toBe(
        `The user ${role} may not create tables in the database ${url.pathname.slice(1)}. ` +
          "Make it the owner, or name the owner in DATABASE_URL.",
      );
    });

    test("is refused a database of a newer version", async () => {
      const database = await emptied();
      await storeOn(database.url).open();
      await database.rows("UPDATE _prisma_migrations SET migration_name = '9_later'");
      expect(await openingError(database.url)).toContain("which this version does not know");
    });
  });

  describe("when its server goes away", () => {
    test("recovers by itself, with every connection of its pool", async () => {
      const database = await emptied();
      const proxy = await postgresProxy(database.url);
      const store = storeOn(proxy.url, 2);
      await store.open();
      const { session, turn } = await beginTurn(store);
      const holder = await holdingSessions(database);
      const writes = Promise.allSettled(
        Array.from({ length: 20 }, () => store.createSession(newSession())),
      );
      const waiting = async () => expect(await database.rows(WAITING)).toHaveLength(2);
      await vi.waitFor(waiting, 10_000);
      proxy.cut();
      await holder.end();
      const settled = await writes;
      for (const each of settled) {
        if (each.status === "rejected") expect(each.reason).toBeInstanceOf(StorageError);
      }
      expect(settled.some(({ status }) => status === "rejected")).toBe(true);
      await expect(store.ping()).rejects.toBeInstanceOf(StorageError);
      await expect(store.createSession(newSession())).rejects.toBeInstanceOf(StorageError);
      proxy.heal();
      await store.ping();
      expect((await store.turn(turn.id))?.state).toBe("running");
      expect((await store.session(session.id))?.id).toBe(session.id);
      await Promise.all(Array.from({ length: 20 }, () => store.createSession(newSession())));
    });

    test("keeps nothing of a session whose creation was cut off", async () => {
      const database = await emptied();
      const store = storeOn(database.url);
      await store.open();
      const holder = await holdingSessions(database);
      const creating = store.createSession(newSession()).catch((error: unknown) => error);
      await vi.waitFor(async () => expect(await database.rows(WAITING)).toHaveLength(1), 10_000);
      await database.rows(`SELECT pg_terminate_backend(pid) FROM (${WAITING}) AS waiting`);
      expect(await creating).toBeInstanceOf(StorageError);
      await holder.end();
      const counts = `SELECT (SELECT count(*)::int FROM "Organization") AS organizations,
        (SELECT count(*)::int FROM "Conversation") AS conversations`;
      expect(await database.rows(counts)).toEqual([{ organizations: 0, conversations: 0 }]);
      await store.createSession(newSession());
    });

    test("gives a connection up that fell silent, in the middle of a transaction too", async () => {
      const database = await emptied();
      const proxy = await postgresProxy(database.url);
      const store = storeOn(proxy.url, 2);
      await store.open();
      const holder = await holdingSessions(database);
      const writes = [1, 2].map(() =>
        store.createSession(newSession()).catch((error: unknown) => error),
      );
      await vi.waitFor(async () => expect(await database.rows(WAITING)).toHaveLength(2), 10_000);
      proxy.silence();
      await holder.end();
      for (const outcome of await Promise.all(writes)) expect(outcome).toBeInstanceOf(StorageError);
      await store.createSession(newSession());
    });
  });

  test("a closed store stays closed, and leaves no connection", async () => {
    const database = await emptied();
    const store = storeOn(database.url);
    await store.open();
    const reading = store.currentTurns("c");
    await store.close();
    expect(await reading).toEqual({ active: null, last: null });
    await expect(store.ping()).rejects.toThrow(StorageError);
    const others = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
    await vi.waitFor(async () => expect(await database.rows(others)).toEqual([]), 10_000);
  });

  test("a fault says nothing of what was written", async () => {
    const database = await emptied();
    const store = storeOn(database.url);
    await store.open();
    await database.rows(`ALTER TABLE "Participant" RENAME TO "Gone"`);
    const error = await store.createSession(newSession({ userName: "Geheim" })).catch(String);
    expect(error).toBe("StorageError: The database could not be read or written.");
  });
});

describe("a PostgreSQL server that cannot be used", () => {
  test("does not answer", async () => {
    const server = await listening(() => {});
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    expect(await openingError(`postgresql://ada:${PASSWORD}@127.0.0.1:${port}/shop`)).toBe(
      `PostgreSQL does not answer at 127.0.0.1:${port}. Start it, or correct DATABASE_URL.`,
    );
  });

  test("has no such host", async () => {
    expect(await openingError(`postgresql://ada:${PASSWORD}@db.invalid/shop`)).toBe(
      "PostgreSQL does not answer at db.invalid:5432. Start it, or correct DATABASE_URL.",
    );
  });

  test.each([
    ["28P01", "refuses the user ada. Correct the user and password in DATABASE_URL."],
    ["28000", "refuses the user ada. Correct the user and password in DATABASE_URL."],
    ["53300", "has no connection left. Raise its max_connections, or end other clients."],
    ["57P03", "is starting or stopping. Start this server again when it is up."],
  ])("answers %s: it %s", async (code, sentence) => {
    const server = await listening((socket) => {
      socket.once("data", () => socket.end(errorResponse(code)));
    });
    const { port } = server.address() as AddressInfo;
    expect(await openingError(`postgresql://ada:${PASSWORD}@127.0.0.1:${port}/shop`)).toBe(
      `PostgreSQL at 127.0.0.1:${port} ${sentence}`,
    );
  });
});

const WAITING = `SELECT pid FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock'`;

/** Whoever inserts the last row of a session waits, inside of its transaction, until this client ends. */
async function holdingSessions({ url }: PostgresDatabase): Promise<Client> {
  const holder = new Client({ connectionString: url });
  await holder.connect();
  await holder.query(`BEGIN; LOCK TABLE "Session" IN EXCLUSIVE MODE`);
  return holder;
}

function storeOn(url: string, poolSize?: number): Store {
  const store = postgresStore({ url, poolSize });
  onTestFinished(() => store.close());
  return store;
}

async function emptied(): Promise<PostgresDatabase> {
  const database = await temporaryPostgres();
  onTestFinished(() => database.drop());
  return database;
}

async function openingError(url: string): Promise<string> {
  const error: unknown = await storeOn(url)
    .open()
    .catch((thrown: unknown) => thrown);
  if (!(error instanceof StoreOpenError)) throw new Error(`not refused: ${String(error)}`);
  expect(error.message).not.toMatch(/hush/);
  return error.message;
}

type OnSocket = Parameters<typeof createServer>[1];

async function listening(onSocket: NonNullable<OnSocket>): Promise<Server> {
  const server = createServer(onSocket).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return server;
}

/** What the protocol of PostgreSQL says when a connection is refused. */
function errorResponse(code: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0Mno\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
