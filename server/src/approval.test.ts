import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  at,
  outline,
  outlines,
  textAt,
  type CoreClient,
  type Frame,
} from "./core-client.fixture.js";
import { calls, says, saysAndCalls } from "./model-answers.fixture.js";
import {
  openSession,
  resumed,
  runningServer,
  type Opened,
  UNHURRIED,
} from "./running-server.fixture.js";
import type { ServerLimits } from "./server-limits.js";
import { defineTool, type ToolDefinition } from "./tools/tool.js";

interface Till {
  refunds: unknown[];
  tools: ToolDefinition[];
}

/** A refund that asks first, one that only writes its name down, and a question that never asks. */
function till(): Till {
  const refunds: unknown[] = [];
  const refund = defineTool({
    name: "issue_refund",
    title: "Issue a refund",
    description: "Pays money back.",
    parameters: {
      type: "object",
      properties: { orderId: { type: "string" }, amount: { type: "number" } },
      required: ["orderId", "amount"],
    },
    confirm: ({ orderId, amount }) => ({
      title: "Refund",
      summary: `Refund $${Number(amount).toFixed(2)} on order ${String(orderId)}`,
      fields: [{ label: "Order", value: String(orderId) }],
    }),
    execute: (args) => {
      refunds.push(args);
      return "refunded";
    },
  });
  const close = defineTool({
    name: "close_account",
    description: "Closes the account.",
    execute: () => {
      refunds.push("closed");
      return "closed";
    },
  });
  const lookup = defineTool({
    name: "lookup_order",
    description: "Reads.",
    execute: () => "found",
  });
  return { refunds, tools: [refund, close, lookup] };
}

const ORDER = { orderId: "1234", amount: 20 };
const refundCall = (orderId = "1234") => ({
  name: "issue_refund",
  id: `call_${orderId}`,
  arguments: { ...ORDER, orderId },
});

const send = (sessionId: string, requestId = "r") => ({
  action: "send_message",
  requestId,
  sessionId,
  message: "refund 1234",
});
const verdict = (sessionId: string, requestId: string, approved: boolean, more = {}) => ({
  action: "confirm_tool_action",
  requestId,
  sessionId,
  approved,
  ...more,
});
const codeOf = (frame: Frame) => at(frame, "error.code");
const isQuestion = (frame: Frame) => frame.type === "write_confirmation_required";

/** Sends a message and reads up to the question and its toolCall chunk. */
async function parked({ client, sessionId }: Pick<Opened, "client" | "sessionId">) {
  client.send(send(sessionId));
  const frames = await client.until("write_confirmation_required");
  const question = frames.at(-1) as Frame;
  frames.push(await client.next());
  return { frames, question, toolCallId: textAt(question, "data.data.toolCallId") };
}

async function refundServer(limits: Partial<ServerLimits> = {}) {
  const { refunds, tools } = till();
  const server = await runningServer({ tools, confirmTools: ["close_*"], limits });
  return { server, refunds, session: await openSession(server) };
}

afterEach(() => void vi.useRealTimers());

describe("a gated call", () => {
  it("asks with everything that will run, then shows the call, then waits", async () => {
    const { server, refunds, session } = await refundServer();
    const { client, sessionId } = session;
    server.model.script(saysAndCalls(["Gladly."], refundCall()));
    const { frames, question, toolCallId } = await parked(session);
    const [ack = "", token = "", ...asked] = outlines(frames);
    expect([ack, token]).toEqual(["r: Processing your request...", '"Gladly."']);
    expect(asked).toEqual(["question issue_refund", "call issue_refund"]);
    const expiresAt = at(question, "data.data.expiresAt");
    const askedAt = at(question, "data.data.askedAt");
    expect(Number(expiresAt)).toBeGreaterThan(Number(askedAt));
    expect(question.text).toBe(
      `{"type":"write_confirmation_required","requestId":"r","data":{"requestId":"r","data":{` +
        `"toolId":"issue_refund","actionDescription":"Refund $20.00 on order 1234",` +
        `"toolCallId":"${toolCallId}","toolName":"issue_refund","title":"Refund",` +
        `"summary":"Refund $20.00 on order 1234","fields":[{"label":"Order","value":"1234"}],` +
        `"arguments":{"orderId":"1234","amount":20},"risk":"low","askedAt":${String(askedAt)},"expiresAt":${String(expiresAt)}}},"timestamp":1}`,
    );
    expect(at(frames.at(-1) as Frame, "data.state.rawResponse.toolCall")).toEqual({
      toolCallId,
      name: "issue_refund",
      title: "Issue a refund",
      arguments: ORDER,
    });
    await client.quiet(sessionId);
    expect(refunds).toEqual([]);
  });

  it("runs on approval: the ack first, then its result, then the rest of the answer", async () => {
    const { server, refunds, session } = await refundServer();
    const { client, sessionId } = session;
    server.model.script(saysAndCalls(["Gladly."], refundCall()), says("Done."));
    const { toolCallId } = await parked(session);
    const ack = await client.ask(verdict(sessionId, "v", true));
    expect(ack.text).toBe(
      `{"type":"immediate_response","requestId":"v","status":200,"message":"Tool action approved",` +
        `"data":{"sessionId":"${sessionId}","approved":true},"timestamp":1}`,
    );
    const result = await client.next();
    expect(at(result, "data.state.rawResponse.toolResult")).toEqual({
      toolCallId,
      name: "issue_refund",
      isError: false,
      result: "refunded",
    });
    const rest = await client.rest();
    expect(outlines(rest)).toEqual(['"\\n\\n"', '"Done."', "r eventual_response"]);
    expect(at(rest.at(-1) as Frame, "data.data.response.responseParts")).toEqual([
      "Gladly.\n\nDone.",
    ]);
    expect(refunds).toEqual([ORDER]);
    await client.quiet(sessionId);
  });

  it("does not run on a denial, and the model is told why", async () => {
    const { server, refunds, session } = await refundServer();
    const { client, sessionId } = session;
    server.model.script(calls(refundCall()), says("As you wish."));
    await parked(session);
    const ack = await client.ask(verdict(sessionId, "v", false, { reason: "wrong order" }));
    expect(ack.text).toBe(
      `{"type":"immediate_response","requestId":"v","status":200,"message":"Tool action rejected",` +
        `"data":{"sessionId":"${sessionId}","approved":false},"timestamp":1}`,
    );
    expect(outlines(await client.rest())).toEqual([
      "failure issue_refund",
      '"As you wish."',
      "r eventual_response",
    ]);
    expect(refunds).toEqual([]);
    const messages = server.model.requests[1]?.body["messages"] as { content: string }[];
    expect(messages.at(-1)?.content).toContain('The visitor\'s reason: "wrong order".');
  });

  it("parks one after the other when a step holds two, ungated ones run in between", async () => {
    const { server, refunds, session } = await refundServer();
    const { client, sessionId } = session;
    server.model.script(
      calls(
        { name: "lookup_order", id: "a" },
        refundCall("1"),
        { name: "lookup_order", id: "b" },
        { name: "close_account", id: "c" },
      ),
      says("Done."),
    );
    const { frames, toolCallId } = await parked(session);
    expect(outlines(frames).slice(1)).toEqual([
      "call lookup_order",
      "result lookup_order",
      "question issue_refund",
      "call issue_refund",
    ]);
    await client.quiet(sessionId);
    client.send(verdict(sessionId, "v1", true, { toolCallId }));
    const second = await client.until("write_confirmation_required");
    expect(outlines(second)).toEqual([
      "v1: Tool action approved",
      "result issue_refund",
      "call lookup_order",
      "result lookup_order",
      "question close_account",
    ]);
    expect(outline(await client.next())).toBe("call close_account");
    expect(at(second.at(-1) as Frame, "data.data.title")).toBe("Close account");
    expect(refunds).toEqual([{ ...ORDER, orderId: "1" }]);
    client.send(verdict(sessionId, "v2", false));
    expect(outlines(await client.rest())).toEqual([
      "v2: Tool action rejected",
      "failure close_account",
      '"Done."',
      "r eventual_response",
    ]);
    expect(refunds).toHaveLength(1);
  });

  it("blocks the conversation's next message until it is answered", async () => {
    const { server, session } = await refundServer();
    const { client, sessionId } = session;
    server.model.script(calls(refundCall()), says("Done."));
    await parked(session);
    const second = await client.ask(send(sessionId, "r2"));
    expect([codeOf(second), second.event["requestId"]]).toEqual(["TURN_IN_PROGRESS", "r2"]);
    await client.ask(verdict(sessionId, "v", true));
    expect((await client.rest()).at(-1)?.type).toBe("eventual_response");
  });

  it("expires unanswered: everyone is told, it does not run, a late verdict changes nothing", async () => {
    const { refunds, tools } = till();
    const limits = { confirmationMs: 1, sweepMs: 20 };
    const server = await runningServer({ tools, limits });
    const { client, sessionId } = await openSession(server, { supports: ["live"] });
    server.model.script(calls(refundCall()), says("No answer came."));
    client.send(send(sessionId));
    const rest = await client.rest();
    expect(outlines(rest).slice(1)).toEqual([
      "question issue_refund",
      "call issue_refund",
      "r confirmation_resolved",
      "failure issue_refund",
      '"No answer came."',
      "r eventual_response",
    ]);
    expect(at(rest[3] as Frame, "data")).toMatchObject({ approved: false, by: "system" });
    const late = await client.ask(verdict(sessionId, "v", true));
    expect(codeOf(late)).toBe("NO_PENDING_CONFIRMATION");
    expect(refunds).toEqual([]);
  });
});

describe("a verdict", () => {
  it("is too late once its question has expired, even before anybody noticed", async () => {
    const { server, refunds, session } = await refundServer({ confirmationMs: 1 });
    server.model.script(calls(refundCall()));
    const { question } = await parked(session);
    while (Date.now() <= Number(at(question, "data.data.expiresAt"))) await setImmediate();
    const late = await session.client.ask(verdict(session.sessionId, "v", true));
    expect(codeOf(late)).toBe("NO_PENDING_CONFIRMATION");
    expect(refunds).toEqual([]);
  });

  it("is refused when nothing was asked, when it was answered before, and after the turn", async () => {
    const { server, refunds, session } = await refundServer();
    const { client, sessionId } = session;
    const nothing = await client.ask(verdict(sessionId, "v0", true));
    const text = `{"code":"NO_PENDING_CONFIRMATION","message":"No question is waiting for an answer here."}`;
    expect(nothing.text).toBe(
      `{"type":"error","requestId":"v0","error":${text},"data":{"requestId":"v0","error":${text}},"timestamp":1}`,
    );
    server.model.script(calls(refundCall()), says("No."));
    const { toolCallId } = await parked(session);
    await client.ask(verdict(sessionId, "v1", false, { toolCallId }));
    client.send(verdict(sessionId, "v2", true, { toolCallId }));
    const frames = await client.until("eventual_response");
    const refusals = frames.filter(({ type }) => type === "error");
    expect(outlines(refusals)).toEqual(["v2 error NO_PENDING_CONFIRMATION"]);
    const late = await client.ask(verdict(sessionId, "v3", true, { toolCallId }));
    expect(codeOf(late)).toBe("NO_PENDING_CONFIRMATION");
    expect(refunds).toEqual([]);
  });

  it("needs a real boolean", async () => {
    const { server, refunds, session } = await refundServer();
    const { client, sessionId } = session;
    server.model.script(calls(refundCall()));
    await parked(session);
    for (const approved of ["true", 1, null, undefined, [true]]) {
      const answer = await client.ask({ ...verdict(sessionId, "v", true), approved });
      expect(at(answer, "error.message")).toMatch(/^approved (must be a boolean|is required)\.$/);
    }
    expect(refunds).toEqual([]);
  });

  it("falls on no other call than the one it names, nor on changed arguments", async () => {
    const { server, refunds, session } = await refundServer();
    const { client, sessionId } = session;
    server.model.script(calls(refundCall()), says("Done."));
    const { toolCallId } = await parked(session);
    const other = await client.ask(verdict(sessionId, "v1", true, { toolCallId: "call_1234" }));
    expect(codeOf(other)).toBe("CONFIRMATION_MISMATCH");
    const altered = { toolCallId, arguments: { ...ORDER, amount: 2000 } };
    const dearer = await client.ask(verdict(sessionId, "v2", true, altered));
    expect(at(dearer, "error.message")).toBe("arguments.amount cannot be changed.");
    const history = await client.ask({ action: "get_session", requestId: "g", sessionId });
    expect(outline(history)).toBe("g: Session");
    expect(refunds).toEqual([]);
    const same = { toolCallId, arguments: { amount: 20, orderId: "1234" } };
    expect(outline(await client.ask(verdict(sessionId, "v3", true, same)))).toBe(
      "v3: Tool action approved",
    );
    await client.rest();
    expect(refunds).toEqual([ORDER]);
  });

  it("that names no call is about the question its connection was shown, in a snapshot too", async () => {
    const { server, refunds, session } = await refundServer();
    const { sessionId } = session;
    server.model.script(calls(refundCall("1"), refundCall("2")), says("Done."));
    const { toolCallId } = await parked(session);
    const { client } = await resumed(server, session);
    expect(outline(await client.ask(verdict(sessionId, "v1", true)))).toBe(
      "v1: Tool action approved",
    );
    await client.until("write_confirmation_required");
    // What names the first question does not fall on the second.
    await session.client.until("write_confirmation_required");
    await session.client.next();
    const late = await session.client.ask(verdict(sessionId, "late", true, { toolCallId }));
    expect(codeOf(late)).toBe("CONFIRMATION_MISMATCH");
    expect(refunds).toHaveLength(1);
  });

  it("twice in one breath does not approve the question after it", async () => {
    const { server, refunds, session } = await refundServer();
    const { client, sessionId } = session;
    server.model.script(calls(refundCall("1"), refundCall("2")));
    await parked(session);
    client.send(verdict(sessionId, "v1", true));
    client.send(verdict(sessionId, "v2", true));
    const frames = await client.until("write_confirmation_required");
    expect(outlines(frames)).toContain("v2 error NO_PENDING_CONFIRMATION");
    expect(refunds).toEqual([{ ...ORDER, orderId: "1" }]);
    await client.next();
    await client.quiet(sessionId);
  });

  it("sent a second time does not approve the question that was asked since", async () => {
    const { server, refunds, session } = await refundServer();
    const { client, sessionId } = session;
    server.model.script(calls(refundCall("1"), refundCall("2")));
    await parked(session);
    client.send(verdict(sessionId, "v", true));
    await client.until("write_confirmation_required");
    await client.next();
    const again = await client.ask(verdict(sessionId, "v", true));
    expect(codeOf(again)).toBe("NO_PENDING_CONFIRMATION");
    expect(refunds).toEqual([{ ...ORDER, orderId: "1" }]);
    // Somebody who has read the second question may answer it under the same requestId.
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 1_000 });
    const later = await client.ask(verdict(sessionId, "v", false));
    expect(outlines([later])).toEqual(["v: Tool action rejected"]);
  });

  it("of another conversation's session changes nothing", async () => {
    const { server, refunds, session } = await refundServer();
    server.model.script(calls(refundCall()), says("Done."));
    const { toolCallId } = await parked(session);
    const stranger = await openSession(server);
    for (const sessionId of [stranger.sessionId, session.sessionId]) {
      const answer = await stranger.client.ask(verdict(sessionId, "v", true, { toolCallId }));
      expect(codeOf(answer)).toBe("NO_PENDING_CONFIRMATION");
    }
    await session.client.quiet(session.sessionId);
    expect(refunds).toEqual([]);
  });

  it("of two racing tabs is one: the other is told so, and the tool runs at most once", async () => {
    const { server, refunds, session } = await refundServer({
      framesPerSecond: 1_000,
      ...UNHURRIED,
    });
    const tab = (await resumed(server, session)).client;
    const { client, sessionId } = session;
    const rounds = 50;
    let approvals = 0;
    for (let round = 0; round < rounds; round += 1) {
      server.model.script(calls(refundCall(String(round))), says("Done."));
      client.send(send(sessionId, `r${round}`));
      const question = (await client.until("write_confirmation_required")).find(isQuestion);
      await tab.until("write_confirmation_required");
      const toolCallId = textAt(question as Frame, "data.data.toolCallId");
      const mine = round % 2 === 0;
      const [first, second] = round % 4 < 2 ? [client, tab] : [tab, client];
      first.send(verdict(sessionId, "v", first === client ? mine : !mine, { toolCallId }));
      second.send(verdict(sessionId, "v", second === client ? mine : !mine, { toolCallId }));
      const told = await Promise.all([client, tab].map(settled));
      const winners = told.flat().filter((line) => line.startsWith("v: Tool action"));
      const losers = told.flat().filter((line) => line === "v error NO_PENDING_CONFIRMATION");
      expect([winners.length, losers.length]).toEqual([1, 1]);
      for (const lines of told) expectAckBeforeResult(lines);
      if (winners[0] === "v: Tool action approved") approvals += 1;
      expect(refunds).toHaveLength(approvals);
    }
    expect(server.model.requests).toHaveLength(2 * rounds);
  }, 30_000);
});

/** What a tab is told until both its own verdict is answered and the turn has ended. */
async function settled(client: CoreClient): Promise<string[]> {
  const lines: string[] = [];
  for (;;) {
    lines.push(outline(await client.next()));
    const isAnswered = lines.some((line) => line.startsWith("v"));
    if (isAnswered && lines.some((line) => line.endsWith("eventual_response"))) return lines;
  }
}

function expectAckBeforeResult(lines: string[]): void {
  const ack = lines.findIndex((line) => line.startsWith("v: "));
  const result = lines.findIndex((line) => /^(result|failure) /.test(line));
  if (ack !== -1) expect(ack).toBeLessThan(result);
}
