import { mkdtemp, open, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modelServer, type ModelServer } from "../gateway/model-server.fixture.js";
import { writeConfig } from "../program.fixture.js";
import { SESSION_SECRET } from "../running-server.fixture.js";
import { armedProgram, type ArmedProgram } from "./armed-program.fixture.js";
import type { Failpoint } from "./failpoints.fixture.js";
import type { JournalLine, Rows } from "./history.fixture.js";
import { sqliteDatabase, type DatabaseIn, type ProofDatabase } from "./proof-database.fixture.js";
import { SHOP_CONFIG } from "./proof-shop.fixture.js";
import { rowsOf, type RowReader } from "./row-reader.fixture.js";
import { scriptedModel } from "./scripted-model.fixture.js";

/** One death of the program: what it left of the watched conversations, and when the next one began. */
export interface Death {
  left: Rows;
  restartedAt: number;
}

/** A program on its own database and model that comes back whenever it is killed. */
export interface CrashLane {
  reader: RowReader;
  /** The socket address of the program that is up, as soon as one is. */
  address(): Promise<string>;
  program(): ArmedProgram;
  /** Begins a run: what is in the journal and what died before is of others. */
  begin(): Promise<void>;
  journal(): Promise<JournalLine[]>;
  deaths(): readonly Death[];
  /** Conversations whose rows are read after a death, before the next start. */
  watch(conversationIds: () => string[]): void;
  /** Where the next process dies; forgotten at the next run. */
  armNext(failpoint: Failpoint | undefined): void;
  close(): Promise<void>;
}

/** @param databaseIn the database of a lane, given its folder */
export async function crashLane(databaseIn: DatabaseIn = sqliteDatabase): Promise<CrashLane> {
  const folder = await mkdtemp(join(tmpdir(), "smooth-agent-lane-"));
  const model = await modelServer();
  model.script(scriptedModel);
  await writeConfig(folder, SHOP_CONFIG);
  const database = await databaseIn(folder);
  const journalFile = join(folder, "journal");
  let deaths: Death[] = [];
  let watched: () => string[] = () => [];
  let next: Failpoint | undefined;
  let offset = 0;
  let isClosed = false;
  let fault: Error | undefined;

  const start = (): ArmedProgram => {
    const failpoint = next;
    next = undefined;
    const started = armedProgram(folder, variables(model, database, journalFile, failpoint));
    void started.ended.then(() => restart(started));
    return started;
  };
  const restart = async (dead: ArmedProgram): Promise<void> => {
    if (isClosed) return;
    if (!dead.wasKilled()) {
      fault = new Error(`the program ended by itself: ${dead.output()}`);
      wake();
      return;
    }
    const death: Death = {
      left: await database.readAsLeft((reader) => rowsOf(reader, watched())),
      restartedAt: Date.now(),
    };
    deaths.push(death);
    program = start();
    wake();
  };
  // Those who wait for the next program while there is none.
  const addresses: (() => void)[] = [];
  const wake = () => addresses.splice(0).forEach((each) => each());
  let program = start();
  await program.listening;

  return {
    reader: database.reader,
    program: () => program,
    async address() {
      for (;;) {
        if (fault) throw fault;
        const current = program;
        const url = await current.listening.catch(() => undefined);
        if (url !== undefined && !current.wasKilled()) return url;
        if (program === current) await new Promise<void>((done) => addresses.push(done));
      }
    },
    async begin() {
      deaths = [];
      watched = () => [];
      next = undefined;
      offset = (await stat(journalFile)).size;
    },
    journal: async () => linesOf(await readFrom(journalFile, offset)),
    deaths: () => deaths,
    watch: (conversationIds) => (watched = conversationIds),
    armNext: (failpoint) => (next = failpoint),
    async close() {
      isClosed = true;
      program.kill();
      await program.ended;
      await model.close();
      await database.drop?.();
      await rm(folder, { recursive: true });
    },
  };
}

function variables(
  model: ModelServer,
  { driver, url }: ProofDatabase,
  journal: string,
  failpoint: Failpoint | undefined,
): Record<string, string> {
  return {
    OPENAI_API_KEY: "sk-test",
    OPENAI_BASE_URL: model.url,
    DATABASE_URL: url,
    SMOOTH_AGENT_SECRET: SESSION_SECRET,
    PROOF_DRIVER: driver,
    PROOF_JOURNAL: journal,
    ...(failpoint && { PROOF_FAILPOINT: JSON.stringify(failpoint) }),
  };
}

async function readFrom(file: string, offset: number): Promise<string> {
  if (offset === 0) return readFile(file, "utf8");
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const { buffer } = await handle.read(Buffer.alloc(size - offset), 0, size - offset, offset);
    return buffer.toString();
  } finally {
    await handle.close();
  }
}

function linesOf(text: string): JournalLine[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as JournalLine);
}
