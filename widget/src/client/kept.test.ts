import { afterEach, beforeEach, expect, it } from "vitest";
import { clientOf, heardFrom, memoryStore } from "./client.fixture.js";
import type { Client, ClientOptions } from "./client.js";
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
const namesIn = ({ content }: { content: Map<string, string> }) =>
  [...content.keys()].map((key) => key.split("/").slice(3).join("/")).toSorted();
const isKept = ({ type }: { type: string }) => type === "kept";

it("is told before the session, and asks the host once for both", async () => {
  const storage = memoryStore();
  let asked = 0;
  const authContext = async () => ({ ...signed("ada"), timestamp: (asked += 1) });
  const first = open({ storage, authContext });
  first.keep("draft", "Where is");
  first.keep("gone", 1);
  first.keep("gone", undefined);
  expect(storage.content.size, "nothing before the chat is opened").toBe(0);
  await first.connect();
  await expect.poll(() => namesIn(storage)).toEqual(["+ada/draft", "+ada/session"]);
  expect(asked).toBe(1);
  first.close();

  const later = open({ storage, authContext });
  const heard = heardFrom(later);
  await later.connect();
  const types = heard.notices.map(({ type }) => type);
  expect(types.slice(0, 4)).toEqual(["connection", "kept", "session", "connection"]);
  expect(heard.notices.find(isKept)).toMatchObject({ items: { draft: "Where is" } });
  expect(heard.notices.find(({ type }) => type === "session")).toMatchObject({ verified: true });
  expect(asked).toBe(2);
});

it("is told while the server cannot be reached, as soon as the host says who it is", async () => {
  const storage = memoryStore();
  const first = open({ storage, authContext: signed("ada") });
  await first.connect();
  first.keep("draft", "Where is");
  await expect.poll(() => namesIn(storage)).toContain("+ada/draft");
  first.close();
  const url = server.url;
  await server.close();
  let knows = false;
  const authContext = async () => {
    if (!knows) throw new Error("The host is away, too.");
    return signed("ada");
  };
  const later = open({ storage, endpoint: url, authContext });
  const heard = heardFrom(later);
  await expect(later.connect()).rejects.toMatchObject({ name: "RequestError" });
  await expect(later.connect()).rejects.toMatchObject({ name: "RequestError" });
  expect(heard.notices.some(isKept)).toBe(false);
  knows = true;
  expect(await heard.until(isKept)).toMatchObject({ items: { draft: "Where is" } });
  server = await startModelServer();
});

it("becomes the visitor's who logs in, and is no other one's", async () => {
  const storage = memoryStore();
  const client = open({ storage });
  const heard = heardFrom(client);
  await client.connect();
  client.keep("draft", "mine");
  client.keep("out/1", "sent by me");
  await expect.poll(() => namesIn(storage)).toEqual(["-/draft", "-/out/1", "-/session"]);
  expect(await client.setAuthContext(signed("ada"))).toBe(true);
  const names = ["+ada/draft", "+ada/out/1", "+ada/session"];
  await expect.poll(() => namesIn(storage)).toEqual(names);
  expect(heard.notices.filter(isKept).at(-1)).toMatchObject({ items: { draft: "mine" } });

  expect(client.setAuthContext(signed("bob"))).toBe(false);
  expect(heard.notices.slice(-2)).toMatchObject([{ type: "left" }, { type: "connection" }]);
  client.keep("draft", "bob's");
  await client.connect();
  await expect.poll(() => namesIn(storage)).toEqual(["+bob/draft", "+bob/session"]);
});

it("leaves with the visitor who logs out, also in a page that opened nothing", async () => {
  const storage = memoryStore();
  const keepFor = async (client: Client, name: string) => {
    await client.connect();
    client.keep("draft", "mine");
    await expect.poll(() => namesIn(storage)).toContain(`${name}/draft`);
  };
  const anonymous = open({ storage });
  await keepFor(anonymous, "-");
  const ada = open({ storage, authContext: signed("ada") });
  await keepFor(ada, "+ada");
  const heard = heardFrom(ada);
  expect(ada.logout()).toBe(false);
  expect(heard.notices.slice(-2)).toMatchObject([{ type: "left" }, { type: "connection" }]);
  await expect.poll(() => namesIn(storage)).toEqual(["-/draft", "-/session"]);

  await keepFor(open({ storage, authContext: signed("ada") }), "+ada");
  const upgrades = server.counts.upgrades;
  expect(open({ storage, endpoint: async () => server.url }).logout()).toBe(true);
  await expect.poll(() => namesIn(storage)).toEqual(["-/draft", "-/session"]);
  expect(server.counts.upgrades).toBe(upgrades);
});

it("goes when all is forgotten, whoever's, but for another agent's", async () => {
  const storage = memoryStore();
  await open({ storage, agentId: "a2" }).connect();
  await open({ storage }).connect();
  const client = open({ storage, authContext: signed("ada") });
  await client.connect();
  await expect.poll(() => storage.content.size).toBe(3);
  client.forget();
  // What begins anew at once is kept.
  await client.connect();
  await expect.poll(() => namesIn(storage)).toEqual(["+ada/session", "-/session"]);
  expect([...storage.content.keys()].join()).toContain("/a2/-/session");
  expect(server.actions.filter(({ action }) => action === "resume_session")).toEqual([]);
});

it("is dropped when the host's function names another one than was shown", async () => {
  const storage = memoryStore();
  let user = "ada";
  const client = open({ storage, authContext: () => signed(user) });
  const heard = heardFrom(client);
  await client.connect();
  client.keep("draft", "ada's");
  user = "bob";
  server.tokens.clear();
  // The word of a moment ago may be used only once, so this time the host is asked.
  server.cut();
  await heard.until((notice) => notice.type === "session" && notice.session.sessionId === "s2");
  const types = heard.notices.map(({ type }) => type);
  expect(types.indexOf("left")).toBe(types.lastIndexOf("session") - 1);
  await expect.poll(() => namesIn(storage)).toEqual(["+bob/session"]);
});

it("is not what cannot be JSON", async () => {
  const storage = memoryStore();
  const client = open({ storage });
  await client.connect();
  client.keep("draft", 1n);
  client.keep("next", "kept");
  await expect.poll(() => namesIn(storage)).toEqual(["-/next", "-/session"]);
});

it.each(["session", "none"] as const)("works with storage %s where there is none", async (mode) => {
  const client = open({ storage: mode });
  await client.connect();
  client.keep("draft", "x");
  server.cut();
  await server.received(({ action }) => action === "resume_session");
});

it("leaves the conversation for a new one, for an earlier one, and stays with that", async () => {
  const storage = memoryStore();
  const client = open({ storage, authContext: signed("ada") });
  const heard = heardFrom(client);
  await client.connect();
  const turn = client.send("hello", "r1");
  await server.received(({ action }) => action === "send_message");
  client.newConversation();
  expect(await turn.result).toMatchObject({ status: "failed" });
  const creates = () => server.actions.filter((each) => each.action.startsWith("create"));
  await heard.until((notice) => notice.type === "session" && notice.session.sessionId === "s2");
  expect(creates()[1]).not.toHaveProperty("conversationId");
  expect(server.turn, "it goes on without us").toMatchObject({ requestId: "r1" });
  expect([...server.peers]).toHaveLength(1);
  client.continueConversation("c1");
  const again = await heard.until(
    (notice) => notice.type === "session" && notice.session.sessionId === "s3",
  );
  expect(creates()[2]).toMatchObject({ conversationId: "c1", authContext: signed("ada") });
  expect(again).toMatchObject({ resumed: true });
  expect(heard.statuses()).not.toContain("closed");
  await expect.poll(() => [...storage.content.values()].join()).toContain('"s3"');
  await open({ storage, authContext: signed("ada") }).connect();
  expect(server.actions.at(-1)).toMatchObject({ action: "resume_session", sessionId: "s3" });
});
