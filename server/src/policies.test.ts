import { describe, expect, it } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import { signAuthToken } from "./auth/auth-token.js";
import { answers, httpServer } from "./auth/http-server.fixture.js";
import { at, outline, textAt, type Frame } from "./core-client.fixture.js";
import { heldAnswer } from "./model-answers.fixture.js";
import {
  createSession,
  openSession,
  resumed,
  runningServer,
  SECRET,
  SHOP,
  type RunningServer,
} from "./running-server.fixture.js";
import { rowsIn, writeIn } from "./store/database-file.fixture.js";

const BLOG = "https://blog.example";
const codeOf = (frame: Frame) => at(frame, "error.code");
const create = (agentId: string, fields: object = {}) => ({
  action: "create_conversation_session",
  requestId: "c",
  agentId,
  ...fields,
});
const NOT_AUTHORIZED =
  '{"type":"error","requestId":"c","error":{"code":"AGENT_NOT_AUTHORIZED","message":"This agent is not available."},' +
  '"data":{"requestId":"c","error":{"code":"AGENT_NOT_AUTHORIZED","message":"This agent is not available."}},"timestamp":1}';
const created = "c: Session created";
const policy = { allowedOrigins: [SHOP], secret: SECRET, organizationId: "acme" };

function organizationOf({ file }: RunningServer, frame: Frame): unknown {
  const id = textAt(frame, "data.conversationId");
  const [row] = rowsIn(file, `SELECT organizationId FROM Conversation WHERE id = '${id}'`);
  return (row as { organizationId: unknown }).organizationId;
}

describe("policies from a service of the host", () => {
  it("decide who may embed, who signs and whose a conversation is", async () => {
    const host = await httpServer((response, request) =>
      answers(policy, request.url === "/p/shop" ? 200 : 404)(response, request),
    );
    const server = await runningServer({
      agents: { shop: { name: "Mira" } },
      policies: { url: `${host.url}/p`, token: "let-me-in" },
    });
    const client = await server.connect();
    const authContext = signAuthContext({ userId: "u1", secret: SECRET });
    const session = await client.ask(create("shop", { authContext }));
    expect(outline(session)).toBe(created);
    expect(at(session, "data.agentName"), "behaviour comes from the config module").toBe("Mira");
    expect(organizationOf(server, session)).toBe("acme");
    expect((await client.ask(create("nobody"))).text).toBe(NOT_AUTHORIZED);
    expect((await client.ask(create("../p/shop"))).text).toBe(NOT_AUTHORIZED);
    // Who is allowed is not known at the handshake.
    const blog = await server.connect({ origin: BLOG });
    expect(codeOf(await blog.ask(create("shop")))).toBe("ORIGIN_NOT_ALLOWED");
    expect(server.log.join("")).not.toContain("let-me-in");
    expect(server.log.join("")).not.toContain(SECRET);
  });

  it("that is down refuses with the bytes of an unknown agent, in every deployment", async () => {
    for (const strict of [true, false]) {
      const host = await httpServer(answers("", 500));
      const server = await runningServer({ agents: {}, strict, policies: { url: host.url } });
      const client = await server.connect();
      expect((await client.ask(create("shop"))).text).toBe(NOT_AUTHORIZED);
      host.answer = answers("<html>");
      expect((await client.ask(create("shop"))).text).toBe(NOT_AUTHORIZED);
      await host.stop();
      expect((await client.ask(create("shop"))).text).toBe(NOT_AUTHORIZED);
    }
  });

  it("that is silent holds up no cancel of what runs", async () => {
    const held: (() => void)[] = [];
    const host = await httpServer(answers(policy));
    const server = await runningServer({ agents: {}, policies: { url: host.url } });
    const { client, sessionId } = await openSession(server);
    const answer = heldAnswer();
    server.model.script(answer.answer);
    await client.ask({ action: "send_message", requestId: "r", sessionId, message: "hi" });
    await server.model.request(0);
    host.answer = (response) => held.push(() => response.writeHead(404).end());
    client.send(create("slow"));
    await host.reached(2);
    client.send({ action: "cancel", requestId: "r" });
    expect(outline(await client.next())).toBe("r cancelled");
    held[0]?.();
    expect((await client.next()).text).toBe(NOT_AUTHORIZED);
  });
});

describe("policies from the database", () => {
  const row = (id: string, columns: Record<string, string>) => {
    const all = { id, organizationId: "acme", updatedAt: "2030-01-01T00:00:00.000Z", ...columns };
    const values = Object.values(all).map((value) => `'${value.replaceAll("'", "''")}'`);
    return `INSERT INTO Agent (${Object.keys(all).join(", ")}) VALUES (${values.join(", ")});`;
  };

  it("are those of the rows as they are now, and a malformed one refuses", async () => {
    const server = await runningServer({ agents: {}, policies: "database" });
    const client = await server.connect();
    expect((await client.ask(create("shop"))).text).toBe(NOT_AUTHORIZED);
    const allowedOrigins = JSON.stringify([SHOP]);
    const secrets = JSON.stringify([SECRET]);
    writeIn(server.file, row("shop", { allowedOrigins, secrets }));
    writeIn(server.file, row("behaviour-only", { behaviour: "{}" }));
    writeIn(server.file, row("malformed", { allowedOrigins: "[*]" }));
    const authContext = signAuthContext({ userId: "u1", secret: SECRET });
    const session = await client.ask(create("shop", { authContext }));
    expect(outline(session)).toBe(created);
    expect(organizationOf(server, session)).toBe("acme");
    for (const agentId of ["behaviour-only", "malformed"]) {
      expect((await client.ask(create(agentId))).text).toBe(NOT_AUTHORIZED);
    }
    expect(server.log.join("")).toMatch(/"agentId":"malformed","problems":\["allowedOrigins/);
    writeIn(server.file, `UPDATE Agent SET allowedOrigins = '["${BLOG}"]' WHERE id = 'shop'`);
    expect(codeOf(await client.ask(create("shop")))).toBe("ORIGIN_NOT_ALLOWED");
    writeIn(server.file, "DELETE FROM Agent");
    expect((await client.ask(create("shop"))).text).toBe(NOT_AUTHORIZED);
  });

  it("that cannot be read are a fault, and let nobody in", async () => {
    const server = await runningServer({ agents: {}, strict: false, policies: "database" });
    const client = await server.connect();
    expect(outline(await client.ask(create("shop")))).toBe(created);
    writeIn(server.file, "DROP TABLE Agent");
    expect(codeOf(await client.ask(create("shop")))).toBe("STORAGE_ERROR");
  });
});

describe("policies from a function of the host", () => {
  it("are what it answers, and nothing when it fails", async () => {
    const server = await runningServer({
      agents: {},
      strict: false,
      policies: async (agentId) => {
        if (agentId === "broken") throw new Error("hush");
        return agentId === "shop" ? { ...policy, secrets: ["newer"] } : null;
      },
    });
    const client = await server.connect();
    for (const secret of [SECRET, "newer"]) {
      const authContext = signAuthContext({ userId: "u1", secret });
      expect(outline(await client.ask(create("shop", { authContext })))).toBe(created);
    }
    expect(outline(await client.ask(create("unknown")))).toBe(created);
    expect((await client.ask(create("broken"))).text).toBe(NOT_AUTHORIZED);
    expect(server.log.join("")).not.toContain("hush");
  });
});

describe("an auth context that is a token", () => {
  const shared = { shop: { allowedOrigins: [SHOP, BLOG], secret: SECRET } };
  const agents = { ...shared, desk: { allowedOrigins: [SHOP], secret: SECRET } };
  const vouched = (over: { agentId?: string; email?: string; name?: string } = {}) =>
    signAuthToken({ userId: "u1", agentId: "shop", secret: SECRET, ...over });

  it("makes the visitor known by the name and address that the host gives", async () => {
    const server = await runningServer({ agents });
    const client = await server.connect();
    const said = { userName: "Mallory", userEmail: "m@evil.example" };
    const participants: unknown[] = [];
    for (const authContext of [
      await vouched({ name: "Ada", email: "ada@b.example" }),
      await vouched(),
    ]) {
      const frame = await client.ask(create("shop", { authContext, ...said }));
      const id = textAt(frame, "data.userParticipantId");
      const columns = "name, email, externalId";
      participants.push(
        ...rowsIn(server.file, `SELECT ${columns} FROM Participant WHERE id = '${id}'`),
      );
    }
    expect(participants).toEqual([
      { name: "Ada", email: "ada@b.example", externalId: "u1" },
      { name: "Mallory", email: "m@evil.example", externalId: "u1" },
    ]);
  });

  it("continues what its visitor owns, signed in either form", async () => {
    const server = await runningServer({ agents });
    const first = await openSession(server, { authContext: await vouched() });
    const { conversationId } = first;
    const authContext = signAuthContext({ userId: "u1", secret: SECRET });
    const second = await openSession(server, { authContext, conversationId });
    expect(second.conversationId).toBe(conversationId);
  });

  it("opens five sessions from its first origin, and fewer where the host says so", async () => {
    for (const signatureUses of [undefined, 1, 2]) {
      const server = await runningServer({ agents, signatureUses });
      const client = await server.connect();
      const elsewhere = await server.connect({ origin: BLOG });
      const contexts = [await vouched(), signAuthContext({ userId: "u1", secret: SECRET })];
      for (const authContext of contexts) {
        const ask = create("shop", { authContext });
        const outcomes = [outline(await client.ask(ask)), outline(await elsewhere.ask(ask))];
        for (let use = 2; use <= 6; use += 1) outcomes.push(outline(await client.ask(ask)));
        const good = outcomes.filter((outcome) => outcome === created);
        expect(good).toHaveLength(signatureUses ?? 5);
        expect(outcomes[1]).toBe("c error AUTH_CONTEXT_INVALID");
      }
    }
  });

  it("is good for its own agent alone, though another one shares the secret", async () => {
    const server = await runningServer({ agents });
    const client = await server.connect();
    const authContext = await vouched();
    const moved = await client.ask(create("desk", { authContext }));
    expect(codeOf(moved)).toBe("AUTH_CONTEXT_INVALID");
    const both = { ...authContext, ...signAuthContext({ userId: "u1", secret: SECRET }) };
    const mixed = await client.ask(create("shop", { authContext: both }));
    expect(mixed.text, "one text, whatever is wrong").toBe(moved.text);
    expect(outline(await client.ask(create("shop", { authContext })))).toBe(created);
  });

  it("in the older form counts for each agent that shares the secret by itself", async () => {
    const server = await runningServer({ agents, signatureUses: 1 });
    const client = await server.connect();
    const authContext = signAuthContext({ userId: "u1", secret: SECRET });
    const outcomes: string[] = [];
    for (const agentId of ["shop", "desk", "shop", "desk"]) {
      outcomes.push(outline(await client.ask(create(agentId, { authContext }))));
    }
    const refused = "c error AUTH_CONTEXT_INVALID";
    expect(outcomes).toEqual([created, created, refused, refused]);
  });
});

describe("an internal agent", () => {
  it("looks to every visitor as if it did not exist, at create and at resume", async () => {
    const shop = { allowedOrigins: [SHOP], secret: SECRET };
    const before = await runningServer({ agents: { shop } });
    const session = await openSession(before);
    await before.stop();
    const server = await runningServer({
      file: before.file,
      agents: { shop: { ...shop, visibility: "internal" }, any: { allowedOrigins: ["*"] } },
    });
    for (const origin of [SHOP, BLOG]) {
      const client = await server.connect({ origin });
      const authContext = signAuthContext({ userId: "u1", secret: SECRET });
      expect((await client.ask(create("shop"))).text).toBe(NOT_AUTHORIZED);
      expect((await client.ask(create("shop", { authContext }))).text).toBe(NOT_AUTHORIZED);
      expect((await client.ask(create("nobody"))).text).toBe(NOT_AUTHORIZED);
      await createSession(client, { agentId: "any" });
    }
    expect(codeOf((await resumed(server, session)).answer)).toBe("AGENT_NOT_AUTHORIZED");
  });
});
