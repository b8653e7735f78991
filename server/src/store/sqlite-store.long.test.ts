import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { rowsIn, writeIn } from "./database-file.fixture.js";
import { sqliteStore } from "./sqlite-store.js";
import { StorageError } from "./storage-error.js";
import type { Store } from "./store.js";
import { beginTurn, newSession, newStep, OWNER, turnEnd } from "./store.fixture.js";

// Cut off late: on a busy machine the disk is slow.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
let file: string;
const stores: Store[] = [];
const processes: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "smooth-agent-sqlite-"));
  file = join(folder, "a.db");
});

afterEach(async () => {
  for (const child of processes.splice(0)) {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  for (const store of stores.splice(0)) await store.close();
  await rm(folder, { recursive: true });
});

describe("a SQLite file", () => {
  test("in a folder that is missing is made, with write-ahead log and foreign keys", async () => {
    file = join(folder, "deep", "er", "a.db");
    await opened();
    expect(existsSync(file)).toBe(true);
    const [mode] = rows("PRAGMA journal_mode");
    expect(mode).toEqual({ journal_mode: "wal" });
  });

  test("keeps what was stored over a restart", async () => {
    const store = await opened();
    const { session, turn } = await beginTurn(store);
    await store.close();
    stores.pop();
    const again = await opened();
    expect(await again.session(session.id)).toEqual(session);
    expect(await again.abandonedTurns("another")).toEqual([turn.id]);
  });

  test("is refused to a second server, in words that say what to do", async () => {
    await opened();
    const second = sqliteStore({ file, lockWaitMs: 0 });
    await expect(second.open()).rejects.toThrow(
      `Another server uses the database ${file}. Stop it, or set DATABASE_URL to another file.`,
    );
    await second.close();
    const third = sqliteStore({ file: join(folder, "b.db"), lockWaitMs: 0 });
    stores.push(third);
    await expect(third.open()).resolves.toBeUndefined();
  });

  test("is another server's as soon as the first lets go", async () => {
    const first = await opened();
    const second = sqliteStore({ file, lockWaitMs: 5_000 });
    stores.push(second);
    const opening = second.open();
    await first.ping();
    await first.close();
    await opening;
    await second.createSession(newSession());
  });

  test("is let go of when it cannot be opened", async () => {
    const store = await opened();
    await store.close();
    stores.pop();
    write("UPDATE _prisma_migrations SET checksum = 'x'");
    const refused = sqliteStore({ file, lockWaitMs: 0 });
    await expect(refused.open()).rejects.toThrow("was applied with another text");
    const again = sqliteStore({ file, lockWaitMs: 0 });
    await expect(again.open()).rejects.toThrow("was applied with another text");
  });

  test("is free again after its server was killed", async () => {
    const child = await started("hold the store", "open");
    const waiting = sqliteStore({ file, lockWaitMs: 0 });
    await expect(waiting.open()).rejects.toThrow("Another server uses the database");
    child.kill("SIGKILL");
    await once(child, "exit");
    await opened();
  });
});

describe("a session whose creation was cut off", () => {
  const NOTHING = { organizations: 0, conversations: 0, participants: 0, sessions: 0 };

  test("by SIGKILL has left nothing", async () => {
    const child = await started("die while creating a session", "half-way");
    if (child.signalCode === null) await once(child, "exit");
    expect(child.signalCode).toBe("SIGKILL");
    const store = await opened();
    expect(counts()).toEqual(NOTHING);
    await store.createSession(newSession());
    expect(counts()).toEqual({ organizations: 1, conversations: 1, participants: 2, sessions: 1 });
  });

  test("by a fault at its last row has left nothing", async () => {
    const store = await opened();
    write(
      "CREATE TRIGGER full BEFORE INSERT ON Session BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    );
    await expect(store.createSession(newSession())).rejects.toBeInstanceOf(StorageError);
    expect(counts()).toEqual(NOTHING);
    write("DROP TRIGGER full");
    await store.createSession(newSession());
  });
});

describe("rows that only the database shows", () => {
  test("a continued conversation has the participants it had", async () => {
    const store = await opened();
    const own = newSession({ userId: "u1", userName: "Ada", userEmail: "ada@shop.example" });
    const { conversationId } = await store.createSession(own);
    for (let n = 0; n < 3; n += 1) await store.createSession({ ...own, conversationId });
    expect(counts()).toEqual({ organizations: 1, conversations: 1, participants: 2, sessions: 4 });
    expect(rows("SELECT type, name, email, externalId FROM Participant ORDER BY type")).toEqual([
      { type: "ai-agent", name: "Shop", email: null, externalId: null },
      { type: "user", name: "Ada", email: "ada@shop.example", externalId: "u1" },
    ]);
  });

  test("metadata is kept as it came", async () => {
    const store = await opened();
    const metadata = { page: "/order", nested: [{ Grüße: 1 }], ownerId: "me" };
    await store.createSession(newSession({ metadata }));
    const [row] = rows("SELECT metadata, userId FROM Session");
    expect(row).toEqual({ metadata: JSON.stringify(metadata), userId: null });
  });

  test("usage is summed over the steps that report one", async () => {
    const store = await opened();
    const { turn } = await beginTurn(store);
    const usage = { promptTokens: 10, completionTokens: 3, costUsd: 0.5 };
    await store.addStep(turn.id, OWNER, newStep(0, 1, { usage }));
    await store.addStep(turn.id, OWNER, newStep(1, 1));
    await store.addStep(turn.id, OWNER, newStep(2, 0, { usage: { ...usage, promptTokens: 7 } }));
    await store.endTurn(turnEnd(turn.id));
    const columns = "promptTokens, completionTokens, costUsd, owner";
    expect(rows(`SELECT ${columns} FROM Turn`)).toEqual([
      { promptTokens: 17, completionTokens: 6, costUsd: 1, owner: null },
    ]);
  });

  test("a foreign key holds", async () => {
    const store = await opened();
    const { turn } = await beginTurn(store);
    const reply = { id: randomUUID(), participantId: "nobody", text: "x" };
    await expect(store.endTurn(turnEnd(turn.id, { reply }))).rejects.toBeInstanceOf(StorageError);
    expect(rows("SELECT count(*) AS n FROM Message")).toEqual([{ n: 1 }]);
  });
});

describe("another process that holds the write lock for a second", () => {
  test("does not block the event loop, and every write succeeds after it", async () => {
    const store = await opened();
    const { session, turn } = await beginTurn(store);
    await started("hold the write lock for a second", "locked");
    const from = performance.now();
    let struck = from;
    let longest = 0;
    const strike = () => {
      longest = Math.max(longest, performance.now() - struck);
      struck = performance.now();
    };
    const clock = setInterval(strike, 5);
    // A bare write is what SQLite itself would wait for; one that reads first it refuses at once.
    const [claimed, , begun] = await Promise.all([
      store.claimTurn(turn.id, "process-b"),
      store.resumeSession(session.id, { supports: ["live"] }),
      beginTurn(store),
    ]);
    const felt = performance.now() - from;
    clearInterval(clock);
    strike();
    expect(felt, "the lock was felt").toBeGreaterThan(500);
    expect(longest, "milliseconds the loop stood still").toBeLessThan(700);
    expect(claimed).toBe(true);
    expect((await store.session(session.id))?.supports).toEqual(["live"]);
    expect((await store.turn(begun.turn.id))?.state).toBe("running");
    expect(counts()).toMatchObject({ conversations: 2, participants: 4, sessions: 2 });
  });
});

describe("a database that is broken", () => {
  test("is a storage fault, never not-found", async () => {
    const store = await opened();
    const { session, turn } = await beginTurn(store);
    write("ALTER TABLE Session RENAME TO Gone");
    await expect(store.session(session.id)).rejects.toBeInstanceOf(StorageError);
    await expect(store.createSession(newSession())).rejects.toBeInstanceOf(StorageError);
    write("ALTER TABLE Turn RENAME TO GoneToo");
    await expect(store.turn(turn.id)).rejects.toBeInstanceOf(StorageError);
    await expect(store.claimTurn(turn.id, "b")).rejects.toBeInstanceOf(StorageError);
    await expect(store.currentTurns(session.conversationId)).rejects.toBeInstanceOf(StorageError);
  });

  test("says so without what was written", async () => {
    const store = await opened();
    write("ALTER TABLE Participant RENAME TO Gone");
    const error = await store.createSession(newSession({ userName: "Geheim" })).catch(String);
    expect(error).toBe("StorageError: The database could not be read or written.");
  });
});

async function opened(): Promise<Store> {
  const store = sqliteStore({ file, lockWaitMs: 1_000 });
  stores.push(store);
  await store.open();
  return store;
}

/** A process in that mode, once it has said that word. */
async function started(mode: string, word: string): Promise<ChildProcess> {
  const program = fileURLToPath(new URL("store-process.fixture.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "jiti/register", program, mode, file], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    stdio: ["pipe", "pipe", "inherit"],
  });
  processes.push(child);
  const [said] = (await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(() => ["ended early"]),
  ])) as [unknown];
  expect(String(said).trim()).toBe(word);
  return child;
}

function counts(): unknown {
  const [row] = rows(
    "SELECT (SELECT count(*) FROM Organization) AS organizations, " +
      "(SELECT count(*) FROM Conversation) AS conversations, " +
      "(SELECT count(*) FROM Participant) AS participants, " +
      "(SELECT count(*) FROM Session) AS sessions",
  );
  return row;
}

const rows = (sql: string) => rowsIn(file, sql);
const write = (sql: string) => writeIn(file, sql);

test("a closed store stays closed: it does not connect again without its lock", async () => {
  const store = sqliteStore({ file });
  await store.open();
  const reading = store.currentTurns("c");
  await store.close();
  expect(await reading).toEqual({ active: null, last: null });
  await expect(store.ping()).rejects.toThrow(StorageError);
});
