import { describe, expect, it } from "vitest";
import { at, outlines, textAt, type Frame } from "./core-client.fixture.js";
import { delta, DONE, streamed } from "./gateway/model-server.fixture.js";
import { calls, endsWith, heldAnswer, says, saysAndCalls } from "./model-answers.fixture.js";
import { openSession, resumed, runningServer } from "./running-server.fixture.js";
import { defineTool } from "./tools/tool.js";

// A client that knows PROTOCOL.md alone, and is strict about the very next frame.

const UUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/;
const lookup = defineTool({
  name: "lookup_order",
  description: "Looks an order up.",
  execute: () => ({ status: "delivered" }),
});

const send = (sessionId: string, requestId: string, message: string, more = {}) => ({
  action: "send_message",
  requestId,
  sessionId,
  message,
  ...more,
});
const accepted = (requestId: string, data = "{}") =>
  `{"type":"immediate_response","requestId":"${requestId}","status":202,"message":"Processing your request...","data":${data},"timestamp":1}`;
const spoken = (requestId: string, token: string) =>
  `{"type":"stream_token","requestId":"${requestId}","token":"${token}","data":{"requestId":"${requestId}","token":"${token}"},"timestamp":1}`;
const refusal = (requestId: string, code: string, message: string, more = "") => {
  const error = `{"code":"${code}","message":"${message}"${more}}`;
  return `{"type":"error","requestId":"${requestId}","error":${error},"data":{"requestId":"${requestId}","error":${error}},"timestamp":1}`;
};
const reply = (requestId: string, messageId: string, text: string, usage: string) =>
  `{"type":"eventual_response","requestId":"${requestId}","status":200,"data":{"requestId":"${requestId}","status":200,"data":{` +
  `"messageId":"${messageId}","needsEscalation":false,` +
  `"response":{"responseParts":["${text}"],"customerHappinessScore":0.5,"needsSatisfactionScore":0.5,` +
  `"requestSummary":"","resolutionStatus":"in_progress","suggestedNextActions":[]},` +
  `"usage":${usage}}},"timestamp":1}`;
const messageIdOf = (frame: Frame) => textAt(frame, "data.data.messageId");
const texts = (page: Frame) =>
  (at(page, "data.messages") as { content: { text: string } }[]).map(({ content }) => content.text);

describe("a conversation, frame by frame", () => {
  it("answers a ping with and without a requestId", async () => {
    const client = await (await runningServer()).connect();
    const named = await client.ask({ action: "ping", requestId: "p" });
    expect(named.text).toBe(`{"type":"pong","requestId":"p","timestamp":1,"data":{"timestamp":1}}`);
    const bare = await client.ask({ action: "ping" });
    expect(bare.text).toBe(`{"type":"pong","timestamp":1,"data":{"timestamp":1}}`);
  });

  it("creates a session, and describes it to who created it", async () => {
    const server = await runningServer();
    const { client, created, sessionId, conversationId } = await openSession(server);
    const { sessionToken, expiresAt, userParticipantId, agentParticipantId } = created.event[
      "data"
    ] as Record<string, string>;
    for (const id of [sessionId, conversationId, userParticipantId, agentParticipantId]) {
      expect(id).toMatch(UUID);
    }
    const ids =
      `"sessionId":"${sessionId}","conversationId":"${conversationId}","agentId":"shop",` +
      `"agentName":"Mira","userParticipantId":"${userParticipantId}","agentParticipantId":"${agentParticipantId}"`;
    expect(created.text).toBe(
      `{"type":"immediate_response","requestId":"create","status":200,"message":"Session created",` +
        `"data":{${ids},"sessionToken":"${sessionToken}","expiresAt":${expiresAt},"agent":{"name":"Mira"}},"timestamp":1}`,
    );
    const days = (Number(expiresAt) - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(30, 2);
    const session = await client.ask({ action: "get_session", requestId: "g", sessionId });
    expect(session.text).toBe(
      `{"type":"immediate_response","requestId":"g","status":200,"message":"Session",` +
        `"data":{${ids},"threadId":"${conversationId}","status":"active"},"timestamp":1}`,
    );
  });

  it("acks a message, streams the answer and ends with all of it", async () => {
    const server = await runningServer();
    const { client, sessionId } = await openSession(server);
    server.model.script(says("Hel", "lo"));
    const ack = await client.ask(send(sessionId, "r", "hi"));
    expect(ack.text).toBe(accepted("r"));
    expect((await client.next()).text).toBe(spoken("r", "Hel"));
    expect((await client.next()).text).toBe(spoken("r", "lo"));
    const end = await client.next();
    const usage = `{"costUsd":0,"promptTokens":10,"completionTokens":5}`;
    expect(messageIdOf(end)).toMatch(UUID);
    expect(end.text).toBe(reply("r", messageIdOf(end), "Hello", usage));
    await client.quiet(sessionId);
  });

  it("shows a tool's call and result, and joins what was said before and after it", async () => {
    const server = await runningServer({ tools: [lookup] });
    const { client, sessionId } = await openSession(server);
    const args = { orderId: "1234" };
    server.model.script(
      saysAndCalls(["Let me", " look."], { name: "lookup_order", arguments: args }),
      says("It", " came."),
    );
    expect((await client.ask(send(sessionId, "r", "where?"))).text).toBe(accepted("r"));
    expect((await client.next()).text).toBe(spoken("r", "Let me"));
    expect((await client.next()).text).toBe(spoken("r", " look."));
    const call = await client.next();
    const chunk = "data.state.rawResponse";
    const toolCallId = textAt(call, `${chunk}.toolCall.toolCallId`);
    const about = (raw: string) =>
      `{"type":"stream_chunk","requestId":"r","node":"lookup_order","data":{"requestId":"r","node":"lookup_order",` +
      `"state":{"rawResponse":${raw}}},"timestamp":1}`;
    expect(call.text).toBe(
      about(
        `{"toolCall":{"toolCallId":"${toolCallId}","name":"lookup_order","arguments":{"orderId":"1234"}}}`,
      ),
    );
    expect((await client.next()).text).toBe(
      about(
        `{"toolResult":{"toolCallId":"${toolCallId}","name":"lookup_order","isError":false,"result":"{\\"status\\":\\"delivered\\"}"}}`,
      ),
    );
    for (const token of ["\\n\\n", "It", " came."]) {
      expect((await client.next()).text).toBe(spoken("r", token));
    }
    const end = await client.next();
    const usage = `{"costUsd":0,"promptTokens":20,"completionTokens":10}`;
    expect(end.text).toBe(reply("r", messageIdOf(end), "Let me look.\\n\\nIt came.", usage));
  });

  it("streams reasoning apart from the reply", async () => {
    const server = await runningServer();
    const { client, sessionId } = await openSession(server);
    const thought = delta({ reasoning_content: "Hmm." });
    server.model.script(streamed(thought, delta({ content: "Yes." }), delta({}, "stop"), DONE));
    await client.ask(send(sessionId, "r", "hi"));
    expect((await client.next()).text).toBe(
      `{"type":"stream_reasoning","requestId":"r","token":"Hmm.","data":{"requestId":"r","token":"Hmm."},"timestamp":1}`,
    );
    expect((await client.next()).text).toBe(spoken("r", "Yes."));
    const end = await client.next();
    expect(at(end, "data.data.response.responseParts")).toEqual(["Yes."]);
    expect(at(end, "data.data.usage")).toBeUndefined();
  });

  it("ends an answer without a word with no message", async () => {
    const server = await runningServer();
    const { client, sessionId } = await openSession(server);
    server.model.script(endsWith("stop"));
    await client.ask(send(sessionId, "r", "hi"));
    const end = await client.next();
    expect(Object.keys(at(end, "data.data") as object)).toEqual([
      "needsEscalation",
      "response",
      "usage",
    ]);
    expect(at(end, "data.data.response.responseParts")).toEqual([]);
    const action = "get_conversation_messages";
    expect(texts(await client.ask({ action, requestId: "h", sessionId }))).toEqual(["hi"]);
  });

  it("says nothing of the extensions to a client that did not ask, nor to the one that acted", async () => {
    const server = await runningServer();
    const plain = await openSession(server);
    const live = await openSession(server, { supports: ["live"] });
    server.model.script(says("Hello"));
    for (const { client, sessionId } of [plain, live]) {
      await client.ask(send(sessionId, "r", "hi"));
      expect(outlines(await client.rest())).toEqual(['"Hello"', "r eventual_response"]);
      await client.quiet(sessionId);
    }
  });
});

describe("history", () => {
  it("is paged, newest first", async () => {
    const server = await runningServer();
    const { client, sessionId, conversationId } = await openSession(server);
    for (const number of [1, 2, 3]) {
      server.model.script(says(`answer ${number}`));
      await client.ask(send(sessionId, `r${number}`, `question ${number}`));
      await client.rest();
    }
    const page = async (more: object) =>
      client.ask({ action: "get_conversation_messages", requestId: "h", sessionId, ...more });
    const first = await page({ limit: 2 });
    const [newest] = at(first, "data.messages") as Record<string, string>[];
    const message = (id = "", text = "", direction = "", createdAt = "") =>
      `{"id":"${id}","conversationId":"${conversationId}","direction":"${direction}",` +
      `"content":{"items":[{"type":"text","text":"${text}"}],"text":"${text}"},"createdAt":"${createdAt}"}`;
    expect(first.text).toContain(
      `{"type":"immediate_response","requestId":"h","status":200,"message":"ConversationMessages",` +
        `"data":{"conversationId":"${conversationId}","messages":[` +
        `${message(newest?.["id"], "answer 3", "outbound", newest?.["createdAt"])},{`,
    );
    expect(new Date(newest?.["createdAt"] ?? "").toISOString()).toBe(newest?.["createdAt"]);
    expect(texts(first)).toEqual(["answer 3", "question 3"]);
    const second = await page({ limit: 2, cursor: textAt(first, "data.nextCursor") });
    expect(texts(second)).toEqual(["answer 2", "question 2"]);
    expect(at(second, "data.hasMore")).toBe(true);
    const last = await page({ limit: 2, cursor: textAt(second, "data.nextCursor") });
    expect(texts(last)).toEqual(["answer 1", "question 1"]);
    expect(last.text).toMatch(/"nextCursor":null,"hasMore":false\},"timestamp":1\}$/);
    expect(texts(await page({}))).toHaveLength(6);
  });

  it("refuses a limit out of range and a cursor of another conversation", async () => {
    const server = await runningServer();
    server.model.script(says("Hello"));
    const [own, other] = [await openSession(server), await openSession(server)];
    await other.client.ask(send(other.sessionId, "r", "hi"));
    await other.client.rest();
    const action = { action: "get_conversation_messages", requestId: "h" };
    const page = await other.client.ask({ ...action, sessionId: other.sessionId, limit: 1 });
    const cursor = textAt(page, "data.nextCursor");
    const wrong: [object, string][] = [
      [{ limit: 0 }, "limit must be at least 1."],
      [{ limit: 101 }, "limit must be at most 100."],
      [{ limit: 1.5 }, "limit must be an integer from 1 to 100."],
      [{ limit: "2" }, "limit must be an integer from 1 to 100."],
      [{ cursor }, "cursor is not one of this conversation."],
      [{ cursor: "made up" }, "cursor is not one of this conversation."],
    ];
    for (const [fields, message] of wrong) {
      const answer = await own.client.ask({ ...action, sessionId: own.sessionId, ...fields });
      expect(answer.text).toBe(refusal("h", "VALIDATION_ERROR", message));
    }
  });
});

describe("sending", () => {
  it("refuses in the order of the contract, and the ack is never followed by a refusal", async () => {
    const server = await runningServer();
    const { client, sessionId } = await openSession(server);
    const wrong: [object, string][] = [
      [{ requestId: undefined, sessionId: "x", message: " " }, "requestId is required."],
      [{ requestId: " ", sessionId: 5 }, "requestId must not be blank."],
      [{ requestId: 5 }, "requestId must be a string."],
      [{ requestId: null }, "requestId must be a string."],
      [{ requestId: "r".repeat(257) }, "requestId must be at most 256 characters."],
      [{ sessionId: undefined, message: "" }, "sessionId is required."],
      [{ message: undefined }, "message is required."],
      [{ message: " \n" }, "message must not be blank."],
      [{ message: "😀".repeat(10_001) }, "message must be at most 10000 characters."],
      [{ message: "\0" }, "message must be well-formed text without NUL characters."],
    ];
    for (const [fields, message] of wrong) {
      const answer = await client.ask({ ...send(sessionId, "r", "hi"), ...fields });
      expect(at(answer, "error")).toEqual({ code: "VALIDATION_ERROR", message });
      const hasId = "requestId" in fields ? undefined : "r";
      expect(answer.event["requestId"]).toBe(hasId);
    }
    const unknown = "00000000-0000-4000-8000-000000000000";
    const skill = await client.ask(send(unknown, "r", "hi", { skill: "refunds", model: "gpt-9" }));
    expect(at(skill, "error.code")).toBe("SKILL_NOT_FOUND");
    const session = await client.ask(send(unknown, "r", "hi"));
    expect(at(session, "error.code")).toBe("SESSION_NOT_FOUND");
    const model = await client.ask(send(sessionId, "r", "hi", { model: "gpt-9" }));
    expect(model.text).toBe(
      refusal("r", "VALIDATION_ERROR", "model is not one of this agent's models."),
    );
    expect(server.model.requests).toHaveLength(0);
  });

  it("ignores what is not supported yet, and takes a message of 10,000 characters", async () => {
    const server = await runningServer();
    const { client, sessionId } = await openSession(server);
    server.model.script(says("Hello"));
    const more = { skill: " ", model: "test-model", images: [{}], files: 5, stream: false };
    const frame = send(sessionId, "r", "😀".repeat(10_000), { ...more, somethingNew: { a: 1 } });
    expect((await client.ask(frame)).text).toBe(accepted("r"));
    expect((await client.rest()).at(-1)?.type).toBe("eventual_response");
    expect(server.model.requests[0]?.body["model"]).toBe("test-model");
  });

  it("answers a repeated request with its ack, and with its end when it has ended", async () => {
    const server = await runningServer();
    const { client, sessionId } = await openSession(server);
    const held = heldAnswer();
    server.model.script(held.answer);
    await client.ask(send(sessionId, "r", "hi"));
    const duplicate = accepted("r", `{"duplicate":true}`);
    expect((await client.ask(send(sessionId, "r", "hi"))).text).toBe(duplicate);
    await client.quiet(sessionId);
    const otherText = refusal("r", "VALIDATION_ERROR", "requestId was used for another message.");
    expect((await client.ask(send(sessionId, "r", "ho"))).text).toBe(otherText);
    const second = await client.ask(send(sessionId, "r2", "hi"));
    expect(at(second, "error.code")).toBe("TURN_IN_PROGRESS");
    expect(second.event["requestId"]).toBe("r2");
    await held.say("Hello");
    expect((await client.next()).text).toBe(spoken("r", "Hello"));
    await held.finish();
    const end = await client.next();
    expect((await client.ask(send(sessionId, "r", "hi"))).text).toBe(duplicate);
    expect(await client.next()).toEqual(end);
    expect((await client.ask(send(sessionId, "r", "ho"))).text).toBe(otherText);
    expect(server.model.requests).toHaveLength(1);
    server.model.script(says("Again"));
    expect((await client.ask(send(sessionId, "r2", "hi"))).text).toBe(accepted("r2"));
  });

  it("tells the end of a repeated request to the asker alone", async () => {
    const server = await runningServer();
    const session = await openSession(server);
    const { client, sessionId } = session;
    server.model.script(says("Hello"));
    await client.ask(send(sessionId, "r", "hi"));
    await client.rest();
    const other = await resumed(server, session);
    await other.client.ask(send(sessionId, "r", "hi"));
    expect((await other.client.next()).type).toBe("eventual_response");
    await client.quiet(sessionId);
  });

  it("refuses a message without a key, and goes on with everything else", async () => {
    const server = await runningServer({ openai: {} });
    const { client, sessionId } = await openSession(server);
    const answer = await client.ask(send(sessionId, "r", "hi"));
    expect(answer.text).toBe(
      refusal("r", "LLM_UNAVAILABLE", "The assistant is not available right now."),
    );
    const history = await client.ask({ action: "get_conversation_messages", sessionId });
    expect(at(history, "data.messages")).toEqual([]);
    await client.quiet();
  });

  it("sends the model the conversation so far, tools included", async () => {
    const server = await runningServer({ tools: [lookup] });
    const { client, sessionId } = await openSession(server);
    server.model.script(
      calls({ name: "lookup_order", id: "call_a" }),
      says("It came."),
      says("Bye"),
    );
    await client.ask(send(sessionId, "r1", "where?"));
    await client.rest();
    await client.ask(send(sessionId, "r2", "thanks"));
    await client.rest();
    const messages = server.model.requests[2]?.body["messages"] as Record<string, unknown>[];
    expect(messages.slice(1)).toEqual([
      { role: "user", content: "where?" },
      {
        role: "assistant",
        content: expect.toSatisfy((content: unknown) => content === null || content === ""),
        tool_calls: [
          { id: "call_a", type: "function", function: { name: "lookup_order", arguments: "{}" } },
        ],
      },
      { role: "tool", tool_call_id: "call_a", content: '{"status":"delivered"}' },
      { role: "assistant", content: "It came." },
      { role: "user", content: "thanks" },
    ]);
  });
});
