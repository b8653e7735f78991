import { readdir } from "node:fs/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { at, outlines } from "./core-client.fixture.js";
import { modelServer } from "./gateway/model-server.fixture.js";
import { calls, heldAnswer, says } from "./model-answers.fixture.js";
import { endedProgram, program, writeConfig } from "./program.fixture.js";
import {
  createSession,
  resumed,
  SESSION_SECRET,
  SHOP,
  temporaryFolder,
} from "./running-server.fixture.js";
import { createSmoothAgent } from "./smooth-agent.js";
import { onPostgres, testDatabaseUrl } from "./store/postgres-server.fixture.js";

const TOOL = `defineTool({ name: "issue_refund", description: "Pays.", confirm: true, execute: () => "paid" })`;
const CONFIG = `{ agents: { shop: { allowedOrigins: ["${SHOP}"] } }, tools: [${TOOL}] }`;
const send = (sessionId: string, requestId: string) => ({
  action: "send_message",
  requestId,
  sessionId,
  message: "hi",
});

await onPostgres("the program on PostgreSQL", () => {
  it("migrates, streams, is killed and goes on", { timeout: 60_000 }, async () => {
    const folder = await temporaryFolder();
    const model = await modelServer();
    onTestFinished(() => model.close());
    await writeConfig(folder, CONFIG);
    const variables = {
      DATABASE_URL: (await testDatabaseUrl()) ?? "",
      SMOOTH_AGENT_SECRET: SESSION_SECRET,
      OPENAI_API_KEY: "sk-test",
      OPENAI_BASE_URL: model.url,
    };
    const first = await program(folder, variables);
    expect((await fetch(`${first.url}/ready`)).status).toBe(200);
    const client = await first.connect();
    const session = await createSession(client);
    const { sessionId } = session;
    model.script(says("Hel", "lo"));
    await client.ask(send(sessionId, "r1"));
    expect(outlines(await client.rest())).toEqual(['"Hel"', '"lo"', "r1 eventual_response"]);

    const held = heldAnswer();
    model.script(held.answer);
    await client.ask(send(sessionId, "r2"));
    await held.say("Half an ans");
    await client.next();
    expect((await first.end("SIGKILL")).signal).toBe("SIGKILL");
    model.script(calls({ name: "issue_refund" }), says("Paid."));

    const second = await program(folder, variables);
    const { client: back, answer } = await resumed(second, session);
    expect(at(answer, "data.activeTurn.requestId")).toBe("r2");
    await model.request(2);
    if (at(answer, "data.activeTurn.pending") === undefined) {
      await back.until("write_confirmation_required");
    }
    back.send({ action: "confirm_tool_action", requestId: "v", sessionId, approved: true });
    expect(outlines(await back.rest()).slice(-2)).toEqual(['"Paid."', "r2 eventual_response"]);
    expect((await second.end("SIGTERM")).code).toBe(0);
    expect(await readdir(folder), "nothing is kept beside the program").toEqual([
      "smooth-agent.config.mjs",
    ]);
  });
});

describe("a PostgreSQL URL", { timeout: 40_000 }, () => {
  const DATABASE_URL = "postgresql://ada:hush@db.invalid/shop";
  const MISSING = "must be set with PostgreSQL";

  it("needs a secret of the program, and says so beside what else is wrong", async () => {
    const { code, output } = await endedProgram(await temporaryFolder(), {
      DATABASE_URL,
      LOG_LEVEL: "loud",
    });
    expect(code).toBe(1);
    expect(output).toContain(`  - SMOOTH_AGENT_SECRET ${MISSING}`);
    expect(output).toContain("  - LOG_LEVEL must be");
    expect(output).not.toContain("hush");
  });

  it("needs a secret of the library's host", () => {
    const create = () => createSmoothAgent({ databaseUrl: DATABASE_URL });
    expect(create).toThrow(`sessionSecret ${MISSING}`);
  });

  it("of a server that does not answer ends the program in one sentence", async () => {
    const { code, output } = await endedProgram(await temporaryFolder(), {
      DATABASE_URL,
      SMOOTH_AGENT_SECRET: SESSION_SECRET,
    });
    expect([code, output]).toEqual([
      1,
      "PostgreSQL does not answer at db.invalid:5432. Start it, or correct DATABASE_URL.\n",
    ]);
  });
});
