import { vi } from "vitest";
import { pgliteStore } from "./pglite-store.fixture.js";
import { sharedLeaseContract } from "./shared-lease.contract.js";
import { storeContract } from "./store.contract.js";

// Cut off late: it shares the processor with everything else, and nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

storeContract(
  "the PostgreSQL store, in process,",
  async () => {
    const store = await pgliteStore();
    await store.open();
    return { store, close: () => store.close() };
  },
  sharedLeaseContract,
);
