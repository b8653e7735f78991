import {
  handOffChanged,
  hostPushed,
  messageAdded,
  type Message,
  type ServerEvent,
  type SessionDescriptor,
} from "@smooth-agent/protocol";
import { expect, it } from "vitest";
import { readEvent } from "../client/server-event.js";
import type { ConversationState } from "./conversation-state.js";
import { lines } from "./conversation.fixture.js";
import { EMPTY_CONVERSATION, reduce } from "./reduce.js";

const from = { type: "human-agent", name: "Ana" } as const;
const said = (id: string, text: string, over: Partial<Message> = {}): Message => ({
  id,
  conversationId: "c",
  direction: "outbound",
  content: { items: [{ type: "text", text }], text },
  createdAt: "2026-01-01T00:00:00.000Z",
  from,
  ...over,
});
const added = (id: string, text: string) => messageAdded(said(id, text), 1);
const page = (messages: Message[]) => {
  const whole = { conversationId: "c", messages, nextCursor: null, hasMore: false };
  return { type: "history-page", page: whole, newest: true } as const;
};
const session = (over: Partial<SessionDescriptor> = {}): SessionDescriptor => ({
  ...{ sessionId: "s", conversationId: "c", agentId: "a", agentName: "Mira" },
  ...{ userParticipantId: "u", agentParticipantId: "p", sessionToken: "t", expiresAt: 1 },
  agent: { name: "Mira" },
  ...over,
});

const apply = (state: ConversationState, ...events: ServerEvent[]) =>
  events.reduce((before, event) => reduce(before, { type: "event", event }), state);
const resumed = (state: ConversationState, over: Partial<SessionDescriptor>) =>
  reduce(state, { type: "session", session: session(over), resumed: true, at: 1 });
const asked = reduce(reduce(EMPTY_CONVERSATION, { type: "written", id: "r", text: "hi", at: 1 }), {
  type: "sending",
  id: "r",
});
const ack: ServerEvent = {
  type: "immediate_response",
  requestId: "r",
  status: 202,
  message: "",
  data: {},
  timestamp: 1,
};

it("a person's message is theirs, once, and stands before the answer that goes on", () => {
  const before = apply(asked, added("p1", "before"));
  expect(lines(before)).toEqual(["Ana: before", "visitor sending: hi"]);
  const during = apply(before, ack, added("p2", "during"), added("p2", "during"));
  expect(lines(during)).toEqual([
    "Ana: before",
    "visitor sent: hi",
    "Ana: during",
    "agent running: ",
  ]);
  expect(apply(during, added("p1", "before"))).toBe(during);
  expect(during.transcript[0]).toEqual({
    kind: "person",
    id: "p1",
    messageId: "p1",
    name: "Ana",
    text: "before",
    at: Date.parse("2026-01-01T00:00:00.000Z"),
  });
});

it("a page of history does not take a person's message for the answer that was missed", () => {
  const gone = resumed(apply(asked, ack), { activeTurn: null, lastTurn: null });
  const question = said("m1", "hi", { direction: "inbound", from: { type: "user" } });
  const shown = reduce(gone, page([said("p1", "beside"), question]));
  expect(lines(shown)).toEqual(["visitor sent: hi", "Ana: beside", "agent failed: "]);
});

it("a hand-off is as it was told last, by an event or by the session", () => {
  const active = apply(EMPTY_CONVERSATION, handOffChanged({ state: "active", name: "Ana" }, 1));
  expect(active.handOff).toEqual({ state: "active", name: "Ana" });
  expect(resumed(active, { handOff: { state: "waiting" } }).handOff).toEqual({ state: "waiting" });
  expect(resumed(active, {}).handOff).toBeUndefined();
});

it("that the agent is back is told until it is asked something", () => {
  const back = apply(asked, handOffChanged({ state: null }, 1));
  expect(back.handOff).toEqual({ state: null });
  expect(apply(back, ack).handOff).toBeUndefined();
  const active = apply(asked, handOffChanged({ state: "active", name: "Ana" }, 1), ack);
  expect(active.handOff).toEqual({ state: "active", name: "Ana" });
});

it("what the host tells twice is two different things", () => {
  const once = apply(EMPTY_CONVERSATION, hostPushed("x", { a: 1 }, 1));
  expect(once.hostEvent).toEqual({ name: "x", data: { a: 1 } });
  expect(apply(once, hostPushed("x", { a: 1 }, 1)).hostEvent).not.toBe(once.hostEvent);
});

it.each([
  { type: "message_added", data: {}, timestamp: 1 },
  { type: "message_added", data: { message: { ...said("p", "x"), id: 1 } }, timestamp: 1 },
  { type: "hand_off", data: { state: 1 }, timestamp: 1 },
  { type: "hand_off", data: {}, timestamp: 1 },
  { type: "hand_off", data: { state: "active", name: 7 }, timestamp: 1 },
  { type: "host_event", data: { data: 1 }, timestamp: 1 },
])("a frame that is not as it must be is none: %j", (frame) => {
  expect(readEvent(JSON.stringify(frame))).toBeUndefined();
});

it("a sender that is not as it must be counts as absent", () => {
  const frame = { ...added("p", "x"), data: { message: { ...said("p", "x"), from: "Ana" } } };
  const event = readEvent(JSON.stringify(frame));
  expect(event).toMatchObject({ type: "message_added", data: { message: { id: "p" } } });
  expect(JSON.stringify(event)).not.toContain("Ana");
});
