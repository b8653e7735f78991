import { expect, it, vi } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import { at, textAt, type CoreClient, type Frame } from "./core-client.fixture.js";
import { heldAnswer, says } from "./model-answers.fixture.js";
import type { FeedbackNotice } from "./notice/notice.js";
import {
  createSession,
  openSession,
  resumed,
  runningServer,
  SECRET,
  type RunningServer,
  type RunningServerOptions,
} from "./running-server.fixture.js";
import { rowsIn } from "./store/database-file.fixture.js";

// What a visitor thinks of an answer: one word for each, the last one.

const signed = (userId: string) => ({ authContext: signAuthContext({ userId, secret: SECRET }) });
const COMMENT = "Quite wrong: xyzzy.";

/** A session with an answer, and how to say something of it. */
async function answered(options: RunningServerOptions = {}, fields: object = signed("ada")) {
  const server = await runningServer(options);
  const opened = await openSession(server, { ...fields });
  const { client, sessionId } = opened;
  server.model.script(says("Well."));
  client.send({ action: "send_message", requestId: "r", sessionId, message: "hi" });
  const end = (await client.rest()).at(-1) as Frame;
  const messageId = textAt(end, "data.data.messageId");
  const rate = (rating: unknown, more: object = {}, by: CoreClient = client) =>
    by.ask({ action: "send_feedback", requestId: "f", sessionId, messageId, rating, ...more });
  const said = async (by = client, id = sessionId) => {
    const read = { action: "get_conversation_messages", sessionId: id, include: ["turns"] };
    return at(await by.ask(read), "data.messages.0.feedback");
  };
  return { server, ...opened, messageId, rate, said };
}
const rows = ({ file }: RunningServer) =>
  rowsIn(file, `SELECT "rating", "comment" FROM "Feedback"`);
const received = (data: object) =>
  `{"type":"immediate_response","requestId":"f","status":200,"message":"Feedback received","data":${JSON.stringify(data)},"timestamp":1}`;
const NO_ANSWER = "messageId is not an answer of this conversation.";

it("is kept, changed and taken back, and stands on its message in history", async () => {
  const { server, client, sessionId, messageId, rate, said } = await answered();
  const told = { sessionId, messageId };
  const comment = COMMENT;
  expect((await rate("down", { comment: ` ${comment}\n` })).text).toBe(
    received({ ...told, rating: "down", comment }),
  );
  expect(await said()).toEqual({ rating: "down", comment });
  expect((await rate("up")).text).toBe(received({ ...told, rating: "up" }));
  expect(await said()).toEqual({ rating: "up" });
  expect(rows(server)).toEqual([{ rating: "up", comment: null }]);
  const core = await client.ask({ action: "get_conversation_messages", sessionId });
  expect(core.text).not.toContain("feedback");
  for (let n = 0; n < 2; n += 1) {
    const gone = await rate(null, { comment });
    expect(gone.text).toBe(received({ ...told, rating: null }));
  }
  expect(await said()).toBeUndefined();
  expect(rows(server)).toEqual([]);
});

it("is refused in one way for what is unknown, foreign or the visitor's own", async () => {
  const { server, client, sessionId, messageId, rate } = await answered();
  const read = { action: "get_conversation_messages", sessionId };
  const inbound = textAt(await client.ask(read), "data.messages.1.id");
  const other = await createSession(client);
  const refusals = [
    await rate("up", { messageId: "00000000-0000-4000-8000-000000000000" }),
    await rate("up", { messageId: inbound }),
    await rate("up", { messageId: "' OR 1=1 --" }),
    await rate("up", { sessionId: other.sessionId }),
    await rate(null, { sessionId: other.sessionId }),
  ];
  const [first] = refusals;
  expect(at(first as Frame, "error")).toEqual({ code: "VALIDATION_ERROR", message: NO_ANSWER });
  expect(new Set(refusals.map(({ text }) => text)).size).toBe(1);
  const stranger = await openSession(server);
  const foreign = await rate("up", {}, stranger.client);
  expect(at(foreign, "error.code")).toBe("SESSION_NOT_FOUND");
  const held = { sessionId: stranger.sessionId };
  expect((await rate("up", held, stranger.client)).text).toBe(first?.text);
  expect(rows(server)).toEqual([]);
  expect((await rate("up")).text).toBe(received({ sessionId, messageId, rating: "up" }));
});

it("is seen on every device of the visitor, and changed there", async () => {
  const { server, conversationId, rate, said } = await answered();
  await rate("down", { comment: COMMENT });
  const device = await openSession(server, { ...signed("ada"), conversationId });
  const { client, sessionId } = device;
  expect(await said(client, sessionId)).toEqual({ rating: "down", comment: COMMENT });
  await rate("up", { sessionId }, client);
  expect(await said()).toEqual({ rating: "up" });
  expect(rows(server)).toHaveLength(1);
});

it("may be of an answer that was stopped, and be given while another one streams", async () => {
  const { server, client, sessionId, rate, said } = await answered();
  const held = heldAnswer();
  server.model.script(held.answer);
  client.send({ action: "send_message", requestId: "r2", sessionId, message: "more" });
  await client.next();
  await held.say("Half");
  await client.until("stream_token");
  expect(at(await rate("up"), "status")).toBe(200);
  client.send({ action: "cancel", requestId: "r2", sessionId });
  await client.rest();
  const read = { action: "get_conversation_messages", sessionId, include: ["turns"] };
  const stopped = await client.ask(read);
  expect(at(stopped, "data.messages.0.status")).toBe("cancelled");
  await rate("down", { messageId: textAt(stopped, "data.messages.0.id") });
  expect(await said()).toEqual({ rating: "down" });
});

it("tells the host once for each change, and no log of it", async () => {
  const heard: FeedbackNotice[] = [];
  const asked: unknown[] = [];
  const { server, conversationId, messageId, rate } = await answered({
    onFeedback: (notice) => void heard.push(notice),
    onQuestion: (notice) => void asked.push(notice),
  });
  await rate("down", { comment: COMMENT });
  await rate("down", { comment: COMMENT });
  await rate(null);
  await rate(null);
  await server.agent.drain();
  const type = "feedback.received";
  const whose = { type, organizationId: "default", agentId: "shop", conversationId, messageId };
  expect(heard).toEqual([
    { ...whose, at: heard[0]?.at, userId: "ada", rating: "down", comment: COMMENT },
    { ...whose, at: heard[1]?.at, userId: "ada", rating: null, comment: null },
  ]);
  expect(asked).toEqual([]);
  expect(server.log.join("")).not.toContain("xyzzy");
});

it("is limited as messages are", async () => {
  const { rate, server } = await answered({ limits: { messagesPerMinute: 3 } });
  await rate("up");
  await rate("down");
  const late = await rate(null);
  expect(at(late, "error")).toMatchObject({ code: "RATE_LIMITED", retryable: true });
  expect(rows(server)).toEqual([{ rating: "down", comment: null }]);
});

it("survives a restart, for a visitor whom nobody knows", async () => {
  const { server, rate, sessionId, sessionToken, said } = await answered({}, {});
  await rate("up", { comment: COMMENT });
  await server.stop();
  const again = await runningServer({ file: server.file });
  const { client } = await resumed(again, { sessionId, sessionToken });
  expect(await said(client)).toEqual({ rating: "up", comment: COMMENT });
  await vi.waitUntil(() => rows(again).length === 1);
});
