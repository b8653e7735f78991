import { expect, test } from "vitest";
import { apiWorld } from "./api-world.fixture.js";

test("what was used is summed by whatever is asked for", async () => {
  const { admin, conversationId } = await apiWorld();
  const today = new Date().toISOString().slice(0, 10);
  const sum = { entries: 1, promptTokens: 20, completionTokens: 10, costUsd: 0 };
  const keys = {
    day: today,
    agent: "shop",
    visitor: "ada-17",
    conversation: conversationId,
    model: "test-model",
  };
  for (const [by, key] of Object.entries(keys)) {
    expect((await admin.get(`/usage?by=${by}`)).json).toEqual({
      by,
      sums: [{ key, ...sum }],
      isComplete: true,
    });
  }
  expect((await admin.get("/usage")).json).toMatchObject({ by: "day" });
  for (const range of ["from=2999-01-01T00:00:00Z", "to=2000-01-01T00:00:00Z"]) {
    expect((await admin.get(`/usage?${range}`)).json).toMatchObject({ sums: [] });
  }
});
