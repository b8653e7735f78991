import { LLMock } from "@copilotkit/aimock";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failureOf, partsOf, request, textOf } from "./gateway.contract.js";
import { openaiGateway } from "./openai-gateway.js";

describe("against a model server that we did not write", () => {
  let model: LLMock;
  beforeEach(async () => {
    model = await LLMock.create({ port: 0, logLevel: "silent", chunkSize: 3 });
  });
  afterEach(() => model.stop());

  const gateway = () =>
    openaiGateway({ apiKey: "k", baseURL: `${model.url}/v1`, limits: { backoffMs: 1 } });

  test("text streams", async () => {
    model.onMessage(/hello/, { content: "Grüße aus 東京 👩‍🚀" });
    const parts = await partsOf(gateway());
    expect(textOf(parts)).toBe("Grüße aus 東京 👩‍🚀");
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.at(-1)).toMatchObject({ reason: "stop", toolCalls: [] });
  });

  test("text and tool calls of one answer", async () => {
    const toolCalls = [
      { id: "a", name: "look", arguments: '{"at":"x"}' },
      { id: "b", name: "look", arguments: '{"at":"y"}' },
    ];
    model.onMessage(/hello/, { content: "One moment.", toolCalls });
    const parts = await partsOf(gateway());
    expect(textOf(parts)).toBe("One moment.");
    expect(parts.at(-1)).toMatchObject({ reason: "tool_calls", toolCalls });
  });

  test("the results of tools are understood", async () => {
    model.onToolResult("a", { content: "I see." });
    const parts = await partsOf(gateway(), {
      ...request,
      messages: [
        { role: "user", content: "hello" },
        { role: "assistant", content: "", toolCalls: [{ id: "a", name: "look", arguments: "{}" }] },
        { role: "tool", toolCallId: "a", content: "a thing" },
      ],
    });
    expect(textOf(parts)).toBe("I see.");
  });

  test("an overloaded moment passes", async () => {
    model.onMessage(/hello/, { content: "Hello" });
    model.nextRequestError(503, { message: "busy" });
    expect(textOf(await partsOf(gateway()))).toBe("Hello");
    expect(model.getRequests()).toHaveLength(2);
  });

  test("an answer that it cuts is no answer", async () => {
    model.onMessage(
      /hello/,
      { content: "Half an answer" },
      { truncateAfterChunks: 3, latency: 10 },
    );
    const { parts, error } = await failureOf(gateway());
    expect("Half an answer".startsWith(textOf(parts))).toBe(true);
    expect(textOf(parts)).not.toBe("");
    expect(error.fault).toBe("unavailable");
  });

  test("an answer that it garbles is no answer", async () => {
    model.onMessage(/hello/, { content: "Hello" }, { chaos: { malformedRate: 1 } });
    expect((await failureOf(gateway())).error.fault).toBe("unavailable");
  });
});
