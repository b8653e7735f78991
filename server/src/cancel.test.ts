import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { at, outlines, textAt, type CoreClient, type Frame } from "./core-client.fixture.js";
import type { Gateway } from "./gateway/gateway.js";
import { calls, heldAnswer, says } from "./model-answers.fixture.js";
import {
  openSession,
  resumed,
  runningServer,
  type RunningServer,
} from "./running-server.fixture.js";
import { writeIn } from "./store/database-file.fixture.js";
import { defineTool, type ToolDefinition } from "./tools/tool.js";

const send = (sessionId: string, requestId = "r") => ({
  action: "send_message",
  requestId,
  sessionId,
  message: "hi",
});
const CANCELLED = `{"type":"cancelled","requestId":"r","status":499,"data":{"status":499,"requestId":"r"},"timestamp":1}`;

/** A tool that runs until a test lets it go, whatever its signal says. */
function heldTool(more: Partial<ToolDefinition> = {}) {
  let began: (signal: AbortSignal) => void;
  let release: (result: string) => void;
  const running = new Promise<AbortSignal>((resolve) => (began = resolve));
  const result = new Promise<string>((resolve) => (release = resolve));
  const tool = defineTool({
    name: "slow_write",
    description: "Takes its time.",
    execute(_args, { signal }) {
      began(signal);
      return result;
    },
    ...more,
  });
  return { tool, running, finish: (text: string) => release(text) };
}

/** Runs one more turn and returns what the model was sent for it. */
async function nextTurnMessages(server: RunningServer, client: CoreClient, sessionId: string) {
  server.model.script(says("Next."));
  const number = server.model.requests.length;
  client.send(send(sessionId, "next"));
  expect(outlines(await client.rest()).at(-1)).toBe("next eventual_response");
  return server.model.requests[number]?.body["messages"] as { role: string; content: string }[];
}

describe("cancel", () => {
  it("ends a turn that streams, and its request to the model", async () => {
    const server = await runningServer();
    const { client, sessionId } = await openSession(server);
    const held = heldAnswer();
    server.model.script(held.answer);
    await client.ask(send(sessionId));
    await held.say("Hel");
    await client.next();
    const end = await client.ask({ action: "cancel", requestId: "r", sessionId });
    expect(end.text).toBe(CANCELLED);
    expect(await (await server.model.request(0)).closed).toBe(false);
    await client.quiet(sessionId);
    const history = await client.ask({ action: "get_conversation_messages", sessionId });
    expect(at(history, "data.messages")).toHaveLength(1);
    expect(server.model.requests).toHaveLength(1);
    await nextTurnMessages(server, client, sessionId);
  });

  it("ends the request to the model at once, also while the model is silent", async () => {
    const server = await runningServer();
    const { client, sessionId } = await openSession(server);
    server.model.script(() => undefined);
    await client.ask(send(sessionId));
    const request = await server.model.request(0);
    expect((await client.ask({ action: "cancel", sessionId })).text).toBe(CANCELLED);
    expect(await request.closed).toBe(false);
  });

  it("ends a parked turn: the question dies and the tool never runs", async () => {
    const { tool, running } = heldTool({ confirm: true });
    let ran = false;
    void running.then(() => (ran = true));
    const server = await runningServer({ tools: [tool] });
    const { client, sessionId } = await openSession(server);
    server.model.script(calls({ name: "slow_write" }));
    client.send(send(sessionId));
    const question = (await client.until("write_confirmation_required")).at(-1) as Frame;
    await client.next();
    expect((await client.ask({ action: "cancel", requestId: "r" })).text).toBe(CANCELLED);
    const toolCallId = textAt(question, "data.data.toolCallId");
    const approve = { action: "confirm_tool_action", requestId: "v", sessionId, approved: true };
    const late = await client.ask({ ...approve, toolCallId });
    expect(at(late, "error.code")).toBe("NO_PENDING_CONFIRMATION");
    const messages = await nextTurnMessages(server, client, sessionId);
    expect(messages.find(({ role }) => role === "tool")?.content).toBe(
      "The call was not run: the answer ended before.",
    );
    expect(ran).toBe(false);
  });

  it("ends a turn whose tool runs; what the tool did is kept and told to the model", async () => {
    const { tool, running, finish } = heldTool();
    const server = await runningServer({ tools: [tool] });
    const { client, sessionId } = await openSession(server);
    server.model.script(calls({ name: "slow_write" }, { name: "slow_write", id: "second" }));
    client.send(send(sessionId));
    const signal = await running;
    client.send({ action: "cancel", requestId: "r", sessionId });
    expect(outlines(await client.rest()).slice(1)).toEqual(["call slow_write", "r cancelled"]);
    expect(signal.aborted).toBe(true);
    finish("written after all");
    const messages = await nextTurnMessages(server, client, sessionId);
    expect(messages.filter(({ role }) => role === "tool").map(({ content }) => content)).toEqual([
      "written after all",
      "The call was not run: the answer ended before.",
    ]);
    await client.quiet(sessionId);
    expect(server.model.requests).toHaveLength(2);
  });

  it("that the database refuses is not told as the turn's end, which goes on", async () => {
    const server = await runningServer();
    const { client, sessionId } = await openSession(server);
    const held = heldAnswer();
    server.model.script(held.answer);
    await client.ask(send(sessionId));
    await held.say("Hel");
    await client.next();
    const trigger = "CREATE TRIGGER full BEFORE UPDATE ON Turn";
    writeIn(server.file, `${trigger} BEGIN SELECT RAISE(ABORT, 'disk full'); END`);
    const refused = await client.ask({ action: "cancel", requestId: "r", sessionId });
    expect([at(refused, "error.code"), refused.event["requestId"]]).toEqual([
      "STORAGE_ERROR",
      undefined,
    ]);
    writeIn(server.file, "DROP TRIGGER full");
    await held.say("lo");
    await held.finish();
    expect(outlines(await client.rest())).toEqual(['"lo"', "r eventual_response"]);
  });

  it("that crossed the end of its own turn does not end the next one", async () => {
    const server = await runningServer();
    const { client, sessionId } = await openSession(server);
    server.model.script(says("First."));
    client.send(send(sessionId, "first"));
    await client.rest();
    const held = heldAnswer();
    server.model.script(held.answer);
    await client.ask(send(sessionId, "second"));
    await held.say("Sec");
    await client.next();
    client.send({ action: "cancel", requestId: "first", sessionId });
    await client.quiet(sessionId);
    await held.say("ond.");
    await held.finish();
    expect(outlines(await client.rest()).at(-1)).toBe("second eventual_response");
  });

  it("says nothing when there is nothing to end, or when it is not one's own", async () => {
    const server = await runningServer();
    const own = await openSession(server);
    const stranger = await openSession(server);
    const held = heldAnswer();
    server.model.script(held.answer);
    await own.client.ask(send(own.sessionId));
    for (const frame of [{ requestId: "r" }, { sessionId: own.sessionId }, {}]) {
      stranger.client.send({ action: "cancel", ...frame });
    }
    await stranger.client.quiet(stranger.sessionId);
    await held.say("Hello");
    await held.finish();
    expect(outlines(await own.client.rest())).toEqual(['"Hello"', "r eventual_response"]);
    own.client.send({ action: "cancel", requestId: "r", sessionId: own.sessionId });
    await own.client.quiet(own.sessionId);
  });

  it("means the turn its requestId names, else its session's, else the last one started here", async () => {
    const server = await runningServer();
    const first = await openSession(server);
    const { client } = first;
    const create = { action: "create_conversation_session", agentId: "shop" };
    const second = textAt(await client.ask(create), "data.sessionId");
    server.model.script(() => undefined);
    await client.ask(send(first.sessionId, "r1"));
    await client.ask(send(second, "r2"));
    expect(outlines([await client.ask({ action: "cancel", requestId: "r1" })])).toEqual([
      "r1 cancelled",
    ]);
    await client.ask(send(first.sessionId, "r3"));
    const bySession = await client.ask({ action: "cancel", requestId: "x", sessionId: second });
    expect(outlines([bySession])).toEqual(["r2 cancelled"]);
    expect(outlines([await client.ask({ action: "cancel" })])).toEqual(["r3 cancelled"]);
    client.send({ action: "cancel" });
    await client.quiet(first.sessionId);
  });

  it("right behind its send, in one breath, still ends the turn", async () => {
    const server = await runningServer();
    for (const named of [{ requestId: "r" }, { session: true }, {}]) {
      const { client, sessionId } = await openSession(server);
      server.model.script(says("Hello"));
      client.send(send(sessionId));
      const { session, ...fields } = { session: false, ...named };
      client.send({ action: "cancel", ...fields, ...(session && { sessionId }) });
      const lines = outlines(await client.rest());
      expect(lines).toEqual(["r: Processing your request...", "r cancelled"]);
      await client.quiet(sessionId);
    }
  });

  it("is told to every tab, and a tab that joins afterwards sees no turn, however slowly it unwinds", async () => {
    let leave: () => void = () => undefined;
    const left = new Promise<void>((resolve) => (leave = resolve));
    // A host's own gateway that does not heed its signal.
    const gateway: Gateway = {
      async *stream() {
        yield { type: "text", text: "Hel" };
        await left;
        yield { type: "text", text: "lo" };
        yield { type: "finish", reason: "stop", toolCalls: [] };
      },
    };
    const server = await runningServer({ gateway });
    const session = await openSession(server);
    const { client, sessionId } = session;
    await client.ask(send(sessionId));
    await client.next();
    const tab = await resumed(server, session);
    expect(at(tab.answer, "data.activeTurn.status")).toBe("running");
    expect((await client.ask({ action: "cancel", sessionId })).text).toBe(CANCELLED);
    expect((await tab.client.next()).text).toBe(CANCELLED);
    const late = await resumed(server, session);
    expect(at(late.answer, "data.activeTurn")).toBeNull();
    expect(at(late.answer, "data.lastTurn.terminal.type")).toBe("cancelled");
    leave();
    for (const each of [client, tab.client, late.client]) await each.quiet(sessionId);
  });

  it("against the end of the turn: exactly one terminal frame, whoever wins", async () => {
    const server = await runningServer({ limits: { framesPerSecond: 1_000 } });
    const ends: string[] = [];
    for (let round = 0; round < 40; round += 1) {
      const { client, sessionId } = await openSession(server);
      const held = heldAnswer();
      server.model.script(held.answer);
      await client.ask(send(sessionId));
      await held.say("Hello");
      await client.next();
      const cancel = async () => client.send({ action: "cancel", sessionId });
      const [first, second] = round % 2 === 0 ? [cancel, held.finish] : [held.finish, cancel];
      await first();
      for (let hop = 0; hop < round / 8; hop += 1) await setImmediate();
      await second();
      client.send({ action: "get_conversation_messages", requestId: "h", sessionId });
      const frames = [await client.next(), await client.next()];
      await client.quiet(sessionId);
      const [terminal] = frames.filter(({ type }) => type !== "immediate_response");
      const [history] = frames.filter(({ type }) => type === "immediate_response");
      ends.push(terminal?.type ?? "none");
      const stored = at(history as Frame, "data.messages") as unknown[];
      expect(stored).toHaveLength(terminal?.type === "cancelled" ? 1 : 2);
      await client.close();
    }
    expect(new Set(ends)).toEqual(new Set(["cancelled", "eventual_response"]));
  });
});
