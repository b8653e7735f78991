import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { at, outlines, textAt, type Frame } from "./core-client.fixture.js";
import type { Gateway, GatewayFinish, GatewayPart } from "./gateway/gateway.js";
import {
  delta,
  DONE,
  refused,
  streamed,
  type ModelAnswer,
} from "./gateway/model-server.fixture.js";
import { byModel, calls, heldAnswer, says } from "./model-answers.fixture.js";
import {
  createSession,
  openSession,
  runningServer,
  SECRET,
  SHOP,
} from "./running-server.fixture.js";
import { databaseContents } from "./store/database-contents.fixture.js";
import { defineTool } from "./tools/tool.js";

// A line of a fast model covers the wait for the answer, and is gone when the answer begins.

const look = defineTool({ name: "look", description: "Looks.", execute: () => "seen" });
const pay = defineTool({ name: "pay", description: "Pays.", confirm: true, execute: () => "paid" });
const agents = {
  shop: { name: "Mira", allowedOrigins: [SHOP], secret: SECRET, preambleModel: "fast" },
};

async function shop(models: Record<string, ModelAnswer[]>) {
  const server = await runningServer({ agents, tools: [look, pay] });
  server.model.script(byModel(models));
  const opened = await openSession(server);
  const { client, sessionId } = opened;
  return {
    ...opened,
    server,
    send: (requestId = "r") =>
      client.ask({ action: "send_message", requestId, sessionId, message: "Where is it?" }),
    asked: (model: string) => server.model.requests.filter(({ body }) => body["model"] === model),
  };
}

const spoken = (frames: readonly Frame[]) =>
  frames.map((frame) => `${frame.type}: ${String(frame.event["token"])}`);

describe("a preamble", () => {
  it("streams before the answer, and is no part of the reply, the history or the next prompt", async () => {
    const answer = heldAnswer();
    const models = {
      fast: [says("Let me", " check.")],
      "test-model": [answer.answer, says("Bye.")],
    };
    const { send, client, sessionId, asked, server } = await shop(models);
    await send();
    const line = [await client.next(), await client.next()];
    expect(line.map(({ text }) => text)).toEqual([
      '{"type":"stream_preamble","requestId":"r","token":"Let me","data":{"requestId":"r","token":"Let me"},"timestamp":1}',
      '{"type":"stream_preamble","requestId":"r","token":" check.","data":{"requestId":"r","token":" check."},"timestamp":1}',
    ]);
    await answer.say("It is here.");
    await answer.finish();
    const frames = await client.rest();
    expect(outlines(frames)).toEqual(['"It is here."', "r eventual_response"]);
    const end = frames.at(-1) as Frame;
    expect(at(end, "data.data.response.responseParts")).toEqual(["It is here."]);
    const page = await client.ask({
      action: "get_conversation_messages",
      sessionId,
      include: ["turns"],
    });
    expect(page.text).not.toContain("check");
    await send("r2");
    await client.rest();
    expect(JSON.stringify(asked("test-model")[1]?.body)).not.toContain("check");
    const [first] = asked("fast");
    expect(first?.body).toMatchObject({ max_completion_tokens: 60 });
    expect(first?.body["messages"]).toMatchObject([
      { role: "system" },
      { role: "user", content: "Where is it?" },
    ]);
    await server.stop();
    expect(JSON.stringify(databaseContents(server.file).get("TurnStep"))).not.toContain("check");
  });

  it("that was whole is counted: in the turn, on the wire and in the ledger", async () => {
    const answer = heldAnswer();
    const { send, client, server } = await shop({
      fast: [says("Hm.")],
      "test-model": [answer.answer],
    });
    await send();
    await client.next();
    await server.model.requests.find(({ body }) => body["model"] === "fast")?.closed;
    await answer.say("Here.");
    await answer.finish();
    const end = (await client.rest()).at(-1) as Frame;
    expect(at(end, "data.data.usage")).toEqual({
      ...{ costUsd: 0, promptTokens: 20, completionTokens: 10 },
    });
    await server.stop();
    const rows = databaseContents(server.file);
    expect(rows.get("Turn")).toMatchObject([{ promptTokens: 20, completionTokens: 10 }]);
    expect(rows.get("UsageEntry")).toMatchObject([
      { purpose: "preamble", model: "fast", promptTokens: 10, completionTokens: 5 },
      { purpose: "answer", model: "test-model", promptTokens: 10, completionTokens: 5 },
    ]);
  });

  it.each([
    ["a token", says("Here.")],
    ["a tool", calls({ name: "look" })],
    ["a question", calls({ name: "pay" })],
    ["an error", refused(400)],
  ])("is over at the first of %s, and its request is aborted", async (_, answer) => {
    const line = heldAnswer();
    const { send, client, asked, server } = await shop({
      fast: [line.answer],
      "test-model": [answer, says("Done.")],
    });
    await send();
    await client.until("stream_token", "stream_chunk", "write_confirmation_required", "error");
    await server.model.request(1);
    expect(await asked("fast")[0]?.closed).toBe(false);
    expect(client.frames.filter(({ type }) => type === "stream_preamble")).toEqual([]);
  });

  it("is over when the turn is cancelled", async () => {
    const [line, answer] = [heldAnswer(), heldAnswer()];
    const { send, client, asked, sessionId } = await shop({
      fast: [line.answer],
      "test-model": [answer.answer],
    });
    await send();
    await line.say("Let");
    await client.next();
    client.send({ action: "cancel", requestId: "r", sessionId });
    expect(outlines(await client.rest())).toEqual(["r cancelled"]);
    expect(await asked("fast")[0]?.closed).toBe(false);
    await client.quiet(sessionId);
  });

  it("goes on while the model reasons", async () => {
    const line = heldAnswer();
    let reason = (_: string) => {};
    const reasoning: ModelAnswer = (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(delta({ reasoning_content: "Hm." }));
      reason = (text) => response.end([delta({ content: text }), delta({}, "stop"), DONE].join(""));
    };
    const { send, client } = await shop({ fast: [line.answer], "test-model": [reasoning] });
    await send();
    expect(spoken([await client.next()])).toEqual(["stream_reasoning: Hm."]);
    await line.say("Let me see.");
    expect(spoken([await client.next()])).toEqual(["stream_preamble: Let me see."]);
    reason("Here.");
    expect(outlines(await client.rest())).toEqual(['"Here."', "r eventual_response"]);
  });

  it("comes once: not again when the turn goes on after a question", async () => {
    const { send, client, sessionId, asked } = await shop({
      fast: [says("Let me pay.")],
      "test-model": [calls({ name: "pay" }), says("Paid.")],
    });
    await send();
    const question = await client.until("write_confirmation_required");
    const chunk = await client.next();
    expect(chunk.type).toBe("stream_chunk");
    const toolCallId = textAt(question.at(-1) as Frame, "data.data.toolCallId");
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, toolCallId };
    client.send({ ...verdict, approved: true });
    expect((await client.rest()).map(({ type }) => type)).not.toContain("stream_preamble");
    expect(asked("fast")).toHaveLength(1);
  });

  it.each([
    ["more than a line", says("\n\nOne", " line.\nAnother", "\nThird"), "One line."],
    [
      "too long a line",
      says(...Array.from({ length: 50 }, () => "word ")),
      "word ".repeat(32).trim(),
    ],
    ["hidden characters", says("A\u202E\u0000 line\u0007."), "A line."],
    ["nothing", says(" ", "\n"), ""],
  ])("of %s is one short line", async (_, answer, line) => {
    const wait = heldAnswer();
    const { send, client, asked, server } = await shop({
      fast: [answer],
      "test-model": [wait.answer],
    });
    await send();
    await server.model.request(1);
    await asked("fast")[0]?.closed;
    await wait.say("Here.");
    await wait.finish();
    const tokens = (await client.rest()).filter(({ type }) => type === "stream_preamble");
    expect(tokens.map((frame) => textAt(frame, "token")).join("")).toBe(line);
  });

  it.each([
    ["fails", refused(400)],
    ["breaks off", streamed(delta({ content: "Let" }))],
    ["calls a tool", calls({ name: "pay" })],
  ])("that %s harms nothing", async (_, answer) => {
    const { send, client, server } = await shop({ fast: [answer], "test-model": [says("Here.")] });
    await send();
    const frames = await client.rest();
    expect(frames.at(-1)?.type).toBe("eventual_response");
    expect(at(frames.at(-1) as Frame, "data.data.response.responseParts")).toEqual(["Here."]);
    expect(server.log.join("")).not.toContain("Where is it");
  });
});

/** A model whose parts a test hands out, whatever its reader thinks of it. */
function handedOut() {
  const parts: GatewayPart[] = [];
  let wake = () => {};
  let ask = () => {};
  const asked = new Promise<void>((resolve) => (ask = resolve));
  return {
    asked,
    push(part: GatewayPart) {
      parts.push(part);
      wake();
    },
    async *stream(): AsyncGenerator<GatewayPart> {
      ask();
      for (;;) {
        const part = parts.shift();
        if (part) yield part;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

const stop: GatewayFinish = { type: "finish", reason: "stop", toolCalls: [] };
const tool: GatewayFinish = {
  type: "finish",
  reason: "tool_calls",
  toolCalls: [{ id: "c", name: "look", arguments: "{}" }],
};

/** What may come before a preamble. */
const WAITING = new Set(["stream_preamble", "stream_reasoning", "keepalive"]);

it(
  "in any interleaving, no preamble follows what the turn itself says",
  { timeout: 60_000 },
  async () => {
    let seen = 0;
    let models = new Map<string, ReturnType<typeof handedOut>>();
    const gateway: Gateway = {
      stream: ({ model }) => models.get(model)?.stream() ?? handedOut().stream(),
    };
    const server = await runningServer({
      agents,
      tools: [look],
      gateway,
      openai: { model: "slow" },
      limits: { sessionsPerMinutePerAddress: 1_000, messagesPerMinutePerAddress: 1_000 },
    });
    const client = await server.connect();
    const answerPart = fc.constantFrom<GatewayPart>(
      { type: "reasoning", text: "Hm." },
      { type: "text", text: "Here" },
      tool,
    );
    const move = fc.record({ isLine: fc.boolean(), waits: fc.boolean(), part: answerPart });
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(move, { maxLength: 14 }), async (hasBegun, moves) => {
        const [line, answer] = [handedOut(), handedOut()];
        models = new Map([
          ["fast", line],
          ["slow", answer],
        ]);
        const { sessionId } = await createSession(client);
        const message = { action: "send_message", requestId: "r", sessionId, message: "hi" };
        await client.ask(message);
        if (hasBegun) await Promise.all([line.asked, answer.asked]);
        for (const { isLine, waits, part } of moves) {
          if (isLine) line.push({ type: "text", text: "word " });
          else answer.push(part);
          if (waits) await new Promise((resolve) => setImmediate(resolve));
        }
        answer.push(stop);
        const types = (await client.rest()).map(({ type }) => type);
        line.push({ type: "text", text: "late" });
        line.push(stop);
        await client.quiet(sessionId);
        const last = types.lastIndexOf("stream_preamble");
        expect(last).toBeLessThan(types.findIndex((type) => !WAITING.has(type)));
        seen += Number(last >= 0);
      }),
      { numRuns: 100 },
    );
    expect(seen).toBeGreaterThan(0);
  },
);
