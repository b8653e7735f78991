import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { sqliteStore } from "./sqlite-store.js";
import { storeContract } from "./store.contract.js";

// Cut off late: on a busy machine the disk is slow, and nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

storeContract("the SQLite store", async () => {
  const folder = await mkdtemp(join(tmpdir(), "smooth-agent-store-"));
  const store = sqliteStore({ file: join(folder, "a.db") });
  await store.open();
  return {
    store,
    async close() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
});
