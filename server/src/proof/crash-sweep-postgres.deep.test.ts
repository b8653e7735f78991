import { onPostgres } from "../store/postgres-server.fixture.js";
import { crashSweepContract } from "./crash-sweep.contract.js";
import { postgresDatabase } from "./proof-database.fixture.js";

// A turn is taken up when its process's lease is over: more lanes, since each waits most of the time.
await onPostgres("the crash sweep", () => {
  crashSweepContract("PostgreSQL", 4, postgresDatabase);
});
