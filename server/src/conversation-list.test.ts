import { describe, expect, it } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import { at, textAt, type CoreClient, type Frame } from "./core-client.fixture.js";
import { calls, heldAnswer, says } from "./model-answers.fixture.js";
import {
  createSession,
  openSession,
  resumed,
  runningServer,
  SECRET,
  SHOP,
  type Opened,
  type RunningServer,
} from "./running-server.fixture.js";
import { defineTool } from "./tools/tool.js";

const NOBODY = "00000000-0000-4000-8000-000000000000";
let signatures = 0;
/** A signature of its own each time: one opens five sessions at most. */
const as = (userId: string) => {
  const now = new Date(Date.now() - (signatures++ % 50) * 1_000);
  return { authContext: signAuthContext({ userId, secret: SECRET, now }) };
};

interface Listed {
  conversationId: string;
  title: string;
  updatedAt: string;
  messageCount: number;
}

async function listOf(client: CoreClient, fields = {}): Promise<Listed[]> {
  const answer = await client.ask({ action: "list_conversations", requestId: "l", ...fields });
  expect(textAt(answer, "message")).toBe("Conversations");
  return at(answer, "data.conversations") as Listed[];
}

const idsOf = async (client: CoreClient) =>
  (await listOf(client)).map(({ conversationId }) => conversationId);

async function say(
  server: RunningServer,
  { client, sessionId }: Pick<Opened, "client" | "sessionId">,
  message: string,
): Promise<void> {
  server.model.script(says("Hello."));
  await client.ask({ action: "send_message", requestId: `r ${message}`, sessionId, message });
  await client.rest();
}

const rename = (client: CoreClient, conversationId: string, title: string): Promise<Frame> =>
  client.ask({ action: "rename_conversation", requestId: "n", conversationId, title });

const twoAgents = {
  agents: {
    shop: { allowedOrigins: [SHOP], secret: SECRET },
    desk: { allowedOrigins: [SHOP], secret: SECRET },
    acme: { allowedOrigins: [SHOP], secret: SECRET, organizationId: "acme" },
  },
};

describe("the list of conversations", () => {
  it("is empty on a connection without a session", async () => {
    const server = await runningServer();
    await openSession(server, as("ada"));
    const client = await server.connect();
    expect((await client.ask({ action: "list_conversations", requestId: "l" })).text).toBe(
      '{"type":"immediate_response","requestId":"l","status":200,"message":"Conversations",' +
        '"data":{"conversations":[]},"timestamp":1}',
    );
  });

  it("has a verified visitor's own, from every device, the newest first", async () => {
    const server = await runningServer();
    const phone = await openSession(server, as("ada"));
    const desk = await openSession(server, as("ada"));
    await openSession(server, as("bob"));
    await openSession(server);
    await say(server, phone, "first");
    await say(server, desk, "second");
    const laptop = await openSession(server, as("ada"));
    const expected = [laptop, desk, phone].map(({ conversationId }) => conversationId);
    for (const { client } of [phone, desk, laptop]) expect(await idsOf(client)).toEqual(expected);
    await say(server, phone, "third");
    const [newest, ...others] = await listOf(laptop.client);
    expect(newest).toEqual({
      conversationId: phone.conversationId,
      title: "first",
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      messageCount: 4,
    });
    expect(others.map(({ messageCount }) => messageCount)).toEqual([0, 2]);
    expect(await listOf(laptop.client, { limit: 1 })).toEqual([newest]);
  });

  it("has of an anonymous visitor those of this connection alone, resumed ones too", async () => {
    const server = await runningServer();
    const tab = await openSession(server);
    const second = await createSession(tab.client);
    const stranger = await openSession(server);
    await openSession(server, as("ada"));
    expect((await idsOf(tab.client)).toSorted()).toEqual(
      [tab, second].map(({ conversationId }) => conversationId).toSorted(),
    );
    const { client } = await resumed(server, tab);
    expect(await idsOf(client)).toEqual([tab.conversationId]);
    expect(await idsOf(stranger.client)).toEqual([stranger.conversationId]);
  });

  it("is the union over the sessions of the connection, each by its agent and organization", async () => {
    const server = await runningServer(twoAgents);
    const shop = await openSession(server, as("ada"));
    const others = [
      await openSession(server, { agentId: "desk", ...as("ada") }),
      await openSession(server, { agentId: "acme", ...as("ada") }),
    ];
    expect(await idsOf(shop.client)).toEqual([shop.conversationId]);
    const desk = await createSession(shop.client, { agentId: "desk", ...as("ada") });
    const anonymous = await createSession(shop.client);
    const expected = [shop, ...others.slice(0, 1), desk, anonymous].map(
      (each) => each.conversationId,
    );
    expect((await idsOf(shop.client)).toSorted()).toEqual(expected.toSorted());
  });

  it("waits for sessions that the connection is opening", async () => {
    const server = await runningServer();
    const client = await server.connect();
    const create = { action: "create_conversation_session", agentId: "shop", requestId: "c" };
    client.send({ ...create, ...as("ada") });
    client.send({ action: "list_conversations", requestId: "l" });
    const created = await client.next();
    const listed = at(await client.next(), "data.conversations") as Listed[];
    expect(listed[0]?.conversationId).toBe(textAt(created, "data.conversationId"));
  });

  it("has a title in one line for what was given none", async () => {
    const server = await runningServer();
    const opened = await openSession(server);
    const title = async () => (await listOf(opened.client))[0]?.title;
    expect(await title()).toBe("New conversation");
    const held = heldAnswer();
    server.model.script(held.answer);
    const { client, sessionId } = opened;
    const message = `  Grüße\n\n\u0007aus ${"😀".repeat(80)}`;
    await client.ask({ action: "send_message", requestId: "r", sessionId, message });
    expect(await title()).toBe("Grüße aus…");
    await held.finish();
    await client.rest();
    await say(server, opened, "later");
    expect(await title()).toBe("Grüße aus…");
  });
});

describe("a new title", () => {
  it("is shown on every device, trimmed, and moves nothing", async () => {
    const server = await runningServer();
    const older = await openSession(server, as("ada"));
    const newer = await openSession(server, as("ada"));
    await say(server, older, "hello");
    await say(server, newer, "hello");
    const before = await listOf(newer.client);
    const { conversationId } = older;
    expect((await rename(newer.client, conversationId, "  My order 👩‍🚀 \n")).text).toBe(
      '{"type":"immediate_response","requestId":"n","status":200,"message":"Conversation renamed",' +
        `"data":{"conversationId":"${conversationId}","title":"My order 👩‍🚀"},"timestamp":1}`,
    );
    const [first, second] = before;
    expect(await listOf(older.client)).toEqual([first, { ...second, title: "My order 👩‍🚀" }]);
  });

  it("is refused for what is not one's own with the bytes of what does not exist", async () => {
    const server = await runningServer(twoAgents);
    const ada = await openSession(server, as("ada"));
    const anonymous = await openSession(server);
    const bob = await openSession(server, as("bob"));
    const nobody = await server.connect();
    const callers = [
      bob.client,
      nobody,
      (await openSession(server)).client,
      (await openSession(server, { agentId: "desk", ...as("ada") })).client,
      (await openSession(server, { agentId: "acme", ...as("ada") })).client,
      (
        await openSession(server, {
          userName: "ada",
          userEmail: "ada",
          metadata: { ownerId: "ada" },
        })
      ).client,
    ];
    for (const client of callers) {
      const unknown = await rename(client, NOBODY, "x");
      expect(at(unknown, "error.code")).toBe("CONVERSATION_NOT_FOUND");
      for (const { conversationId } of [ada, anonymous]) {
        expect((await rename(client, conversationId, "x")).text).toBe(unknown.text);
      }
    }
    // A verified visitor's title does not reach an anonymous conversation either.
    expect(at(await rename(ada.client, anonymous.conversationId, "x"), "error.code")).toBe(
      "CONVERSATION_NOT_FOUND",
    );
    const titles = [...(await listOf(ada.client)), ...(await listOf(anonymous.client))];
    expect(titles.map(({ title }) => title)).toEqual(["New conversation", "New conversation"]);
    expect(textAt(await rename(anonymous.client, anonymous.conversationId, "y"), "message")).toBe(
      "Conversation renamed",
    );
  });
});

describe("a conversation that is continued", () => {
  it("is taken from the list of another device, with all that was said, thought and asked in it", async () => {
    const refund = defineTool({
      name: "refund",
      description: "Pays.",
      confirm: true,
      execute() {},
    });
    const server = await runningServer({ tools: [refund] });
    const phone = await openSession(server, as("ada"));
    await say(server, phone, "first");
    const read = { action: "get_conversation_messages", include: ["turns"] };
    const mine = await phone.client.ask({ ...read, sessionId: phone.sessionId });
    const rated = { messageId: textAt(mine, "data.messages.0.id"), rating: "up" };
    await phone.client.ask({ action: "send_feedback", sessionId: phone.sessionId, ...rated });
    server.model.script(calls({ name: "refund" }));
    const send = { action: "send_message", requestId: "r", sessionId: phone.sessionId };
    phone.client.send({ ...send, message: "refund me" });
    const question = (await phone.client.until("write_confirmation_required")).at(-1) as Frame;
    await phone.client.close();

    const laptop = await openSession(server, as("ada"));
    const listed = await listOf(laptop.client);
    expect(listed.map(({ title }) => title)).toEqual(["New conversation", "first"]);
    const { conversationId = "" } = listed[1] ?? {};
    const taken = await createSession(laptop.client, { ...as("ada"), conversationId });
    expect(taken.conversationId).toBe(phone.conversationId);
    expect(at(taken.created, "data.activeTurn.pending")).toEqual(at(question, "data.data"));
    const history = await laptop.client.ask({ ...read, sessionId: taken.sessionId });
    const messages = at(history, "data.messages") as { feedback?: unknown; id: string }[];
    expect(messages.map(({ feedback }) => feedback)).toEqual([
      undefined,
      { rating: "up" },
      undefined,
    ]);
    server.model.script(says("Paid."));
    const toolCallId = at(question, "data.data.toolCallId");
    const verdict = { action: "confirm_tool_action", requestId: "v", toolCallId, approved: true };
    await laptop.client.ask({ ...verdict, sessionId: taken.sessionId });
    expect((await laptop.client.rest()).at(-1)?.type).toBe("eventual_response");

    const stranger = await openSession(server);
    for (const fields of [{}, as("bob")]) {
      const fresh = await createSession(stranger.client, { ...fields, conversationId });
      expect(fresh.conversationId).not.toBe(conversationId);
      expect(at(fresh.created, "data.activeTurn")).toBeUndefined();
    }
    expect(await idsOf(stranger.client)).not.toContain(conversationId);
  });

  it("needs the organization that its agent has now, as the list does", async () => {
    const before = await runningServer();
    const ada = await openSession(before, as("ada"));
    await before.stop();
    const shop = { allowedOrigins: [SHOP], secret: SECRET, organizationId: "acme" };
    const moved = await runningServer({ file: before.file, agents: { shop } });
    const { conversationId } = ada;
    const fresh = await openSession(moved, { ...as("ada"), conversationId });
    expect(fresh.conversationId).not.toBe(conversationId);
    expect(await idsOf(fresh.client)).toEqual([fresh.conversationId]);
    await moved.stop();
    const back = await runningServer({ file: before.file });
    const again = await openSession(back, { ...as("ada"), conversationId });
    expect(again.conversationId).toBe(conversationId);
    expect(await idsOf(again.client)).toEqual([conversationId]);
  });
});
