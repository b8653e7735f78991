import { errorFrame, sessionEnded, streamToken } from "@smooth-agent/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Client, ClientOptions } from "./client.js";
import { clientOf, heardFrom, isStatus, memoryStore } from "./client.fixture.js";
import { startModelServer, type ModelServer } from "./model-server.fixture.js";
import { RequestError } from "./request-error.js";

let server: ModelServer;
const clients: Client[] = [];

beforeEach(async () => {
  server = await startModelServer();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.close();
});

function open(options: Partial<ClientOptions> = {}): Client {
  const client = clientOf(server, options);
  clients.push(client);
  return client;
}

const actionsNamed = (name: string) => server.actions.filter(({ action }) => action === name);

describe("taking up a session", () => {
  it("creates one with live, and resumes it with its token after a drop", async () => {
    const client = open({ supports: ["choice_chips"], userName: "Ann" });
    const heard = heardFrom(client);
    await client.connect();
    server.cut();
    await heard.until((n) => n.type === "session" && n.resumed);
    const supports = ["live", "choice_chips"];
    expect(server.actions.map(({ requestId, ...action }) => action)).toEqual([
      { action: "create_conversation_session", agentId: "a1", userName: "Ann", supports },
      { action: "resume_session", sessionId: "s1", sessionToken: "token 1", supports },
    ]);
    expect(heard.statuses()).toEqual([
      "connecting",
      "online",
      "reconnecting",
      "connecting",
      "online",
    ]);
  });

  it("resumes what another page load stored, under a key with endpoint and agent", async () => {
    const storage = memoryStore();
    const first = open({ storage });
    await first.connect();
    first.close();
    const key = `smooth-agent/${encodeURIComponent(server.url)}/a1/-/session`;
    await expect.poll(() => [...storage.content.keys()]).toEqual([key]);
    const stored: unknown = JSON.parse([...storage.content.values()][0]!);
    expect(stored).toEqual({
      until: expect.closeTo(Date.now() + 30 * 86_400_000, -4),
      value: { sessionId: "s1", sessionToken: "token 1", expiresAt: 4_000_000_000_000 },
    });
    await open({ storage, endpoint: `${server.httpUrl}?token=secret` }).connect();
    expect(actionsNamed("create_conversation_session")).toHaveLength(1);
    expect(actionsNamed("resume_session")).toHaveLength(1);
  });

  it("makes a new one only when the server does not know the old one", async () => {
    const client = open();
    const heard = heardFrom(client);
    await client.connect();
    let faults = 2;
    server.intercept = (action, peer) => {
      if (action.action !== "resume_session" || faults === 0) return false;
      faults -= 1;
      const error = { code: "STORAGE_ERROR", message: "The database is away." } as const;
      peer.send(errorFrame(action.requestId, error, 1));
      return true;
    };
    server.cut();
    await heard.until((n) => n.type === "session" && n.resumed);
    expect(actionsNamed("create_conversation_session")).toHaveLength(1);
    expect(actionsNamed("resume_session")).toHaveLength(3);

    server.tokens.clear();
    server.cut();
    await server.received(
      (a) => a.action === "create_conversation_session" && a !== server.actions[0],
    );
    expect(actionsNamed("create_conversation_session")).toHaveLength(2);
  });

  it.each(["revoked", "deleted", undefined])(
    "stops, forgets it and says so when the server ended it with 4401 (%s)",
    async (reason) => {
      const storage = memoryStore();
      const client = open({ storage });
      const heard = heardFrom(client);
      await client.connect();
      const turn = client.send("hello", "r1");
      await heard.until((n) => n.type === "event" && n.event.requestId === "r1");
      for (const peer of server.peers) {
        if (reason) peer.send(sessionEnded({ sessionId: "s1", reason }, 1));
        peer.close(4401);
      }
      await heard.until(isStatus("refused"));
      const error = { code: "SESSION_NOT_FOUND", message: "This conversation was ended." };
      expect(client.state).toEqual({ status: "refused", error });
      expect((await turn.result).status).toBe("failed");
      await expect.poll(() => storage.content.size).toBe(0);
      expect(server.counts.upgrades, "nobody comes back by themselves").toBe(1);
      await client.connect();
      expect(actionsNamed("resume_session")).toHaveLength(0);
      expect(actionsNamed("create_conversation_session")).toHaveLength(2);
      expect(client.state).toEqual({ status: "online" });
    },
  );

  it("comes back with it when only the token of the connection has expired", async () => {
    const client = open();
    const heard = heardFrom(client);
    await client.connect();
    for (const peer of server.peers) {
      peer.send(sessionEnded({ sessionId: "s1", reason: "expired" }, 1));
      peer.close(4401);
    }
    await heard.until((n) => n.type === "session" && n.resumed);
    expect(actionsNamed("create_conversation_session")).toHaveLength(1);
  });

  it("keeps it when only the page may not use the agent for now", async () => {
    const storage = memoryStore();
    const client = open({ storage });
    const heard = heardFrom(client);
    await client.connect();
    server.refusal = { status: 403, code: "ORIGIN_NOT_ALLOWED" };
    for (const peer of server.peers) {
      peer.send(sessionEnded({ sessionId: "s1", reason: "policy" }, 1));
      peer.close(4401);
    }
    await heard.until(isStatus("refused"));
    expect(client.state).toMatchObject({ error: { code: "ORIGIN_NOT_ALLOWED" } });
    expect(storage.content.size).toBe(1);
    server.refusal = undefined;
    await client.connect();
    expect(actionsNamed("resume_session")).toHaveLength(1);
    expect(actionsNamed("create_conversation_session")).toHaveLength(1);
  });

  it("does not show one visitor's conversation to the next", async () => {
    const storage = memoryStore();
    const authContext = (userId: string) => () => ({ userId, signature: "00", timestamp: 1 });
    for (const user of ["ann", "ann", "bob"]) {
      const client = open({ storage, authContext: authContext(user) });
      await client.connect();
      client.close();
    }
    await open({ storage }).connect();
    expect(server.actions.map(({ action }) => action)).toEqual([
      "create_conversation_session",
      "resume_session",
      "create_conversation_session",
      "create_conversation_session",
    ]);
  });

  it("works with a storage that fails", async () => {
    const broken = () => {
      throw new Error("blocked");
    };
    const client = open({ storage: { get: broken, set: broken, remove: broken } });
    const heard = heardFrom(client);
    await client.connect();
    server.cut();
    await heard.until((n) => n.type === "session" && n.resumed);
  });

  it("asks the authContext once more when it is refused, then gives up honestly", async () => {
    let asked = 0;
    server.intercept = (action, peer) => {
      if (action.action !== "create_conversation_session") return false;
      const error = { code: "AUTH_CONTEXT_INVALID", message: "Not vouched for." } as const;
      peer.send(errorFrame(action.requestId, error, 1));
      return true;
    };
    const client = open({ authContext: async () => ({ userId: "ann", attempt: ++asked }) });
    await expect(client.connect()).rejects.toMatchObject({
      descriptor: { code: "AUTH_CONTEXT_INVALID" },
    });
    expect(client.state).toEqual({
      status: "refused",
      error: { code: "AUTH_CONTEXT_INVALID", message: "Not vouched for." },
    });
    expect(actionsNamed("create_conversation_session")).toMatchObject([
      { authContext: { attempt: 1 } },
      { authContext: { attempt: 2 } },
    ]);
    expect(server.counts.upgrades).toBe(1);
  });

  it("asks no more where the authContext that is refused is a value", async () => {
    server.intercept = (action, peer) => {
      if (action.action !== "create_conversation_session") return false;
      const error = { code: "AUTH_CONTEXT_INVALID", message: "Too old." } as const;
      peer.send(errorFrame(action.requestId, error, 1));
      return true;
    };
    const client = open({ authContext: { userId: "ann", signature: "00", timestamp: 1 } });
    await expect(client.connect()).rejects.toMatchObject({
      descriptor: { code: "AUTH_CONTEXT_INVALID" },
    });
    expect(client.state.status).toBe("refused");
    expect(server.actions).toHaveLength(1);
  });

  it("leaves the key out where nobody is vouched for, and tries again when the host fails", async () => {
    let asked = 0;
    const client = open({
      authContext: () => {
        asked += 1;
        if (asked === 1) throw new Error("the host's own fault");
        return null;
      },
    });
    await expect(client.connect()).rejects.toMatchObject({
      descriptor: { code: "AUTH_CONTEXT_INVALID", retryable: true },
    });
    await client.connect();
    expect(actionsNamed("create_conversation_session")).toHaveLength(1);
    expect(server.actions[0]).not.toHaveProperty("authContext");
  });
});

describe("connecting", () => {
  it("stops at a refused handshake after asking why, and tries anew when asked to", async () => {
    server.refusal = { status: 403, code: "ORIGIN_NOT_ALLOWED" };
    const client = open();
    await expect(client.connect()).rejects.toMatchObject({
      descriptor: { code: "ORIGIN_NOT_ALLOWED" },
    });
    expect(client.state).toMatchObject({ status: "refused" });
    expect(server.counts).toEqual({ upgrades: 1, gets: 1 });
    server.refusal = undefined;
    await client.connect();
    expect(client.state).toEqual({ status: "online" });
  });

  it("goes on after a refusal that may pass, and asks the endpoint anew each time", async () => {
    server.refusal = { status: 503, code: "UNAVAILABLE" };
    let asked = 0;
    const client = open({
      endpoint: async () => {
        asked += 1;
        if (asked === 3) server.refusal = undefined;
        return server.httpUrl;
      },
    });
    const heard = heardFrom(client);
    await expect(client.connect()).rejects.toMatchObject({ descriptor: { code: "UNAVAILABLE" } });
    await heard.until(isStatus("online"));
    expect(asked).toBe(3);
  });

  it("counts its attempts and keeps every wait under the ceiling", async () => {
    server.refusal = { status: 503, code: "UNAVAILABLE" };
    const client = open({ timing: { backoffMs: 4, backoffCapMs: 16 } });
    const waits: { attempt: number; wait: number }[] = [];
    const enough = new Promise<void>((resolve) =>
      client.subscribe((notice) => {
        if (notice.type !== "connection" || notice.state.status !== "reconnecting") return;
        const { attempt, retryAt } = notice.state;
        waits.push({ attempt, wait: retryAt - Date.now() });
        if (attempt === 6) resolve();
      }),
    );
    void client.connect();
    await enough;
    expect(waits.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const { attempt, wait } of waits) {
      expect(wait).toBeLessThanOrEqual(Math.min(16, 4 * 2 ** (attempt - 1)));
    }
  });

  it.each([1008, 1012, 1013])(
    "comes back spread over a while when sent away with %i",
    async (code) => {
      const client = open({ timing: { spreadMs: 80_000, backoffCapMs: 80_000 } });
      const heard = heardFrom(client);
      await client.connect();
      const random = vi.spyOn(Math, "random").mockReturnValue(0.5);
      for (const peer of server.peers) peer.close(code);
      await heard.until(isStatus("reconnecting"));
      random.mockRestore();
      const { state } = client;
      if (state.status !== "reconnecting") throw new Error(state.status);
      expect(Math.round((state.retryAt - Date.now()) / 1_000)).toBe(40);
    },
  );

  /** A page that tells of its network; `removed` sees what is heard no more. */
  function networkedPage() {
    const page = new EventTarget();
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    const removed = vi.fn<typeof page.removeEventListener>(page.removeEventListener.bind(page));
    vi.stubGlobal("removeEventListener", removed);
    return { page, removed };
  }

  it("tries at once when the network is back, where the surroundings tell of it", async () => {
    const { page, removed } = networkedPage();
    server.refusal = { status: 503, code: "UNAVAILABLE" };
    const random = vi.spyOn(Math, "random").mockReturnValue(0.9);
    const client = open({ timing: { backoffMs: 60_000, backoffCapMs: 60_000 } });
    await expect(client.connect()).rejects.toBeInstanceOf(RequestError);
    random.mockRestore();
    server.refusal = undefined;
    const online = client.connect();
    page.dispatchEvent(new Event("online"));
    await online;
    // Online already, it asks whether the socket outlived the change of network.
    page.dispatchEvent(new Event("online"));
    await server.received(({ action }) => action === "ping");
    client.close();
    expect(removed.mock.calls.map(([type]) => type)).toEqual(["online", "offline"]);
    vi.unstubAllGlobals();
  });

  it("holds no socket for open when the network is gone, and sends again what was on its way", async () => {
    const { page } = networkedPage();
    const client = open({ timing: { backoffMs: 60_000, backoffCapMs: 60_000 } });
    await client.connect();
    // As on a dead line: it is written, and nobody hears it.
    server.intercept = ({ action }) => action === "send_message";
    client.send("Hello");
    await server.received(({ action }) => action === "send_message");
    server.intercept = () => false;
    page.dispatchEvent(new Event("offline"));
    expect(client.state).toMatchObject({ status: "reconnecting", attempt: 1 });
    page.dispatchEvent(new Event("online"));
    await server.received(() => actionsNamed("send_message").length === 2);
    const [first, second] = actionsNamed("send_message");
    expect(second?.requestId).toBe(first?.requestId);
    vi.unstubAllGlobals();
  });

  it("shares one attempt between concurrent calls, and works again after close", async () => {
    const client = open();
    await Promise.all([client.connect(), client.connect(), client.connect()]);
    expect(server.counts.upgrades).toBe(1);
    client.close();
    expect(client.state).toEqual({ status: "closed" });
    await client.connect();
    expect(client.state).toEqual({ status: "online" });
    expect(server.actions.map(({ action }) => action)).toEqual([
      "create_conversation_session",
      "resume_session",
    ]);
  });

  it("rejects when it is closed before it is open", async () => {
    const client = open();
    const connecting = client.connect();
    client.close();
    await expect(connecting).rejects.toMatchObject({ origin: "client" });
  });

  it("rejects when nobody listens, and when the endpoint is no URL", async () => {
    await expect(open({ endpoint: "ws://127.0.0.1:1" }).connect()).rejects.toMatchObject({
      descriptor: { code: "UNAVAILABLE" },
    });
    await expect(open({ endpoint: "ftp://x" }).connect()).rejects.toMatchObject({
      descriptor: { code: "VALIDATION_ERROR" },
    });
  });

  it("drops a socket that has gone silent, and one that never gives a session", async () => {
    const client = open({ timing: { quietMs: 5, pongMs: 5, attemptMs: 40 } });
    const heard = heardFrom(client);
    let silent = true;
    server.intercept = ({ action }) => silent && action === "ping";
    await client.connect();
    await heard.until(isStatus("reconnecting"));
    silent = false;
    await heard.until((n) => n.type === "session" && n.resumed);
    server.intercept = ({ action }) => action === "resume_session";
    const before = server.counts.upgrades;
    server.cut();
    await new Promise<void>((resolve) => {
      client.subscribe(() => server.counts.upgrades > before + 1 && resolve());
    });
  });

  it("keeps a quiet socket that answers", async () => {
    const client = open({ timing: { quietMs: 3, pongMs: 150 } });
    await client.connect();
    const pings = () => actionsNamed("ping").length;
    await server.received(() => pings() >= 2);
    expect(client.state).toEqual({ status: "online" });
    expect(server.counts.upgrades).toBe(1);
  });

  it("ignores hostile frames", async () => {
    const client = open();
    const heard = heardFrom(client);
    await client.connect();
    const [peer] = server.peers;
    const frames = [
      "",
      "{",
      "[]",
      "null",
      "7",
      '"x"',
      "[[[[[[",
      '{"type":"__proto__","timestamp":1}',
      '{"type":"toString","timestamp":1}',
      '{"type":"stream_token","requestId":1,"timestamp":1}',
      '{"type":"stream_token","requestId":"r","token":{},"timestamp":1}',
      '{"type":"stream_chunk","requestId":"r","timestamp":1,"data":{"state":{"rawResponse":null}}}',
      '{"type":"eventual_response","requestId":"r","timestamp":1,"data":{"data":{"response":{"responseParts":[1]}}}}',
      '{"type":"error","error":"x","timestamp":1}',
      '{"type":"from_the_future","timestamp":1}',
    ];
    for (const frame of frames) peer!.raw(frame);
    peer!.raw(Buffer.from([0, 255, 1]));
    peer!.raw(
      '{"type":"stream_chunk","requestId":"r","timestamp":1,"data":{"state":{"rawResponse":{"toolCall":{"name":"n","arguments":"{\\"a\\":1}"}}}}}',
    );
    peer!.send(streamToken("r", "still here", 1));
    await heard.until((n) => n.type === "event" && n.event.type === "stream_token");
    const events = heard.notices.flatMap((n) => (n.type === "event" ? [n.event] : []));
    expect(events.filter(({ type }) => type !== "immediate_response")).toMatchObject([
      { data: { state: { rawResponse: { toolCall: { arguments: { a: 1 } } } } } },
      { token: "still here" },
    ]);
  });

  it("leaves no timer behind", async () => {
    const client = open();
    const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    await client.connect();
    const turn = client.send("hello");
    await server.received((a) => a.action === "send_message");
    client.close();
    await turn.result;
    const after = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    // The socket's own farewell timer is the other side's to end.
    expect(after - before).toBeLessThanOrEqual(1);
  });
});
