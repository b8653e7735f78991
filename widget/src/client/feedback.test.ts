import { errorFrame } from "@smooth-agent/protocol";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Client } from "./client.js";
import { clientOf } from "./client.fixture.js";
import { startModelServer, type ModelServer } from "./model-server.fixture.js";
import { readMessagePage } from "./server-event.js";

let server: ModelServer;
let client: Client;

beforeEach(async () => {
  server = await startModelServer();
  client = clientOf(server);
});

afterEach(async () => {
  client.close();
  await server.close();
});

const given = () => server.actions.filter(({ action }) => action === "send_feedback");

it("is sent with its comment, without one, and taken back", async () => {
  await client.connect();
  await client.sendFeedback("m1", "down", " Too slow. ");
  await client.sendFeedback("m1", "up", " ");
  await client.sendFeedback("m1", null);
  const sent = given().map(({ requestId, ...action }) => action);
  const whose = { action: "send_feedback", sessionId: "s1", messageId: "m1" };
  expect(sent).toEqual([
    { ...whose, rating: "down", comment: "Too slow." },
    { ...whose, rating: "up" },
    { ...whose, rating: null },
  ]);
});

it("is refused without a connection, and by a server that has no such message", async () => {
  await expect(client.sendFeedback("m1", "up")).rejects.toMatchObject({ origin: "lost" });
  await client.connect();
  server.intercept = ({ action, requestId }, peer) => {
    if (action !== "send_feedback") return false;
    const message = "messageId is not an answer of this conversation.";
    peer.send(errorFrame(requestId, { code: "VALIDATION_ERROR", message }, 1));
    return true;
  };
  await expect(client.sendFeedback("m2", "up")).rejects.toMatchObject({
    origin: "server",
    descriptor: { code: "VALIDATION_ERROR" },
  });
});

it("is read with its message, and is nothing where it is not as it must be", () => {
  const message = {
    ...{ id: "m1", conversationId: "c1", direction: "outbound", createdAt: "2026-01-01T00:00:00Z" },
    content: { items: [], text: "Well." },
  };
  const read = (feedback: unknown) => {
    const messages = [{ ...message, feedback }];
    const data = { conversationId: "c1", messages, nextCursor: null, hasMore: false };
    return readMessagePage(data)?.messages[0]?.feedback;
  };
  for (const rating of ["up", "down"]) expect(read({ rating })).toEqual({ rating });
  const whole = { rating: "down", comment: "Too slow." };
  expect(read(whole)).toEqual(whole);
  for (const odd of [
    null,
    "up",
    {},
    { rating: null },
    { rating: "sideways" },
    { ...whole, comment: 7 },
  ]) {
    expect(read(odd)).toBeUndefined();
  }
});
