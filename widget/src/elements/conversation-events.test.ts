import { describe, expect, test } from "vitest";
import type {
  AgentEntry,
  ConversationState,
  ToolPart,
  VisitorEntry,
} from "../state/conversation-state.js";
import { conversationEvents } from "./conversation-events.js";

const base: ConversationState = {
  connection: { status: "online" },
  transcript: [],
  history: { loading: false, hasMore: false },
};
const visitor: VisitorEntry = { kind: "visitor", id: "1", text: "Hi", at: 1, delivery: "sending" };
const agent: AgentEntry = { kind: "agent", id: "1", parts: [], at: 2, status: "running" };
const confirmation = {
  toolId: "refund",
  actionDescription: "Refund",
  toolCallId: "c",
  toolName: "refund",
  title: "Refund",
  summary: "All of it",
  fields: [],
  arguments: {},
  risk: "low" as const,
  expiresAt: 9,
};
const tool: ToolPart = {
  type: "tool",
  toolCallId: "c",
  name: "refund",
  arguments: {},
  status: "awaiting",
  confirmation,
};

const kinds = (before: ConversationState, after: ConversationState) =>
  conversationEvents(before, after).map(({ type }) => type.replace("smooth-agent-", ""));
const said = (...transcript: ConversationState["transcript"]) => ({ ...base, transcript });

describe("what happened", () => {
  test("a message of this window, once", () => {
    expect(kinds(base, said(visitor))).toEqual(["message"]);
    expect(kinds(said(visitor), said({ ...visitor, delivery: "sent" }))).toEqual([]);
  });

  test("an answer is told of when it is whole, with the end of its turn", () => {
    const done: AgentEntry = {
      ...agent,
      status: "completed",
      parts: [{ type: "text", text: "Hello" }],
    };
    expect(kinds(said(visitor), said(visitor, agent))).toEqual([]);
    expect(kinds(said(visitor, agent), said(visitor, done))).toEqual(["message", "turn-end"]);
  });

  test("a turn that fails is an error and an end, without a message", () => {
    const error = { code: "AGENT_ERROR" as const, message: "x" };
    const failed: AgentEntry = {
      ...agent,
      status: "failed",
      parts: [{ type: "text", text: "He" }],
      error,
    };
    expect(kinds(said(agent), said(failed))).toEqual(["error", "turn-end"]);
  });

  test("a question, and the decision on it, once each", () => {
    const asked: AgentEntry = { ...agent, status: "parked", parts: [tool] };
    const sending = { ...tool, verdict: { state: "sending" as const, approved: true } };
    const decided = {
      ...tool,
      verdict: { state: "decided" as const, approved: true, at: 3, here: true },
    };
    expect(kinds(said(agent), said(asked))).toEqual(["confirmation"]);
    expect(kinds(said(asked), said({ ...asked, parts: [sending] }))).toEqual([]);
    expect(
      kinds(said({ ...asked, parts: [sending] }), said({ ...asked, parts: [decided] })),
    ).toEqual(["decision"]);
    expect(
      kinds(said({ ...asked, parts: [decided] }), said({ ...asked, parts: [{ ...decided }] })),
    ).toEqual([]);
  });

  test("a refusal is a status and an error", () => {
    const error = { code: "ORIGIN_NOT_ALLOWED" as const, message: "x" };
    expect(kinds(base, { ...base, connection: { status: "refused", error } })).toEqual([
      "status",
      "error",
    ]);
  });
});

test("history that is loaded did not just happen", () => {
  const old: AgentEntry = { ...agent, status: "completed", parts: [{ type: "text", text: "Old" }] };
  expect(kinds(base, said({ ...visitor, delivery: "sent" }, old))).toEqual([]);
});
