import { errorFrame, immediateResponse, type ServerEvent } from "@smooth-agent/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Client, ClientOptions } from "./client.js";
import { clientOf, heardFrom, isStatus, memoryStore } from "./client.fixture.js";
import type { AuthContext } from "./host-word.js";
import { startModelServer, type ModelServer } from "./model-server.fixture.js";

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

const signed = (userId: string) => ({ userId, signature: "s", timestamp: 1 });
const token = (claims: object) => ({
  token: `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.sig`,
});
const actionsNamed = (name: string) => server.actions.filter(({ action }) => action === name);
const creates = () => actionsNamed("create_conversation_session");

describe("the visitor's conversations", () => {
  it("are listed and renamed", async () => {
    const client = open();
    await client.connect();
    await client.renameConversation("c1", "My order");
    const expected = { conversationId: "c1", title: "My order", messageCount: 2 };
    expect(await client.listConversations(7)).toMatchObject([expected]);
    expect(actionsNamed("list_conversations")).toMatchObject([{ limit: 7 }]);
    const refused = client.renameConversation("c2", "x");
    await expect(refused).rejects.toMatchObject({
      origin: "server",
      descriptor: { code: "CONVERSATION_NOT_FOUND" },
    });
  });

  it("are not asked for without a connection, and an answer that is none is no list", async () => {
    const client = open();
    await expect(client.listConversations()).rejects.toMatchObject({ origin: "lost" });
    await expect(client.renameConversation("c1", "x")).rejects.toMatchObject({ origin: "lost" });
    await client.connect();
    for (const data of [{}, { conversations: null }, { conversations: [{ title: "x" }] }]) {
      server.intercept = ({ action, requestId }, peer) => {
        if (action !== "list_conversations") return false;
        peer.send(immediateResponse(requestId, 200, "Conversations", data, 1));
        return true;
      };
      await expect(client.listConversations()).rejects.toMatchObject({
        descriptor: { code: "INTERNAL_ERROR" },
      });
    }
  });

  it("are continued by their id, with what was said, and kept apart from others", async () => {
    const storage = memoryStore();
    const other = open({ storage });
    await other.connect();
    const client = open({ storage, conversationId: "c1", authContext: signed("ada") });
    const heard = heardFrom(client);
    await client.connect();
    expect(creates().at(-1)).toMatchObject({ conversationId: "c1" });
    expect(await heard.until(({ type }) => type === "session")).toMatchObject({ resumed: true });
    const key = `smooth-agent/${encodeURIComponent(server.url)}/a1`;
    const keys = [`${key}/-/session`, `${key}/+ada/@c1/session`];
    await expect.poll(() => [...storage.content.keys()]).toEqual(keys);
    client.close();
    await open({ storage, conversationId: "c1", authContext: signed("ada") }).connect();
    expect(actionsNamed("resume_session")).toMatchObject([{ sessionId: "s2" }]);
  });

  it("begin anew where the visitor may not continue", async () => {
    const client = open({ conversationId: "foreign" });
    const heard = heardFrom(client);
    await client.connect();
    expect(await heard.until(({ type }) => type === "session")).toMatchObject({ resumed: false });
  });
});

describe("tabs of one browser", () => {
  const keyOf = (sign: string) =>
    `smooth-agent/${encodeURIComponent(server.url)}/a1/${sign}/session`;
  const storedFor = (owner?: string) => {
    const value = { sessionId: "s7", sessionToken: "t7", expiresAt: 4e12, owner };
    return JSON.stringify({ until: 4e12, value });
  };

  it("leave alone what another one's visitor was given who logged in", async () => {
    const storage = memoryStore();
    const first = open({ storage });
    await first.connect();
    const other = open({ storage });
    await other.connect();
    const heard = heardFrom(other);
    const taken = () => heard.notices.filter(({ type }) => type === "session").length;
    expect(await first.setAuthContext(signed("ada"))).toBe(true);
    await expect.poll(() => storage.content.get(keyOf("+ada"))).toContain("s1 verified");
    expect(storage.content.get(keyOf("-"))).toBeUndefined();
    const kept = storage.content.get(keyOf("+ada"));
    // The server lets go of whoever held the session anonymously.
    server.tokens.delete("token 1");
    [...server.peers].at(-1)?.close(1012);
    await expect.poll(taken).toBe(1);
    // And once more, with a session that is taken up.
    [...server.peers].at(-1)?.close(1012);
    await expect.poll(taken).toBe(2);
    expect(storage.content.get(keyOf("+ada"))).toBe(kept);
    first.close();
    await open({ storage, authContext: signed("ada") }).connect();
    expect(creates()).toHaveLength(2);
    expect(actionsNamed("resume_session").at(-1)).toMatchObject({ sessionToken: "s1 verified" });
  });

  it("keep a newer session of the same visitor's that another one began", async () => {
    const storage = memoryStore();
    const first = open({ storage });
    const heard = heardFrom(first);
    await first.connect();
    await expect.poll(() => storage.content.get(keyOf("-"))).toContain("token 1");
    const newer = storedFor();
    await storage.set(keyOf("-"), newer);
    server.cut();
    await heard.until((notice) => notice.type === "session" && notice.resumed);
    await first.renameConversation("c1", "x");
    expect(storage.content.get(keyOf("-"))).toBe(newer);
    // Nor is it removed with the one that the server knows no more.
    server.tokens.clear();
    server.tokens.add("t7");
    server.cut();
    await server.received((action) => "sessionToken" in action && action.sessionToken === "t7");
    await expect.poll(() => first.state.status).toBe("online");
    expect(creates()).toHaveLength(1);
  });

  it("drop what is another user's when a page begins for a user", async () => {
    const storage = memoryStore();
    await storage.set(keyOf("+ada"), storedFor("ada"));
    await storage.set(keyOf("-"), storedFor());
    await open({ storage, authContext: signed("bob") }).connect();
    expect(actionsNamed("resume_session")).toEqual([]);
    await expect.poll(() => storage.content.get(keyOf("+bob"))).toContain("token 1");
    expect([...storage.content.keys()]).toEqual([keyOf("-"), keyOf("+bob")]);
  });

  it("keep a user's apart from nobody's, and give it back to that user only", async () => {
    const storage = memoryStore();
    await storage.set(keyOf("+ada"), storedFor("ada"));
    server.tokens.add("t7");
    await open({ storage }).connect();
    expect(actionsNamed("resume_session")).toEqual([]);
    await open({ storage, authContext: async () => signed("ada") }).connect();
    expect(actionsNamed("resume_session")).toMatchObject([{ sessionToken: "t7" }]);
    // A key says nothing that its value does not say too.
    await storage.set(keyOf("+eve"), storedFor("ada"));
    await open({ storage, authContext: signed("eve") }).connect();
    expect(actionsNamed("resume_session")).toHaveLength(1);
  });

  it.each([undefined, "ada"])("take over once what a former version kept for %s", async (owner) => {
    const storage = memoryStore();
    server.tokens.add("t7");
    const { value } = JSON.parse(storedFor(owner)) as { value: unknown };
    await storage.set(`smooth-agent:${server.url}:a1`, JSON.stringify(value));
    const authContext = owner === undefined ? undefined : signed(owner);
    await open({ storage, authContext }).connect();
    expect(actionsNamed("resume_session")).toMatchObject([{ sessionToken: "t7" }]);
    const sign = owner === undefined ? "-" : `+${owner}`;
    expect([...storage.content.keys()]).toEqual([keyOf(sign)]);
  });

  it("drop what another one stored for the visitor who has left", async () => {
    const storage = memoryStore();
    const client = open({ storage, authContext: signed("ada") });
    await client.connect();
    await storage.set(keyOf("+ada"), storedFor("ada"));
    expect(client.setAuthContext(undefined)).toBe(false);
    await client.connect();
    await expect.poll(() => storage.content.get(keyOf("-"))).toContain("token 2");
    expect([...storage.content.keys()]).toEqual([keyOf("-")]);
  });
});

describe("what the host says of the visitor anew", () => {
  it.each<[string, AuthContext, AuthContext]>([
    ["the same value", signed("ada"), { ...signed("ada"), timestamp: 2 }],
    ["a function instead", signed("ada"), () => signed("ada")],
    ["a token of the same user", signed("ada"), token({ sub: "ada" })],
    ["nobody again", undefined, null],
    ["nobody again, when asked", undefined, async () => undefined],
  ])("%s changes nothing", async (_, before, after) => {
    const client = open({ authContext: before });
    await client.connect();
    const heard = heardFrom(client);
    expect(await client.setAuthContext(after)).toBe(true);
    expect(client.state.status).toBe("online");
    expect(heard.notices).toEqual([]);
    expect(server.actions).toHaveLength(1);
  });

  it.each<[string, AuthContext, AuthContext]>([
    ["another user", signed("ada"), signed("bob")],
    ["nobody", signed("ada"), undefined],
    ["nobody, as null", signed("ada"), null],
    ["another user's token", token({ sub: "ada" }), token({ sub: "bob" })],
    ["a token that names nobody", token({ sub: "ada" }), token({})],
  ])("%s ends the conversation at once, here and in storage", async (_, before, after) => {
    const storage = memoryStore();
    const client = open({ storage, authContext: before });
    await client.connect();
    expect(client.setAuthContext(after)).toBe(false);
    expect(client.state.status).toBe("closed");
    await client.connect();
    expect(actionsNamed("resume_session")).toEqual([]);
    expect(creates().map((create) => "authContext" in create && create.authContext)).toEqual([
      before,
      after ?? false,
    ]);
    await expect.poll(() => [...storage.content.values()].join("")).not.toContain('"ada"');
  });

  it("ends the conversation when a function names another user", async () => {
    const storage = memoryStore();
    const client = open({ storage, authContext: () => signed("ada") });
    await client.connect();
    expect(await client.setAuthContext(async () => signed("bob"))).toBe(false);
    expect(client.state.status).toBe("closed");
    await expect.poll(() => [...storage.content.values()]).toEqual([]);
  });

  it("closes when nobody can say who it is, and goes on once it is the same visitor", async () => {
    const storage = memoryStore();
    const client = open({ storage, authContext: signed("ada") });
    await client.connect();
    const away = () => Promise.reject(new Error("The host's session endpoint is away."));
    expect(await client.setAuthContext(away)).toBe(false);
    expect(client.state.status).toBe("closed");
    await open({ storage, authContext: signed("ada") }).connect();
    expect(actionsNamed("resume_session")).toMatchObject([{ sessionId: "s1" }]);
    await open({ storage, authContext: signed("bob") }).connect();
    expect(creates()).toHaveLength(2);
  });

  it("closes for good where the one who comes next is another visitor", async () => {
    const storage = memoryStore();
    const client = open({ storage, authContext: signed("ada") });
    await client.connect();
    expect(await client.setAuthContext(() => Promise.reject(new Error("away")))).toBe(false);
    expect(client.setAuthContext(signed("bob"))).toBe(false);
    await client.connect();
    expect(actionsNamed("resume_session")).toEqual([]);
    expect(creates()).toMatchObject([
      { authContext: signed("ada") },
      { authContext: signed("bob") },
    ]);
  });

  it("ends what is shown, also while the server knows its session no more", async () => {
    let asked = 0;
    const silentLater = () => ((asked += 1) === 1 ? signed("ada") : new Promise(() => undefined));
    const client = open({ authContext: silentLater });
    await client.connect();
    server.tokens.clear();
    server.cut();
    await expect.poll(() => asked).toBe(2);
    expect(client.setAuthContext(signed("bob"))).toBe(false);
    expect(client.state.status).toBe("closed");
  });

  it("makes an anonymous conversation the visitor's who logs in", async () => {
    const storage = memoryStore();
    const client = open({ storage });
    const heard = heardFrom(client);
    await client.connect();
    expect(await client.setAuthContext(() => signed("ada"))).toBe(true);
    expect(actionsNamed("set_auth_context")).toMatchObject([
      { sessionId: "s1", authContext: signed("ada") },
    ]);
    expect(heard.notices.filter(({ type }) => type === "session")).toMatchObject([
      { resumed: false },
      { resumed: true },
    ]);
    const value = { sessionId: "s1", sessionToken: "s1 verified", owner: "ada" };
    await expect
      .poll(() => [...storage.content.values()].map((text): unknown => JSON.parse(text)))
      .toMatchObject([{ value }]);
    expect(await client.setAuthContext(signed("ada"))).toBe(true);
    expect(client.setAuthContext(signed("bob"))).toBe(false);
    expect(actionsNamed("set_auth_context")).toHaveLength(1);
  });

  it("waits for the connection to claim what was begun", async () => {
    const client = open();
    const heard = heardFrom(client);
    await client.connect();
    server.cut();
    await heard.until(isStatus("reconnecting"));
    expect(await client.setAuthContext(signed("ada"))).toBe(true);
    expect(server.actions.map(({ action }) => action)).toEqual([
      "create_conversation_session",
      "resume_session",
      "set_auth_context",
    ]);
  });

  it("comes back as the visitor's when the claim was stored and only its answer was lost", async () => {
    const storage = memoryStore();
    const client = open({ storage });
    const heard = heardFrom(client);
    await client.connect();
    server.intercept = ({ action }, peer) => {
      if (action !== "set_auth_context") return false;
      // From then on the anonymous token opens nothing.
      server.tokens.clear();
      peer.cut();
      return true;
    };
    expect(await client.setAuthContext(() => signed("ada"))).toBe(true);
    expect(client.state.status).toBe("online");
    expect(server.actions.map(({ action }) => action)).toEqual([
      "create_conversation_session",
      "set_auth_context",
      "resume_session",
      "create_conversation_session",
    ]);
    expect(creates().at(-1)).toMatchObject({ conversationId: "c1", authContext: signed("ada") });
    const sessions = heard.notices.filter(({ type }) => type === "session");
    expect(sessions).toMatchObject([{ resumed: false }, { resumed: true }]);
    expect([...storage.content.values()].join("")).toContain('"owner":"ada"');
  });

  it.each([
    ["a dropped socket", undefined],
    ["a storage fault", "STORAGE_ERROR"],
    ["too many of them", "RATE_LIMITED"],
    ["a session that the server lost sight of", "SESSION_NOT_FOUND"],
    ["no answer", "silence"],
  ] as const)("is claimed again after %s", async (_, trouble) => {
    let asked = 0;
    const client = open({ timing: { answerMs: 50 } });
    await client.connect();
    let left = 2;
    server.intercept = ({ action, requestId }, peer) => {
      if (action !== "set_auth_context" || (left -= 1) < 0) return false;
      if (trouble === undefined) peer.cut();
      else if (trouble !== "silence") {
        peer.send(errorFrame(requestId, { code: trouble, message: "No." }, 1));
      }
      return true;
    };
    const word = () => ({ ...signed("ada"), timestamp: (asked += 1) });
    expect(await client.setAuthContext(word)).toBe(true);
    expect(client.state.status).toBe("online");
    expect(creates()).toHaveLength(1);
    expect(actionsNamed("resume_session")).toHaveLength(2);
    const claims = actionsNamed("set_auth_context");
    // Each time with a word of its own: a signature is good for a short while only.
    expect(claims.map((claim) => "authContext" in claim && claim.authContext)).toEqual(
      [1, 2, 3].map((timestamp) => ({ ...signed("ada"), timestamp })),
    );
  });

  it("gives the claim up when the host says another word meanwhile", async () => {
    const storage = memoryStore();
    const client = open({ storage });
    await client.connect();
    server.intercept = ({ action }) => action === "set_auth_context";
    const claiming = client.setAuthContext(signed("ada"));
    await server.received(({ action }) => action === "set_auth_context");
    expect(client.setAuthContext(signed("bob"))).toBe(false);
    const online = client.connect();
    expect(await claiming).toBe(false);
    await online;
    expect(client.state.status).toBe("online");
    expect(creates()).toMatchObject([{}, { authContext: signed("bob") }]);
  });

  it("claims when it connects again what was closed meanwhile", async () => {
    const client = open();
    await client.connect();
    server.intercept = ({ action }) => action === "set_auth_context";
    const claiming = client.setAuthContext(signed("ada"));
    await server.received(({ action }) => action === "set_auth_context");
    client.close();
    server.intercept = () => false;
    await client.connect();
    expect(await claiming).toBe(true);
    expect(creates()).toHaveLength(1);
    expect(actionsNamed("set_auth_context")).toHaveLength(2);
  });

  it("ends an anonymous conversation that cannot become the visitor's", async () => {
    // Somebody else owned it: a conversation of the visitor's own took its place.
    const other = { sessionId: "s9", conversationId: "c9", sessionToken: "t", expiresAt: 4e12 };
    const data = { ...other, agent: { name: "Ada" } };
    const invalid = { code: "AUTH_CONTEXT_INVALID", message: "No." } as const;
    const answers: ((requestId?: string) => ServerEvent)[] = [
      (requestId) => errorFrame(requestId, invalid, 1),
      (requestId) => immediateResponse(requestId, 200, "Visitor verified", data, 1),
    ];
    for (const answer of answers) {
      const storage = memoryStore();
      const client = open({ storage });
      await client.connect();
      const heard = heardFrom(client);
      server.intercept = ({ action, requestId }, peer) => {
        if (action !== "set_auth_context") return false;
        peer.send(answer(requestId));
        return true;
      };
      expect(await client.setAuthContext(signed("ada"))).toBe(false);
      expect(client.state.status).toBe("closed");
      expect(heard.notices.filter(({ type }) => type === "session")).toEqual([]);
      await expect.poll(() => [...storage.content.values()]).toEqual([]);
    }
  });

  it("is what a session under way is made with, whoever was asked before", async () => {
    let answer: (word: unknown) => void = () => undefined;
    const slow = () =>
      new Promise<unknown>((resolve) => {
        answer = resolve;
      });
    const client = open({ authContext: slow });
    const online = client.connect();
    await expect.poll(() => server.counts.upgrades).toBe(1);
    await expect.poll(() => answer.length).toBe(1);
    expect(await client.setAuthContext(signed("bob"))).toBe(true);
    answer(signed("ada"));
    await online;
    expect(creates()).toMatchObject([{ authContext: signed("bob") }]);
  });

  it("is the latest word, when several come at once", async () => {
    const client = open({ authContext: signed("ada") });
    await client.connect();
    const first = client.setAuthContext(async () => signed("bob"));
    const second = client.setAuthContext(async () => signed("ada"));
    expect([await first, await second]).toEqual([true, true]);
    expect(server.actions).toHaveLength(1);
  });
});
