import type { Message } from "@smooth-agent/protocol";
import { describe, expect, it } from "vitest";
import { at, textAt, type CoreClient, type Frame } from "./core-client.fixture.js";
import { refused } from "./gateway/model-server.fixture.js";
import { calls, endsWith, heldAnswer, says, saysAndCalls } from "./model-answers.fixture.js";
import { openSession, runningServer, type Opened } from "./running-server.fixture.js";
import { defineTool } from "./tools/tool.js";

const look = defineTool({
  name: "look",
  title: "Look up",
  description: "Looks.",
  execute: () => "seen",
});
const refund = defineTool({
  name: "issue_refund",
  description: "Pays.",
  confirm: ({ amount }) => ({ title: "Refund", summary: `Refund ${String(amount)}` }),
  execute: () => "paid",
});
const refundCall = { name: "issue_refund", arguments: { amount: 20 } };

async function shop() {
  const server = await runningServer({ tools: [look, refund] });
  return { server, ...(await openSession(server, { userName: "Ada" })) };
}

async function historyOf(
  { client, sessionId }: Pick<Opened, "client" | "sessionId">,
  fields: Record<string, unknown> = { include: ["turns"] },
): Promise<Message[]> {
  const page = await client.ask({ action: "get_conversation_messages", sessionId, ...fields });
  return at(page, "data.messages") as Message[];
}

const send = (client: CoreClient, sessionId: string, requestId: string) =>
  client.send({ action: "send_message", requestId, sessionId, message: `hi ${requestId}` });

/** Answers the question of a turn that was just sent; reads up to the turn's end. */
async function decide({ client, sessionId }: Opened, approved: boolean, reason?: string) {
  const question = (await client.until("write_confirmation_required")).at(-1) as Frame;
  await client.next();
  const toolCallId = textAt(question, "data.data.toolCallId");
  const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, toolCallId };
  client.send({ ...verdict, approved, reason });
  await client.rest();
  return question;
}

describe("history that asks for turns", () => {
  it("has what the visitor saw of an answer: its text, its tools in their places, the decision", async () => {
    const opened = await shop();
    const { client, sessionId, server } = opened;
    server.model.script(
      saysAndCalls(["Let me see."], { name: "look", arguments: { q: 1 } }),
      saysAndCalls(["I can do that."], refundCall),
      says("Done."),
    );
    const before = Date.now();
    send(client, sessionId, "r1");
    const question = await decide(opened, true);
    const [answer, asked, ...more] = await historyOf(opened);
    expect(more).toEqual([]);
    const [looked, paid] = answer?.toolCalls ?? [];
    const text = "Let me see.\n\nI can do that.\n\nDone.";
    expect(answer).toEqual({
      id: answer?.id,
      conversationId: opened.conversationId,
      direction: "outbound",
      content: { items: [{ type: "text", text }], text },
      createdAt: answer?.createdAt,
      requestId: "r1",
      status: "completed",
      toolCalls: [
        {
          toolCallId: looked?.toolCallId,
          name: "look",
          title: "Look up",
          arguments: { q: 1 },
          status: "succeeded",
          result: "seen",
          textOffset: "Let me see.".length,
        },
        {
          toolCallId: textAt(question, "data.data.toolCallId"),
          name: "issue_refund",
          arguments: { amount: 20 },
          status: "succeeded",
          result: "paid",
          decision: { approved: true, by: "visitor", at: paid?.decision?.at },
          confirmation: at(question, "data.data"),
          textOffset: "Let me see.\n\nI can do that.".length,
        },
      ],
      from: { type: "ai-agent", name: "Mira" },
    });
    expect(paid?.decision?.at).toBeGreaterThanOrEqual(before);
    expect(asked).toMatchObject({
      direction: "inbound",
      requestId: "r1",
      status: "completed",
      from: { type: "user", name: "Ada" },
    });
    expect(asked).not.toHaveProperty("toolCalls");
  });

  it("is as ever for who does not ask for turns, byte for byte", async () => {
    const opened = await shop();
    const { client, sessionId, server } = opened;
    server.model.script(calls({ name: "look" }), says("Seen."));
    send(client, sessionId, "r1");
    await client.rest();
    for (const fields of [{}, { include: [] }, { include: ["colours"] }]) {
      const [answer, asked] = await historyOf(opened, fields);
      const keys = ["id", "conversationId", "direction", "content", "createdAt"];
      expect(Object.keys(answer ?? {})).toEqual(keys);
      expect(Object.keys(asked ?? {})).toEqual(keys);
    }
  });

  it("keeps a declined call with its reason, and one without any text", async () => {
    const opened = await shop();
    const { client, sessionId, server } = opened;
    server.model.script(calls(refundCall), endsWith("stop"));
    send(client, sessionId, "r1");
    await decide(opened, false, "Too much.");
    const [answer] = await historyOf(opened);
    expect(answer).toMatchObject({
      status: "completed",
      content: { items: [], text: "" },
      toolCalls: [{ status: "denied", decision: { approved: false, reason: "Too much." } }],
    });
    expect(await historyOf(opened, {})).toHaveLength(1);
  });

  it("keeps the partial text of a cancelled answer, exactly as far as it was told", async () => {
    const opened = await shop();
    const { client, sessionId, server } = opened;
    const held = heldAnswer();
    server.model.script(saysAndCalls(["First."], { name: "look" }), held.answer);
    send(client, sessionId, "r1");
    await server.model.request(1);
    for (const token of ["Sec", "ond ", "ha"]) await held.say(token);
    const told = [];
    while (told.at(-1) !== "ha") {
      const frame = await client.next();
      if (frame.type === "stream_token") told.push(textAt(frame, "token"));
    }
    expect((await client.ask({ action: "cancel", sessionId })).type).toBe("cancelled");
    const [answer] = await historyOf(opened);
    const text = told.join("");
    expect(text).toBe("First.\n\nSecond ha");
    expect(answer).toMatchObject({
      requestId: "r1",
      status: "cancelled",
      content: { items: [{ type: "text", text }], text },
      toolCalls: [{ name: "look", status: "succeeded", textOffset: 6 }],
    });
    expect(await historyOf(opened, {})).toHaveLength(1);
    server.model.script(says("Next."));
    send(client, sessionId, "r2");
    await client.rest();
    const messages = server.model.requests.at(-1)?.body["messages"] as { content: string }[];
    expect(messages.map(({ content }) => content)).toContain("Second ha … [interrupted]");
  });

  it("keeps what was told to the last token, however fast they come while the cancel is stored", async () => {
    const opened = await shop();
    const { client, sessionId, server } = opened;
    const tokens = Array.from({ length: 600 }, (_, number) => `${number} `);
    for (let round = 0; round < 5; round += 1) {
      server.model.script(says(...tokens));
      send(client, sessionId, `r${round}`);
      let told = "";
      for (let isOver = false; !isOver;) {
        const frame = await client.next();
        if (frame.type === "stream_token") told += textAt(frame, "token");
        if (told === "0 1 2 " && frame.type === "stream_token") {
          client.send({ action: "cancel", sessionId });
        }
        isOver = frame.type === "cancelled";
      }
      const [answer] = await historyOf(opened);
      expect(answer?.content.text).toBe(told);
      expect(answer?.status).toBe("cancelled");
    }
  });

  it("keeps the partial text of an answer that failed", async () => {
    const opened = await shop();
    const { client, sessionId, server } = opened;
    const held = heldAnswer();
    server.model.script(held.answer);
    send(client, sessionId, "r1");
    await held.say("Half an ans");
    await client.until("stream_token");
    await held.cut();
    expect((await client.rest()).at(-1)?.type).toBe("error");
    const [answer] = await historyOf(opened);
    expect(answer).toMatchObject({ status: "failed", content: { text: "Half an ans" } });
    expect(await historyOf(opened, {})).toHaveLength(1);
    server.model.script(refused(401));
    send(client, sessionId, "r2");
    expect((await client.rest()).at(-1)?.type).toBe("error");
    // All that was seen of this one is that it failed.
    const [newest] = await historyOf(opened);
    expect(newest).toMatchObject({ status: "failed", requestId: "r2", content: { items: [] } });
  });

  it("shows a question that was stopped as declined", async () => {
    const opened = await shop();
    const { client, sessionId, server } = opened;
    server.model.script(calls(refundCall));
    send(client, sessionId, "r1");
    await client.until("stream_chunk");
    await client.ask({ action: "cancel", sessionId });
    const [answer] = await historyOf(opened);
    const [call] = answer?.toolCalls ?? [];
    expect(answer?.status).toBe("cancelled");
    expect(call).toMatchObject({ status: "denied", decision: { approved: false, by: "visitor" } });
  });
});
