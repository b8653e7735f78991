import { expect, it, vi } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import { httpServer } from "./auth/http-server.fixture.js";
import { outlines, textAt, type Frame } from "./core-client.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import type { QuestionNotice } from "./notice/notice.js";
import { openSession, resumed, runningServer, SECRET } from "./running-server.fixture.js";
import { defineTool } from "./tools/tool.js";

const refund = defineTool({
  name: "refund",
  title: "Refund",
  description: "Pays.",
  confirm: ({ order }) => ({ title: "Refund it", summary: `Refund order ${String(order)}` }),
  execute: () => "paid",
});

async function listening(over: { confirmationMs?: number } = {}) {
  const heard: QuestionNotice[] = [];
  const server = await runningServer({
    tools: [{ ...refund, ...over }],
    limits: { sweepMs: 20 },
    onQuestion: (notice) => void heard.push(notice),
  });
  const authContext = signAuthContext({ userId: "ada", secret: SECRET });
  const opened = await openSession(server, { authContext });
  const ask = async () => {
    const { client, sessionId } = opened;
    server.model.script(calls({ name: "refund", arguments: { order: "17" } }), says("Well."));
    client.send({ action: "send_message", requestId: "r", sessionId, message: "hi" });
    const question = (await client.until("write_confirmation_required")).at(-1) as Frame;
    await client.next();
    return textAt(question, "data.data.toolCallId");
  };
  return { server, heard, ...opened, ask };
}

it("are told when a question is asked and when it was answered, with no argument and no reason", async () => {
  const { heard, client, sessionId, conversationId, ask } = await listening();
  const toolCallId = await ask();
  await vi.waitUntil(() => heard.length === 1);
  const [asked] = heard;
  const about = {
    ...{ organizationId: "default", agentId: "shop", conversationId, requestId: "r", toolCallId },
    ...{ toolName: "refund", title: "Refund it", kind: "approval", approver: "visitor" },
    ...{ userId: "ada", turnId: asked?.turnId, expiresAt: asked?.expiresAt },
  };
  const summary = "Refund order 17";
  expect(asked).toEqual({ ...about, type: "question.asked", at: asked?.at, summary });
  expect(Date.parse(String(asked?.expiresAt)) - Date.parse(String(asked?.at))).toBeGreaterThan(1e6);
  const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, toolCallId };
  client.send({ ...verdict, approved: false, reason: "Too dear." });
  await client.rest();
  await vi.waitUntil(() => heard.length === 2);
  const end = { approved: false, by: "visitor", hasReason: true };
  expect(heard[1]).toEqual({ ...about, type: "question.answered", at: heard[1]?.at, ...end });
});

it("are told when it expired, watched or not", async () => {
  const watched = await listening({ confirmationMs: 60 });
  await watched.ask();
  await watched.client.rest();
  const alone = await listening({ confirmationMs: 300 });
  const toolCallId = await alone.ask();
  await alone.client.close();
  for (const { heard } of [watched, alone]) {
    await vi.waitUntil(() => heard.length === 2, { timeout: 8_000 });
    expect(heard.map(({ type }) => type)).toEqual(["question.asked", "question.expired"]);
  }
  expect(alone.heard[1]).toMatchObject({ toolCallId, title: "Refund it", userId: "ada" });
});

it("are told when the end of its turn declined it, and not when there was none", async () => {
  const { heard, client, sessionId, ask, server } = await listening();
  const toolCallId = await ask();
  client.send({ action: "cancel", sessionId });
  expect(outlines(await client.rest())).toEqual(["r cancelled"]);
  await vi.waitUntil(() => heard.length === 2);
  const end = { type: "question.answered", approved: false, by: "visitor", hasReason: false };
  expect(heard[1]).toMatchObject({ ...end, toolCallId });
  let begun = () => {};
  const asked = new Promise<void>((resolve) => (begun = resolve));
  server.model.script(() => begun());
  client.send({ action: "send_message", requestId: "q", sessionId, message: "hi" });
  await asked;
  client.send({ action: "cancel", sessionId });
  await client.rest();
  await server.agent.drain();
  expect(heard).toHaveLength(2);
});

it("hold up no turn and no shutdown, whatever becomes of them", async () => {
  const dead = await httpServer(() => {});
  const server = await runningServer({
    tools: [refund],
    onQuestion: () => new Promise<void>(() => {}),
    webhooks: [{ url: dead.url, secret: "a secret of 24 characters, or more" }],
    limits: { drainMs: 300 },
  });
  const { client, sessionId, sessionToken } = await openSession(server);
  server.model.script(calls({ name: "refund", arguments: { order: "17" } }), says("Well."));
  client.send({ action: "send_message", requestId: "r", sessionId, message: "hi" });
  await client.until("write_confirmation_required");
  client.send({ action: "confirm_tool_action", requestId: "v", sessionId, approved: true });
  expect(outlines(await client.rest()).at(-1)).toBe("r eventual_response");
  await dead.reached(2);
  const again = await resumed(server, { sessionId, sessionToken });
  await again.client.quiet(sessionId);
  const began = Date.now();
  await server.agent.drain();
  expect(Date.now() - began).toBeLessThan(4_000);
});
