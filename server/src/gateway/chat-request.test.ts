import { expect, test } from "vitest";
import { chatRequest } from "./chat-request.js";

const tool = { name: "look", description: "looks", parameters: { type: "object" } };

test("a conversation with tool calls becomes a chat completion", () => {
  const body = chatRequest({
    model: "m",
    messages: [
      { role: "system", content: "Be kind." },
      { role: "user", content: "Hi" },
      { role: "assistant", content: "", toolCalls: [{ id: "a", name: "look", arguments: "{}" }] },
      { role: "tool", toolCallId: "a", content: "seen" },
      { role: "assistant", content: "Done.", toolCalls: [] },
    ],
    tools: [tool],
    temperature: 0,
    maxOutputTokens: 100,
  });
  expect(body).toEqual({
    model: "m",
    messages: [
      { role: "system", content: "Be kind." },
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "a", type: "function", function: { name: "look", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "a", content: "seen" },
      { role: "assistant", content: "Done." },
    ],
    tools: [{ type: "function", function: tool }],
    temperature: 0,
    max_completion_tokens: 100,
    stream: true,
    stream_options: { include_usage: true },
  });
});

test("what was not asked for is not sent", () => {
  const body = chatRequest({ model: "m", messages: [], tools: [] });
  expect(Object.keys(body).toSorted()).toEqual(["messages", "model", "stream", "stream_options"]);
});

test("older gateways get the older name of the output limit", () => {
  const body = chatRequest(
    { model: "m", messages: [], tools: [], maxOutputTokens: 7 },
    "max_tokens",
  );
  expect(body).toMatchObject({ max_tokens: 7 });
  expect(body).not.toHaveProperty("max_completion_tokens");
});
