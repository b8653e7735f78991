import { PrismaPg } from "@prisma/adapter-pg";
import { Pool } from "pg";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Tables } from "./database.js";
import { PrismaClient } from "./generated/postgresql/client.js";
import { openPostgres } from "./postgres-opening.js";
import { onPostgres, testDatabaseUrl } from "./postgres-server.fixture.js";
import { pooledDatabase } from "./pooled-database.js";
import { ConflictError, StorageError } from "./storage-error.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

await onPostgres("a pooled database", () => {
  test("runs transactions beside each other", async () => {
    const { database } = await opened();
    const entered = gate(2);
    // Each waits for the other inside of its transaction: one after the other they never would meet.
    const both = [1, 2].map((n) =>
      database.transact(async (tables) => {
        await tables.organization.create({ data: { id: `o${n}` } });
        await entered.arrive();
        return n;
      }),
    );
    expect(await Promise.all(both)).toEqual([1, 2]);
  });

  test("tries a deadlock's victim again: both changes are made, once each", async () => {
    const { database } = await opened();
    await database.run((tables) =>
      tables.organization.createMany({ data: [{ id: "a" }, { id: "b" }] }),
    );
    const locked = gate(2);
    let attempts = 0;
    const change = (first: string, second: string) =>
      database.transact(async (tables) => {
        attempts += 1;
        await touch(tables, first);
        await locked.arrive();
        await touch(tables, second);
        return "done";
      });
    expect(await Promise.all([change("a", "b"), change("b", "a")])).toEqual(["done", "done"]);
    expect(attempts).toBe(3);
  });

  test("tries what could not be serialised again, a raw statement too, and gives up some time", async () => {
    const { database } = await opened();
    let attempts = 0;
    const fail = (code: string) =>
      database.transact(async (tables) => {
        attempts += 1;
        await tables.$executeRawUnsafe(`DO $$ BEGIN RAISE 'no' USING ERRCODE = '${code}'; END $$`);
      });
    await expect(fail("40001")).rejects.toBeInstanceOf(StorageError);
    expect(attempts).toBe(5);
    await expect(fail("22012")).rejects.toBeInstanceOf(StorageError);
    expect(attempts, "another fault is not tried again").toBe(6);
  });

  test("undoes a transaction that throws, and passes a conflict on as it is", async () => {
    const { database } = await opened();
    const conflict = new ConflictError("The turn");
    const failing = database.transact(async (tables) => {
      await tables.organization.create({ data: { id: "o" } });
      throw conflict;
    });
    await expect(failing).rejects.toBe(conflict);
    expect(await database.run((tables) => tables.organization.count())).toBe(0);
  });

  test("reads as of one instant", async () => {
    const { database } = await opened();
    const counts = await database.read(async (tables) => {
      const before = await tables.organization.count();
      await database.run((others) => others.organization.create({ data: { id: "o" } }));
      return [before, await tables.organization.count()];
    });
    expect(counts).toEqual([0, 0]);
  });

  test("bounds what a transaction may hold up, and leaves the next one its own bounds", async () => {
    const { database, pool } = await opened(1);
    const bounds = await database.transact(
      (tables) =>
        tables.$queryRaw`SELECT current_setting('statement_timeout') AS statement,
          current_setting('idle_in_transaction_session_timeout') AS idle`,
    );
    expect(bounds).toEqual([{ statement: "10s", idle: "10s" }]);
    const { rows } = await pool.query("SHOW statement_timeout");
    expect(rows).toEqual([{ statement_timeout: "0" }]);
  });

  test("lets what runs end, and then takes nothing more", async () => {
    const { database } = await opened();
    const entered = gate(2);
    const running = database.transact(async (tables) => {
      await tables.organization.create({ data: { id: "o" } });
      await entered.arrive();
      return tables.organization.count();
    });
    await entered.arrive();
    await database.end();
    expect(await running).toBe(1);
    await expect(database.run((tables) => tables.organization.count())).rejects.toThrow(
      StorageError,
    );
  });
});

async function opened(max = 4) {
  const url = (await testDatabaseUrl()) ?? "";
  await openPostgres(url);
  const pool = new Pool({ connectionString: url, max });
  // The database is dropped while idle connections are open.
  pool.on("error", () => undefined);
  const database = pooledDatabase(new PrismaClient({ adapter: new PrismaPg(pool) }));
  onTestFinished(async () => {
    await database.end();
    await pool.end();
  });
  return { database, pool };
}

function touch(tables: Tables, id: string) {
  return tables.organization.updateMany({ where: { id }, data: { createdAt: new Date() } });
}

/** Opens when `count` have arrived, and stays open. */
function gate(count: number): { arrive(): Promise<void> } {
  let missing = count;
  let open = () => {};
  const opening = new Promise<void>((resolve) => (open = resolve));
  return {
    arrive() {
      missing -= 1;
      if (missing <= 0) open();
      return opening;
    },
  };
}
