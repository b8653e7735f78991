// A process of its own, for tests that kill one or need a second one: `MODE FILE` as arguments.
// It says one word when it is where the test wants it, and ends when its input does.
import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import BetterSqlite3 from "better-sqlite3";
import { serialDatabase, type Database, type Tables } from "./database.js";
import { PrismaClient } from "./generated/sqlite/client.js";
import { sessionTable } from "./session-table.js";
import { sqliteStore } from "./sqlite-store.js";
import { newSession } from "./store.fixture.js";

const [mode, file = ""] = process.argv.slice(2);
process.stdin.on("end", () => process.exit()).resume();

switch (mode) {
  case "hold the store":
    await sqliteStore({ file }).open();
    say("open");
    break;
  case "hold the write lock for a second": {
    const shell = new BetterSqlite3(file);
    shell.exec("BEGIN IMMEDIATE");
    say("locked");
    setTimeout(() => shell.exec("COMMIT"), 1_000);
    break;
  }
  case "die while creating a session": {
    await sqliteStore({ file }).open();
    const adapter = new PrismaBetterSqlite3({ url: `file:${file}` });
    const database = serialDatabase(new PrismaClient({ adapter }));
    await sessionTable(dyingBefore("session", database)).createSession(newSession());
    break;
  }
  default:
    throw new Error(`There is no mode ${mode}.`);
}

function say(word: string): void {
  process.stdout.write(`${word}\n`);
}

/** The same database; whoever reaches for the table in a transaction is killed there. */
function dyingBefore(table: keyof Tables, database: Database): Database {
  return {
    ...database,
    transact: (work) =>
      database.transact((tables) =>
        work(
          new Proxy(tables, {
            get(target, name) {
              if (name !== table) return Reflect.get(target, name) as unknown;
              say("half-way");
              process.kill(process.pid, "SIGKILL");
              // The signal is on its way; nothing more may be written until it is here.
              for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
            },
          }),
        ),
      ),
  };
}
