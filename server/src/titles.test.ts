import { describe, expect, it } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import type { AgentConfig } from "./config/agent-setting.js";
import { outlines } from "./core-client.fixture.js";
import { refused, type ModelAnswer } from "./gateway/model-server.fixture.js";
import { byModel, heldAnswer, says } from "./model-answers.fixture.js";
import { openSession, runningServer, SECRET, SHOP } from "./running-server.fixture.js";
import { databaseContents } from "./store/database-contents.fixture.js";
import { titleText } from "./turn/conversation-title.js";

// Conversations get their names by themselves, after the answer.

async function shop(models: Record<string, ModelAnswer[]> = {}, titleModel?: string) {
  const agent: AgentConfig = { allowedOrigins: [SHOP], secret: SECRET };
  if (titleModel !== undefined) agent.titleModel = titleModel;
  const server = await runningServer({ agents: { shop: agent }, limits: { drainMs: 200 } });
  server.model.script(byModel({ "test-model": [says("Well.")], ...models }));
  const authContext = signAuthContext({ userId: "ada", secret: SECRET });
  const { client, sessionId } = await openSession(server, { authContext });
  return {
    server,
    async say(message: string, requestId = message) {
      await client.ask({ action: "send_message", requestId, sessionId, message });
      return client.rest();
    },
    /** Ends the server, which waits for what follows its turns, and reads what it left. */
    async titled() {
      await server.stop();
      const [row] = databaseContents(server.file).get("Conversation") ?? [];
      return { title: row?.["title"], titledBy: row?.["titledBy"] };
    },
    asked: () => server.model.requests.filter(({ body }) => body["model"] === "namer"),
    ledger: () => databaseContents(server.file).get("UsageEntry"),
  };
}

describe("a conversation", () => {
  it("without a model for titles is named by its first message", async () => {
    const { say, titled } = await shop();
    await say("Where is my parcel?");
    await say("And the other one?");
    expect(await titled()).toEqual({ title: "Where is my parcel?", titledBy: "model" });
  });

  it("is named by the model after its first whole answer, once, and the use is counted", async () => {
    const { say, titled, asked, ledger } = await shop({ namer: [says("A lost parcel")] }, "namer");
    await say("Where is my parcel?");
    await say("Thanks");
    expect(await titled()).toEqual({ title: "A lost parcel", titledBy: "model" });
    const [request, ...others] = asked();
    expect(others).toEqual([]);
    expect(request?.body).toMatchObject({ max_completion_tokens: 32 });
    const told = JSON.stringify({ visitor: "Where is my parcel?", assistant: "Well." });
    expect(request?.body["messages"]).toMatchObject([{ role: "system" }, { content: told }]);
    expect(ledger()).toContainEqual(
      expect.objectContaining({ purpose: "title", userId: "ada", promptTokens: 10 }),
    );
  });

  it("has its terminal frame, and the next answer, before the model has named it", async () => {
    const namer = heldAnswer();
    const { say, server, titled } = await shop({ namer: [namer.answer] }, "namer");
    expect((await say("One")).at(-1)?.type).toBe("eventual_response");
    await server.model.request(1);
    expect(outlines(await say("Two"))).toEqual(['"Well."', "Two eventual_response"]);
    await namer.say("Numbers");
    await namer.finish();
    expect((await titled()).title).toBe("Numbers");
  });

  it.each([
    ["fails", refused(400)],
    ["says nothing", says(" \n")],
    ["says nothing that is seen", says("\u200B\u202E")],
    ["does not end", (response: Parameters<ModelAnswer>[0]) => response.flushHeaders()],
  ] as const)("is named by its first message when the model %s", async (_, answer) => {
    const { say, titled } = await shop({ namer: [answer] }, "namer");
    await say("Where is my parcel?");
    expect(await titled()).toEqual({ title: "Where is my parcel?", titledBy: "model" });
  });

  it("that was deleted meanwhile leaves no trace of its visitor, though its use is counted", async () => {
    const namer = heldAnswer();
    const { say, server, ledger } = await shop({ namer: [namer.answer] }, "namer");
    await say("One");
    await server.model.request(1);
    await server.agent.deleteVisitor("default", "ada");
    await namer.say("Numbers");
    await namer.finish();
    await server.stop();
    expect(ledger()).toMatchObject([
      { purpose: "answer", userId: null },
      { purpose: "title", userId: null, promptTokens: 10 },
    ]);
    expect(databaseContents(server.file).get("Conversation")).toEqual([]);
  });

  it("is not named by a turn that failed", async () => {
    const { say, titled } = await shop({ "test-model": [refused(400), says("Well.")] });
    await say("Broken");
    await say("Whole");
    expect((await titled()).title).toBe("Whole");
  });
});

describe("a title", () => {
  const long = "How do I return the blue bicycle that I bought from your shop last summer?";
  it.each([
    ["Refund", "Refund"],
    ['"Refund"', "Refund"],
    ["“Erstattung”", "Erstattung"],
    ["«Remboursement»", "Remboursement"],
    ["**Refund**", "Refund"],
    [`Say "yes" or "no"`, `Say "yes" or "no"`],
    ["Two\r\n\r\nlines\tand a tab", "Two lines and a tab"],
    ["\u202Edesrever\u2066 \u0000\u001B[31mred", "desrever [31mred"],
    ["<script>alert(1)</script>", "<script>alert(1)</script>"],
    [long, "How do I return the blue bicycle that I bought from your…"],
    ["x".repeat(100), `${"x".repeat(59)}…`],
    ["😀".repeat(70), `${"😀".repeat(59)}…`],
    ["x".repeat(60), "x".repeat(60)],
    [`${"x".repeat(59)} yz`, `${"x".repeat(59)}…`],
    ["   ", ""],
  ])("of %j is %j", (text, title) => {
    expect(titleText(text)).toBe(title);
    expect([...title].length).toBeLessThanOrEqual(60);
  });

  it("is the first line of a model that goes on", async () => {
    const wordy = says('"A lost parcel"\n\nI chose this because "', '<img src=x onerror="">');
    const { say, titled } = await shop({ namer: [wordy] }, "namer");
    await say("Where is my parcel?");
    expect((await titled()).title).toBe("A lost parcel");
  });
});
