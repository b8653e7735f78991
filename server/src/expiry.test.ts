import { describe, expect, it, vi } from "vitest";
import { at, outlines, type Frame } from "./core-client.fixture.js";
import { calls, says, saysAndCalls } from "./model-answers.fixture.js";
import { openSession, resumed, runningServer } from "./running-server.fixture.js";
import { defineTool } from "./tools/tool.js";

/** A gated tool whose question waits for as long as it says. */
function refund(confirmationMs?: number) {
  const paid: unknown[] = [];
  const tool = defineTool({
    name: "issue_refund",
    description: "Pays.",
    confirm: true,
    ...(confirmationMs !== undefined && { confirmationMs }),
    execute: (args) => paid.push(args),
  });
  return { paid, tool };
}

const send = (sessionId: string, requestId = "r") => ({
  action: "send_message",
  requestId,
  sessionId,
  message: "hi",
});

describe("a question that nobody answers in time", () => {
  it("waits as long as its tool says, else a day", async () => {
    const quick = refund(90_000).tool;
    const slow = { ...refund().tool, name: "close_account" };
    const server = await runningServer({ tools: [quick, slow] });
    for (const [name, ms] of [
      ["issue_refund", 90_000],
      ["close_account", 24 * 3_600_000],
    ] as const) {
      const { client, sessionId } = await openSession(server);
      server.model.script(calls({ name }));
      client.send(send(sessionId));
      const question = (await client.until("write_confirmation_required")).at(-1) as Frame;
      const left = Number(at(question, "data.data.expiresAt")) - Date.now();
      expect(left).toBeGreaterThan(ms - 10_000);
      expect(left).toBeLessThanOrEqual(ms);
    }
  });

  it("while nobody watches costs no model call: the turn closes, the next one's model is told", async () => {
    const { paid, tool } = refund(400);
    const server = await runningServer({ tools: [tool], limits: { sweepMs: 20 } });
    const session = await openSession(server, { supports: ["live"] });
    const call = { name: "issue_refund", arguments: { orderId: "1" } };
    server.model.script(saysAndCalls(["Gladly."], call), says("Never asked for."));
    session.client.send(send(session.sessionId));
    await session.client.until("stream_chunk");
    await session.client.close();
    const back = await vi.waitUntil(
      async () => {
        // Looking is watching, so that each look ends before the next wait.
        const { client, answer } = await resumed(server, session);
        if (at(answer, "data.lastTurn") !== null) return { client, answer };
        await client.close();
        return undefined;
      },
      { timeout: 8_000, interval: 500 },
    );
    expect(at(back.answer, "data.activeTurn")).toBeNull();
    const terminal = at(back.answer, "data.lastTurn.terminal") as { type: string };
    expect(terminal.type).toBe("eventual_response");
    expect(at(back.answer, "data.lastTurn.terminal.data.data.response.responseParts")).toEqual([
      "Gladly.",
    ]);
    expect(server.model.requests).toHaveLength(1);
    const history = { action: "get_conversation_messages", include: ["turns"] };
    const page = await back.client.ask({ ...history, sessionId: session.sessionId });
    expect(at(page, "data.messages.0.toolCalls.0")).toMatchObject({
      status: "expired",
      decision: { approved: false, by: "system" },
    });
    server.model.script(says("It was not done."));
    back.client.send(send(session.sessionId, "next"));
    expect(outlines(await back.client.rest()).at(-1)).toBe("next eventual_response");
    const messages = server.model.requests[1]?.body["messages"] as { content: string }[];
    expect(messages.map(({ content }) => content).join("\n")).toContain(
      "The visitor did not answer in time",
    );
    expect(paid).toEqual([]);
  });

  it("while somebody watches is told to the model at once", async () => {
    const { paid, tool } = refund(50);
    const server = await runningServer({ tools: [tool], limits: { sweepMs: 20 } });
    const session = await openSession(server);
    server.model.script(calls({ name: "issue_refund" }), says("You did not answer."));
    session.client.send(send(session.sessionId));
    const lines = outlines(await session.client.rest());
    expect(lines.slice(-2)).toEqual(['"You did not answer."', "r eventual_response"]);
    const result = session.client.frames.find((frame) =>
      at(frame, "data.state.rawResponse.toolResult"),
    ) as Frame;
    expect(at(result, "data.state.rawResponse.toolResult")).toMatchObject({
      isError: true,
      status: "expired",
    });
    expect(paid).toEqual([]);
  });
});
