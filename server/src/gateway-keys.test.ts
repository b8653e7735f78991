import { describe, expect, it, onTestFinished } from "vitest";
import { outlines, type CoreClient, type Frame } from "./core-client.fixture.js";
import type { GatewayKey } from "./gateway/gateway-key.js";
import { modelServer, refused, type ModelServer } from "./gateway/model-server.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import {
  openSession,
  resumed,
  runningServer,
  SHOP,
  type RunningServer,
} from "./running-server.fixture.js";
import { defineTool } from "./tools/tool.js";

// Each organization is answered for by its own gateway, with its own key, and pays for itself alone.

const look = defineTool({ name: "look", description: "Looks.", execute: () => "seen" });
const agents = Object.fromEntries(
  ["acme", "globex", "plain"].map((organizationId) => [
    organizationId,
    { allowedOrigins: [SHOP], organizationId },
  ]),
);
const SERVER_KEY = "Bearer sk-test";

async function ownModel(): Promise<ModelServer> {
  const model = await modelServer();
  onTestFinished(() => model.close());
  return model;
}

const keysAt = (model: ModelServer) => model.requests.map(({ headers }) => headers.authorization);

const errorOf = (frames: readonly Frame[]) =>
  frames.at(-1)?.event["error"] as Record<string, unknown>;

async function ask(client: CoreClient, sessionId: string, requestId = "r") {
  client.send({ action: "send_message", requestId, sessionId, message: "hi" });
  const [first] = await client.until("immediate_response", "error");
  if (!first) throw new Error("no answer");
  return first.type === "error" ? [first] : [first, ...(await client.rest())];
}

async function askAgent(server: RunningServer, agentId: string) {
  const { client, sessionId } = await openSession(server, { agentId });
  return ask(client, sessionId);
}

describe("gatewayOf", () => {
  it("has each organization asked at its own place with its own key", async () => {
    const [acme, globex] = [await ownModel(), await ownModel()];
    const keys: Record<string, GatewayKey> = {
      acme: { apiKey: "sk-acme", baseURL: acme.url },
      globex: { apiKey: "sk-globex", baseURL: globex.url },
    };
    const server = await runningServer({
      agents,
      tools: [look],
      gatewayOf: async (id) => keys[id] ?? null,
    });
    for (const model of [acme, globex, server.model]) {
      model.script(calls({ name: "look" }), says("Seen."));
    }
    const turns = ["acme", "globex", "plain"].map((agentId) => askAgent(server, agentId));
    for (const frames of await Promise.all(turns)) {
      expect(outlines(frames).at(-1)).toBe("r eventual_response");
    }
    expect(keysAt(acme)).toEqual(["Bearer sk-acme", "Bearer sk-acme"]);
    expect(keysAt(globex)).toEqual(["Bearer sk-globex", "Bearer sk-globex"]);
    expect(keysAt(server.model)).toEqual([SERVER_KEY, SERVER_KEY]);
  });

  it("goes by the conversation's organization, with the server's URL when it names none", async () => {
    const server = await runningServer({
      agents,
      gatewayOf: async (id) => ({ apiKey: `sk-${id}` }),
    });
    server.model.script(says("Hi."));
    await askAgent(server, "globex");
    expect(keysAt(server.model)).toEqual(["Bearer sk-globex"]);
  });

  it("goes on asking for the organization that a conversation was begun in", async () => {
    const serverFor = (organizationId: string, file?: string) =>
      runningServer({
        agents: { shop: { allowedOrigins: [SHOP], organizationId } },
        gatewayOf: async (id) => ({ apiKey: `sk-${id}` }),
        ...(file !== undefined && { file }),
      });
    const before = await serverFor("acme");
    before.model.script(says("Hi."));
    const opened = await openSession(before);
    await before.stop();
    const server = await serverFor("globex", before.file);
    server.model.script(says("Hi."));
    const { client } = await resumed(server, opened);
    await ask(client, opened.sessionId);
    const other = await openSession(server);
    await ask(other.client, other.sessionId);
    expect(keysAt(server.model)).toEqual(["Bearer sk-acme", "Bearer sk-globex"]);
  });

  it("that fails has the message refused, and nobody's gateway hears of it", async () => {
    const model = await ownModel();
    let isDown = true;
    const server = await runningServer({
      agents,
      gatewayOf: async () => {
        if (isDown) throw new Error("cannot decrypt sk-acme");
        return { apiKey: "sk-acme", baseURL: model.url };
      },
    });
    const { client, sessionId } = await openSession(server, { agentId: "acme" });
    const refusal = await ask(client, sessionId);
    expect(errorOf(refusal)).toEqual({
      code: "LLM_UNAVAILABLE",
      message: "The assistant is not available right now.",
      retryable: true,
    });
    expect([...server.model.requests, ...model.requests]).toEqual([]);
    expect(server.log.join("")).toContain("gatewayOf failed");
    expect(server.log.join("")).not.toContain("sk-acme");
    isDown = false;
    model.script(says("Hi."));
    expect(outlines(await ask(client, sessionId)).at(-1)).toBe("r eventual_response");
    expect(keysAt(model)).toEqual(["Bearer sk-acme"]);
  });

  it("that fails while a turn runs ends it, and the server's own key does not pay", async () => {
    const model = await ownModel();
    let asked = 0;
    const server = await runningServer({
      agents,
      tools: [look],
      limits: { gatewayKeyMs: 0 },
      gatewayOf: async () => {
        asked += 1;
        // The message itself and its first step are asked for; the step after the tool finds it down.
        if (model.requests.length > 0) throw new Error("down");
        return { apiKey: "sk-acme", baseURL: model.url };
      },
    });
    model.script(calls({ name: "look" }));
    const frames = await askAgent(server, "acme");
    expect(errorOf(frames)).toMatchObject({ code: "AGENT_ERROR", retryable: true });
    expect(model.requests).toHaveLength(1);
    expect(server.model.requests).toEqual([]);
    expect(asked).toBeGreaterThan(1);
  });

  it("leaves one organization's broken gateway to that one alone", async () => {
    const model = await ownModel();
    model.script(refused(401));
    const server = await runningServer({
      agents,
      gatewayOf: async (id) =>
        id === "acme" ? { apiKey: "sk-revoked", baseURL: model.url } : null,
    });
    server.model.script(says("Hi."));
    const frames = await askAgent(server, "acme");
    expect(errorOf(frames)["code"]).toBe("AGENT_ERROR");
    expect(server.model.requests).toEqual([]);
    expect(outlines(await askAgent(server, "plain")).at(-1)).toBe("r eventual_response");
  });
});

describe("a gateway that is down", () => {
  it("is left alone: the turn ends at once, says when to come back, and sends nothing", async () => {
    const server = await runningServer({ limits: { breakerFaults: 2, breakerMs: 60_000 } });
    server.model.script(refused(503));
    const { client, sessionId } = await openSession(server);
    await ask(client, sessionId, "r1");
    const sent = server.model.requests.length;
    server.model.script(says("Hi."));
    const frames = await ask(client, sessionId, "r2");
    expect(errorOf(frames)).toMatchObject({ code: "AGENT_ERROR", retryable: true });
    expect(errorOf(frames)["retryAfterMs"]).toBeGreaterThan(50_000);
    expect(server.model.requests).toHaveLength(sent);
    expect(sent).toBe(2);
  });
});
