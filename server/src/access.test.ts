import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { signAuthContext } from "./auth/auth-context.js";
import { sessionTokens } from "./auth/session-token.js";
import { at, outline, textAt, type CoreClient, type Frame } from "./core-client.fixture.js";
import { calls, heldAnswer, says } from "./model-answers.fixture.js";
import {
  createSession,
  openSession,
  resumed,
  runningServer,
  SECRET,
  SESSION_SECRET,
  SHOP,
  type RunningServer,
} from "./running-server.fixture.js";
import { defineTool } from "./tools/tool.js";

const NOBODY = "00000000-0000-4000-8000-000000000000";
const BLOG = "https://blog.example";
const codeOf = (frame: Frame) => at(frame, "error.code");
const signed = (userId = "customer-17", secret = SECRET) => signAuthContext({ userId, secret });
const create = (fields: object) => ({
  action: "create_conversation_session",
  requestId: "c",
  agentId: "shop",
  ...fields,
});

/** Status and body of a refused handshake. */
async function refusedHandshake(server: RunningServer, origin?: string) {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws?token=a-secret`, { origin });
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

/** What a page reads with a plain GET in place of the handshake that it could not read. */
async function plainGet(server: RunningServer, origin?: string) {
  const response = await fetch(`${server.url}/ws`, { headers: origin ? { origin } : {} });
  const readable = response.headers.get("access-control-allow-origin");
  return { status: response.status, body: await response.text(), readable };
}

describe("a stranger who knows the session's id", () => {
  it("gets for every action the bytes of an id that does not exist", async () => {
    const refund = defineTool({
      name: "issue_refund",
      description: "Pays.",
      confirm: true,
      execute: () => "paid",
    });
    const server = await runningServer({ tools: [refund] });
    const owner = await openSession(server, { authContext: signed() });
    server.model.script(calls({ name: "issue_refund" }), says("Paid."));
    const { sessionId, sessionToken } = owner;
    const send = { action: "send_message", requestId: "r", sessionId, message: "refund" };
    owner.client.send(send);
    const question = (await owner.client.until("write_confirmation_required")).at(-1) as Frame;
    await owner.client.next();
    const toolCallId = textAt(question, "data.data.toolCallId");
    const stranger = await openSession(server);
    const lifetime = (ms: number) => sessionTokens(SESSION_SECRET, ms);
    const forged = (
      await sessionTokens("another secret ".repeat(3)).mint({ id: sessionId, userId: null })
    ).sessionToken;
    const tokens = [
      "x",
      sessionToken.slice(0, -2),
      `${sessionToken.split(".").slice(0, 2).join(".")}.`,
      stranger.sessionToken,
      forged,
      (await lifetime(-5_000).mint({ id: sessionId, userId: null })).sessionToken,
    ];
    const verdict = { action: "confirm_tool_action", approved: true };
    const actions: Record<string, unknown>[] = [
      { action: "get_session" },
      { action: "get_conversation_messages" },
      { action: "get_conversation_messages", limit: 1, cursor: NOBODY },
      { action: "send_message", message: "hello" },
      { action: "send_message", message: "refund", model: "gpt-9" },
      verdict,
      { ...verdict, toolCallId },
      { ...verdict, approved: false, toolCallId, arguments: {} },
      ...tokens.map((token) => ({ action: "resume_session", sessionToken: token })),
    ];
    for (const action of actions) {
      const [real, made] = [
        await stranger.client.ask({ ...action, requestId: "r", sessionId }),
        await stranger.client.ask({ ...action, requestId: "r", sessionId: NOBODY }),
      ];
      expect(real.text).toBe(made.text);
      const expected =
        action["action"] === "confirm_tool_action"
          ? "NO_PENDING_CONFIRMATION"
          : "SESSION_NOT_FOUND";
      expect(codeOf(real)).toBe(expected);
    }
    for (const id of [sessionId, NOBODY]) {
      stranger.client.send({ action: "cancel", requestId: "r", sessionId: id });
      stranger.client.send({ action: "cancel", requestId: "r" });
    }
    await stranger.client.quiet(stranger.sessionId);
    // Nothing of it reached the owner, whose question still waits.
    await owner.client.quiet(sessionId);
    const approval = { ...verdict, requestId: "v", sessionId, toolCallId };
    expect(outline(await owner.client.ask(approval))).toBe("v: Tool action approved");
    await owner.client.rest();
  });

  it("gets a conversation of their own for someone else's id, as for one that does not exist", async () => {
    const server = await runningServer({
      agents: {
        shop: { name: "Mira", allowedOrigins: [SHOP], secret: SECRET },
        desk: { name: "Mira", allowedOrigins: [SHOP], secret: SECRET },
      },
    });
    const owner = await openSession(server, { authContext: signed() });
    const anonymous = await openSession(server);
    const { client } = anonymous;
    const attempts = [
      { conversationId: owner.conversationId },
      { conversationId: owner.conversationId, authContext: signed("customer-18") },
      { conversationId: owner.conversationId, authContext: signed(), agentId: "desk" },
      { conversationId: anonymous.conversationId },
      { conversationId: anonymous.conversationId, authContext: signed() },
      { conversationId: NOBODY, authContext: signed() },
    ];
    const known = [owner.conversationId, anonymous.conversationId];
    const shape = (frame: Frame) => Object.keys(at(frame, "data") as object);
    const plain = await client.ask(create({}));
    for (const fields of attempts) {
      const answer = await client.ask(create(fields));
      expect(shape(answer)).toEqual(shape(plain));
      expect(known).not.toContain(at(answer, "data.conversationId"));
      known.push(textAt(answer, "data.conversationId"));
    }
  });
});

describe("the visitor the host vouches for", () => {
  it("continues a conversation on another device, as the same participant", async () => {
    const server = await runningServer();
    const phone = await openSession(server, { authContext: signed(), supports: ["live"] });
    const held = heldAnswer();
    server.model.script(says("Hello"), held.answer);
    const { client, sessionId, conversationId } = phone;
    const send = { action: "send_message", requestId: "r1", sessionId, message: "hi" };
    await client.ask(send);
    await client.rest();
    await client.ask({ ...send, requestId: "r2" });
    await held.say("Wait");
    await client.next();
    const desk = await openSession(server, { authContext: signed(), conversationId });
    expect(desk.conversationId).toBe(conversationId);
    expect(desk.sessionId).not.toBe(sessionId);
    for (const id of ["userParticipantId", "agentParticipantId"]) {
      expect(at(desk.created, `data.${id}`)).toBe(at(phone.created, `data.${id}`));
    }
    expect(at(desk.created, "data.activeTurn")).toEqual({
      requestId: "r2",
      status: "running",
      items: [{ type: "text", text: "Wait" }],
    });
    expect(at(desk.created, "data.lastTurn.requestId")).toBe("r1");
    const history = await desk.client.ask({
      action: "get_conversation_messages",
      sessionId: desk.sessionId,
    });
    expect(at(history, "data.messages")).toHaveLength(3);
    await held.finish();
    expect((await desk.client.next()).text).toBe((await client.next()).text);
  });

  it("is who the tools are told about, and nobody else is", async () => {
    const seen: unknown[] = [];
    const look = defineTool({
      name: "look",
      description: "Looks.",
      execute: (_args, { visitor, conversation }) => void seen.push([visitor, conversation]),
    });
    const server = await runningServer({ tools: [look] });
    for (const fields of [
      { authContext: signed() },
      { userName: "customer-17", userEmail: "a@b.c" },
    ]) {
      const { client, sessionId, conversationId } = await openSession(server, fields);
      server.model.script(calls({ name: "look" }), says("Seen."));
      await client.ask({ action: "send_message", requestId: "r", sessionId, message: "hi" });
      await client.rest();
      const visitor = "authContext" in fields ? { userId: "customer-17" } : null;
      const conversation = { id: conversationId, agentId: "shop", organizationId: "default" };
      expect(seen.pop()).toEqual([visitor, conversation]);
    }
  });

  it("opens five sessions with one signature, from one origin, and no sixth", async () => {
    const server = await runningServer({
      agents: { shop: { allowedOrigins: [SHOP, BLOG], secret: SECRET } },
    });
    const client = await server.connect();
    const elsewhere = await server.connect({ origin: BLOG });
    const authContext = signed();
    const answers: string[] = [];
    const ask = async (from: CoreClient) => outline(await from.ask(create({ authContext })));
    answers.push(await ask(client), await ask(elsewhere));
    for (let use = 2; use <= 6; use += 1) answers.push(await ask(client));
    const opened = "c: Session created";
    const refused = "c error AUTH_CONTEXT_INVALID";
    expect(answers).toEqual([opened, refused, opened, opened, opened, opened, refused]);
  });

  it("is refused with one text, whatever is wrong, whenever the key is there", async () => {
    const server = await runningServer({
      strict: false,
      agents: {
        shop: { allowedOrigins: [SHOP], secret: SECRET },
        desk: { allowedOrigins: [SHOP], secret: "another secret" },
        open: { allowedOrigins: [SHOP] },
      },
    });
    const client = await server.connect();
    const good = signed();
    const wrong: unknown[] = [
      null,
      "customer-17",
      [],
      {},
      { ...good, userId: "customer-18" },
      { ...good, timestamp: good.timestamp + 1 },
      { ...good, timestamp: String(good.timestamp) },
      { ...good, signature: good.signature.slice(1) },
      { ...good, signature: "0".repeat(64) },
      signAuthContext({ userId: "a", secret: SECRET, now: new Date(Date.now() - 90_000) }),
      signAuthContext({ userId: "a", secret: SECRET, now: new Date(Date.now() + 90_000) }),
    ];
    const frames = [
      ...wrong.map((authContext) => create({ authContext })),
      ...["desk", "open", "nobody"].map((agentId) => create({ agentId, authContext: good })),
    ];
    const answers = new Set<string>();
    for (const frame of frames) answers.add((await client.ask(frame)).text);
    const error = `{"code":"AUTH_CONTEXT_INVALID","message":"The visitor's sign-in could not be verified."}`;
    expect([...answers]).toEqual([
      `{"type":"error","requestId":"c","error":${error},"data":{"requestId":"c","error":${error}},"timestamp":1}`,
    ]);
    expect(outline(await client.ask(create({ authContext: good })))).toBe("c: Session created");
  });
});

describe("a page", () => {
  const agents = {
    shop: { allowedOrigins: [SHOP], secret: SECRET },
    blog: { allowedOrigins: ["https://*.blog.example"] },
  };

  it("of an origin that no agent allows is refused at the handshake, and told so by a GET", async () => {
    const server = await runningServer({ agents });
    const origins = [
      "https://evil.example",
      "http://shop.example",
      "https://shop.example:8443",
      "https://shop.example.evil.example",
      "https://evil.example/?https://shop.example",
      "https://notblog.example",
      "null",
      undefined,
    ];
    const message = "This page's origin is not in the allowedOrigins of any agent.";
    const body = JSON.stringify({ error: { code: "ORIGIN_NOT_ALLOWED", message } });
    for (const origin of origins) {
      expect(await refusedHandshake(server, origin)).toEqual({ status: 403, body });
      expect(await plainGet(server, origin)).toEqual({ status: 403, body, readable: "*" });
    }
    expect((await plainGet(server, SHOP)).status).toBe(426);
    expect(server.log.join("")).not.toContain("a-secret");
  });

  it("is admitted per agent: at create, and again at every resume", async () => {
    const server = await runningServer({ agents });
    const spelled = await server.connect({ origin: "HTTPS://Shop.Example:443" });
    const session = await createSession(spelled);
    const blog = await server.connect({ origin: "https://www.blog.example" });
    const refused = await blog.ask(create({}));
    expect(codeOf(refused)).toBe("ORIGIN_NOT_ALLOWED");
    expect(outline(await blog.ask(create({ agentId: "blog" })))).toBe("c: Session created");
    const { sessionId, sessionToken } = session;
    const resume = { action: "resume_session", requestId: "s", sessionId, sessionToken };
    expect(codeOf(await blog.ask(resume))).toBe("ORIGIN_NOT_ALLOWED");
    expect(codeOf(await blog.ask({ action: "get_session", sessionId }))).toBe("SESSION_NOT_FOUND");
    expect(codeOf(await blog.ask(create({ agentId: "nobody" })))).toBe("AGENT_NOT_AUTHORIZED");
  });

  it("without an origin is admitted by * alone", async () => {
    const server = await runningServer({ agents: { ...agents, any: { allowedOrigins: ["*"] } } });
    for (const origin of [undefined, "null"]) {
      const client = await server.connect({ origin });
      expect(outline(await client.ask(create({ agentId: "any" })))).toBe("c: Session created");
      expect(codeOf(await client.ask(create({})))).toBe("ORIGIN_NOT_ALLOWED");
      await client.close();
    }
  });

  it("may use an agent without policy only when the deployment is not strict", async () => {
    const strict = await runningServer({ agents: {} });
    const refused = await (await strict.connect()).ask(create({ agentId: "anyone" }));
    expect(codeOf(refused)).toBe("AGENT_NOT_AUTHORIZED");
    const lax = await runningServer({ agents: {}, strict: false });
    const session = await openSession(lax, { agentId: "anyone" });
    expect(at(session.created, "data.agentName")).toBe("Assistant");
  });

  it("loses its sessions' use when its origin or its agent is taken off the list", async () => {
    const before = await runningServer({ agents });
    const session = await openSession(before);
    await before.stop();
    const { file } = before;
    const moved = { ...agents, shop: { allowedOrigins: [BLOG] } };
    const stricter = await runningServer({
      file,
      agents: { ...moved, any: { allowedOrigins: [SHOP] } },
    });
    expect(codeOf((await resumed(stricter, session)).answer)).toBe("ORIGIN_NOT_ALLOWED");
    await stricter.stop();
    const without = await runningServer({ file, agents: { any: { allowedOrigins: [SHOP] } } });
    expect(codeOf((await resumed(without, session)).answer)).toBe("AGENT_NOT_AUTHORIZED");
    await without.stop();
    const back = await runningServer({ file, agents });
    expect(outline((await resumed(back, session)).answer)).toBe("resume: Session resumed");
  });
});

describe("the log", () => {
  it("holds no secret, token, message or argument, even when everything goes wrong", async () => {
    const broken = defineTool({
      name: "broken",
      description: "Breaks.",
      execute: ({ card }) => {
        throw new Error(`card ${String(card)} was declined`);
      },
    });
    const server = await runningServer({ tools: [broken] });
    const authContext = signed();
    const session = await openSession(server, { authContext, metadata: { note: "meta-private" } });
    const { client, sessionId, sessionToken } = session;
    server.model.script(
      calls({ name: "broken", arguments: { card: "4111-private" } }),
      says("answer-private"),
      (response) => response.destroy(),
    );
    const send = { action: "send_message", sessionId, message: "message-private" };
    await client.ask({ ...send, requestId: "r1" });
    await client.rest();
    server.model.script((response) => response.writeHead(400).end("upstream-private"));
    await client.ask({ ...send, requestId: "r2" });
    await client.rest();
    const log = server.log.join("");
    expect(log).toContain("tool failed");
    expect(log).toContain("model step failed");
    const secrets = [SECRET, SESSION_SECRET, "sk-test", sessionToken, authContext.signature];
    for (const secret of [...secrets, "customer-17", "private"]) expect(log).not.toContain(secret);
  });
});
