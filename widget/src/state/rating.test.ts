import { errorFrame } from "@smooth-agent/protocol";
import { afterEach, beforeEach, expect, it } from "vitest";
import { memoryStore } from "../client/client.fixture.js";
import { startModelServer, type ModelServer } from "../client/model-server.fixture.js";
import type { AgentEntry, AnswerFeedback, Conversation } from "./conversation-state.js";
import { until } from "./conversation.fixture.js";
import { isUp, openPage } from "./page.fixture.js";

let server: ModelServer;
let conversation: Conversation;

beforeEach(async () => {
  server = await startModelServer();
  conversation = openPage(server, memoryStore()).conversation;
  conversation.open();
  conversation.send("one");
  await until(conversation, (s) => s.activeTurnId !== undefined);
});

afterEach(async () => {
  conversation.close();
  await server.close();
});

const answer = () =>
  conversation.state.transcript.find((entry): entry is AgentEntry => entry.kind === "agent");
const id = () => answer()?.id ?? "";
const answers = () => {
  server.say("Yes.");
  server.finish("m1");
  return until(conversation, (s) => s.activeTurnId === undefined);
};
const becomes = (feedback: AnswerFeedback | undefined) =>
  until(conversation, () => JSON.stringify(answer()?.feedback) === JSON.stringify(feedback));
const ratings = () => server.actions.filter(({ action }) => action === "send_feedback");
const refuse = () => {
  server.intercept = ({ action, requestId }, peer) => {
    if (action !== "send_feedback") return false;
    peer.send(errorFrame(requestId, { code: "RATE_LIMITED", message: "No." }, 1));
    return true;
  };
};

it("is shown at once, kept, changed and taken back", async () => {
  await answers();
  conversation.rate(id(), "up");
  expect(answer()?.feedback).toEqual({ rating: "up", state: "sending" });
  await becomes({ rating: "up", state: "kept" });
  conversation.rate(id(), "down", ` ${"x".repeat(1_200)}`);
  const comment = "x".repeat(1_000);
  await becomes({ rating: "down", comment, state: "kept" });
  conversation.rate(id(), null);
  expect(answer()).not.toHaveProperty("feedback");
  await server.received((action) => "rating" in action && action.rating === null);
  expect(ratings()).toMatchObject([
    { messageId: "m1", rating: "up" },
    { messageId: "m1", rating: "down", comment },
    { messageId: "m1", rating: null },
  ]);
});

it("stays as it was pressed where the server does not take it, and says so", async () => {
  await answers();
  refuse();
  conversation.rate(id(), "up");
  await becomes({ rating: "up", state: "failed" });
  server.intercept = () => false;
  conversation.rate(id(), "up");
  await becomes({ rating: "up", state: "kept" });
  refuse();
  conversation.rate(id(), null);
  expect(answer()).not.toHaveProperty("feedback");
  await becomes({ rating: "up", state: "failed" });
  conversation.close();
  conversation.rate(id(), "down");
  await becomes({ rating: "down", state: "failed" });
});

it("is the last one pressed, whatever is heard of the one before", async () => {
  await answers();
  refuse();
  conversation.rate(id(), "up");
  conversation.rate(id(), "down");
  const shown: unknown[] = [];
  conversation.subscribe(() => shown.push(answer()?.feedback));
  await becomes({ rating: "down", state: "failed" });
  expect(shown).toEqual([{ rating: "down", state: "failed" }]);
});

it("is of a stored answer, and nothing else", async () => {
  conversation.rate(id(), "up");
  conversation.rate("nothing", "up");
  await answers();
  conversation.rate(id(), null);
  expect(ratings()).toEqual([]);
  expect(answer()).not.toHaveProperty("feedback");
});

it("is read from the record, but for what that has not", async () => {
  await answers();
  const stored = server.messages.at(-1)!;
  stored.feedback = { rating: "down", comment: "Late." };
  server.cut();
  await becomes({ rating: "down", comment: "Late.", state: "kept" });
  delete stored.feedback;
  server.intercept = ({ action }, peer) => {
    if (action !== "send_feedback") return false;
    peer.cut();
    return true;
  };
  conversation.rate(id(), "up");
  await becomes({ rating: "up", state: "failed" });
  const reads = () => server.actions.filter(({ action }) => action === "get_conversation_messages");
  await isUp(conversation);
  await until(conversation, (s) => !s.history.loading && reads().length > 1);
  expect(answer()?.feedback).toEqual({ rating: "up", state: "failed" });
  // It had arrived, and only that was not heard.
  stored.feedback = { rating: "up" };
  server.cut();
  await becomes({ rating: "up", state: "kept" });
  const later = openPage(server, memoryStore(), { conversationId: "c1" }).conversation;
  later.open();
  await isUp(later);
  expect(later.state.transcript.at(-1)).toMatchObject({
    feedback: { rating: "up", state: "kept" },
  });
  later.close();
});
