import { describe, expect, it, vi } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import { outlines, type CoreClient, type Frame } from "./core-client.fixture.js";
import { calls, endsWith, heldAnswer, says } from "./model-answers.fixture.js";
import {
  openSession,
  runningServer,
  SECRET,
  SHOP,
  type RunningServer,
  type RunningServerOptions,
} from "./running-server.fixture.js";
import { rowsIn, writeIn } from "./store/database-file.fixture.js";
import { defineTool } from "./tools/tool.js";

// A model step of these tests uses 10 prompt and 5 completion tokens: 0.2 dollars by this table.
const prices = { "test-model": { input: 10_000, output: 20_000 } };

const look = defineTool({ name: "look", description: "Looks.", execute: () => "seen" });
const SPENT = {
  code: "BUDGET_EXCEEDED",
  message: "The assistant has reached its limit and cannot answer here for now.",
  retryable: false,
};

async function serverWith(options: RunningServerOptions): Promise<RunningServer> {
  const server = await runningServer({ prices, ...options });
  server.model.script(says("Hi."));
  return server;
}

let asked = 0;

/** Sends a message and reads to the end of its turn. */
async function ask(client: CoreClient, sessionId: string): Promise<Frame[]> {
  asked += 1;
  const requestId = `r${asked}`;
  client.send({ action: "send_message", requestId, sessionId, message: "hi" });
  const [first] = await client.until("immediate_response", "error");
  if (!first) throw new Error("no answer");
  return first.type === "error" ? [first] : [first, ...(await client.rest())];
}

/** How each of so many messages of a session ends. */
async function endings(
  { client, sessionId }: { client: CoreClient; sessionId: string },
  times: number,
): Promise<unknown[]> {
  const ends: unknown[] = [];
  for (let time = 0; time < times; time += 1) {
    const last = (await ask(client, sessionId)).at(-1);
    ends.push(last?.type === "error" ? last.event["error"] : last?.type);
  }
  return ends;
}

const as = (server: RunningServer, userId: string, agentId = "shop") =>
  openSession(server, { agentId, authContext: signAuthContext({ userId, secret: SECRET }) });

const ANSWERED = "eventual_response";

describe("a conversation's budget", () => {
  it("ends in a clear refusal, and another conversation goes on", async () => {
    const server = await serverWith({ budgets: { conversationUsd: 0.3 } });
    const one = await openSession(server);
    expect(await endings(one, 4)).toEqual([ANSWERED, ANSWERED, SPENT, SPENT]);
    expect(server.model.requests).toHaveLength(2);
    expect(await endings(await openSession(server), 1)).toEqual([ANSWERED]);
    const messages = rowsIn(server.file, `SELECT count(*) AS n FROM Message`);
    expect(messages).toEqual([{ n: 6 }]);
  });

  it("of nothing allows nothing", async () => {
    const server = await serverWith({ budgets: { conversationUsd: 0 } });
    expect(await endings(await openSession(server), 1)).toEqual([SPENT]);
    expect(server.model.requests).toEqual([]);
  });

  it("has the running turn close without tools, and no turn run for ever", async () => {
    const server = await serverWith({ tools: [look], budgets: { conversationUsd: 0.3 } });
    server.model.script(calls({ name: "look" }), calls({ name: "look" }), says("Seen."));
    const { client, sessionId } = await openSession(server);
    const frames = await ask(client, sessionId);
    expect(frames.at(-1)?.type).toBe(ANSWERED);
    expect(outlines(frames).filter((line) => line.startsWith("result"))).toHaveLength(2);
    const offered = server.model.requests.map(({ body }) => body["tools"] !== undefined);
    expect(offered).toEqual([true, true, false]);
    server.model.script(calls({ name: "look" }));
    const other = await openSession(server);
    const looping = await ask(other.client, other.sessionId);
    // It said nothing and calls what it is not offered: that is no answer.
    expect(outlines(looping).at(-1)).toContain("error AGENT_ERROR");
    expect(server.model.requests).toHaveLength(6);
  });

  it("counts the turns that were cancelled and failed, with what they told", async () => {
    const server = await serverWith({ tools: [look], budgets: { conversationUsd: 1_000 } });
    const { client, sessionId } = await openSession(server);
    const held = heldAnswer();
    server.model.script(calls({ name: "look" }), held.answer);
    client.send({ action: "send_message", requestId: "c", sessionId, message: "hi" });
    await held.say("Well");
    await client.until("stream_token");
    client.send({ action: "cancel", requestId: "c", sessionId });
    await client.until("cancelled");
    server.model.script(calls({ name: "look" }), (response) => response.writeHead(400).end());
    expect((await ask(client, sessionId)).at(-1)?.type).toBe("error");
    const reported = "SELECT purpose, model, costUsd FROM UsageEntry WHERE promptTokens = 10";
    const entry = { purpose: "answer", model: "test-model", costUsd: 0.2 };
    expect(rowsIn(server.file, reported)).toEqual([entry, entry]);
  });

  it.each<[string, (held: ReturnType<typeof heldAnswer>) => Promise<void>]>([
    ["breaks off", (held) => held.cut()],
    ["is stopped by the visitor", async () => undefined],
  ])("counts an answer by its length when it %s before its end", async (_how, end) => {
    const server = await serverWith({ budgets: { conversationUsd: 0.1 } });
    const { client, sessionId } = await openSession(server);
    const held = heldAnswer();
    server.model.script(held.answer);
    client.send({ action: "send_message", requestId: "c", sessionId, message: "hi" });
    await held.say("A long answer. ".repeat(20));
    await client.until("stream_token");
    await end(held);
    client.send({ action: "cancel", requestId: "c", sessionId });
    await client.until("cancelled", "error");
    const rows = () => rowsIn(server.file, "SELECT completionTokens AS n FROM UsageEntry");
    await vi.waitFor(() => expect(rows()).toEqual([{ n: expect.closeTo(110, -1.5) }]), 5_000);
    expect(await endings({ client, sessionId }, 1)).toEqual([SPENT]);
  });

  it("counts an answer that the provider withheld", async () => {
    const server = await serverWith({ budgets: { conversationUsd: 0.1 } });
    server.model.script(endsWith("content_filter", "Well"));
    const session = await openSession(server);
    const [failed, refused] = await endings(session, 2);
    expect(failed).toMatchObject({ code: "AGENT_ERROR" });
    expect(refused).toEqual(SPENT);
    expect(rowsIn(server.file, "SELECT promptTokens, completionTokens FROM UsageEntry")).toEqual([
      { promptTokens: 10, completionTokens: 5 },
    ]);
  });
});

describe("a visitor's budget", () => {
  it("is over all conversations of the verified visitor, and of that one alone", async () => {
    const server = await serverWith({ budgets: { visitorUsd: 0.3 } });
    expect(await endings(await as(server, "ann"), 1)).toEqual([ANSWERED]);
    expect(await endings(await as(server, "ann"), 2)).toEqual([ANSWERED, SPENT]);
    expect(await endings(await as(server, "ann"), 1)).toEqual([SPENT]);
    expect(await endings(await as(server, "bob"), 1)).toEqual([ANSWERED]);
  });

  it("is of the conversation when nobody vouches for the visitor", async () => {
    const server = await serverWith({ budgets: { visitorUsd: 0.3 } });
    expect(await endings(await openSession(server), 3)).toEqual([ANSWERED, ANSWERED, SPENT]);
    expect(await endings(await openSession(server), 1)).toEqual([ANSWERED]);
  });

  it("comes back with the day", async () => {
    const server = await serverWith({ budgets: { visitorUsd: 0.1 } });
    const ann = await as(server, "ann");
    expect(await endings(ann, 2)).toEqual([ANSWERED, SPENT]);
    const atMs = (ms: number) => new Date(Date.now() + ms).toISOString().replace("Z", "+00:00");
    writeIn(server.file, `UPDATE UsageEntry SET at = '${atMs(-86_390_000)}'`);
    expect(await endings(ann, 1)).toEqual([SPENT]);
    writeIn(server.file, `UPDATE UsageEntry SET at = '${atMs(-86_410_000)}'`);
    expect(await endings(ann, 1)).toEqual([ANSWERED]);
  });
});

describe("an organization's budget", () => {
  const agents = Object.fromEntries(
    ["acme", "globex", "initech"].map((organizationId) => [
      organizationId,
      { allowedOrigins: [SHOP], organizationId, secret: SECRET },
    ]),
  );

  it("is over all its visitors; its row goes before its config, that before the usual one", async () => {
    const server = await serverWith({
      agents,
      budgets: { organizationUsd: 0.1 },
      organizations: { acme: { budgetUsd: 0.5 }, globex: { budgetUsd: 100 } },
    });
    const acme = await openSession(server, { agentId: "acme" });
    expect(await endings(acme, 2)).toEqual([ANSWERED, ANSWERED]);
    const ann = await as(server, "ann", "acme");
    expect(await endings(ann, 2)).toEqual([ANSWERED, SPENT]);
    const initech = await openSession(server, { agentId: "initech" });
    expect(await endings(initech, 2)).toEqual([ANSWERED, SPENT]);
    const globex = await openSession(server, { agentId: "globex" });
    writeIn(server.file, `UPDATE Organization SET budgetUsd = 0 WHERE id = 'globex'`);
    expect(await endings(globex, 1)).toEqual([SPENT]);
    writeIn(server.file, `UPDATE Organization SET budgetUsd = 7 WHERE id = 'acme'`);
    expect(await endings(acme, 1)).toEqual([ANSWERED]);
  });

  it.each(["toString", "__proto__", "constructor"])("is none by accident: %s", async (id) => {
    const server = await serverWith({
      agents: { odd: { allowedOrigins: [SHOP], organizationId: id } },
      organizations: { acme: { budgetUsd: 0 } },
    });
    expect(await endings(await openSession(server, { agentId: "odd" }), 1)).toEqual([ANSWERED]);
  });
});

it("a ledger that cannot be read serves nobody on credit", async () => {
  const server = await serverWith({ budgets: { conversationUsd: 100 } });
  const session = await openSession(server);
  writeIn(server.file, `ALTER TABLE UsageEntry RENAME TO Gone`);
  const [error] = await endings(session, 1);
  expect(error).toMatchObject({ code: "STORAGE_ERROR", retryable: true });
  expect(server.model.requests).toEqual([]);
  writeIn(server.file, `ALTER TABLE Gone RENAME TO UsageEntry`);
  expect(await endings(session, 1)).toEqual([ANSWERED]);
});

it("what a gateway says that a step cost goes before the table", async () => {
  const server = await serverWith({ budgets: { conversationUsd: 1 } });
  server.model.script(async (response, request) => {
    response.setHeader("x-litellm-response-cost", "1.5");
    await says("Hi.")(response, request);
  });
  const session = await openSession(server);
  expect(await endings(session, 2)).toEqual([ANSWERED, SPENT]);
  expect(rowsIn(server.file, "SELECT costUsd FROM UsageEntry")).toEqual([{ costUsd: 1.5 }]);
});
