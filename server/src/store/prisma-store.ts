import type { Database } from "./database.js";
import { messageTable } from "./message-table.js";
import { sessionTable } from "./session-table.js";
import type { Store } from "./store.js";
import { toolCallTable } from "./tool-call-table.js";
import { turnTable } from "./turn-table.js";

/** A store on a Prisma database, opened and closed as its provider does it. */
export function prismaStore(database: Database, lifetime: Pick<Store, "open" | "close">): Store {
  return {
    ...lifetime,
    ...sessionTable(database),
    ...messageTable(database),
    ...turnTable(database),
    ...toolCallTable(database),
    ping: () =>
      database.run(async (tables) => {
        await tables.$queryRaw`SELECT 1`;
      }),
  };
}
