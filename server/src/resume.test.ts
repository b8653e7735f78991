import { setImmediate } from "node:timers/promises";
import type { ActiveTurn } from "@smooth-agent/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  at,
  outline,
  outlines,
  textAt,
  type CoreClient,
  type Frame,
} from "./core-client.fixture.js";
import { calls, heldAnswer, says, saysAndCalls } from "./model-answers.fixture.js";
import { openSession, resumed, runningServer } from "./running-server.fixture.js";
import { defineTool, type ToolDefinition } from "./tools/tool.js";

const send = (sessionId: string, requestId = "r") => ({
  action: "send_message",
  requestId,
  sessionId,
  message: "hi",
});
const activeTurn = (answer: Frame) => at(answer, "data.activeTurn") as ActiveTurn | null;
const textOf = (turn: ActiveTurn | null) =>
  (turn?.items ?? []).map((item) => (item.type === "text" ? item.text : "")).join("");
const tokens = (frames: Frame[]) =>
  frames.filter(({ type }) => type === "stream_token").map((frame) => textAt(frame, "token"));
const refund = () => {
  const runs: unknown[] = [];
  const tool = defineTool({
    name: "issue_refund",
    description: "Pays.",
    confirm: true,
    execute: (args) => {
      runs.push(args);
      return "paid";
    },
  });
  return { runs, tool };
};

describe("a session taken up on another socket", () => {
  it("after every token in turn: the snapshot and the tail are the answer, each token once", async () => {
    const server = await runningServer();
    const session = await openSession(server);
    const { client, sessionId } = session;
    const said = ["Wo", "rt ", "für", " Wort", " 😀", "."];
    const held = heldAnswer();
    server.model.script(held.answer);
    await client.ask(send(sessionId));
    // The request is in: the turn runs, and has said nothing.
    await server.model.request(0);
    const joined: { cut: number; tab: CoreClient; answer: Frame }[] = [];
    for (let cut = 0; cut <= said.length; cut += 1) {
      const { client: tab, answer } = await resumed(server, session);
      joined.push({ cut, tab, answer });
      const token = said[cut];
      if (token === undefined) continue;
      await held.say(token);
      expect(outline(await client.next())).toBe(JSON.stringify(token));
    }
    await held.finish();
    const end = (await client.rest()).at(-1) as Frame;
    for (const { cut, tab, answer } of joined) {
      const snapshot = activeTurn(answer);
      expect(snapshot?.status).toBe("running");
      expect(textOf(snapshot)).toBe(said.slice(0, cut).join(""));
      const tail = await tab.rest();
      expect(tokens(tail)).toEqual(said.slice(cut));
      expect(tail.at(-1)?.text).toBe(end.text);
    }
  });

  it("at any instant of a running stream, steps and tools in it: nothing lost, nothing twice", async () => {
    const look = defineTool({ name: "look", description: "Looks.", execute: () => "seen" });
    const server = await runningServer({ tools: [look] });
    const session = await openSession(server);
    const { client, sessionId } = session;
    const words = Array.from({ length: 150 }, (_, index) => `${index} `);
    server.model.script(saysAndCalls(words, { name: "look" }), says(...words));
    client.send(send(sessionId));
    const joining = Array.from({ length: 12 }, async (_, index) => {
      for (let hop = 0; hop < index * 6; hop += 1) await setImmediate();
      const { client: tab, answer } = await resumed(server, session);
      const snapshot = activeTurn(answer);
      if (!snapshot) return { whole: "", isOver: at(answer, "data.lastTurn") !== null, calls: 1 };
      const tail = await tab.rest();
      const called = outlines(tail).filter((line) => line === "call look").length;
      const shown = snapshot.items.filter(({ type }) => type === "tool").length;
      return {
        whole: textOf(snapshot) + tokens(tail).join(""),
        isOver: false,
        calls: called + shown,
      };
    });
    const results = await Promise.all(joining);
    const whole = tokens(await client.rest()).join("");
    expect(whole).toBe(`${words.join("")}\n\n${words.join("")}`);
    const following = results.filter(({ isOver }) => !isOver);
    // One that came before the message was stored was shown no turn and had no end to wait for.
    for (const result of following.filter((joined) => joined.whole !== "")) {
      expect(result).toEqual({ whole, isOver: false, calls: 1 });
    }
    expect(following.length).toBeGreaterThan(3);
  });

  it("while it is parked: shows the question, and can answer it", async () => {
    const { runs, tool } = refund();
    const server = await runningServer({ tools: [tool] });
    const session = await openSession(server);
    const { client, sessionId } = session;
    server.model.script(
      saysAndCalls(["Sure."], { name: "issue_refund", arguments: { orderId: "1" } }),
      says("Done."),
    );
    client.send(send(sessionId));
    const question = (await client.until("write_confirmation_required")).at(-1) as Frame;
    await client.next();
    const pending = at(question, "data.data") as { toolCallId: string };
    // The first connection is gone: a parked turn needs nobody.
    await client.close();
    const { client: tab, answer } = await resumed(server, session);
    const { toolCallId } = pending;
    const call = { type: "tool", toolCallId, name: "issue_refund" };
    expect(activeTurn(answer)).toEqual({
      requestId: "r",
      status: "parked",
      items: [
        { type: "text", text: "Sure." },
        { ...call, arguments: { orderId: "1" }, status: "awaiting" },
      ],
      pending,
    });
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, approved: true };
    tab.send({ ...verdict, toolCallId });
    expect(outlines(await tab.rest())).toEqual([
      "v: Tool action approved",
      "result issue_refund",
      '"\\n\\n"',
      '"Done."',
      "r eventual_response",
    ]);
    expect(runs).toEqual([{ orderId: "1" }]);
  });

  it("after the turn: shows its terminal event, word for word", async () => {
    const server = await runningServer();
    const session = await openSession(server);
    server.model.script(says("Hello"));
    const fresh = await resumed(server, session);
    expect([activeTurn(fresh.answer), at(fresh.answer, "data.lastTurn")]).toEqual([null, null]);
    await session.client.ask(send(session.sessionId));
    const end = (await session.client.rest()).at(-1) as Frame;
    const { answer } = await resumed(server, session);
    expect(activeTurn(answer)).toBeNull();
    expect(at(answer, "data.lastTurn")).toEqual({ requestId: "r", terminal: end.event });
  });

  it("again on the same socket: a new snapshot, and still every event once", async () => {
    const server = await runningServer();
    const session = await openSession(server);
    const { client, sessionId, sessionToken } = session;
    const held = heldAnswer();
    server.model.script(held.answer);
    await client.ask(send(sessionId));
    await held.say("Hel");
    await client.next();
    const resume = { action: "resume_session", requestId: "s", sessionId, sessionToken };
    expect(textOf(activeTurn(await client.ask(resume)))).toBe("Hel");
    await held.say("lo");
    await held.finish();
    expect(outlines(await client.rest())).toEqual(['"lo"', "r eventual_response"]);
    await client.quiet(sessionId);
  });

  it("with the token of its last resume too; each answer carries a fresh one", async () => {
    const server = await runningServer();
    const session = await openSession(server);
    const first = await resumed(server, session);
    const token = textAt(first.answer, "data.sessionToken");
    const second = await resumed(server, { ...session, sessionToken: token });
    expect(outline(second.answer)).toBe("resume: Session resumed");
    expect(outline((await resumed(server, session)).answer)).toBe("resume: Session resumed");
  });
});

describe("two connections of one conversation", () => {
  it("see one another's turns; what one did itself is not told to it again", async () => {
    const { tool } = refund();
    const server = await runningServer({ tools: [tool] });
    const session = await openSession(server, { supports: ["live"] });
    const { client, sessionId, conversationId } = session;
    const live = (await resumed(server, session, { supports: ["live", 5, null] })).client;
    const plain = (await resumed(server, session, { supports: [] })).client;
    server.model.script(saysAndCalls(["Sure."], { name: "issue_refund" }), says("Done."));
    const ack = "r: Processing your request...";
    const shared = ['"Sure."', "question issue_refund", "call issue_refund"];
    client.send(send(sessionId));
    const toClient = await client.until("write_confirmation_required");
    expect(outlines([...toClient, await client.next()])).toEqual([ack, ...shared]);
    const toLive = await live.until("write_confirmation_required");
    expect(outlines([...toLive, await live.next()])).toEqual(["r turn_started", ...shared]);
    const toPlain = await plain.until("write_confirmation_required");
    expect(outlines([...toPlain, await plain.next()])).toEqual(shared);
    expect(at(toLive[0] as Frame, "data")).toEqual({
      requestId: "r",
      message: {
        id: expect.any(String),
        conversationId,
        direction: "inbound",
        content: { items: [{ type: "text", text: "hi" }], text: "hi" },
        createdAt: expect.any(String),
      },
    });
    const question = toPlain.at(-1) as Frame;
    const toolCallId = textAt(question, "data.data.toolCallId");
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, toolCallId };
    live.send({ ...verdict, approved: true });
    const rest = ["result issue_refund", '"\\n\\n"', '"Done."', "r eventual_response"];
    expect(outlines(await live.rest())).toEqual(["v: Tool action approved", ...rest]);
    const told = await client.rest();
    expect(outlines(told)).toEqual(["r confirmation_resolved", ...rest]);
    expect(told[0]?.text).toBe(
      `{"type":"confirmation_resolved","requestId":"r","data":{"requestId":"r","toolCallId":"${toolCallId}","approved":true,"by":"visitor"},"timestamp":1}`,
    );
    expect(outlines(await plain.rest())).toEqual(rest);
    for (const tab of [client, live, plain]) await tab.quiet(sessionId);
  });

  it("keep what a resume left out, and opt out with an empty list", async () => {
    const server = await runningServer();
    const session = await openSession(server, { supports: ["live"] });
    const silent = (await resumed(server, session)).client;
    server.model.script(says("Hello"));
    await session.client.ask(send(session.sessionId));
    expect(outline(await silent.next())).toBe("r turn_started");
    await resumed(server, session, { supports: [] });
    const left = (await resumed(server, session)).client;
    await session.client.rest();
    await session.client.ask(send(session.sessionId, "r2"));
    expect(outlines(await left.rest())).toEqual(['"Hello"', "r2 eventual_response"]);
  });

  it("of different conversations hear nothing of each other", async () => {
    const server = await runningServer();
    const [one, other] = [
      await openSession(server),
      await openSession(server, { supports: ["live"] }),
    ];
    server.model.script(says("Hello"));
    await one.client.ask(send(one.sessionId));
    await one.client.rest();
    await other.client.quiet(other.sessionId);
  });
});

describe("a tool that changed while its call was parked", () => {
  const refundOf = (parameters: ToolDefinition["parameters"], execute: ToolDefinition["execute"]) =>
    defineTool({ name: "issue_refund", description: "Pays.", confirm: true, parameters, execute });
  const amount = (byDefault: number) =>
    z.object({ orderId: z.string(), amount: z.number().default(byDefault) });

  it.each<[string, ToolDefinition["parameters"] | null]>([
    ["is gone", null],
    ["takes other arguments", z.object({ orderId: z.number() })],
    ["makes something else of the same arguments", amount(2_000)],
  ])("%s: the approved call is not run, and the model is told why", async (_, parameters) => {
    const runs: unknown[] = [];
    const execute = (args: unknown) => {
      runs.push(args);
      return "paid";
    };
    const before = await runningServer({ tools: [refundOf(amount(20), execute)] });
    const session = await openSession(before);
    const { sessionId } = session;
    before.model.script(calls({ name: "issue_refund", arguments: { orderId: "1" } }));
    session.client.send(send(sessionId));
    const question = (await session.client.until("write_confirmation_required")).at(-1) as Frame;
    expect(at(question, "data.data.arguments")).toEqual({ orderId: "1", amount: 20 });
    await session.client.next();
    await before.stop();
    const tools = parameters === null ? [] : [refundOf(parameters, execute)];
    const after = await runningServer({ file: before.file, tools });
    after.model.script(says("I could not."));
    const { client } = await resumed(after, session);
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, approved: true };
    client.send(verdict);
    expect(outlines(await client.rest())).toEqual([
      "v: Tool action approved",
      "failure issue_refund",
      '"I could not."',
      "r eventual_response",
    ]);
    const messages = after.model.requests[0]?.body["messages"] as { content: string }[];
    expect(messages.at(-1)?.content).toMatch(
      /^The tool was changed after the visitor had been asked/,
    );
    expect(runs).toEqual([]);
  });
});
