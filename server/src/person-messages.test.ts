import { describe, expect, it, vi } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import { at, outlines, textAt, type Frame } from "./core-client.fixture.js";
import { hostSide, serverWithHost } from "./host-side.fixture.js";
import { calls, heldAnswer, says } from "./model-answers.fixture.js";
import { openSession, resumed, SECRET, type RunningServer } from "./running-server.fixture.js";
import { databaseContents } from "./store/database-contents.fixture.js";
import { defineTool } from "./tools/tool.js";

// Nothing here is about time, and a machine may be busy.
vi.setConfig({ testTimeout: 60_000 });

// What people of the host's say, and what the host tells its pages.

const asks = defineTool({ name: "asks", description: "d", confirm: true, execute: () => "done" });

async function shop() {
  const { server, host } = await serverWithHost({ tools: [asks] });
  const opened = await openSession(server);
  const { client: live } = await resumed(server, opened, { supports: ["live"] });
  const { conversationId, client, sessionId } = opened;
  const say = (text: string, more: Record<string, unknown> = {}) =>
    host(`/conversations/${conversationId}/messages`, { text, from: { name: "Ana" }, ...more });
  const send = (requestId: string) =>
    client.ask({ action: "send_message", requestId, sessionId, message: `${requestId}?` });
  return { server, host, live, say, send, ...opened };
}

function promptOf(server: RunningServer, request: number): string[] {
  const { messages = [] } = server.model.requests[request]?.body ?? {};
  return (messages as { role: string; content: string }[])
    .slice(1)
    .map(({ role, content }) => `${role}: ${content}`);
}
const WHO = 'assistant: ["Ana", a person of the team, wrote to the visitor:]\n';

describe("a person's message", () => {
  it("is told live, stands in history, and says nothing to who is not live", async () => {
    const { say, live, client, sessionId, conversationId } = await shop();
    const { status, json } = await say("Hello, Ana here.", { from: { id: "7", name: "Ana" } });
    expect(status).toBe(201);
    const told = await live.next();
    const message = {
      conversationId,
      direction: "outbound",
      content: { items: [{ type: "text", text: "Hello, Ana here." }], text: "Hello, Ana here." },
      status: "completed",
      from: { type: "human-agent", name: "Ana" },
    };
    expect(told.event).toMatchObject({ type: "message_added", data: { message } });
    expect(told.event).not.toHaveProperty("requestId");
    expect(at(told, "data.message")).toEqual(json["message"]);
    await client.quiet(sessionId);
    const ask = { action: "get_conversation_messages", sessionId };
    const { id, createdAt, content, direction } = json["message"] as Record<string, unknown>;
    expect(at(await client.ask(ask), "data.messages")).toEqual([
      { id, conversationId, direction, content, createdAt },
    ]);
    const full = await client.ask({ ...ask, include: ["turns"] });
    expect(at(full, "data.messages")).toEqual([json["message"]]);
  });

  it("while an answer streams breaks nothing, and stands where it was said", async () => {
    const { say, live, client, send, server, sessionId } = await shop();
    const held = heldAnswer();
    server.model.script(held.answer, says("Next."));
    await send("r1");
    await held.say("One, ");
    await client.next();
    await say("Beside.");
    await held.say("two.");
    await held.finish();
    expect(outlines(await client.rest())).toEqual(['"two."', "r1 eventual_response"]);
    expect((await live.rest()).map(({ type }) => type)).toEqual([
      "turn_started",
      "stream_token",
      "message_added",
      "stream_token",
      "eventual_response",
    ]);
    const page = await client.ask({ action: "get_conversation_messages", sessionId });
    const said = at(page, "data.messages") as { content: { text: string } }[];
    expect(said.map(({ content }) => content.text)).toEqual(["One, two.", "Beside.", "r1?"]);
    await say("Between.");
    await send("r2");
    await client.rest();
    expect(promptOf(server, 1)).toEqual([
      "user: r1?",
      `${WHO}Beside.`,
      "assistant: One, two.",
      `${WHO}Between.`,
      "user: r2?",
    ]);
  });

  it("while a question waits is known to the model when the turn goes on", async () => {
    const { say, client, send, server, sessionId } = await shop();
    server.model.script(calls({ name: "asks" }), says("Done."));
    await send("r1");
    const frames = await client.until("write_confirmation_required");
    const toolCallId = textAt(frames.at(-1) as Frame, "data.data.toolCallId");
    await client.next();
    await say("Please approve this.");
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, toolCallId };
    await client.ask({ ...verdict, approved: true });
    expect(outlines(await client.rest())).toEqual([
      "result asks",
      '"Done."',
      "r1 eventual_response",
    ]);
    expect(promptOf(server, 1).slice(0, 2)).toEqual(["user: r1?", `${WHO}Please approve this.`]);
  });

  it("with a key is said once; the key for another text is refused", async () => {
    const { say, live, server } = await shop();
    const first = await say("Once.", { key: "k" });
    const again = await say("Once.", { key: "k" });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.text).toBe(first.text);
    const other = await say("Twice.", { key: "k" });
    expect(other.status).toBe(409);
    expect(other.json).toMatchObject({ error: { code: "CONFLICT" } });
    await say("Last.");
    const told = [await live.next(), await live.next()];
    expect(told.map((frame) => at(frame, "data.message.content.text"))).toEqual(["Once.", "Last."]);
    expect(databaseContents(server.file).get("Message")).toHaveLength(2);
    expect(databaseContents(server.file).get("Participant")).toHaveLength(3);
  });

  it("is never in the log, nor is who said it", async () => {
    const { say, server } = await shop();
    await say("a secret between us", { from: { name: "Anastasia" } });
    expect(server.log.join("")).not.toMatch(/secret between|Anastasia/);
  });

  const BAD: [body: Record<string, unknown>, names: RegExp][] = [
    [{ text: undefined }, /text/],
    [{ text: " \n" }, /text/],
    [{ text: 7 }, /text/],
    [{ text: "x".repeat(10_001) }, /text/],
    [{ text: "a\0b" }, /text/],
    [{ from: undefined }, /from/],
    [{ from: {} }, /from\.name/],
    [{ from: { name: "" } }, /from\.name/],
    [{ from: { name: "a\u0000" } }, /from\.name/],
    [{ from: { name: "x".repeat(201) } }, /from\.name/],
    [{ from: { name: "Ana", id: "" } }, /from\.id/],
    [{ from: { name: "Ana", type: "user" } }, /from\.type/],
    [{ key: "" }, /key/],
    [{ key: "x".repeat(257) }, /key/],
    [{ direction: "inbound" }, /direction/],
  ];

  it("that is wrong is refused by the field's name, and nothing is stored", async () => {
    const { say, server } = await shop();
    for (const [body, names] of BAD) {
      const { status, json } = await say("Hello", body);
      expect({ status, body }).toMatchObject({ status: 400 });
      expect(JSON.stringify(json["error"])).toMatch(names);
    }
    expect(databaseContents(server.file).get("Message")).toEqual([]);
    expect(databaseContents(server.file).get("Participant")).toHaveLength(2);
  });

  it("may have as many characters as a visitor's, counted as people count", async () => {
    const { say, live } = await shop();
    const text = "👋".repeat(10_000);
    expect((await say(text)).status).toBe(201);
    expect(at(await live.next(), "data.message.content.text")).toBe(text);
  });
});

describe("an event of the host's", () => {
  it("reaches every live page of a conversation, and the one of a session", async () => {
    const { host, live, client, server, conversationId, sessionId, sessionToken } = await shop();
    const data = { orderId: 7, tags: ["a", null] };
    const path = `/conversations/${conversationId}/events`;
    expect(await host(path, { name: "order-shipped", data })).toMatchObject({ status: 202 });
    const { client: second } = await resumed(
      server,
      { sessionId, sessionToken },
      { supports: ["live"] },
    );
    await host(`/sessions/${sessionId}/events`, { name: "only" });
    expect((await live.next()).text).toBe(
      `{"type":"host_event","data":{"name":"order-shipped","data":${JSON.stringify(data)}},"timestamp":1}`,
    );
    for (const page of [live, second]) {
      expect((await page.next()).text).toBe(
        '{"type":"host_event","data":{"name":"only","data":null},"timestamp":1}',
      );
    }
    await client.quiet(sessionId);
  });

  it("of one session says nothing to another session of the same conversation", async () => {
    const { server, host } = await serverWithHost();
    const authContext = signAuthContext({ userId: "u1", secret: SECRET });
    const supports = ["live"];
    const one = await openSession(server, { authContext, supports });
    const { conversationId } = one;
    const two = await openSession(server, { authContext, supports, conversationId });
    expect(two.conversationId).toBe(conversationId);
    await host(`/sessions/${one.sessionId}/events`, { name: "mine", data: {} });
    expect((await one.client.next()).event).toMatchObject({ data: { name: "mine" } });
    await two.client.quiet(two.sessionId);
  });

  it("that is too much is refused, and a foreign session looks like none", async () => {
    const { host, live, server, sessionId } = await shop();
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
    const path = `/sessions/${sessionId}/events`;
    const bad: unknown[] = [
      { data: 1 },
      { name: "", data: 1 },
      { name: "x".repeat(101), data: 1 },
      { name: "x", data: "é".repeat(4_096) },
      { name: "x", data: deep(13) },
      { name: "x", data: 1, to: "all" },
      `{"name":"x","data":${"[".repeat(32_000)}${"]".repeat(32_000)}}`,
    ];
    for (const body of bad) expect((await host(path, body)).status).toBe(400);
    const stranger = await hostSide(server, "globex");
    const foreign = await stranger(path, { name: "x", data: 1 });
    const unknown = await host(`/sessions/${crypto.randomUUID()}/events`, { name: "x", data: 1 });
    expect([foreign.status, foreign.text]).toEqual([404, unknown.text]);
    expect((await host(path, { name: "x".repeat(100), data: deep(12) })).status).toBe(202);
    expect((await live.next()).event).toMatchObject({ data: { name: "x".repeat(100) } });
  });
});
