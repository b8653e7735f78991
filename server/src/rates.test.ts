import { describe, expect, it } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import { at, type CoreClient, type Frame } from "./core-client.fixture.js";
import { says } from "./model-answers.fixture.js";
import {
  openSession,
  runningServer,
  SECRET,
  type RunningServer,
  type RunningServerOptions,
} from "./running-server.fixture.js";
import { rowsIn } from "./store/database-file.fixture.js";

const LIMITED = expect.objectContaining({
  code: "RATE_LIMITED",
  message: "That was a lot at once. Please wait a moment and try again.",
  retryable: true,
});

async function serverWith(options: RunningServerOptions): Promise<RunningServer> {
  const server = await runningServer(options);
  server.model.script(says("Hi."));
  return server;
}

const send = (sessionId: string, requestId: string) => ({
  action: "send_message",
  requestId,
  sessionId,
  message: "hi",
});

/** The error of each of these messages; undefined for one that was answered. */
async function errorsOf(client: CoreClient, sessionId: string, requestIds: readonly string[]) {
  const errors: unknown[] = [];
  for (const requestId of requestIds) {
    client.send(send(sessionId, requestId));
    const frames = await client.until("eventual_response", "error");
    errors.push(frames.at(-1)?.event["error"]);
  }
  return errors;
}

async function create(client: CoreClient): Promise<Frame> {
  const action = "create_conversation_session";
  return client.ask({ action, requestId: "c", agentId: "shop" });
}

const verified = () => ({ authContext: signAuthContext({ userId: "ann", secret: SECRET }) });

describe("messages per minute", () => {
  const limits = { messagesPerMinute: 2 };

  it("are bounded per conversation of an anonymous visitor, on whatever connection", async () => {
    const server = await serverWith({ limits });
    const { client, sessionId } = await openSession(server);
    const errors = await errorsOf(client, sessionId, ["r1", "r2", "r3"]);
    expect(errors).toEqual([undefined, undefined, LIMITED]);
    const { retryAfterMs } = errors[2] as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(server.model.requests).toHaveLength(2);
    expect(rowsIn(server.file, "SELECT count(*) AS n FROM Turn")).toEqual([{ n: 2 }]);
    const other = await openSession(server);
    expect(await errorsOf(other.client, other.sessionId, ["r1"])).toEqual([undefined]);
  });

  it("are bounded per verified visitor, over all their conversations", async () => {
    const server = await serverWith({ limits });
    for (const expected of [undefined, undefined, LIMITED]) {
      const { client, sessionId } = await openSession(server, verified());
      expect(await errorsOf(client, sessionId, ["r"])).toEqual([expected]);
    }
  });

  it("never refuse the same message again", async () => {
    const server = await serverWith({ limits });
    const { client, sessionId } = await openSession(server);
    await errorsOf(client, sessionId, ["r1", "r2", "r3"]);
    for (let n = 0; n < 3; n += 1) {
      const acked = await client.ask(send(sessionId, "r1"));
      expect(at(acked, "data.duplicate")).toBe(true);
      expect((await client.next()).type).toBe("eventual_response");
    }
  });

  it("are bounded per address, whatever it forwards", async () => {
    const server = await serverWith({ limits: { messagesPerMinutePerAddress: 2 } });
    for (const [n, expected] of [undefined, undefined, LIMITED].entries()) {
      const headers = { "X-Forwarded-For": `203.0.113.${n}`, Forwarded: `for=203.0.113.${n}` };
      const { client, sessionId } = await openSession(server, {}, { headers });
      expect(await errorsOf(client, sessionId, ["r"])).toEqual([expected]);
    }
  });
});

describe("sessions per minute", () => {
  const limits = { sessionsPerMinutePerAddress: 2 };

  it("are bounded per address, also for agents that do not exist; taking up is free", async () => {
    const server = await serverWith({ limits });
    const { client, sessionId, sessionToken } = await openSession(server);
    const action = "create_conversation_session";
    const unknown = await client.ask({ action, requestId: "u", agentId: "nobody" });
    expect(at(unknown, "error.code")).toBe("AGENT_NOT_AUTHORIZED");
    const elsewhere = await server.connect();
    expect((await create(elsewhere)).event["error"]).toEqual(LIMITED);
    expect(rowsIn(server.file, "SELECT count(*) AS n FROM Session")).toEqual([{ n: 1 }]);
    for (let n = 0; n < 3; n += 1) {
      const resume = { action: "resume_session", requestId: "r", sessionId, sessionToken };
      expect((await elsewhere.ask(resume)).type).toBe("immediate_response");
    }
  });

  it("a proxy that nobody spoke of is told of in the log, once", async () => {
    const server = await serverWith({});
    for (let n = 0; n < 3; n += 1) {
      await server.connect({ headers: { "X-Forwarded-For": "203.0.113.1" } });
    }
    const lines = server.log.filter((line) => line.includes("trustProxy"));
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain("203.0.113.1");
  });

  it.each<[string, RunningServerOptions["trustProxy"], string[], boolean]>([
    ["one proxy, two visitors", 1, ["203.0.113.1", "203.0.113.2"], true],
    [
      "one proxy, one visitor who adds others",
      1,
      ["1.1.1.1, 203.0.113.1", "2.2.2.2, 203.0.113.1"],
      false,
    ],
    [
      "proxies by subnet",
      "loopback, 10.0.0.0/8",
      ["203.0.113.1, 10.1.2.3", "203.0.113.2, 10.1.2.3"],
      true,
    ],
    ["a subnet that the proxy is not in", ["10.0.0.0/8"], ["203.0.113.1", "203.0.113.2"], false],
    ["none", false, ["203.0.113.1", "203.0.113.2"], false],
    ["words in place of addresses", 1, ["somebody", "somebody else"], false],
  ])("are told apart behind %s", async (_name, trustProxy, forwarded, areApart) => {
    const server = await serverWith({ limits: { sessionsPerMinutePerAddress: 1 }, trustProxy });
    const frames: Frame[] = [];
    for (const address of forwarded) {
      const client = await server.connect({ headers: { "X-Forwarded-For": address } });
      frames.push(await create(client));
    }
    expect(frames.map(({ event }) => event["error"])).toEqual([
      undefined,
      areApart ? undefined : LIMITED,
    ]);
  });
});
