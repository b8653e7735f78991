import { describe, expect, it } from "vitest";
import { at, outlines, type CoreClient, type Frame } from "./core-client.fixture.js";
import {
  delta,
  opened,
  refused,
  streamed,
  type ModelAnswer,
} from "./gateway/model-server.fixture.js";
import { calls, endsWith, says, saysAndCalls } from "./model-answers.fixture.js";
import {
  openSession,
  runningServer,
  type RunningServer,
  type RunningServerOptions,
} from "./running-server.fixture.js";
import { defineTool, ToolError } from "./tools/tool.js";

// Whatever a model answers, a turn ends, honestly.

const ran: string[] = [];
const tools = [
  defineTool({
    name: "lookup_order",
    description: "Reads.",
    parameters: {
      type: "object",
      properties: { orderId: { type: "string" } },
      required: ["orderId"],
    },
    execute: ({ orderId }) => {
      ran.push(String(orderId));
      return { orderId };
    },
  }),
  defineTool({
    name: "declined",
    description: "Refuses.",
    execute: () => {
      throw new ToolError("Order 1234 is locked.");
    },
  }),
  defineTool({
    name: "broken",
    description: "Breaks.",
    execute: () => {
      throw new Error("password=hunter2 at db.internal:5432");
    },
  }),
  defineTool({ name: "silent", description: "Returns nothing.", execute: () => undefined }),
  defineTool({ name: "wordy", description: "Returns much.", execute: () => "😀".repeat(1_500) }),
  defineTool({
    name: "endless",
    description: "Never returns.",
    timeoutMs: 20,
    execute: () => new Promise(() => undefined),
  }),
  defineTool({
    name: "endless_read",
    description: "Never returns.",
    timeoutMs: 20,
    idempotent: true,
    execute: () => new Promise(() => undefined),
  }),
  defineTool({
    name: "unaskable",
    description: "Cannot ask.",
    confirm: () => {
      throw new Error("no view");
    },
    execute: () => ran.push("unaskable"),
  }),
];

async function turn(server: RunningServer, ...answers: ModelAnswer[]) {
  const { client, sessionId } = await openSession(server);
  server.model.script(...answers);
  const send = { action: "send_message", requestId: "r", sessionId, message: "hi" };
  await client.ask(send);
  const frames = await client.rest();
  await client.quiet(sessionId);
  return { client, sessionId, frames, lines: outlines(frames), end: frames.at(-1) as Frame };
}

const withTools = (more: RunningServerOptions = {}) => runningServer({ tools, ...more });
const toolResult = (frames: readonly Frame[]) =>
  frames.map((frame) => at(frame, "data.state.rawResponse.toolResult")).find(Boolean);
const told = (server: RunningServer) => {
  const messages = server.model.requests[1]?.body["messages"] as unknown[] | undefined;
  return messages?.at(-1) as { role: string; content: string } | undefined;
};
const storedTexts = async (client: CoreClient, sessionId: string) => {
  const page = await client.ask({ action: "get_conversation_messages", sessionId });
  return (at(page, "data.messages") as { content: { text: string } }[]).map(
    ({ content }) => content.text,
  );
};

describe("a tool call that cannot be run", () => {
  it.each([
    ["an unknown tool", { name: "undelete" }, "There is no tool named undelete."],
    ["broken JSON", { name: "lookup_order", arguments: '{"orderId": "12' }, "not valid JSON"],
    ["no object", { name: "lookup_order", arguments: "[1]" }, "The arguments are not valid."],
    ["a missing field", { name: "lookup_order" }, "orderId"],
    ["a wrong type", { name: "lookup_order", arguments: { orderId: 5 } }, "must be string"],
  ])("is told to the model, which may correct itself: %s", async (_, call, problem) => {
    const server = await withTools();
    ran.length = 0;
    const right = { name: "lookup_order", arguments: { orderId: "1" } };
    const { lines } = await turn(server, calls(call), calls(right), says("Found."));
    expect(lines).toEqual([
      `call ${call.name}`,
      `failure ${call.name}`,
      "call lookup_order",
      "result lookup_order",
      '"Found."',
      "r eventual_response",
    ]);
    expect(told(server)?.content).toContain(problem);
    expect(ran).toEqual(["1"]);
  });

  it("is told, not asked, when the question itself cannot be made", async () => {
    const server = await withTools();
    const { lines } = await turn(server, calls({ name: "unaskable" }), says("Sorry."));
    expect(lines.slice(0, 2)).toEqual(["call unaskable", "failure unaskable"]);
    expect(ran).not.toContain("unaskable");
  });
});

describe("a model that asks for too much", () => {
  it("is answered for 32 calls of a step, and long arguments are refused, not cut and run", async () => {
    const server = await withTools();
    const many = Array.from({ length: 40 }, (_, n) => ({ name: "nowhere", id: `c${n}` }));
    const { lines } = await turn(server, calls(...many), says("So."));
    expect(lines.filter((line) => line === "call nowhere")).toHaveLength(32);
    const long = JSON.stringify({ text: "x".repeat(70_000) });
    const { frames } = await turn(
      server,
      calls({ name: "declined", arguments: long }),
      says("So."),
    );
    expect(toolResult(frames)).toMatchObject({ name: "declined", isError: true });
    expect(JSON.stringify(toolResult(frames))).toContain("not valid JSON");
  });
});

describe("a tool that runs", () => {
  it.each([
    ["declined", true, "Order 1234 is locked."],
    ["broken", true, "The tool failed."],
    ["silent", false, ""],
    ["endless_read", true, "The tool did not answer in time."],
  ])("tells its outcome: %s", async (name, isError, result) => {
    const server = await withTools();
    const { frames, end } = await turn(server, calls({ name }), says("So."));
    expect(toolResult(frames)).toMatchObject({ name, isError, result });
    expect(told(server)).toMatchObject({ role: "tool", content: result });
    expect(end.type).toBe("eventual_response");
    expect(frames.map(({ text }) => text).join("")).not.toContain("hunter2");
    expect(server.log.join("")).not.toContain("hunter2");
  });

  it("has an unknown outcome when its time is up and it may not be repeated", async () => {
    const server = await withTools();
    const { frames } = await turn(server, calls({ name: "endless" }), says("Unclear."));
    expect(toolResult(frames)).toMatchObject({ isError: true });
    expect(told(server)?.content).toMatch(/^The outcome is unknown/);
  });

  it("is shown with 2,000 characters of its result, never half of one; the model gets all", async () => {
    const server = await withTools();
    const { frames } = await turn(server, calls({ name: "wordy" }), says("Long."));
    expect(toolResult(frames)).toMatchObject({ result: "😀".repeat(1_000) });
    expect(told(server)?.content).toBe("😀".repeat(1_500));
  });
});

describe("an answer", () => {
  it("that hit the model's length limit is completed and says so", async () => {
    const { client, sessionId, end } = await turn(
      await withTools(),
      endsWith("length", "Once upon"),
    );
    expect(Object.keys(at(end, "data.data") as object).slice(0, 2)).toEqual([
      "messageId",
      "truncated",
    ]);
    expect(at(end, "data.data.response.responseParts")).toEqual(["Once upon"]);
    expect(await storedTexts(client, sessionId)).toEqual(["Once upon", "hi"]);
  });

  it("that hit it inside of a tool call runs no tool", async () => {
    ran.length = 0;
    const half = {
      index: 0,
      id: "a",
      function: { name: "lookup_order", arguments: '{"orderId":"1"}' },
    };
    const answer = streamed(delta({ tool_calls: [half] }), delta({}, "length"));
    const { lines } = await turn(await withTools(), answer);
    expect(lines).toEqual(["r eventual_response"]);
    expect(ran).toEqual([]);
  });

  it.each<[string, ModelAnswer, boolean]>([
    ["filtered by the provider", endsWith("content_filter", "Once"), false],
    ["cut before its finish reason", streamed(delta({ content: "Once" })), true],
    [
      "cut with its connection",
      async (response, request) => {
        await opened(delta({ content: "Once" }))(response);
        // Only what the server has read counts as streamed.
        setTimeout(() => response.destroy(), 20);
        await request.closed;
      },
      true,
    ],
    ["malformed in the middle", streamed(delta({ content: "Once" }), "data: {oops\n\n"), true],
    ["an error in the middle", streamed(delta({ content: "Once" }), delta({}, "error")), true],
  ])("is no half answer when it is %s", async (_, answer, retryable) => {
    const server = await withTools();
    const { client, sessionId, lines, end } = await turn(server, answer);
    expect(lines).toEqual(['"Once"', "r error AGENT_ERROR"]);
    expect(at(end, "error")).toEqual({
      code: "AGENT_ERROR",
      message: "The answer could not be completed.",
      retryable,
    });
    expect(await storedTexts(client, sessionId)).toEqual(["hi"]);
    expect(server.model.requests).toHaveLength(1);
  });

  it("that is an error of the gateway says nothing of what the gateway said", async () => {
    const server = await withTools();
    const secret = { message: "key sk-test of gateway.internal is over its quota" };
    const { lines, frames } = await turn(server, refused(400, {}, secret));
    expect(lines).toEqual(["r error AGENT_ERROR"]);
    expect(frames[0]?.text).not.toMatch(/sk-test|internal|quota/);
    expect(server.log.join("")).not.toMatch(/sk-test|internal|quota/);
  });

  it("goes on after one that failed: the next message is answered", async () => {
    const server = await withTools();
    const { client, sessionId } = await turn(server, streamed(delta({ content: "Once" })));
    server.model.script(says("Hello"));
    await client.ask({ action: "send_message", requestId: "r2", sessionId, message: "hi?" });
    expect(outlines(await client.rest())).toEqual(['"Hello"', "r2 eventual_response"]);
  });

  it("of several steps is one text, joined where two steps spoke", async () => {
    const lookup = { name: "lookup_order", arguments: { orderId: "1" } };
    const { lines, end } = await turn(
      await withTools(),
      saysAndCalls(["One."], lookup),
      calls({ ...lookup, id: "b" }),
      saysAndCalls(["Two."], { ...lookup, id: "c" }),
      says("Three."),
    );
    expect(lines.filter((line) => line.startsWith('"'))).toEqual(
      ["One.", "\n\n", "Two.", "\n\n", "Three."].map((token) => JSON.stringify(token)),
    );
    expect(at(end, "data.data.response.responseParts")).toEqual(["One.\n\nTwo.\n\nThree."]);
    expect(at(end, "data.data.usage.promptTokens")).toBe(40);
  });

  it("keeps every character whole, however the deltas are cut", async () => {
    const { frames, end } = await turn(await withTools(), says("a\ud83d", "\ude00b", "日", "本"));
    expect(frames.map(({ text }) => text).join("")).not.toContain("\ufffd");
    expect(at(end, "data.data.response.responseParts")).toEqual(["a😀b日本"]);
  });
});

describe("a model that never stops calling tools", () => {
  const agents = (maxIterations: number) => ({
    shop: { allowedOrigins: ["https://shop.example"], maxIterations },
  });
  const lookup = { name: "lookup_order", arguments: { orderId: "1" } };

  it("is offered none at the last step, and told to answer", async () => {
    const server = await withTools({ agents: agents(3) });
    const { lines } = await turn(server, calls(lookup), calls(lookup), says("Enough."));
    expect(lines.slice(-2)).toEqual(['"Enough."', "r eventual_response"]);
    const offered = server.model.requests.map(({ body }) => "tools" in body);
    expect(offered).toEqual([true, true, false]);
  });

  it("is stopped there, even if it calls one unoffered: nothing runs, the turn ends", async () => {
    ran.length = 0;
    const server = await withTools({ agents: agents(3) });
    const { lines, end } = await turn(server, saysAndCalls(["On it."], lookup));
    expect(server.model.requests).toHaveLength(3);
    expect(ran).toHaveLength(2);
    expect(lines.filter((line) => line.startsWith("call"))).toHaveLength(2);
    expect(at(end, "data.data.truncated")).toBe(true);
  });
});

describe("an agent that nobody configured", () => {
  it("has no tools: none is offered, and none runs when the model calls one all the same", async () => {
    ran.length = 0;
    const server = await withTools({ agents: {}, strict: false });
    const { client, sessionId } = await openSession(server, { agentId: "anyone" });
    server.model.script(
      calls({ name: "lookup_order", arguments: { orderId: "1" } }),
      says("I cannot."),
    );
    await client.ask({ action: "send_message", requestId: "r", sessionId, message: "hi" });
    expect(outlines(await client.rest())).toEqual([
      "call lookup_order",
      "failure lookup_order",
      '"I cannot."',
      "r eventual_response",
    ]);
    expect("tools" in (server.model.requests[0]?.body ?? {})).toBe(false);
    expect(ran).toEqual([]);
  });
});
