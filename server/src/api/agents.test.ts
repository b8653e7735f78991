import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { signAuthContext } from "../auth/auth-context.js";
import { textAt } from "../core-client.fixture.js";
import { hostRows } from "../host-rows.fixture.js";
import { says } from "../model-answers.fixture.js";
import { openSession, runningServer, SHOP } from "../running-server.fixture.js";
import { databaseContents } from "../store/database-contents.fixture.js";
import { ApiClient, bytesOf, refusalOf, type ApiAnswer } from "./api-client.fixture.js";
import { AGENT_SECRET, apiSettings, STORED_SECRET } from "./api-world.fixture.js";

async function admins(policies: "config" | "database" = "database") {
  const server = await runningServer(apiSettings({ policies }));
  const admin = await ApiClient.of(server, "acme");
  return { server, admin };
}

const jwk = (kid: string) => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return {
    public: { ...publicKey.export({ format: "jwk" }), kid },
    private: { ...privateKey.export({ format: "jwk" }), kid },
  };
};

const etag = ({ headers }: ApiAnswer): string => headers.get("etag") ?? "no etag";

describe("an agent that is written", () => {
  test("is made, read and listed as it was written, with its secrets counted", async () => {
    const { admin } = await admins();
    const { public: key } = jwk("k1");
    const behaviour = {
      name: "Nils",
      instructions: "Hilf den Kunden. 世界",
      tools: ["find_*"],
      toolSettings: { find_order: { authLevel: "end_user", config: { region: "eu" } } },
      workflow: { goal: "Sell.", steps: [{ id: "ask", intent: "Ask." }] },
    };
    const policy = { allowedOrigins: [SHOP, "https://*.acme.example"], publicKeys: [key] };
    const made = await admin.put("/agents/nils", { behaviour, policy, secrets: [STORED_SECRET] });
    expect(made.status).toBe(201);
    const { createdAt, updatedAt } = made.json as Record<string, string>;
    const view = {
      agentId: "nils",
      source: "database",
      behaviour,
      policy,
      secretCount: 1,
      problems: [],
      createdAt,
      updatedAt,
    };
    expect(made.json).toEqual(view);
    const read = await admin.get("/agents/nils");
    expect([read.status, read.json, etag(read)]).toEqual([200, view, etag(made)]);
    const list = (await admin.get("/agents")).json as { agents: { agentId: string }[] };
    expect(list.agents.map(({ agentId }) => agentId)).toEqual(["shop", "nils"]);
    expect(list.agents[1]).toEqual(view);
    expect(Math.abs(Date.now() - Date.parse(updatedAt ?? ""))).toBeLessThan(60_000);
  });

  test("keeps each part that is absent, and loses one that is null", async () => {
    const { admin } = await admins();
    const policy = { allowedOrigins: ["*"], publicKeys: [jwk("k").public] };
    await admin.put("/agents/a", { behaviour: { name: "A" }, policy, secrets: ["s", "t"] });
    const renamed = await admin.put("/agents/a", { behaviour: { name: "B" } });
    expect(renamed.json).toMatchObject({ behaviour: { name: "B" }, policy, secretCount: 2 });
    expect(renamed.status).toBe(200);
    expect((await admin.put("/agents/a", {})).json).toMatchObject({ policy, secretCount: 2 });
    const closed = await admin.put("/agents/a", { policy: null, secrets: null });
    expect(closed.json).toMatchObject({ behaviour: { name: "B" }, policy: null, secretCount: 0 });
    const bare = await admin.put("/agents/a", { behaviour: null, policy: { allowedOrigins: [] } });
    expect(bare.json).toMatchObject({
      behaviour: null,
      policy: { allowedOrigins: [], publicKeys: [] },
    });
  });

  test("is refused with everything that is wrong with it, and no value of it", async () => {
    const { admin } = await admins();
    const answer = await admin.put("/agents/a", {
      behaviour: {
        name: "",
        temperature: "hunter2",
        toolz: [],
        tools: ["find", 7],
        workflow: { goal: "g", steps: [{ id: "a", intent: "i", next: "hunter2" }] },
      },
      policy: { allowedOrigins: ["https://shop.example/path"] },
      secrets: [""],
    });
    expect(answer.status).toBe(400);
    expect(refusalOf(answer).slice("400 VALIDATION_ERROR: ".length).split("; ")).toEqual([
      "behaviour.name must not be empty",
      "behaviour.temperature must be a number",
      "behaviour.tools.1 must be a string",
      "behaviour.workflow.steps.0.next names no step of this workflow",
      "behaviour.toolz is not known here",
      'policy.allowedOrigins.0 must be "*", an origin such as https://shop.example, or https://*.shop.example',
      "secrets.0 must not be empty.",
    ]);
    expect(answer.text).not.toContain("hunter2");
    expect((await admin.get("/agents/a")).status).toBe(404);
  });

  test("has no private key, whichever field it hides in", async () => {
    const { admin, server } = await admins();
    const { private: secret, public: key } = jwk("k1");
    const keys: unknown[] = [secret, { ...key, kid: undefined }, { ...key, x: "AA" }, "pem", null];
    for (const publicKey of keys) {
      const policy = { allowedOrigins: [SHOP], publicKeys: [publicKey] };
      const answer = await admin.put("/agents/a", { policy });
      expect(refusalOf(answer)).toContain("policy.publicKeys.0");
      expect(answer.text + server.log.join("")).not.toContain(secret.d);
    }
    const twice = { allowedOrigins: [SHOP], publicKeys: [key, jwk("k1").public] };
    expect(refusalOf(await admin.put("/agents/a", { policy: twice }))).toContain("publicKeys");
  });

  test("has an id that every page can name", async () => {
    const { admin } = await admins();
    const id = "a/b c?d=é世界%";
    expect((await admin.put(`/agents/${encodeURIComponent(id)}`, {})).status).toBe(201);
    expect((await admin.get(`/agents/${encodeURIComponent(id)}`)).json).toMatchObject({
      agentId: id,
    });
    for (const hostile of ["__proto__", "constructor"]) {
      expect((await admin.get(`/agents/${hostile}`)).status).toBe(404);
      expect((await admin.put(`/agents/${hostile}`, {})).status).toBe(201);
    }
  });
});

describe("an agent of the config module", () => {
  test("is read as it stands there, its policy not changed and nothing deleted here", async () => {
    const { admin } = await admins("config");
    const view = {
      agentId: "shop",
      source: "config",
      behaviour: { name: "Mira", instructions: "Sell kettles." },
      policy: { allowedOrigins: [SHOP], publicKeys: [] },
      secretCount: 1,
      problems: [],
      createdAt: null,
      updatedAt: null,
    };
    expect((await admin.get("/agents/shop")).json).toEqual(view);
    expect((await admin.get("/agents")).json).toEqual({ agents: [view], nextCursor: null });
    const refusal = "409 CONFLICT: This agent is described in the config module; change it there.";
    expect(refusalOf(await admin.delete("/agents/shop"))).toBe(refusal);
    const fixed =
      "409 CONFLICT: This agent's policy is in the config module; leave out policy and secrets, and change them there.";
    const policy = { allowedOrigins: ["*"] };
    for (const part of [{ policy }, { policy: null }, { secrets: ["s"] }, { secrets: null }]) {
      const answer = await admin.put("/agents/shop", { behaviour: {}, ...part });
      expect(refusalOf(answer)).toBe(fixed);
    }
    expect((await admin.get("/agents/shop")).json).toEqual(view);
  });

  test("behaves as a row says, which is shown, and as the config says again once it is gone", async () => {
    const { admin, server } = await admins("config");
    const shown = async () => {
      const read = (await admin.get("/agents/shop")).json;
      expect((await admin.get("/agents")).json).toEqual({ agents: [read], nextCursor: null });
      return read;
    };
    const authContext = signAuthContext({ userId: "ada", secret: AGENT_SECRET });
    const name = async () => {
      const { created } = await openSession(server, { authContext });
      return textAt(created, "data.agentName");
    };
    const made = await admin.put("/agents/shop", { behaviour: { name: "Written" } });
    expect(made.status).toBe(201);
    const policy = { allowedOrigins: [SHOP], publicKeys: [] };
    const written = { source: "database", behaviour: { name: "Written" }, policy, secretCount: 1 };
    expect(await shown()).toMatchObject(written);
    expect(await shown()).toEqual(made.json);
    expect(await name()).toBe("Written");
    await admin.put("/agents/shop", { behaviour: null });
    expect(await shown()).toMatchObject({ behaviour: { name: "Mira" }, policy, secretCount: 1 });
    expect(await name()).toBe("Mira");
    expect((await admin.delete("/agents/shop")).status).toBe(204);
    expect(await shown()).toMatchObject({ source: "config", behaviour: { name: "Mira" } });
  });

  test("is admitted by a policy that is written, where policies come from the database", async () => {
    const { admin, server } = await admins();
    expect((await admin.get("/agents/shop")).json).toMatchObject({ policy: null, secretCount: 0 });
    await expect(openSession(server)).rejects.toThrow("AGENT_NOT_AUTHORIZED");
    const policy = { allowedOrigins: [SHOP], publicKeys: [] };
    const made = await admin.put("/agents/shop", { policy });
    expect(made.json).toMatchObject({ policy, behaviour: { name: "Mira" } });
    const { created } = await openSession(server);
    expect(textAt(created, "data.agentName")).toBe("Mira");
  });

  test.each(["config", "database"] as const)(
    "of another organization is unknown, and no row takes its place: policies of the %s",
    async (policies) => {
      const { admin } = await admins(policies);
      const unknown = await admin.get("/agents/nowhere");
      for (const answer of [
        await admin.get("/agents/elsewhere"),
        await admin.put("/agents/elsewhere", { behaviour: { name: "Mine" } }),
        await admin.delete("/agents/elsewhere"),
      ]) {
        expect([answer.status, answer.text]).toEqual([404, unknown.text]);
      }
    },
  );
});

describe("two who write one agent", () => {
  test("do not undo each other when they say what they read", async () => {
    const { admin } = await admins();
    const first = await admin.put("/agents/a", { behaviour: { name: "A" } });
    const ifMatch = (tag: string) => ({ headers: { "if-match": tag } });
    const second = await admin.put("/agents/a", { behaviour: { name: "B" } }, ifMatch(etag(first)));
    expect(second.status).toBe(200);
    const stale =
      "412 PRECONDITION_FAILED: The agent is not as If-Match or If-None-Match expects it. Read it again.";
    const behaviour = { name: "C" };
    for (const tag of [etag(first), '"other"', `W/${etag(second)}`, '"1", "2"']) {
      expect(refusalOf(await admin.put("/agents/a", { behaviour }, ifMatch(tag)))).toBe(stale);
      expect(refusalOf(await admin.delete("/agents/a", ifMatch(tag)))).toBe(stale);
    }
    expect(refusalOf(await admin.put("/agents/b", {}, ifMatch("*")))).toBe(stale);
    const fresh = { headers: { "if-none-match": "*" } };
    expect(refusalOf(await admin.put("/agents/a", { behaviour }, fresh))).toBe(stale);
    expect((await admin.put("/agents/b", {}, fresh)).status).toBe(201);
    expect((await admin.get("/agents/a")).json).toMatchObject({ behaviour: { name: "B" } });
    const list = `"7", ${etag(second)}`;
    const third = await admin.put("/agents/a", { behaviour }, ifMatch(list));
    expect(third.json).toMatchObject({ behaviour });
    expect((await admin.delete("/agents/a", ifMatch(etag(third)))).status).toBe(204);
    expect((await admin.delete("/agents/a", ifMatch(etag(third)))).status).toBe(404);
  });

  test.each([
    [{ "if-match": "1" }, "If-Match must be * or the ETag of an earlier answer."],
    [{ "if-match": '"1' }, "If-Match must be * or the ETag of an earlier answer."],
    [{ "if-none-match": '"1"' }, "If-None-Match must be *."],
    [{ "if-none-match": "*", "if-match": "*" }, "If-Match and If-None-Match exclude each other."],
  ])("are told that %j is no condition", async (headers, message) => {
    const { admin } = await admins();
    const answer = await admin.put("/agents/a", {}, { headers });
    expect(refusalOf(answer)).toBe(`400 VALIDATION_ERROR: ${message}`);
  });

  test("of one instant get what the last one wrote, whole", async () => {
    const { admin } = await admins();
    const names = Array.from({ length: 10 }, (_, n) => `N${n}`);
    const answers = await Promise.all(
      names.map((name) => admin.put("/agents/a", { behaviour: { name, greeting: name } })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(answers.map(etag)).size).toBe(10);
    const { behaviour } = (await admin.get("/agents/a")).json as { behaviour: { name: string } };
    expect(behaviour).toEqual({ name: behaviour.name, greeting: behaviour.name });
  });
});

test("agents are listed in pages, those of the config module once", async () => {
  const { admin } = await admins();
  const ids = ["a", "b", "c", "d", "e"];
  for (const id of ids) await admin.put(`/agents/${id}`, {});
  const read: string[] = [];
  for (let path = "/agents?limit=2"; ;) {
    const { agents, nextCursor } = (await admin.get(path)).json as {
      agents: { agentId: string }[];
      nextCursor: string | null;
    };
    read.push(...agents.map(({ agentId }) => agentId));
    if (nextCursor === null) break;
    path = `/agents?limit=2&cursor=${encodeURIComponent(nextCursor)}`;
  }
  expect(read).toEqual(["shop", ...ids]);
});

test("a visitor gets in and is answered as it was written, and no more once it is gone", async () => {
  const server = await runningServer(apiSettings({ policies: "database" }));
  const admin = await ApiClient.of(server, "acme");
  const vouched = (secret: string) => ({
    agentId: "nils",
    authContext: signAuthContext({ userId: "ada", secret }),
  });
  const refused = async (secret: string) => {
    const client = await server.connect();
    const frame = { action: "create_conversation_session", requestId: "c", ...vouched(secret) };
    return textAt(await client.ask(frame), "error.code");
  };
  expect(await refused("first")).toBe("AGENT_NOT_AUTHORIZED");
  await admin.put("/agents/nils", {
    behaviour: { name: "Nils", instructions: "Sell only blue kettles." },
    policy: { allowedOrigins: [SHOP] },
    secrets: ["first"],
  });
  const { client, sessionId, created, conversationId } = await openSession(
    server,
    vouched("first"),
  );
  expect(textAt(created, "data.agentName")).toBe("Nils");
  server.model.script(says("Blue ones."));
  await client.ask({ action: "send_message", requestId: "r", sessionId, message: "hi" });
  await client.rest();
  const request = await server.model.request(0);
  expect(JSON.stringify(request.body)).toContain("Sell only blue kettles.");
  const conversation = await admin.get(`/conversations/${conversationId}`);
  expect(conversation.json).toMatchObject({ agentId: "nils", userId: "ada" });
  await admin.put("/agents/nils", { secrets: ["second"] });
  expect(await refused("first")).toBe("AUTH_CONTEXT_INVALID");
  await admin.put("/agents/nils", { policy: { allowedOrigins: ["https://other.example"] } });
  expect(await refused("second")).toBe("ORIGIN_NOT_ALLOWED");
  await admin.delete("/agents/nils");
  expect(await refused("second")).toBe("AGENT_NOT_AUTHORIZED");
});

test("an agent whose policy the host gives to another organization is unknown, and stays whose it is", async () => {
  const settings = apiSettings({
    policies: async (agentId: string) => {
      if (agentId === "down") throw new Error("no policies today");
      const theirs = { allowedOrigins: [SHOP], organizationId: "globex" };
      const ours = { allowedOrigins: [SHOP], organizationId: "acme" };
      const nobodys = { allowedOrigins: [SHOP] };
      return { theirs, ours, nobodys }[agentId] ?? null;
    },
  });
  const server = await runningServer(settings);
  const admin = await ApiClient.of(server, "acme");
  const unknown = await admin.get("/agents/nowhere");
  const before = databaseContents(server.file);
  for (const id of ["theirs", "nobodys", "unknown"]) {
    const answer = await admin.put(`/agents/${id}`, { behaviour: { instructions: "Say no." } });
    expect(bytesOf(answer)).toBe(bytesOf(unknown));
  }
  expect(refusalOf(await admin.put("/agents/down", {}))).toBe(
    "503 UNAVAILABLE: The agent's policy cannot be read at the moment. Please try again.",
  );
  expect(databaseContents(server.file)).toEqual(before);
  expect((await admin.put("/agents/ours", { behaviour: {} })).status).toBe(201);
  const host = await ApiClient.of(server, "default");
  for (const id of ["nobodys", "unknown"]) {
    expect((await host.put(`/agents/${id}`, { behaviour: {} })).status).toBe(201);
  }
});

test("what the API writes opens nothing by itself: the policies of this server are the config's", async () => {
  const { server } = await admins("config");
  const host = await ApiClient.of(server, "default");
  expect((await host.put("/agents/a", { policy: { allowedOrigins: ["*"] } })).status).toBe(201);
  await expect(openSession(server, { agentId: "a" })).rejects.toThrow("AGENT_NOT_AUTHORIZED");
});

test("a policy that is malformed in its row is repaired over the API", async () => {
  const { admin, server } = await admins();
  const policy = { allowedOrigins: [SHOP] };
  await admin.put("/agents/a", { policy });
  hostRows(server.file).policy("a", "no list");
  await expect(openSession(server, { agentId: "a" })).rejects.toThrow("AGENT_NOT_AUTHORIZED");
  expect((await admin.put("/agents/a", { policy })).json).toMatchObject({ policy, problems: [] });
  await openSession(server, { agentId: "a" });
});
