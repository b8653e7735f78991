import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { at, outlines } from "./core-client.fixture.js";
import { modelServer } from "./gateway/model-server.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import { endedProgram, program, writeConfig } from "./program.fixture.js";
import { createSession, SHOP, temporaryFolder } from "./running-server.fixture.js";

const AGENTS = `agents: { shop: { name: "Mira", allowedOrigins: ["${SHOP}"] } }`;
const send = (sessionId: string, requestId: string) => ({
  action: "send_message",
  requestId,
  sessionId,
  message: "hi",
});

describe("the program", { timeout: 40_000 }, () => {
  it("runs on its defaults: config, database and secret of the folder it starts in", async () => {
    const folder = await temporaryFolder();
    const model = await modelServer();
    const tool = `defineTool({ name: "issue_refund", description: "Pays.", confirm: true, execute: () => "paid" })`;
    await writeConfig(folder, `{ ${AGENTS}, tools: [${tool}] }`);
    const openai = { OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: model.url, OPENAI_MODEL: "m" };
    const running = await program(folder, openai);
    const get = async (path: string) => {
      const response = await fetch(running.url + path);
      return [response.status, await response.text()];
    };
    expect(await get("/health")).toEqual([200, '{"status":"ok"}']);
    expect(await get("/ready")).toEqual([200, '{"status":"ready"}']);
    const [status, script] = await get("/smooth-agent.js");
    expect([status, String(script).length > 10_000]).toEqual([200, true]);
    expect((await get("/nothing"))[0]).toBe(404);

    const client = await running.connect();
    const { sessionId } = await createSession(client);
    model.script(says("Hello"), calls({ name: "issue_refund" }));
    await client.ask(send(sessionId, "r1"));
    expect(outlines(await client.rest())).toEqual(['"Hello"', "r1 eventual_response"]);
    expect(model.requests[0]?.body["model"]).toBe("m");
    client.send(send(sessionId, "r2"));
    await client.until("write_confirmation_required");

    const secret = join(folder, "data/smooth-agent.db.secret");
    expect((await stat(secret)).mode & 0o777).toBe(0o600);
    expect((await readFile(secret, "utf8")).trim()).toHaveLength(43);

    // A parked turn holds nothing up: the drain would wait ten seconds for a running one.
    const ending = performance.now();
    const { code, output } = await running.end("SIGTERM");
    expect(code).toBe(0);
    expect(performance.now() - ending).toBeLessThan(8_000);
    expect((await client.closed).code).toBe(1012);
    for (const private_ of ["sk-test", (await readFile(secret, "utf8")).trim(), "Hello"]) {
      expect(output).not.toContain(private_);
    }
    expect((await readdir(join(folder, "data"))).sort()).toEqual([
      "smooth-agent.db",
      "smooth-agent.db.lock",
      "smooth-agent.db.secret",
    ]);
    await model.close();
  });

  it("says everything that is wrong at once, and does not start", async () => {
    const folder = await temporaryFolder();
    await writeConfig(
      folder,
      `{ agents: { shop: { allowedOrigins: ["shop.example"], alowedOrigins: [] } }, tool: [],
         tools: [{ name: "no good", description: "x", execute: 5 }] }`,
    );
    const variables = {
      PORT: "http",
      DATABASE_URL: "mysql://u:hunter2@db/x",
      OPENAI_BASE_URL: "gateway",
      SMOOTH_AGENT_SECRET: "hunter2",
      LOG_LEVEL: "loud",
    };
    const { code, output } = await endedProgram(folder, variables);
    expect(code).toBe(1);
    const [first, ...problems] = output.trim().split("\n");
    expect(first).toBe("smooth-agent cannot start:");
    const expected = [
      "PORT must be",
      "DATABASE_URL must begin",
      "OPENAI_BASE_URL must be",
      "SMOOTH_AGENT_SECRET must have",
      "LOG_LEVEL must be",
      "agents.shop.allowedOrigins.0 must be",
      "agents.shop.alowedOrigins is not a known setting",
      "tools.0.name must be",
      "tools.0.execute must be",
      "tool is not a known setting",
    ];
    expect(problems).toEqual(expected.map((start) => expect.stringContaining(`  - ${start}`)));
    expect(output).not.toContain("hunter2");
    expect(await readdir(folder)).toEqual(["smooth-agent.config.mjs"]);
  });

  it("starts without a config module, knows no agent and says so", async () => {
    const folder = await temporaryFolder();
    const running = await program(folder);
    const client = await running.connect();
    const action = "create_conversation_session";
    const refused = await client.ask({ action, requestId: "c", agentId: "shop" });
    expect(at(refused, "error.code")).toBe("AGENT_NOT_AUTHORIZED");
    const { code, output } = await running.end("SIGINT");
    expect(code).toBe(0);
    expect(output).toContain("no agent is configured");
    expect(output).toContain("OPENAI_API_KEY is not set");
  });

  it("refuses a port and a database that another server has, and leaves that one alone", async () => {
    const folder = await temporaryFolder();
    const first = await program(folder);
    const { port } = new URL(first.url);
    const ends = await Promise.all([
      endedProgram(await temporaryFolder(), { PORT: port }),
      endedProgram(folder),
    ]);
    expect(ends.map(({ code }) => code)).toEqual([1, 1]);
    expect(ends[0].output).toContain(`PORT ${port} on 127.0.0.1 is in use`);
    expect(ends[1].output).toContain("Another server uses the database");
    expect(ends[1].output).not.toMatch(/^\s+at /m);
    expect((await fetch(`${first.url}/ready`)).status).toBe(200);
  });
});
