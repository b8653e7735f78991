import { describe, expect, it, vi } from "vitest";
import type { AgentConfig } from "./config/agent-setting.js";
import { at, outlines, textAt, type Frame } from "./core-client.fixture.js";
import { FORM_TOOLS } from "./form-tools.fixture.js";
import { hostSide, serverWithHost, type HostSide } from "./host-side.fixture.js";
import { calls, heldAnswer, says, saysAndCalls } from "./model-answers.fixture.js";
import {
  openSession,
  resumed,
  SECRET,
  SHOP,
  type Opened,
  type RunningServer,
} from "./running-server.fixture.js";
import { databaseContents } from "./store/database-contents.fixture.js";
import { defineTool } from "./tools/tool.js";

// Nothing here is about time, and a machine may be busy.
vi.setConfig({ testTimeout: 60_000 });

// From the agent to a person and back: what visitors are told, and what the gateway is asked.

let refunds = 0;
const refund = defineTool({
  name: "refund",
  description: "Refunds.",
  confirm: true,
  execute: () => (refunds += 1),
});
const ASK = { name: "request_human_agent", arguments: { reason: "Wants a\nrefund." } };

async function shop(behaviour: Partial<AgentConfig> = { handOff: true }) {
  const agent = { name: "Mira", allowedOrigins: [SHOP], secret: SECRET, ...behaviour };
  const { server, host } = await serverWithHost({ agents: { shop: agent }, tools: [refund] });
  const opened = await openSession(server);
  const { client: live } = await resumed(server, opened, { supports: ["live"] });
  const handOff = (body: unknown) => host(`/conversations/${opened.conversationId}/hand-off`, body);
  return { server, host, live, handOff, ...opened };
}

function send({ client, sessionId }: Pick<Opened, "client" | "sessionId">, requestId: string) {
  return client.ask({ action: "send_message", requestId, sessionId, message: `${requestId}?` });
}

async function turn(opened: Pick<Opened, "client" | "sessionId">, requestId: string) {
  await send(opened, requestId);
  const frames = await opened.client.rest();
  await opened.client.quiet(opened.sessionId);
  return frames;
}

const reply = (frames: readonly Frame[]) => at(frames.at(-1) as Frame, "data.data");
const conversation = ({ file }: RunningServer) => databaseContents(file).get("Conversation")?.[0];
function promptOf(server: RunningServer, request: number): string[] {
  const { messages = [] } = server.model.requests[request]?.body ?? {};
  return (messages as { role: string; content: string }[])
    .slice(1)
    .map(({ role, content }) => `${role}: ${content}`);
}
const toolsOf = (server: RunningServer, request: number) =>
  (
    server.model.requests[request]?.body["tools"] as { function: { name: string } }[] | undefined
  )?.map((tool) => tool.function.name);
const SILENT = {
  handOff: "active",
  needsEscalation: false,
  response: expect.objectContaining({ responseParts: [] }) as unknown,
};

describe("request_human_agent", () => {
  it("asks for a person, tells who is live, and ends with needsEscalation", async () => {
    const opened = await shop();
    const { server, live } = opened;
    server.model.script(calls(ASK), says("I asked."), says("Still me."));
    const frames = await turn(opened, "r");
    expect(outlines(frames)).toEqual([
      "call request_human_agent",
      "result request_human_agent",
      '"I asked."',
      "r eventual_response",
    ]);
    expect(reply(frames)).toMatchObject({ needsEscalation: true });
    expect(conversation(server)).toMatchObject({
      handOff: "requested",
      handOffReason: "Wants a refund.",
      handOffName: null,
    });
    const [told] = await live.until("hand_off").then((seen) => seen.slice(-1));
    expect(told?.text).toBe('{"type":"hand_off","data":{"state":"requested"},"timestamp":1}');
    expect(promptOf(server, 1).at(-1)).toMatch(/^tool: A person of the team was asked for/);
    const next = await turn(opened, "r2");
    expect(reply(next)).toMatchObject({ needsEscalation: false });
    expect(reply(next)).not.toHaveProperty("handOff");
  });

  it("is offered only to agents that may hand off, and exists for no other", async () => {
    const opened = await shop({});
    const { server } = opened;
    server.model.script(calls(ASK), says("No."));
    const frames = await turn(opened, "r");
    expect(toolsOf(server, 0)).toEqual(["refund", ...FORM_TOOLS]);
    expect(outlines(frames)).toContain("failure request_human_agent");
    expect(reply(frames)).toMatchObject({ needsEscalation: false });
    expect(conversation(server)).toMatchObject({ handOff: null });
  });

  it.each([{}, { reason: "" }, { reason: 7 }, { reason: "x".repeat(501) }, { reason: "x", to: 1 }])(
    "with arguments that are wrong asks for nobody: %j",
    async (args) => {
      const opened = await shop();
      opened.server.model.script(calls({ ...ASK, arguments: args }), says("Oh."));
      const frames = await turn(opened, "r");
      expect(outlines(frames)).toContain("failure request_human_agent");
      expect(conversation(opened.server)).toMatchObject({ handOff: null });
    },
  );

  it("changes nothing when a person is looked for already", async () => {
    const opened = await shop();
    await opened.handOff({ state: "waiting", reason: "The host's own" });
    opened.server.model.script(calls(ASK), says("Soon."));
    await turn(opened, "r");
    expect(conversation(opened.server)).toMatchObject({
      handOff: "waiting",
      handOffReason: "The host's own",
    });
  });
});

describe("while a person has taken over", () => {
  it("messages are accepted, end at once without a word, and the gateway is asked nothing", async () => {
    const opened = await shop();
    const { server, live, handOff } = opened;
    expect((await handOff({ state: "active", name: "Ana" })).json).toMatchObject({
      state: "active",
      name: "Ana",
    });
    expect((await live.next()).text).toBe(
      '{"type":"hand_off","data":{"state":"active","name":"Ana"},"timestamp":1}',
    );
    for (const requestId of ["r1", "r2"]) {
      const ack = await send(opened, requestId);
      expect(ack.event).toMatchObject({ status: 202, data: {} });
      const frames = await opened.client.rest();
      expect(outlines(frames)).toEqual([`${requestId} eventual_response`]);
      expect(reply(frames)).toMatchObject(SILENT);
      expect(reply(frames)).not.toHaveProperty("messageId");
      expect(reply(frames)).not.toHaveProperty("usage");
      await opened.client.quiet(opened.sessionId);
      expect((await live.next()).event).toMatchObject({
        type: "turn_started",
        data: { message: { content: { text: `${requestId}?` } } },
      });
      expect(outlines([await live.next()])).toEqual([`${requestId} eventual_response`]);
    }
    expect(server.model.requests).toEqual([]);
    expect(databaseContents(server.file).get("Message")).toHaveLength(2);
  });

  it("no model beside the answer is asked either: no preamble, no judge, no title", async () => {
    const opened = await shop({
      preambleModel: "fast",
      titleModel: "title",
      judgeModel: "judge",
      suggestReplies: true,
      workflow: { goal: "g", steps: [{ id: "one", intent: "i", criteria: "c" }] },
    });
    await opened.handOff({ state: "active", name: "Ana" });
    expect(reply(await turn(opened, "r1"))).toMatchObject(SILENT);
    await opened.handOff({ state: null });
    opened.server.model.script(says("Back."));
    await turn(opened, "r2");
    const models = opened.server.model.requests.map(({ body }) => body["model"]);
    expect(models.filter((model) => model === "test-model")).toHaveLength(1);
    const first = JSON.stringify(opened.server.model.requests[0]?.body);
    expect(first, "whatever is asked first is of the later turn").toContain("r2?");
  });

  it("needs no gateway at all", async () => {
    const { server, host } = await serverWithHost({ openai: {} });
    const opened = await openSession(server);
    expect((await send(opened, "r0")).event).toMatchObject({ error: { code: "LLM_UNAVAILABLE" } });
    await host(`/conversations/${opened.conversationId}/hand-off`, {
      state: "active",
      name: "Ana",
    });
    expect(reply(await turn(opened, "r1"))).toMatchObject(SILENT);
  });

  it("whoever comes back is told so, and so is who asks for the session", async () => {
    const { handOff, ...opened } = await shop();
    expect(opened.created.event["data"]).not.toHaveProperty("handOff");
    await handOff({ state: "active", name: "Ana" });
    const { answer } = await resumed(opened.server, opened);
    expect(at(answer, "data.handOff")).toEqual({ state: "active", name: "Ana" });
    const view = await opened.client.ask({ action: "get_session", sessionId: opened.sessionId });
    expect(at(view, "data.handOff")).toEqual({ state: "active", name: "Ana" });
    await handOff({ state: null });
    const after = await resumed(opened.server, opened);
    expect(after.answer.event["data"]).not.toHaveProperty("handOff");
  });

  it("given back, the next turn's model sees what both said, in its order", async () => {
    const opened = await shop();
    const { server, host, handOff, live, conversationId } = opened;
    server.model.script(says("Hello."), says("Welcome back."));
    await turn(opened, "r1");
    await handOff({ state: "active", name: "Ana" });
    await turn(opened, "r2");
    const from = { id: "ana", name: "Ana" };
    await host(`/conversations/${conversationId}/messages`, { text: "It is on its way.", from });
    await turn(opened, "r3");
    await handOff({ state: null });
    const told = await live.until("hand_off").then(() => live.until("hand_off"));
    expect(told.at(-1)?.text).toBe('{"type":"hand_off","data":{"state":null},"timestamp":1}');
    expect(server.model.requests).toHaveLength(1);
    await turn(opened, "r4");
    expect(promptOf(server, 1)).toEqual([
      "user: r1?",
      "assistant: Hello.",
      "user: r2?",
      'assistant: ["Ana", a person of the team, wrote to the visitor:]\nIt is on its way.',
      "user: r3?",
      "user: r4?",
    ]);
  });
});

describe("taking over in the middle of a turn", () => {
  it("stops the answer and keeps what was said of it", async () => {
    const opened = await shop();
    const { server, client, sessionId, handOff } = opened;
    const held = heldAnswer();
    server.model.script(held.answer, says("unasked"));
    await send(opened, "r");
    await held.say("We ");
    await client.next();
    await handOff({ state: "active", name: "Ana" });
    expect(outlines(await client.rest())).toEqual(["r cancelled"]);
    expect(await server.model.requests[0]?.closed).toBe(false);
    const ask = { action: "get_conversation_messages", sessionId, include: ["turns"] };
    expect(at(await client.ask(ask), "data.messages.0")).toMatchObject({
      status: "cancelled",
      content: { text: "We " },
    });
    expect(reply(await turn(opened, "r2"))).toMatchObject(SILENT);
    expect(server.model.requests).toHaveLength(1);
  });

  it("declines the open question: nothing runs, a late yes finds nothing, the record says who", async () => {
    const before = refunds;
    const opened = await shop();
    const { server, client, sessionId, handOff } = opened;
    server.model.script(saysAndCalls(["I can."], { name: "refund" }), says("unasked"));
    await send(opened, "r");
    const frames = await client.until("write_confirmation_required");
    const toolCallId = textAt(frames.at(-1) as Frame, "data.data.toolCallId");
    await client.next();
    await handOff({ state: "active", name: "Ana" });
    expect(outlines(await client.rest())).toEqual(["r cancelled"]);
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, toolCallId };
    expect((await client.ask({ ...verdict, approved: true })).event).toMatchObject({
      error: { code: "NO_PENDING_CONFIRMATION" },
    });
    expect(reply(await turn(opened, "r2"))).toMatchObject(SILENT);
    expect(refunds).toBe(before);
    expect(server.model.requests).toHaveLength(1);
    expect((await server.agent.decisions()).decisions).toMatchObject([
      { approved: false, decidedBy: "system", userId: null, outcome: "denied" },
    ]);
  });

  it("happens once: saying it again neither tells nor stops anything", async () => {
    const { handOff, live, ...opened } = await shop();
    await handOff({ state: "active", name: "Ana" });
    await handOff({ state: "active", name: "Ana" });
    await handOff({ state: "active", name: "Bo" });
    await handOff({ state: "requested" });
    await handOff({ state: null });
    await handOff({ state: null });
    await turn({ ...opened, client: live }, "r").catch(() => undefined);
    const states = live.frames.filter(({ type }) => type === "hand_off");
    expect(states.map(({ event }) => event["data"])).toEqual([
      { state: "active", name: "Ana" },
      { state: "active", name: "Bo" },
      { state: null },
    ]);
  });
});

describe("POST hand-off", () => {
  const BAD: [unknown, RegExp][] = [
    [{}, /state/],
    [{ state: "taken" }, /state/],
    [{ state: "active" }, /name/],
    [{ state: null, name: "Ana" }, /name/],
    [{ state: "requested", name: "Ana" }, /name/],
    [{ state: "active", name: " " }, /name/],
    [{ state: "active", name: "A\nB" }, /name/],
    [{ state: "active", name: "x".repeat(201) }, /name/],
    [{ state: "requested", reason: "x".repeat(501) }, /reason/],
    [{ state: "requested", reason: "" }, /reason/],
    [{ state: "requested", more: 1 }, /more/],
  ];

  it("refuses what is wrong, names the field and changes nothing", async () => {
    const { handOff, server } = await shop();
    for (const [body, names] of BAD) {
      const { status, json } = await handOff(body);
      expect(json).toMatchObject({ error: { code: "VALIDATION_ERROR" } });
      expect({ status, body }).toMatchObject({ status: 400 });
      expect(JSON.stringify(json["error"])).toMatch(names);
    }
    expect(conversation(server)).toMatchObject({ handOff: null });
  });

  it("knows no conversation of another organization, to the byte", async () => {
    const { server, conversationId, host } = await shop();
    const stranger = await hostSide(server, "globex");
    const unknown = crypto.randomUUID();
    const paths: [path: (id: string) => string, body: unknown][] = [
      [(id) => `/conversations/${id}/hand-off`, { state: "active", name: "Eve" }],
      [(id) => `/conversations/${id}/messages`, { text: "hi", from: { name: "Eve" } }],
      [(id) => `/conversations/${id}/events`, { name: "x", data: 1 }],
    ];
    const answers: string[] = [];
    const ask = async (side: HostSide, path: string, body: unknown) => {
      const { status, text } = await side(path, body);
      answers.push(`${status} ${text}`);
    };
    for (const [path, body] of paths) {
      await ask(stranger, path(conversationId), body);
      await ask(host, path(unknown), body);
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^404 /);
    expect(conversation(server)).toMatchObject({ handOff: null, nextSeq: 1 });
  });
});
