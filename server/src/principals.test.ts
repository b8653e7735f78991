import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect as connectTcp } from "node:net";
import { text } from "node:stream/consumers";
import { generateKeyPairSync } from "node:crypto";
import { SignJWT, type JWTPayload } from "jose";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { signAuthContext } from "./auth/auth-context.js";
import { answers, httpServer } from "./auth/http-server.fixture.js";
import { at, CoreClient, outline, textAt, type Frame } from "./core-client.fixture.js";
import {
  createSession,
  openSession,
  runningServer,
  SECRET,
  SHOP,
  type RunningServer,
} from "./running-server.fixture.js";
import { rowsIn } from "./store/database-file.fixture.js";

const KEY = "the secret of the host's dashboards";
const DASH = "https://dash.example";
const principals = { secret: KEY };
const codeOf = (frame: Frame) => at(frame, "error.code");
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;
const tokenOf = (claims: JWTPayload = {}, secret = KEY) =>
  new SignJWT({ sub: "p1", exp: inSeconds(60), ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .sign(Buffer.from(secret));
const create = (agentId: string, fields: object = {}) => ({
  action: "create_conversation_session",
  requestId: "c",
  agentId,
  ...fields,
});
const created = "c: Session created";
const UNAUTHENTICATED = '{"error":{"code":"UNAUTHENTICATED","message":"The token is not valid."}}';

const agents = {
  shop: { allowedOrigins: [SHOP], secret: SECRET },
  acme: { allowedOrigins: [SHOP], organizationId: "acme" },
  staff: {
    allowedOrigins: [SHOP],
    organizationId: "acme",
    visibility: "internal" as const,
  },
  helpers: { allowedOrigins: [SHOP], visibility: "internal" as const },
};

interface Page {
  origin?: string;
  token?: string;
  /** Where the token goes. */
  by?: "query" | "header";
}

function requestOf(server: RunningServer, { origin, token, by = "query" }: Page) {
  const query = by === "query" && token !== undefined ? `?token=${encodeURIComponent(token)}` : "";
  const headers: Record<string, string> = {};
  if (by === "header") headers["authorization"] = `Bearer ${token}`;
  return { url: `${server.url}/ws${query}`, headers, origin };
}

async function come(server: RunningServer, page: Page): Promise<CoreClient> {
  const { url, headers, origin } = requestOf(server, page);
  return CoreClient.open(url.replace("http", "ws"), { headers, origin });
}

/** Status and body of a refused handshake, and of the plain GET that a browser asks in its place. */
async function refusals(server: RunningServer, page: Page) {
  const { url, headers, origin } = requestOf(server, page);
  const socket = new WebSocket(url.replace("http", "ws"), { headers, origin });
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  const got = await fetch(url, { headers: { ...headers, ...(origin && { origin }) } });
  expect(got.headers.get("access-control-allow-origin")).toBe("*");
  return [
    { status: response.statusCode, body: await text(response) },
    { status: got.status, body: await got.text() },
  ];
}

describe("a handshake with a token", () => {
  it("that is good is welcome from everywhere, in the query and in the header", async () => {
    const server = await runningServer({ agents, principals });
    const token = await tokenOf();
    for (const by of ["query", "header"] as const) {
      for (const origin of [DASH, undefined, "null", SHOP]) {
        const client = await come(server, { origin, token, by });
        expect(outline(await client.ask(create("shop")))).toBe(created);
        await client.close();
      }
      const { url, headers } = requestOf(server, { token, by });
      expect((await fetch(url, { headers: { ...headers, origin: DASH } })).status).toBe(426);
    }
  });

  it("that is not good is refused with 401, and told so by a GET", async () => {
    const server = await runningServer({ agents, principals });
    const tokens = [
      "",
      "hush",
      await tokenOf({}, "another secret"),
      await tokenOf({ exp: inSeconds(-1) }),
      await tokenOf({ exp: undefined }),
    ];
    const told = { status: 401, body: UNAUTHENTICATED };
    for (const token of tokens) {
      for (const by of ["query", "header"] as const) {
        expect(await refusals(server, { origin: SHOP, token, by })).toEqual([told, told]);
        expect(await refusals(server, { origin: DASH, token, by })).toEqual([told, told]);
      }
    }
    expect((await come(server, { origin: SHOP })).frames).toEqual([]);
  });

  it("says nothing where no principals are configured: the page's origin decides", async () => {
    const server = await runningServer({ agents });
    const token = await tokenOf();
    const url = `${server.url.replace("http", "ws")}/ws?token=${token}`;
    const client = await CoreClient.open(url, { origin: SHOP });
    await client.quiet();
    expect(server.log.join("")).not.toContain(token);
    const [told] = await refusals(server, { origin: "https://evil.example", token });
    expect(told?.status).toBe(403);
  });

  it("whose key set is down is refused, and told in the log", async () => {
    const host = await httpServer(answers("", 500));
    const server = await runningServer({ agents, principals: { jwksUrl: host.url } });
    const told = { status: 401, body: UNAUTHENTICATED };
    const { privateKey } = generateKeyPairSync("ed25519");
    const token = await new SignJWT({ sub: "p1", exp: inSeconds(60) })
      .setProtectedHeader({ alg: "EdDSA", kid: "one" })
      .sign(privateKey);
    expect(await refusals(server, { origin: SHOP, token })).toEqual([told, told]);
    expect(server.log.join("")).toContain("their key set was not answered");
  });

  it("shows the token to nobody: not to the host's middleware, not to a log", async () => {
    const seen: string[] = [];
    const server = await runningServer({
      agents,
      principals,
      host: (app) =>
        app.use(({ url, originalUrl }, _response, next) => {
          seen.push(url, originalUrl);
          next();
        }),
    });
    const token = await tokenOf();
    const client = await come(server, { origin: DASH, token });
    await client.ask(create("shop"));
    await refusals(server, { origin: SHOP, token: `${token}x` });
    await fetch(`${server.url}/ws?a=1&token=${token}`);
    expect(seen).toContain("/ws?a=1");
    expect(seen.join(" ")).not.toContain(token);
    expect(server.log.join("")).not.toContain(token);
  });

  it("loses no frame that came before the token was verified", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const held: (() => void)[] = [];
    const host = await httpServer((response, request) =>
      held.push(() => {
        answers({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "one" }] })(
          response,
          request,
        );
      }),
    );
    const server = await runningServer({ agents, principals: { jwksUrl: host.url } });
    const token = await new SignJWT({ sub: "p1", exp: inSeconds(60) })
      .setProtectedHeader({ alg: "EdDSA", kid: "one" })
      .sign(privateKey);
    const socket = connectTcp(Number(new URL(server.url).port), "127.0.0.1");
    const upgrade = [
      `GET /ws?token=${token} HTTP/1.1`,
      ...["Host: localhost", "Connection: Upgrade", "Upgrade: websocket"],
      ...["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""],
    ].join("\r\n");
    socket.write(
      Buffer.concat([Buffer.from(upgrade), textFrame({ action: "ping", requestId: "1" })]),
    );
    await host.reached(1);
    socket.write(textFrame({ action: "ping", requestId: "2" }));
    held[0]?.();
    let heard = "";
    for await (const chunk of socket) {
      heard += String(chunk);
      if (heard.includes('"requestId":"2"')) break;
    }
    expect(heard).toMatch(/^HTTP\/1\.1 101 [^]*"requestId":"1"[^]*"requestId":"2"/);
  });
});

describe("a principal", () => {
  it("is the verified user of what it opens, with its role and its organization", async () => {
    const server = await runningServer({ agents, principals });
    const token = await tokenOf({ org: "acme", role: "admin", name: "Ada", email: "a@b.example" });
    const client = await come(server, { token });
    const rows: unknown[] = [];
    for (const agentId of ["shop", "acme", "staff"]) {
      const frame = await client.ask(create(agentId, { userName: "Mallory" }));
      const query =
        "SELECT s.userId, s.role, c.organizationId, c.ownerId, p.name, p.email FROM Session s " +
        "JOIN Conversation c ON c.id = s.conversationId JOIN Participant p ON p.id = s.userParticipantId " +
        `WHERE s.id = '${textAt(frame, "data.sessionId")}'`;
      rows.push(...rowsIn(server.file, query));
    }
    const row = { userId: "p1", role: "admin", organizationId: "acme", ownerId: "p1" };
    expect(rows).toEqual(
      Array.from({ length: 3 }, () => ({ ...row, name: "Ada", email: "a@b.example" })),
    );
  });

  it("finds no agent that has no policy, is of another organization, or is internal to it", async () => {
    const server = await runningServer({ agents, principals });
    const outcomes = async (claims: JWTPayload) => {
      const client = await come(server, { token: await tokenOf(claims) });
      const answers = new Map<string, Frame>();
      for (const agentId of [...Object.keys(agents), "nobody"]) {
        answers.set(agentId, await client.ask(create(agentId)));
      }
      const refused = [...answers].filter(([, frame]) => outline(frame) !== created);
      const texts = new Set(refused.map(([, frame]) => frame.text));
      expect([...texts], "all look the same").toHaveLength(1);
      expect([...texts][0]).toContain("AGENT_NOT_AUTHORIZED");
      return refused.map(([agentId]) => agentId);
    };
    expect(await outcomes({ org: "acme" })).toEqual(["helpers", "nobody"]);
    expect(await outcomes({ org: "other" })).toEqual(["acme", "staff", "helpers", "nobody"]);
    // The default organization is that of who names none.
    expect(await outcomes({})).toEqual(["acme", "staff", "nobody"]);
    expect(await outcomes({ org: "default" })).toEqual(["acme", "staff", "nobody"]);
  });

  it("takes up its session with a token of its role and organization, and nobody else does", async () => {
    const server = await runningServer({ agents, principals });
    const admin = { org: "acme", role: "admin" };
    const first = await come(server, { token: await tokenOf(admin) });
    const { sessionId, sessionToken } = await createSession(first);
    const resume = { action: "resume_session", requestId: "s", sessionId, sessionToken };
    const outcome = async (client: CoreClient) => codeOf(await client.ask(resume)) ?? "resumed";
    expect(await outcome(await come(server, { token: await tokenOf(admin) }))).toBe("resumed");
    expect(await outcome(await server.connect())).toBe("SESSION_NOT_FOUND");
    for (const claims of [{ org: "acme" }, { ...admin, org: "other" }, { role: "admin" }]) {
      const client = await come(server, { token: await tokenOf(claims) });
      expect(await outcome(client)).toBe("SESSION_NOT_FOUND");
    }
  });

  it("is not the visitor who has the same id: neither has what the other began", async () => {
    const server = await runningServer({ agents, principals });
    const authContext = signAuthContext({ userId: "7", secret: SECRET });
    const visitor = await openSession(server, { authContext });
    const listed = async (client: CoreClient) =>
      at(await client.ask({ action: "list_conversations" }), "data.conversations") as object[];
    for (const role of [undefined, "admin"]) {
      const client = await come(server, { token: await tokenOf({ sub: "7", role }) });
      const { conversationId } = visitor;
      const own = await createSession(client, { conversationId });
      expect(own.conversationId).not.toBe(conversationId);
      const continued = await createSession(client, { conversationId: own.conversationId });
      expect(continued.conversationId, "its own goes on").toBe(own.conversationId);
      expect(JSON.stringify(await listed(client))).not.toContain(conversationId);
      const theirs = { authContext, conversationId: own.conversationId };
      const other = await createSession(visitor.client, theirs);
      expect(other.conversationId).not.toBe(own.conversationId);
      expect(JSON.stringify(await listed(visitor.client))).not.toContain(own.conversationId);
      const rename = { action: "rename_conversation", conversationId, title: "x" };
      expect(codeOf(await client.ask(rename))).toBe("CONVERSATION_NOT_FOUND");
      const { sessionId, sessionToken } = own;
      const resume = { action: "resume_session", requestId: "s", sessionId, sessionToken };
      expect(codeOf(await (await server.connect()).ask(resume))).toBe("SESSION_NOT_FOUND");
    }
    const which = { kind: "visitor", organizationId: "default", userId: "7" } as const;
    expect(await server.agent.endSessions(which)).toBe(3);
  });

  it("resumes from everywhere what a page of the shop may not", async () => {
    const server = await runningServer({
      agents: { ...agents, any: { allowedOrigins: ["*"] } },
      principals,
    });
    const { sessionId, sessionToken } = await openSession(server);
    const resume = { action: "resume_session", requestId: "s", sessionId, sessionToken };
    const page = await server.connect({ origin: DASH });
    expect(codeOf(await page.ask(resume))).toBe("ORIGIN_NOT_ALLOWED");
    const dashboard = await come(server, { origin: DASH, token: await tokenOf() });
    expect(outline(await dashboard.ask(resume))).toBe("s: Session resumed");
  });

  it("is let go of when its token expires", async () => {
    const server = await runningServer({ agents, principals });
    const exp = inSeconds(2);
    const client = await come(server, { token: await tokenOf({ exp }) });
    const lasting = await come(server, { token: await tokenOf() });
    const { sessionId } = await createSession(client, { supports: ["live"] });
    const told = `{"type":"session_ended","data":{"sessionId":"${sessionId}","reason":"expired"},`;
    expect((await client.next()).text).toContain(told);
    expect(await client.closed).toEqual({ code: 4401, reason: "The token has expired." });
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1_000);
    await lasting.quiet();
  });
});

/** A text frame as a client sends it, masked with zeros. */
function textFrame(value: object): Buffer {
  const payload = Buffer.from(JSON.stringify(value));
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
