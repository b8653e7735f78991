import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import express from "express";
import { pino } from "pino";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { agentDirectory } from "./agent/agent.js";
import { signAuthContext } from "./auth/auth-context.js";
import { layeredPersonas } from "./agent/persona.js";
import { PolicyUnavailable, type AgentPolicy, type PolicyProvider } from "./auth/agent-policy.js";
import { sessionTokens } from "./auth/session-token.js";
import { memoryBackplane } from "./backplane/memory-backplane.js";
import { at, CoreClient, outline, type Frame } from "./core-client.fixture.js";
import { sharedGateway } from "./gateway/gateways.js";
import {
  createSession,
  openSession,
  resumed,
  runningServer,
  SECRET,
  SESSION_SECRET,
  SHOP,
  temporaryFolder,
} from "./running-server.fixture.js";
import { agentServer, type ServerParts } from "./server.js";
import { SERVER_LIMITS } from "./server-limits.js";
import { writeIn } from "./store/database-file.fixture.js";
import { sqliteStore } from "./store/sqlite-store.js";
import { StorageError } from "./store/storage-error.js";

// Cut off late: on a busy machine the disk is slow, and nothing here is about time.
vi.setConfig({ testTimeout: 60_000 });

const live = { supports: ["live"] };
const ended = (sessionId: string, reason: string) =>
  `{"type":"session_ended","data":{"sessionId":"${sessionId}","reason":"${reason}"},"timestamp":1}`;

/** A real server whose policies a test changes while it runs. */
async function watchedServer(policies: PolicyProvider, over: Partial<ServerParts> = {}) {
  const log: string[] = [];
  const store = sqliteStore({ file: join(await temporaryFolder(), "a.db") });
  const agent = agentServer({
    store,
    backplane: memoryBackplane(),
    gateways: sharedGateway(null),
    agents: agentDirectory([], "m"),
    personas: layeredPersonas(async () => null, new Map(), undefined),
    toolSources: [],
    policies,
    principals: null,
    tools: new Map(),
    tokens: sessionTokens(SESSION_SECRET),
    access: { strict: true, signatureUses: 5, defaultOrganizationId: "default" },
    limits: { ...SERVER_LIMITS, watchMs: 5 },
    log: pino({ level: "trace" }, { write: (line) => void log.push(line) }),
    ...over,
  });
  const app = express();
  const http = createServer(app);
  agent.attach(app, http);
  await agent.start();
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  onTestFinished(async () => {
    await agent.drain();
    http.close();
  });
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/ws`;
  const connect = (given = {}) => CoreClient.open(url, { origin: SHOP, ...given });
  return { agent, connect, store, log };
}

/** Policies that a test changes, and how often they were asked for. */
function changingPolicies(first: Record<string, AgentPolicy>) {
  const policies = new Map(Object.entries(first));
  const asked: (number | undefined)[] = [];
  let fault: Error | undefined;
  const provider: PolicyProvider = {
    known: () => null,
    async policy(agentId, maxAgeMs) {
      asked.push(maxAgeMs);
      if (fault) throw fault;
      return policies.get(agentId) ?? null;
    },
  };
  const looks = async (count: number) => {
    const from = asked.length;
    await expect.poll(() => asked.length, { timeout: 8_000 }).toBeGreaterThanOrEqual(from + count);
  };
  return { policies, provider, asked, looks, fail: (error?: Error) => void (fault = error) };
}

const open: AgentPolicy = { allowedOrigins: [SHOP], secrets: [] };
const closed: AgentPolicy = { allowedOrigins: ["https://elsewhere.example"], secrets: [] };

describe("a policy that changes while pages are open", () => {
  it.each([
    ["that no longer names the page", closed, "ORIGIN_NOT_ALLOWED"],
    ["that is taken away", undefined, "AGENT_NOT_AUTHORIZED"],
  ])("%s sends them away; allowed again, they come back", async (_, next, code) => {
    const { policies, provider } = changingPolicies({ shop: open, other: open });
    const server = await watchedServer(provider);
    const session = await openSession(server, live);
    const core = await openSession(server);
    const other = await openSession(server, { ...live, agentId: "other" });
    if (next) policies.set("shop", next);
    else policies.delete("shop");
    expect((await session.client.next()).text).toBe(ended(session.sessionId, "policy"));
    for (const { client } of [session, core]) expect((await client.closed).code).toBe(4401);
    expect(core.client.frames, "what it does not know is not said").toHaveLength(1);
    await other.client.quiet(other.sessionId);
    const refused = await resumed(server, session);
    expect(at(refused.answer, "error.code")).toBe(code);
    policies.set("shop", open);
    const again = await resumed(server, session);
    expect(outline(again.answer)).toBe("resume: Session resumed");
  });

  it("and that nobody can tell sends away its agent's pages; told again, they come back", async () => {
    let isOut = false;
    const policies: PolicyProvider = {
      known: () => null,
      async policy(agentId) {
        if (isOut && agentId === "shop") throw new PolicyUnavailable("hunter2");
        return open;
      },
    };
    const server = await watchedServer(policies);
    const session = await openSession(server, live);
    const other = await openSession(server, { ...live, agentId: "other" });
    const core = await openSession(server);
    isOut = true;
    expect((await session.client.next()).text).toBe(ended(session.sessionId, "policy"));
    for (const { client } of [session, core]) expect((await client.closed).code).toBe(4401);
    await other.client.quiet(other.sessionId);
    expect(at((await resumed(server, session)).answer, "error.code")).toBe("AGENT_NOT_AUTHORIZED");
    isOut = false;
    expect(outline((await resumed(server, session)).answer)).toBe("resume: Session resumed");
    expect(server.log.join()).not.toContain("hunter2");
  });

  it("and that could not be told once sends nobody away", async () => {
    let faults = 0;
    let looks = 0;
    const policies: PolicyProvider = {
      known: () => null,
      async policy() {
        looks += 1;
        // Every second look fails: never two in a row.
        if (faults > 0 && looks % 2 === 0) {
          faults -= 1;
          throw new PolicyUnavailable("a hiccup");
        }
        return open;
      },
    };
    const server = await watchedServer(policies);
    const { client, sessionId } = await openSession(server, live);
    faults = 3;
    await vi.waitFor(() => expect(faults).toBe(0), { timeout: 5_000 });
    await client.quiet(sessionId);
  });

  it("takes one session from a connection that holds another agent's", async () => {
    const { policies, provider } = changingPolicies({ shop: open, other: open });
    const server = await watchedServer(provider);
    const { client, sessionId } = await openSession(server, live);
    const other = await createSession(client, { agentId: "other" });
    policies.set("shop", closed);
    expect((await client.next()).text).toBe(ended(sessionId, "policy"));
    const gone = await client.ask({ action: "get_session", requestId: "g", sessionId });
    const never = await client.ask({ action: "get_session", requestId: "g", sessionId: "never" });
    expect(gone.text).toBe(never.text);
    await client.quiet(other.sessionId);
  });

  it("is asked for young enough, and once for all who speak with the agent", async () => {
    const { provider, asked, looks } = changingPolicies({ shop: open });
    const server = await watchedServer(provider);
    for (let n = 0; n < 5; n += 1) await openSession(server);
    await looks(1);
    const before = asked.length;
    await looks(2);
    // Two looks at five connections.
    expect(asked.slice(before, before + 2)).toEqual([30_000, 30_000]);
  });
});

describe("a fault", () => {
  it.each([
    ["that nobody expected", new Error("hunter2")],
    ["of the database that keeps them", new StorageError(new Error("hunter2"))],
  ])(
    "of the policies %s closes nothing and opens nothing, and is told to the log alone",
    async (_, fault) => {
      const { provider, fail, looks } = changingPolicies({ shop: open });
      const server = await watchedServer(provider);
      const { client, sessionId } = await openSession(server, live);
      fail(fault);
      await looks(3);
      await client.quiet(sessionId);
      expect(server.log.join()).toContain("policy could not be looked at");
      expect(server.log.join()).not.toContain("hunter2");
      fail();
      await looks(2);
      await client.quiet(sessionId);
    },
  );

  it("of the database closes nothing, and a session that ended meanwhile goes when it is back", async () => {
    const { provider } = changingPolicies({ shop: open });
    const file = join(await temporaryFolder(), "a.db");
    const real = sqliteStore({ file });
    let isAway = false;
    const store: typeof real = {
      ...real,
      endedAmong: (held) =>
        isAway ? Promise.reject(new StorageError(new Error("away"))) : real.endedAmong(held),
    };
    const server = await watchedServer(provider, { store });
    const { client, sessionId } = await openSession(server, live);
    isAway = true;
    writeIn(file, `UPDATE "Session" SET "status" = 'ended', "endedReason" = 'revoked'`);
    await expect.poll(() => server.log.join()).toContain("open sessions could not be looked at");
    expect(client.frames).toHaveLength(1);
    isAway = false;
    expect((await client.next()).text).toBe(ended(sessionId, "revoked"));
    expect((await client.closed).code).toBe(4401);
  });
});

describe("a session that another process ended or deleted", () => {
  it.each([
    ["revoked", `UPDATE "Session" SET "status" = 'ended', "endedReason" = 'revoked'`],
    ["ended", `UPDATE "Session" SET "status" = 'ended'`],
    ["deleted", `PRAGMA foreign_keys = ON; DELETE FROM "Session"`],
  ])("goes from its connection: %s", async (reason, sql) => {
    const server = await runningServer({ limits: { watchMs: 5 } });
    const { client, sessionId } = await openSession(server, live);
    writeIn(server.file, sql);
    expect((await client.next()).text).toBe(ended(sessionId, reason));
    expect((await client.closed).code).toBe(4401);
  });

  it("is of no use before the watch has seen it", async () => {
    const server = await runningServer();
    const { client, sessionId } = await openSession(server);
    writeIn(server.file, `UPDATE "Session" SET "status" = 'ended'`);
    const message = { action: "send_message", requestId: "r", sessionId, message: "hi" };
    expect(outline(await client.ask(message))).toBe("r error SESSION_NOT_FOUND");
  });
});

describe("a session that became a verified visitor's", () => {
  it("in another process is taken from whoever holds the anonymous one", async () => {
    const server = await runningServer({ limits: { watchMs: 5 } });
    const { client, sessionId } = await openSession(server, live);
    const other = await openSession(server, live);
    writeIn(server.file, `UPDATE "Session" SET "userId" = 'ada' WHERE "id" = '${sessionId}'`);
    expect((await client.closed).code).toBe(1012);
    expect(client.frames, "what it was closed for is told to nobody").toHaveLength(1);
    await other.client.quiet(other.sessionId);
  });

  it("at its own connection stays there, however the watch looks meanwhile", async () => {
    const { provider } = changingPolicies({ shop: { ...open, secrets: [SECRET] } });
    const real = sqliteStore({ file: join(await temporaryFolder(), "a.db") });
    let looks = 0;
    const store: typeof real = {
      ...real,
      endedAmong: (held) => real.endedAmong(held).finally(() => (looks += 1)),
      async claimSession(claim) {
        const claimed = await real.claimSession(claim);
        const from = looks;
        await expect.poll(() => looks).toBeGreaterThan(from + 2);
        return claimed;
      },
    };
    const server = await watchedServer(provider, { store });
    const { client, sessionId } = await openSession(server, live);
    const authContext = signAuthContext({ userId: "ada", secret: SECRET });
    const claim = { action: "set_auth_context", requestId: "v", sessionId, authContext };
    expect(outline(await client.ask(claim))).toBe("v: Visitor verified");
    const from = looks;
    await expect.poll(() => looks).toBeGreaterThan(from + 2);
    await client.quiet(sessionId);
  });
});

describe("a drain", () => {
  it("does not wait for a policy that does not come", async () => {
    let release: () => void = () => undefined;
    let isHeld = false;
    const held = new Promise<void>((resolve) => (release = resolve));
    const policies: PolicyProvider = {
      known: () => null,
      async policy(_agentId, maxAgeMs) {
        if (maxAgeMs !== undefined) {
          isHeld = true;
          await held;
        }
        return open;
      },
    };
    const server = await watchedServer(policies);
    const { client } = await openSession(server);
    await expect.poll(() => isHeld).toBe(true);
    const drained = server.agent.drain();
    expect((await client.closed).code, "the page is sent to the next process").toBe(1012);
    release();
    await drained;
    expect((client.frames.at(-1) as Frame).type).toBe("immediate_response");
  });
});
