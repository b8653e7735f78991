import { createHash } from "node:crypto";
import type {
  DecisionRow,
  Entry,
  Fields,
  History,
  MessageRow,
  ToolCallRow,
  Transcript,
  TurnRow,
} from "./history.fixture.js";

/** A history that a test may doctor. */
export type Doctored = {
  transcripts: Transcript[];
  rows: History["rows"];
  journal: History["journal"][number][];
  tools: History["tools"];
};

/**
 * A run in which every promise was kept: in conversation A a plain answer (r1), an approved write (r2),
 * which a second tab joined while it waited, a denied one (r3), a cancel (r4) and an idempotent tool that
 * ran twice (r5); in conversation B a plain answer (r9).
 */
export function cleanHistory(): Doctored {
  return {
    transcripts: [firstTab(), secondTab(), stranger()],
    rows: {
      conversations: [
        { id: "A", nextSeq: 11, activeTurnId: null },
        { id: "B", nextSeq: 3, activeTurnId: null },
      ],
      sessions: [
        { id: "sa", conversationId: "A" },
        { id: "sb", conversationId: "B" },
      ],
      messages: [
        ...exchange("A", 1, "r1", PLAIN),
        ...exchange("A", 3, "r2", "<c1>end "),
        ...exchange("A", 5, "r3", "<c1>end "),
        ...exchange("A", 7, "r4", "<c1>0 ", "cancelled"),
        ...exchange("A", 9, "r5", "<c1>end "),
        ...exchange("B", 1, "r9", "<c9>end "),
      ],
      turns: [
        turn("A", 1, "r1", ended("r1", PLAIN)),
        turn("A", 3, "r2", ended("r2", "<c1>end ")),
        turn("A", 5, "r3", ended("r3", "<c1>end ")),
        turn("A", 7, "r4", { type: "cancelled", requestId: "r4" }, "cancelled"),
        turn("A", 9, "r5", ended("r5", "<c1>end ")),
        turn("B", 1, "r9", ended("r9", "<c9>end ")),
      ],
      steps: [
        step("r1", 0, PLAIN),
        ...["r2", "r3", "r5"].flatMap((id) => [step(id, 0, ""), step(id, 1, "<c1>end ")]),
        { ...step("r4", 0, "<c1>0 "), finishReason: "interrupted" },
        step("r9", 0, "<c9>end "),
      ],
      toolCalls: [
        call("r2", "refund", { state: "succeeded", approved: true, startedAt: 70 }),
        call("r3", "refund", { state: "denied", approved: false }),
        call("r5", "index", { state: "succeeded", confirmation: null, startedAt: 70 }),
      ],
      decisions: [decision("r2", true, "succeeded"), decision("r3", false, "denied")],
      grants: [],
    },
    journal: [
      { pid: 1, at: 0, kind: "start" },
      {
        pid: 1,
        at: 80,
        kind: "effect",
        tool: "refund",
        args: { of: "r2" },
        idempotencyKey: "k-r2",
      },
      { pid: 1, at: 80, kind: "effect", tool: "index", args: { of: "r5" }, idempotencyKey: "k-r5" },
      { pid: 1, at: 80, kind: "effect", tool: "index", args: { of: "r5" }, idempotencyKey: "k-r5" },
      { pid: 1, at: 85, kind: "model", message: "<c1> r4" },
      { pid: 1, at: 90, kind: "terminal", type: "cancelled", requestId: "r4" },
    ],
    tools: {
      refund: { gated: true, idempotent: false },
      index: { gated: false, idempotent: true },
    },
  };
}

/** What a server sends. */
export const got = (frame: Fields): Entry => ({ at: 50, way: "got", frame });
const sent = (frame: Fields): Entry => ({ at: 50, way: "sent", frame });
export const ack = (requestId: string, data: Fields = {}): Entry =>
  got({ type: "immediate_response", requestId, status: 202, data });
export const token = (requestId: string, text: string): Entry =>
  got({ type: "stream_token", requestId, token: text });
export const called = (requestId: string, name: string, toolCallId = `k-${requestId}`): Entry =>
  chunk(requestId, { toolCall: { toolCallId, name } });
export const result = (requestId: string, toolCallId = `k-${requestId}`): Entry =>
  chunk(requestId, { toolResult: { toolCallId } });
export const question = (requestId: string, toolCallId = `k-${requestId}`): Entry =>
  got({
    type: "write_confirmation_required",
    requestId,
    data: { data: { toolCallId, arguments: { of: requestId } } },
  });
export const ended = (requestId: string, text: string): Fields => ({
  type: "eventual_response",
  requestId,
  data: { data: { response: { responseParts: [text] } } },
});
export const admitted = (sessionId: string, conversationId: string, more: Fields = {}): Entry =>
  got({
    type: "immediate_response",
    requestId: "enter",
    status: 200,
    data: { sessionId, conversationId, ...more },
  });

const PLAIN = "<c1>0 <c1>end ";

function firstTab(): Transcript {
  return {
    name: "A.1",
    isOpen: true,
    entries: [
      admitted("sa", "A"),
      ...[message("r1"), ack("r1"), token("r1", "<c1>0 "), token("r1", "<c1>end ")],
      got(ended("r1", PLAIN)),
      ...[message("r2"), ack("r2"), question("r2"), called("r2", "refund")],
      ...verdict("r2", true),
      ...[result("r2"), token("r2", "<c1>end "), got(ended("r2", "<c1>end "))],
      ...[message("r3"), ack("r3"), question("r3"), called("r3", "refund")],
      ...verdict("r3", false),
      ...[result("r3"), token("r3", "<c1>end "), got(ended("r3", "<c1>end "))],
      ...[message("r4"), ack("r4"), token("r4", "<c1>0 ")],
      got({ type: "cancelled", requestId: "r4" }),
      ...[message("r5"), ack("r5"), called("r5", "index"), result("r5")],
      ...[token("r5", "<c1>end "), got(ended("r5", "<c1>end "))],
      ...[message("r5"), ack("r5", { duplicate: true }), got(ended("r5", "<c1>end "))],
    ],
  };
}

function secondTab(): Transcript {
  const pending = { toolCallId: "k-r2", arguments: { of: "r2" } };
  const items = [{ type: "tool", toolCallId: "k-r2" }];
  const lastTurn = { requestId: "r1", terminal: ended("r1", PLAIN) };
  return {
    name: "A.2",
    isOpen: false,
    entries: [
      admitted("sa", "A", { activeTurn: { requestId: "r2", items, pending }, lastTurn }),
      got({ type: "confirmation_resolved", requestId: "r2", data: { toolCallId: "k-r2" } }),
      ...[result("r2"), token("r2", "<c1>end "), got(ended("r2", "<c1>end "))],
      got({ type: "turn_started", requestId: "r3" }),
    ],
  };
}

function stranger(): Transcript {
  const entries = [admitted("sb", "B"), message("r9", "sb"), ack("r9"), token("r9", "<c9>end ")];
  return { name: "B.1", isOpen: true, entries: [...entries, got(ended("r9", "<c9>end "))] };
}

function message(requestId: string, sessionId = "sa"): Entry {
  return sent({ action: "send_message", requestId, sessionId, message: textOf(requestId) });
}

function verdict(of: string, approved: boolean): Entry[] {
  const requestId = `v-${of}`;
  return [
    sent({ action: "confirm_tool_action", requestId, toolCallId: `k-${of}`, approved }),
    got({ type: "immediate_response", requestId, status: 200, data: { approved } }),
  ];
}

function chunk(requestId: string, rawResponse: Fields): Entry {
  return got({ type: "stream_chunk", requestId, data: { state: { rawResponse } } });
}

function textOf(requestId: string): string {
  return `${requestId === "r9" ? "<c9>" : "<c1>"} ${requestId}`;
}

function exchange(
  conversationId: string,
  seq: number,
  turnId: string,
  answer: string,
  status = "completed",
): MessageRow[] {
  const inbound = { direction: "inbound", text: textOf(turnId), status: "completed" };
  return [
    { id: `${turnId}-in`, conversationId, seq, turnId, ...inbound },
    ...[{ id: `${turnId}-out`, conversationId, seq: seq + 1, turnId, direction: "outbound" }].map(
      (row) => ({ ...row, text: answer, status }),
    ),
  ];
}

function turn(
  conversationId: string,
  seq: number,
  id: string,
  terminal: Fields,
  state = "completed",
): TurnRow {
  const end = { state, owner: null, attempts: 1, endedAt: 88, terminal: JSON.stringify(terminal) };
  return { id, conversationId, seq, requestId: id, ...end };
}

function step(turnId: string, index: number, text: string) {
  return { id: `${turnId}-${index}`, turnId, index, text, finishReason: "stop" };
}

function call(turnId: string, name: string, over: Partial<ToolCallRow>): ToolCallRow {
  const args = JSON.stringify({ of: turnId });
  const isDecided = over.approved !== undefined;
  return {
    id: `k-${turnId}`,
    stepId: `${turnId}-0`,
    turnId,
    conversationId: "A",
    name,
    arguments: args,
    state: "proposed",
    digest: digestOf(args),
    confirmation: JSON.stringify({ arguments: { of: turnId } }),
    ...{ originalConfirmation: null, editedArguments: null, editedDigest: null },
    ...{ interaction: null, grantId: null, result: null },
    expiresAt: null,
    approved: null,
    decidedBy: isDecided ? "visitor" : null,
    decidedAt: isDecided ? 60 : null,
    startedAt: null,
    ...over,
  };
}

function decision(turnId: string, approved: boolean, outcome: string): DecisionRow {
  const argumentsDigest = digestOf(JSON.stringify({ of: turnId }));
  const made = { approved, decidedBy: "visitor", sessionId: "sa", outcome };
  const about = { toolCallId: `k-${turnId}`, conversationId: "A", turnId, toolName: "refund" };
  return { ...about, argumentsDigest, editedDigest: null, grantId: null, ...made };
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
