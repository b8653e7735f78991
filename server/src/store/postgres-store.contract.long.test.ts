import { vi } from "vitest";
import { onPostgres, temporaryPostgres } from "./postgres-server.fixture.js";
import { postgresStore } from "./postgres-store.js";
import { sharedLeaseContract } from "./shared-lease.contract.js";
import { storeContract } from "./store.contract.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

await onPostgres("the store contract", () => {
  const open = async () => {
    const database = await temporaryPostgres();
    const store = postgresStore({ url: database.url });
    await store.open();
    return {
      store,
      async close() {
        await store.close();
        await database.drop();
      },
    };
  };
  storeContract("the PostgreSQL store", open, sharedLeaseContract);
});
