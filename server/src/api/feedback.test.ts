import { expect, test } from "vitest";
import { apiWorld } from "./api-world.fixture.js";

test("feedback is told with whose it is and of what, and stands on its message", async () => {
  const { admin, stranger, conversationId, messageId } = await apiWorld();
  const { json } = await admin.get("/feedback");
  const { feedback } = json as { feedback: Record<string, unknown>[] };
  const { createdAt } = feedback[0] ?? {};
  const said = { rating: "down", comment: "I wanted a kettle." };
  const whole = { conversationId, messageId, agentId: "shop", userId: "ada-17", ...said };
  expect(json).toEqual({
    feedback: [{ ...whole, createdAt, updatedAt: createdAt }],
    nextCursor: null,
  });
  const page = (await admin.get(`/conversations/${conversationId}/messages`)).json;
  const { messages } = page as { messages: { id: string; feedback?: unknown }[] };
  expect(messages.flatMap(({ id, feedback: on }) => (on ? [[id, on]] : []))).toEqual([
    [messageId, said],
  ]);
  const none = { feedback: [], nextCursor: null };
  expect((await stranger.get("/feedback")).json).toEqual(none);
  for (const [query, isThere] of [
    ["rating=down", true],
    ["rating=up", false],
    ["hasComment=true", true],
    ["hasComment=false", false],
    [`conversationId=${conversationId}`, true],
    ["conversationId=another", false],
    ["agentId=stored", false],
    [`since=${String(createdAt)}`, true],
    [`until=${String(createdAt)}`, false],
  ] as const) {
    const read = (await admin.get(`/feedback?${query}`)).json as { feedback: unknown[] };
    expect({ query, count: read.feedback.length }).toEqual({ query, count: isThere ? 1 : 0 });
  }
});
