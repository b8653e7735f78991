import { onPostgres } from "../store/postgres-server.fixture.js";
import { crashSweepContract } from "./crash-sweep.contract.js";
import { postgresDatabase } from "./proof-database.fixture.js";

// An hour does not hold every scenario twice: these are played on SQLite alone.
const ON_SQLITE_ALONE = [
  ...["a plain answer", "an answer with a reading tool", "an answer of several steps"],
  ...["a slow idempotent tool", "a denied write", "a form that is declined"],
  ...["a cancel while it streams", "a question that expires before its visitor"],
  ...["a write that is corrected", "two writes of one step, approved and denied"],
  ...["a form that is filled in", "a cancel while it is parked"],
];

// A turn is taken up when its process's lease is over: more lanes, since each waits most of the time.
await onPostgres("the crash sweep", () => {
  crashSweepContract("PostgreSQL", 4, postgresDatabase, ON_SQLITE_ALONE);
});
