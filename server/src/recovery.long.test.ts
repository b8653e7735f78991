import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  at,
  outline,
  outlines,
  textAt,
  type CoreClient,
  type Frame,
} from "./core-client.fixture.js";
import { ASK_SIZE, SHOWS_FORMS, SIZE, submit } from "./forms.fixture.js";
import { modelServer, type ModelServer } from "./gateway/model-server.fixture.js";
import { calls, heldAnswer, says } from "./model-answers.fixture.js";
import { program, writeConfig, type Program } from "./program.fixture.js";
import {
  createSession,
  resumed,
  sessionOf,
  SHOP,
  temporaryFolder,
} from "./running-server.fixture.js";

// The real program, killed by the kernel at the worst moments.

/** Its tools write down every run, so that the test sees what a database could not tell. */
const TOOLS = `[
  defineTool({ name: "issue_refund", description: "Pays.", confirm: true, execute: run("paid") }),
  defineTool({ name: "slow_write", description: "Writes.", execute: run(hang) }),
  defineTool({ name: "slow_read", description: "Reads.", idempotent: true, execute: run(hangOnce) }),
  defineTool({ name: "poison", description: "Kills.", idempotent: true, execute: run(die) }),
]`;
const CONFIG = `(() => {
  const hang = () => new Promise(() => setTimeout(() => {}, 60_000));
  let runs = 0;
  const hangOnce = () => (process.env.IS_FIRST ? hang() : "read");
  const die = () => process.kill(process.pid, "SIGKILL") && hang();
  const run = (then) => (args, { idempotencyKey }) => {
    appendFileSync("runs", JSON.stringify({ args, idempotencyKey }) + "\\n");
    return typeof then === "string" ? then : then();
  };
  return { agents: { shop: { allowedOrigins: ["${SHOP}"] } }, tools: ${TOOLS} };
})()`;

/** A process starts in half a second, unless the machine is busy. */
const PATIENCE = { timeout: 15_000, interval: 20 };

interface Run {
  args: unknown;
  idempotencyKey: string;
}

async function shop() {
  const folder = await temporaryFolder();
  const model = await modelServer();
  onTestFinished(() => model.close());
  await writeConfig(folder, CONFIG);
  const runs = async () => {
    const lines = await readFile(join(folder, "runs"), "utf8").catch(() => "");
    return lines
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Run);
  };
  const start = (more: Record<string, string> = {}) =>
    program(folder, { OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: model.url, ...more });
  return { model, runs, start };
}

async function begin(running: Program, fields: Record<string, unknown> = {}) {
  const client = await running.connect();
  const { created } = await createSession(client, fields);
  const session = sessionOf(created);
  const { sessionId } = session;
  client.send({ action: "send_message", requestId: "r", sessionId, message: "hi" });
  expect(outline(await client.next())).toBe("r: Processing your request...");
  return { client, session };
}

const verdict = (sessionId: string, toolCallId: string, requestId = "v") => ({
  action: "confirm_tool_action",
  requestId,
  sessionId,
  approved: true,
  toolCallId,
});
const answers = async (client: CoreClient, sessionId: string) => {
  const page = await client.ask({ action: "get_conversation_messages", sessionId });
  return (at(page, "data.messages") as { content: { text: string } }[]).map(
    ({ content }) => content.text,
  );
};
const toolMessage = async (model: ModelServer) => {
  const { body } = await model.request(1);
  const messages = body["messages"] as { role: string; content: string }[];
  return messages.find(({ role }) => role === "tool")?.content;
};

describe("after kill -9", { timeout: 120_000 }, () => {
  it("a parked turn waits on: the question can be answered, and the tool runs exactly once", async () => {
    const { model, runs, start } = await shop();
    model.script(calls({ name: "issue_refund", arguments: { orderId: "1" } }), says("Done."));
    const first = await start();
    const { client, session } = await begin(first);
    const question = (await client.until("write_confirmation_required")).at(-1) as Frame;
    await first.end("SIGKILL");
    expect((await client.closed).code).toBe(1006);
    const second = await start();
    const { client: back, answer } = await resumed(second, session);
    expect(at(answer, "data.activeTurn.pending")).toEqual(at(question, "data.data"));
    const { sessionId } = session;
    const toolCallId = textAt(question, "data.data.toolCallId");
    back.send(verdict(sessionId, toolCallId));
    expect(outlines(await back.rest())).toEqual([
      "v: Tool action approved",
      "result issue_refund",
      '"Done."',
      "r eventual_response",
    ]);
    const again = await back.ask(verdict(sessionId, toolCallId, "v2"));
    expect(at(again, "error.code")).toBe("NO_PENDING_CONFIRMATION");
    const { answer: last } = await resumed(second, session);
    expect(at(last, "data.activeTurn")).toBeNull();
    expect(at(last, "data.lastTurn.terminal.type")).toBe("eventual_response");
    expect(await runs()).toEqual([{ args: { orderId: "1" }, idempotencyKey: toolCallId }]);
  });

  it("a form waits on: its answer goes to the turn exactly once", async () => {
    const { model, start } = await shop();
    model.script(calls(ASK_SIZE), says("L it is."));
    const first = await start();
    const { client, session } = await begin(first, { supports: SHOWS_FORMS });
    const form = (await client.until("interaction_required")).at(-1) as Frame;
    await first.end("SIGKILL");
    const second = await start();
    const { client: back, answer } = await resumed(second, session);
    expect(at(answer, "data.activeTurn.pending")).toEqual(at(form, "data.data"));
    const frame = submit(session, textAt(form, "data.data.interactionId"), { values: SIZE });
    back.send(frame);
    expect(outlines(await back.rest())).toEqual([
      "s: Interaction submitted",
      "result request_choices",
      '"L it is."',
      "r eventual_response",
    ]);
    const told = `{"status":"submitted","values":${JSON.stringify(SIZE)}}`;
    expect(await toolMessage(model)).toBe(told);
    expect(at(await back.ask(frame), "error.code")).toBe("NO_PENDING_INTERACTION");
    const ask = { action: "get_conversation_messages", include: ["turns"] };
    const page = await back.ask({ ...ask, sessionId: session.sessionId });
    expect(at(page, "data.messages.0.toolCalls.0")).toMatchObject({
      ...{ status: "succeeded", result: told, interaction: at(form, "data.data") },
    });
    expect(model.requests).toHaveLength(2);
  });

  it("a turn that was streaming completes by itself, its answer stored once", async () => {
    const { model, start } = await shop();
    const held = heldAnswer();
    model.script(held.answer);
    const first = await start();
    const { client, session } = await begin(first);
    await held.say("Half an ans");
    await client.next();
    await first.end("SIGKILL");
    const later = heldAnswer();
    model.script(later.answer);
    const second = await start();
    await model.request(1);
    const { client: back, answer } = await resumed(second, session);
    // What the crash cut off is gone; the snapshot replaces what was shown of it.
    const turn = { requestId: "r", status: "running", items: [] };
    expect(at(answer, "data.activeTurn")).toEqual(turn);
    await later.say("A whole answer.");
    await later.finish();
    const tail = await back.rest();
    expect(outlines(tail)).toEqual(['"A whole answer."', "r eventual_response"]);
    expect(await answers(back, session.sessionId)).toEqual(["A whole answer.", "hi"]);
    const retry = { action: "send_message", requestId: "r", message: "hi" };
    const ack = await back.ask({ ...retry, sessionId: session.sessionId });
    expect(at(ack, "data")).toEqual({ duplicate: true });
    expect(await back.next()).toEqual(tail.at(-1));
    expect(model.requests).toHaveLength(2);
  });

  it("a write that was running is not run again, and the model is told that nobody knows", async () => {
    const { model, runs, start } = await shop();
    model.script(calls({ name: "slow_write" }), says("Unclear."));
    const first = await start();
    await begin(first);
    await vi.waitFor(async () => expect(await runs()).toHaveLength(1), PATIENCE);
    await first.end("SIGKILL");
    await start();
    expect(await toolMessage(model)).toMatch(/^The outcome is unknown/);
    expect(await runs()).toHaveLength(1);
  });

  it("a read that was running is run again, under the same key", async () => {
    const { model, runs, start } = await shop();
    model.script(calls({ name: "slow_read" }), says("Read."));
    const first = await start({ IS_FIRST: "yes" });
    await begin(first);
    await vi.waitFor(async () => expect(await runs()).toHaveLength(1), PATIENCE);
    await first.end("SIGKILL");
    await start();
    expect(await toolMessage(model)).toBe("read");
    const keys = (await runs()).map(({ idempotencyKey }) => idempotencyKey);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it("a turn that kills its process is given up after three times, honestly", async () => {
    const { model, runs, start } = await shop();
    model.script(calls({ name: "poison" }));
    const first = await start();
    const { session } = await begin(first);
    expect((await first.ended).signal).toBe("SIGKILL");
    for (const crash of [2, 3]) {
      await start().then(
        ({ ended }) => ended,
        () => undefined,
      );
      expect(await runs()).toHaveLength(crash);
    }
    const last = await start();
    await vi.waitFor(async () => {
      const { answer, client } = await resumed(last, session);
      await client.close();
      expect(at(answer, "data.lastTurn.terminal.error.code")).toBe("AGENT_ERROR");
    }, PATIENCE);
    expect(await runs()).toHaveLength(3);
  });
});
