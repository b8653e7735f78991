import { describe, expect, test } from "vitest";
import type {
  AgentEntry,
  ConversationState,
  PersonEntry,
  ToolPart,
  VisitorEntry,
} from "../state/conversation-state.js";
import { conversationEvents } from "./conversation-events.js";

const base: ConversationState = {
  connection: { status: "online" },
  transcript: [],
  history: { loading: false, hasMore: false },
  grants: [],
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
    expect(kinds(said(visitor), said(visitor, agent))).toEqual(["turn-start"]);
    expect(kinds(said(visitor, agent), said(visitor, done))).toEqual(["message", "turn-end"]);
  });

  test("a turn begins once, and not when the session only brings it, but for what was sent from here", () => {
    expect(kinds(said(agent), said({ ...agent, status: "parked" }))).toEqual([]);
    expect(kinds(base, said({ ...agent, status: "completed" }))).toEqual([]);
    const away = {
      ...base,
      connection: { status: "reconnecting", attempt: 1, retryAt: 0 },
    } as const;
    expect(kinds(away, said(agent))).toEqual(["status"]);
    const waiting: VisitorEntry = { ...visitor, delivery: "waiting" };
    const sent: VisitorEntry = { ...visitor, delivery: "sent" };
    const back = said(sent, agent);
    expect(kinds({ ...away, transcript: [waiting] }, back)).toEqual(["status", "turn-start"]);
    expect(kinds({ ...away, transcript: [sent] }, back)).toEqual(["status"]);
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

test("what is thought of an answer is told once the server has it, and when it is taken back", () => {
  const answer: AgentEntry = { ...agent, status: "completed", messageId: "m" };
  const rated = (state: "sending" | "kept" | "failed"): AgentEntry => {
    return { ...answer, feedback: { rating: "down", comment: "Wrong", state } };
  };
  expect(kinds(said(answer), said(rated("sending")))).toEqual([]);
  expect(conversationEvents(said(rated("sending")), said(rated("kept")))).toMatchObject([
    { type: "smooth-agent-feedback", messageId: "m", rating: "down", comment: "Wrong" },
  ]);
  expect(kinds(said(rated("sending")), said(rated("failed")))).toEqual([]);
  expect(kinds(said(answer), said(rated("kept")))).toEqual([]);
  expect(conversationEvents(said(rated("kept")), said(answer))).toMatchObject([{ rating: null }]);
});

test("history that is loaded did not just happen", () => {
  const old: AgentEntry = { ...agent, status: "completed", parts: [{ type: "text", text: "Old" }] };
  expect(kinds(base, said({ ...visitor, delivery: "sent" }, old))).toEqual([]);
});

describe("what came from the host's side", () => {
  const person = (id: string): PersonEntry => {
    return { kind: "person", id, messageId: id, name: "Ana", text: id, at: 1 };
  };
  const loading = { loading: true, hasMore: false };

  test("a person's message is told with who said it", () => {
    const [event] = conversationEvents(base, said(person("p1")));
    expect(event).toMatchObject({ from: "person", name: "Ana", text: "p1" });
    expect(kinds(said(person("p1")), said(person("p1")))).toEqual([]);
    expect(kinds(said(visitor, agent), said(visitor, person("p1"), agent))).toEqual(["message"]);
  });

  test("one that a page brings counts when it came after what was shown, and not when it is old", () => {
    const before = { ...base, history: loading };
    expect(kinds(before, said(person("p1")))).toEqual([]);
    const shown = { ...before, transcript: [visitor] };
    expect(kinds(shown, said(person("old"), visitor))).toEqual([]);
    expect(kinds(shown, said(visitor, person("missed")))).toEqual(["message"]);
    const away: ConversationState = { ...base, connection: { status: "idle" } };
    expect(kinds(away, said(person("p1")))).toEqual(["status"]);
  });

  test("a hand-off is told when it changes, and not when the session only says how it is", () => {
    const waiting = { ...base, handOff: { state: "waiting" as const } };
    const active = { ...base, handOff: { state: "active" as const, name: "Ana" } };
    expect(kinds(base, waiting)).toEqual(["hand-off"]);
    expect(conversationEvents(waiting, active)).toMatchObject([{ state: "active", name: "Ana" }]);
    expect(kinds(active, { ...active, handOff: { ...active.handOff } })).toEqual([]);
    expect(kinds(active, { ...base, handOff: { state: null } })).toEqual(["hand-off"]);
    const away: ConversationState = { ...base, connection: { status: "connecting" } };
    expect(kinds(away, active)).toEqual(["status"]);
  });

  test("an event of the host's is told each time", () => {
    const once = { ...base, hostEvent: { name: "x", data: 1 } };
    expect(conversationEvents(base, once)).toMatchObject([{ name: "x", data: 1 }]);
    expect(kinds(once, { ...once })).toEqual([]);
    expect(kinds(once, { ...once, hostEvent: { name: "x", data: 1 } })).toEqual(["host-event"]);
  });
});
