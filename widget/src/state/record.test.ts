import { afterEach, beforeEach, expect, it } from "vitest";
import { clientOf, memoryStore } from "../client/client.fixture.js";
import { startModelServer, type ModelServer } from "../client/model-server.fixture.js";
import type { SessionStore } from "../client/session-store.js";
import { createConversation } from "./conversation.js";
import type { Conversation, ToolPart } from "./conversation-state.js";
import { lines, until } from "./conversation.fixture.js";

let server: ModelServer;
let storage: SessionStore;
let conversation: Conversation;
const opened: Conversation[] = [];

beforeEach(async () => {
  server = await startModelServer();
  storage = memoryStore();
  conversation = page();
});

afterEach(async () => {
  for (const each of opened.splice(0)) each.close();
  await server.close();
});

function page(): Conversation {
  const fresh = createConversation(clientOf(server, { storage }));
  opened.push(fresh);
  return fresh;
}

async function opens(c: Conversation): Promise<void> {
  c.open();
  await until(c, ({ connection, history }) => {
    return connection.status === "online" && !history.loading && history.cursor !== undefined;
  });
}

async function turnOf(c: Conversation, text: string): Promise<void> {
  c.send(text);
  await server.received(() => server.turn !== undefined);
}

const ended = (c: Conversation) =>
  until(
    c,
    (s) =>
      s.activeTurnId === undefined && s.transcript.at(-1)?.kind === "agent" && !s.history.loading,
  );
const framesOf = (name: string) => server.actions.filter(({ action }) => action === name);

function card(c: Conversation): ToolPart | undefined {
  return c.state.transcript
    .flatMap((entry) => (entry.kind === "agent" ? entry.parts : []))
    .find((part): part is ToolPart => part.type === "tool");
}

it("has after a reload what was asked, decided, stopped and what failed", async () => {
  await opens(conversation);
  await turnOf(conversation, "refund");
  server.say("I can.");
  server.ask("t1");
  await until(conversation, () => card(conversation) !== undefined);
  conversation.decide("t1", true);
  await server.received((a) => a.action === "confirm_tool_action");
  server.returnTool("t1", "issue_refund", "?", true, "unknown");
  server.say("\n\nI do not know.");
  server.finish();
  await ended(conversation);
  await turnOf(conversation, "policy");
  server.say("We ta");
  await until(conversation, (s) => lines(s).at(-1)?.endsWith("ta") === true);
  conversation.stop();
  await ended(conversation);
  await turnOf(conversation, "again");
  server.say("We");
  server.fail();
  await ended(conversation);
  const expected = [
    "visitor sent: refund",
    "agent completed: I can.[issue_refund unknown]\n\nI do not know.",
    "visitor sent: policy",
    "agent cancelled: We ta",
    "visitor sent: again",
    "agent failed: We",
  ];
  expect(lines(conversation.state)).toEqual(expected);

  const reloaded = page();
  await opens(reloaded);
  await until(reloaded, (s) => s.transcript.length > 0);
  expect(lines(reloaded.state)).toEqual(expected);
  expect(card(reloaded)).toMatchObject({
    decision: { approved: true },
    confirmation: { title: "Refund" },
  });
  expect(reloaded.state.transcript.at(-1)).toMatchObject({ error: { code: "AGENT_ERROR" } });
  reloaded.decide("t1", false);
  expect(card(reloaded)).not.toHaveProperty("verdict");

  const before = conversation.state.transcript;
  server.cut();
  await server.received(() => framesOf("get_conversation_messages").length === 3);
  await until(conversation, (s) => !s.history.loading && s.connection.status === "online");
  expect(lines(conversation.state)).toEqual(expected);
  expect(card(conversation)?.verdict).toMatchObject({ approved: true, here: true });
  expect(conversation.state.transcript.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
});

it("tells the decision whose ack was lost when its turn has ended meanwhile", async () => {
  await opens(conversation);
  await turnOf(conversation, "refund");
  server.ask("t1");
  await until(conversation, () => card(conversation) !== undefined);
  server.intercept = (action, peer) => {
    if (action.action !== "confirm_tool_action") return false;
    for (const each of server.peers) each.send = () => {};
    queueMicrotask(() => {
      server.returnTool("t1", "issue_refund", "refunded");
      server.finish();
      peer.cut();
    });
    server.say("I refund it.");
    return false;
  };
  const errors: unknown[] = [];
  conversation.subscribe(() => errors.push(card(conversation)?.verdictError));
  conversation.decide("t1", true);
  await ended(conversation);
  expect(lines(conversation.state)[1]).toBe(
    "agent completed: [issue_refund succeeded]I refund it.",
  );
  expect(card(conversation)?.decision).toMatchObject({ approved: true });
  expect(errors.every((error) => error === undefined)).toBe(true);
});
