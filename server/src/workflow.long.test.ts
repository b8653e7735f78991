import { expect, it, describe } from "vitest";
import type { Workflow } from "./agent/workflow.js";
import type { AgentConfig } from "./config/agent-setting.js";
import { at, outlines, type Frame } from "./core-client.fixture.js";
import {
  refused,
  streamed,
  type ModelAnswer,
  type ModelRequest,
} from "./gateway/model-server.fixture.js";
import { byModel, calls, endsWith, heldAnswer, says } from "./model-answers.fixture.js";
import {
  openSession,
  runningServer,
  SECRET,
  SHOP,
  type Opened,
  type RunningServer,
  type RunningServerOptions,
} from "./running-server.fixture.js";
import { databaseContents } from "./store/database-contents.fixture.js";

// A workflow, shown by what the models were asked.

const workflow: Workflow = {
  goal: "Sell a bicycle.",
  steps: [
    { id: "size", intent: "Ask for the height.", criteria: "The height is known." },
    { id: "offer", intent: "Offer a bicycle.", suggestedReplies: ["I take it", "Another one"] },
    { id: "pay", intent: "Ask how to pay.", criteria: "A way to pay was named." },
  ],
};

interface Shop extends Opened {
  server: RunningServer;
  say(requestId: string): Promise<Frame[]>;
  /** The prompts of the answering model, in order. */
  prompts(): string[];
  asked(model: string): ModelRequest[];
}

async function shop(
  models: Record<string, ModelAnswer[]>,
  behaviour: Partial<AgentConfig> = {},
  more: RunningServerOptions = {},
): Promise<Shop> {
  const agent = { allowedOrigins: [SHOP], secret: SECRET, workflow, judgeModel: "judge" };
  const server = await runningServer({ agents: { shop: { ...agent, ...behaviour } }, ...more });
  server.model.script(byModel({ "test-model": [says("Well.")], ...models }));
  const opened = await openSession(server);
  const { client, sessionId } = opened;
  const asked = (model: string) =>
    server.model.requests.filter(({ body }) => body["model"] === model);
  return {
    ...opened,
    server,
    asked,
    async say(requestId) {
      await client.ask({
        action: "send_message",
        requestId,
        sessionId,
        message: `hi ${requestId}`,
      });
      const frames = await client.rest();
      await client.quiet(sessionId);
      return frames;
    },
    prompts: () => asked("test-model").map(systemOf),
  };
}

const systemOf = ({ body }: ModelRequest) =>
  (body["messages"] as { content: string }[])[0]?.content ?? "";
const stepIn = (prompt: string) => /The current step: (.*)/.exec(prompt)?.[1];
const steps = (opened: Shop) => opened.prompts().map(stepIn);
const states = ({ server }: Shop) =>
  databaseContents(server.file).get("WorkflowState") as { stepId: string; holds: number }[];
const SIZE = "Ask for the height.";
const OFFER = "Offer a bicycle.";
const PAY = "Ask how to pay.";

describe("a workflow", () => {
  it("puts the goal and the current step into the prompt, and no other step", async () => {
    const opened = await shop({ judge: [says("NOT_MET")] });
    await opened.say("r1");
    const [prompt = ""] = opened.prompts();
    expect(prompt).toContain("The goal of this conversation: Sell a bicycle.");
    expect(stepIn(prompt)).toBe(SIZE);
    expect(prompt).toContain("This step is done when: The height is known.");
    expect(prompt).not.toContain("Offer");
  });

  it("is no part of the prompt of an agent without one, and nobody is asked", async () => {
    const opened = await shop({}, { workflow: undefined });
    await opened.say("r1");
    await opened.say("r2");
    expect(opened.prompts().join("")).not.toContain("goal");
    expect(opened.server.model.requests).toHaveLength(2);
    expect(states(opened)).toEqual([]);
  });

  it("asks the judge cheaply, with the criteria and the exchange alone, and advances when they are met", async () => {
    const opened = await shop({ judge: [says("MET"), says("NOT_MET")] });
    await opened.say("r1");
    await opened.say("r2");
    await opened.say("r3");
    expect(steps(opened)).toEqual([SIZE, OFFER, PAY]);
    const [request] = opened.asked("judge");
    expect(request?.body).toMatchObject({ max_completion_tokens: 256 });
    expect(request?.body).not.toHaveProperty("tools");
    const messages = request?.body["messages"] as { role: string; content: string }[];
    expect(messages.map(({ role }) => role)).toEqual(["system", "user"]);
    expect(JSON.parse(messages[1]?.content ?? "")).toEqual({
      step: SIZE,
      criteria: "The height is known.",
      visitor: "hi r1",
      assistant: "Well.",
      tools: [],
    });
  });

  it("advances after one turn from a step without criteria, without asking anybody", async () => {
    const opened = await shop({ judge: [says("MET")] });
    await opened.say("r1");
    await opened.say("r2");
    const judged = opened.asked("judge").length;
    await opened.say("r3");
    expect(steps(opened)).toEqual([SIZE, OFFER, PAY]);
    expect(judged).toBe(1);
  });

  it("holds a step three times, then moves on", async () => {
    const opened = await shop({ judge: [says("NOT_MET")] });
    for (const requestId of ["r1", "r2", "r3", "r4"]) await opened.say(requestId);
    expect(steps(opened)).toEqual([SIZE, SIZE, SIZE, OFFER]);
  });

  it("is done after its last step: the model is told so, and nobody is asked any more", async () => {
    const opened = await shop({ judge: [says("MET")] });
    for (const requestId of ["r1", "r2", "r3", "r4", "r5"]) await opened.say(requestId);
    expect(steps(opened)).toEqual([SIZE, OFFER, PAY, undefined, undefined]);
    expect(opened.prompts()[4]).toContain("All of its steps are done.");
    expect(opened.asked("judge")).toHaveLength(2);
    expect(states(opened)).toMatchObject([{ stepId: "", holds: 0 }]);
  });

  it("follows `next`, also backwards", async () => {
    const [first, second] = [
      { id: "a", intent: "A", next: "c" },
      { id: "b", intent: "B" },
    ];
    const loop = { goal: "g", steps: [first, second, { id: "c", intent: "C", next: "a" }] };
    const opened = await shop({}, { workflow: loop });
    for (const requestId of ["r1", "r2", "r3"]) await opened.say(requestId);
    expect(steps(opened)).toEqual(["A", "C", "A"]);
  });

  it.each([
    ["Yes, they are met."],
    ["The criteria are MET"],
    ["NOT MET"],
    ["not_met"],
    ["MET\nNOT_MET"],
    ["MET? No."],
    ["no"],
    [""],
    ['{"met": "true"}'],
    ['{"met": true, "criteria": "none"}'],
    ["[true]"],
    ["UNMET"],
  ])("takes %j of the judge for not met", async (word) => {
    const opened = await shop({ judge: [word === "" ? streamed("data: [DONE]\n\n") : says(word)] });
    await opened.say("r1");
    await opened.say("r2");
    expect(steps(opened)).toEqual([SIZE, SIZE]);
  });

  it.each(["met", " MET.\n", "Yes", "true", '{"met": true}'])("takes %j for met", async (word) => {
    const opened = await shop({ judge: [says(word)] });
    await opened.say("r1");
    await opened.say("r2");
    expect(steps(opened)).toEqual([SIZE, OFFER]);
  });

  it.each([
    ["refuses", refused(400)],
    ["breaks off", streamed('data: {"choices":[{"delta":{"content":"MET"}}]}\n\n')],
    ["is cut short", endsWith("length", "MET MET")],
    ["is filtered", endsWith("content_filter", "MET")],
    ["calls a tool", calls({ name: "advance" })],
    ["never ends", (response: Parameters<ModelAnswer>[0]) => response.flushHeaders()],
  ] as const)("holds when the judge %s", async (_, answer) => {
    const opened = await shop({ judge: [answer] }, {}, { limits: { judgeMs: 50 } });
    await opened.say("r1");
    await opened.say("r2");
    expect(steps(opened)).toEqual([SIZE, SIZE]);
    expect(opened.server.log.join("")).not.toContain("height");
  });
});

describe("the judge", () => {
  it("delays neither the terminal frame nor, for long, the next message", async () => {
    const judge = heldAnswer();
    const opened = await shop(
      { judge: [judge.answer, says("NOT_MET")] },
      {},
      { limits: { judgeWaitMs: 50 } },
    );
    const first = await opened.say("r1");
    expect(first.at(-1)?.type).toBe("eventual_response");
    await opened.server.model.request(1);
    const second = await opened.say("r2");
    expect(outlines(second)).toEqual(['"Well."', "r2 eventual_response"]);
    // It was given up, and the step is held: what it says now comes too late.
    expect(await opened.asked("judge")[0]?.closed).toBe(false);
    expect(steps(opened)).toEqual([SIZE, SIZE]);
  });

  it("is waited for by the next message", async () => {
    const judge = heldAnswer();
    const opened = await shop({ judge: [judge.answer] }, {}, { limits: { judgeWaitMs: 60_000 } });
    await opened.say("r1");
    await opened.server.model.request(1);
    const second = opened.say("r2");
    await judge.say("MET");
    await judge.finish();
    await second;
    expect(steps(opened)).toEqual([SIZE, OFFER]);
  });

  it("does not keep a message that waits for it from being cancelled", async () => {
    const judge = heldAnswer();
    const opened = await shop({ judge: [judge.answer] }, {}, { limits: { judgeWaitMs: 60_000 } });
    const { client, sessionId, server } = opened;
    await opened.say("r1");
    await server.model.request(1);
    await client.ask({ action: "send_message", requestId: "r2", sessionId, message: "hi" });
    client.send({ action: "cancel", requestId: "r2", sessionId });
    expect(outlines(await client.rest())).toEqual(["r2 cancelled"]);
    await client.quiet(sessionId);
    expect(opened.prompts()).toHaveLength(1);
  });

  it("is not asked about a turn that was cancelled or failed", async () => {
    const answer = heldAnswer();
    const opened = await shop({
      "test-model": [refused(400), answer.answer],
      judge: [says("MET")],
    });
    const { client, sessionId } = opened;
    expect((await opened.say("r1")).at(-1)?.type).toBe("error");
    await client.ask({ action: "send_message", requestId: "r2", sessionId, message: "hi" });
    await answer.say("We");
    await client.next();
    client.send({ action: "cancel", requestId: "r2", sessionId });
    await client.rest();
    await client.quiet(sessionId);
    expect(opened.asked("judge")).toEqual([]);
    expect(states(opened)).toMatchObject([{ stepId: "size", holds: 0 }]);
  });

  it("is the agent's own model where no other is named, and its use is in the ledger", async () => {
    const model = says("MET");
    const opened = await shop({ "test-model": [says("Well."), model] }, { judgeModel: undefined });
    await opened.say("r1");
    await opened.server.stop();
    const ledger = databaseContents(opened.server.file).get("UsageEntry");
    expect(ledger).toMatchObject([
      { purpose: "answer", model: "test-model" },
      { purpose: "judge", model: "test-model", promptTokens: 10, completionTokens: 5 },
    ]);
    const [turn] = databaseContents(opened.server.file).get("Turn") ?? [];
    expect(ledger?.[1]).toMatchObject({
      turnId: turn?.["id"],
      conversationId: opened.conversationId,
    });
  });

  it("that a drain cuts off counts as a hold, and the conversation goes on", async () => {
    const judge = heldAnswer();
    const opened = await shop({ judge: [judge.answer] }, {}, { limits: { drainMs: 50 } });
    await opened.say("r1");
    await opened.server.model.request(1);
    await opened.server.stop();
    expect(states(opened)).toMatchObject([{ stepId: "size", holds: 1 }]);
  });
});

describe("where a conversation stands", () => {
  it("outlives the server, and a step that is gone is the first one", async () => {
    const opened = await shop({ judge: [says("MET")] });
    await opened.say("r1");
    await opened.server.stop();
    expect(states(opened)).toMatchObject([{ stepId: "offer", holds: 0 }]);
    const { file } = opened.server;
    for (const [workflows, expected] of [
      [workflow, OFFER],
      [{ goal: "g", steps: [{ id: "new", intent: "New.", criteria: "c" }] }, "New."],
    ] as const) {
      const agents = { shop: { allowedOrigins: [SHOP], secret: SECRET, workflow: workflows } };
      const server = await runningServer({ agents, file });
      server.model.script(says("Well."));
      const client = await server.connect();
      const { sessionId, sessionToken } = opened;
      await client.ask({ action: "resume_session", requestId: "resume", sessionId, sessionToken });
      await client.ask({ action: "send_message", requestId: expected, sessionId, message: "hi" });
      await client.rest();
      expect(server.model.requests.map(systemOf).map(stepIn)[0]).toBe(expected);
      await server.stop();
    }
  });

  it("is no client's to say", async () => {
    const opened = await shop({ judge: [says("NOT_MET")] });
    const metadata = {
      workflow: { stepId: "pay" },
      stepId: "pay",
      workflowState: "pay",
      currentStep: "pay",
      holds: 9,
    };
    const { client, sessionId } = await openSession(opened.server, { metadata, stepId: "pay" });
    const message = { requestId: "m", sessionId, message: "hi", metadata, stepId: "pay" };
    await client.ask({ action: "send_message", ...message });
    await client.rest();
    expect(steps(opened)).toEqual([SIZE]);
  });

  it("is each conversation's own", async () => {
    const opened = await shop({ judge: [says("MET")] });
    await opened.say("r1");
    const { client, sessionId } = await openSession(opened.server);
    await client.ask({ action: "send_message", requestId: "r2", sessionId, message: "hi" });
    await client.rest();
    expect(steps(opened)).toEqual([SIZE, SIZE]);
  });
});

it("a step's replies are suggested with the answers of that step", async () => {
  const opened = await shop({ judge: [says("MET")] }, { suggestReplies: true });
  const suggested = (frames: Frame[]) =>
    at(frames.at(-1) as Frame, "data.data.response.suggestedNextActions");
  expect(suggested(await opened.say("r1"))).toEqual([]);
  expect(suggested(await opened.say("r2"))).toEqual(["I take it", "Another one"]);
  expect(suggested(await opened.say("r3"))).toEqual([]);
});
