import { describe, expect, test } from "vitest";
import { Answer } from "./answer.js";
import { GatewayError, type GatewayPart } from "./gateway.js";

type Fields = Record<string, unknown>;
const choice = (delta: Fields, finish_reason: string | null = null, index = 0): string =>
  JSON.stringify({ choices: [{ index, delta, finish_reason }] });
const text = (content: unknown) => choice({ content });
const call = (args: string, fields: Fields = {}) =>
  choice({
    tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: args }, ...fields }],
  });
const usage = (fields: Fields) => JSON.stringify({ choices: [], usage: fields });

function answered(...data: readonly string[]): GatewayPart[] {
  const answer = new Answer(0);
  return [...data.flatMap((item) => answer.take({ data: item })), ...answer.end()];
}

function faultOf(...data: readonly string[]): string {
  try {
    answered(...data);
  } catch (error) {
    if (error instanceof GatewayError) return error.fault;
    throw error;
  }
  return "none";
}

describe("how an answer ends", () => {
  test.each([
    ["stop", "stop"],
    ["eos", "stop"],
    ["length", "length"],
    ["max_tokens", "length"],
    ["content_filter", "content_filter"],
    ["SAFETY", "content_filter"],
  ])("%s after text is %s", (reported, reason) => {
    expect(answered(text("Hi"), choice({}, reported))).toEqual([
      { type: "text", text: "Hi" },
      { type: "finish", reason, toolCalls: [] },
    ]);
  });

  test.each(["tool_calls", "function_call", "stop", "something_new"])(
    "%s after a whole tool call waits for its result",
    (reported) => {
      expect(answered(call('{"a":1}'), choice({}, reported))).toEqual([
        {
          type: "finish",
          reason: "tool_calls",
          toolCalls: [{ id: "a", name: "f", arguments: '{"a":1}' }],
        },
      ]);
    },
  );

  test.each(["length", "content_filter"])("%s drops the tool calls", (reason) => {
    expect(answered(call('{"a":1}'), choice({}, reason))).toEqual([
      { type: "finish", reason, toolCalls: [] },
    ]);
  });

  test("arguments that are no JSON are handed on when the model meant the call", () => {
    expect(answered(call('{"a":'), choice({}, "tool_calls")).at(-1)).toMatchObject({
      reason: "tool_calls",
      toolCalls: [{ arguments: '{"a":' }],
    });
  });

  test.each([
    ["half a tool call and stop", [call('{"a":'), choice({}, "stop")]],
    ["a tool call without a name", [call("{}", { function: {} }), choice({}, "tool_calls")]],
    ["tool_calls without a call", [text("Hi"), choice({}, "tool_calls")]],
    ["text without any end", [text("Hi")]],
    ["a whole tool call with [DONE] only", [call("{}"), "[DONE]"]],
    ["text and a tool call with [DONE] only", [text("Hi"), call("{}"), "[DONE]"]],
    ["[DONE] only", ["[DONE]"]],
    ["a role and [DONE]", [choice({ role: "assistant" }), "[DONE]"]],
    ["nothing at all", []],
    ["a provider that broke off", [text("Hi"), choice({}, "error")]],
    ["malformed JSON", [text("Hi"), '{"choices":[']],
    ["JSON that is no object", [text("Hi"), "[1]"]],
  ])("%s is a failure", (_name, data) => {
    expect(faultOf(...data)).toBe("unavailable");
  });

  test("text with [DONE] but no finish reason is whole", () => {
    expect(answered(text("Hi"), "[DONE]").at(-1)).toMatchObject({ reason: "stop" });
  });

  test("a malformed event after the finish reason costs only the usage", () => {
    expect(answered(text("Hi"), choice({}, "stop"), '{"usage":').at(-1)).toEqual({
      type: "finish",
      reason: "stop",
      toolCalls: [],
    });
  });
});

describe("an error in mid-stream", () => {
  test.each([
    [{ message: "x" }, "unavailable"],
    ["overloaded", "unavailable"],
    [{ code: 429 }, "rate_limited"],
    [{ code: "429" }, "rate_limited"],
    [{ type: "rate_limit_error" }, "rate_limited"],
    [{ code: 502, message: "bad" }, "unavailable"],
    [{ code: 400, type: "BadRequestError" }, "rejected"],
    [{ code: "context_length_exceeded" }, "rejected"],
    [{ code: "insufficient_quota" }, "rejected"],
    [{ code: 401 }, "unauthenticated"],
  ])("%j is %s, also after the finish reason", (error, fault) => {
    expect(faultOf(text("Hi"), JSON.stringify({ error }))).toBe(fault);
    expect(faultOf(choice({}, "stop"), JSON.stringify({ error }))).toBe(fault);
  });

  test("may come as an event of type error", () => {
    const answer = new Answer(0);
    const failing = () => answer.take({ event: "error", data: '{"code":429,"message":"secret"}' });
    expect(failing).toThrow(expect.objectContaining({ fault: "rate_limited" }));
    expect(failing).not.toThrow(/secret/);
  });

  test("a null error is none", () => {
    const withNull = JSON.stringify({ error: null, choices: [{ delta: { content: "Hi" } }] });
    expect(answered(withNull, choice({}, "stop"))[0]).toEqual({ type: "text", text: "Hi" });
  });
});

describe("what counts as text", () => {
  test.each([
    [{ content: "Hi" }, { type: "text", text: "Hi" }],
    [{ content: [{ type: "text", text: "H" }, { text: "i" }] }, { type: "text", text: "Hi" }],
    [{ refusal: "No." }, { type: "text", text: "No." }],
    [{ reasoning_content: "hm" }, { type: "reasoning", text: "hm" }],
    [{ reasoning: "hm" }, { type: "reasoning", text: "hm" }],
    [{ reasoning_text: "hm" }, { type: "reasoning", text: "hm" }],
    [{ thinking: "hm" }, { type: "reasoning", text: "hm" }],
    [
      { reasoning_details: [{ type: "reasoning.text", text: "h" }, { summary: "m" }] },
      { type: "reasoning", text: "hm" },
    ],
    [
      { reasoning: "hm", reasoning_details: [{ type: "reasoning.text", text: "hm" }] },
      { type: "reasoning", text: "hm" },
    ],
    [
      { reasoning: "hm", reasoning_content: "hm" },
      { type: "reasoning", text: "hm" },
    ],
  ])("%j", (delta, part) => {
    expect(answered(choice(delta), choice({}, "stop"))[0]).toEqual(part);
  });

  test.each([
    {},
    { content: "" },
    { content: null, tool_calls: null },
    { reasoning: {} },
    { reasoning_details: "hm" },
  ])("%j is nothing", (delta) => {
    expect(answered(choice(delta), choice({}, "stop"))).toHaveLength(1);
  });

  test("other choices are not mixed in", () => {
    expect(answered(choice({ content: "no" }, null, 1), choice({}, "stop"))).toHaveLength(1);
  });

  test("a whole message in one delta, with text and calls", () => {
    const delta = {
      role: "assistant",
      content: "Hi",
      tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
    };
    expect(answered(choice(delta, "tool_calls"))).toEqual([
      { type: "text", text: "Hi" },
      {
        type: "finish",
        reason: "tool_calls",
        toolCalls: [{ id: "a", name: "f", arguments: "{}" }],
      },
    ]);
  });

  test("the single call of the older form", () => {
    const begun = choice({ function_call: { name: "f", arguments: '{"a"' } });
    const ended = choice({ function_call: { arguments: ":1}" } }, "function_call");
    expect(answered(begun, ended).at(-1)).toMatchObject({
      toolCalls: [{ name: "f", arguments: '{"a":1}' }],
    });
  });

  test("half an emoji at the end shows as a replacement character", () => {
    expect(answered(text("Hi \ud83d"), choice({}, "stop")).slice(0, 2)).toEqual([
      { type: "text", text: "Hi " },
      { type: "text", text: "\ufffd" },
    ]);
  });
});

describe("usage", () => {
  test("comes after the finish reason, with empty choices", () => {
    const answer = new Answer(0.5);
    answer.take({ data: text("Hi") });
    answer.take({ data: usage({ prompt_tokens: 1, completion_tokens: 1 }) });
    answer.take({ data: choice({}, "stop") });
    expect(answer.settled).toBe(false);
    answer.take({ data: usage({ prompt_tokens: 3, completion_tokens: 4 }) });
    expect(answer.settled).toBe(true);
    expect(answer.end().at(-1)).toMatchObject({
      usage: { costUsd: 0.5, promptTokens: 3, completionTokens: 4 },
    });
  });

  test.each([
    [{ prompt_tokens: 3, completion_tokens: 4, cost: 0.25 }, [0.25, 3, 4]],
    [{ prompt_tokens: null, completion_tokens: -1, cost: "a lot" }, [0, 0, 0]],
    [{ prompt_tokens: 2.6 }, [0, 3, 0]],
  ])("%j", (fields, [costUsd, promptTokens, completionTokens]) => {
    expect(answered(choice({}, "stop"), usage(fields)).at(-1)).toMatchObject({
      usage: { costUsd, promptTokens, completionTokens },
    });
  });
});
