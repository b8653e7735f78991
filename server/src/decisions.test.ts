import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { textAt, type Frame } from "./core-client.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import { openSession, runningServer, SECRET, SHOP } from "./running-server.fixture.js";
import { signAuthContext } from "./auth/auth-context.js";
import { defineTool } from "./tools/tool.js";

const refund = defineTool({
  name: "issue_refund",
  description: "Pays.",
  confirm: true,
  execute: () => "paid",
});

describe("the record of decisions that the host reads", () => {
  it("says who approved what, when, on which page, and what came of it", async () => {
    const server = await runningServer({ tools: [refund] });
    const authContext = signAuthContext({ userId: "customer-17", secret: SECRET });
    const { client, sessionId, conversationId } = await openSession(server, { authContext });
    const args = '{"orderId":"1234","amount":20}';
    server.model.script(calls({ name: "issue_refund", arguments: args }), says("Done."));
    client.send({ action: "send_message", requestId: "r", sessionId, message: "hi" });
    const question = (await client.until("write_confirmation_required")).at(-1) as Frame;
    await client.next();
    const toolCallId = textAt(question, "data.data.toolCallId");
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, approved: true };
    await client.ask({ ...verdict, toolCallId });
    await client.rest();
    const { decisions, nextCursor } = await server.agent.decisions({ conversationId });
    expect(nextCursor).toBeNull();
    expect(decisions).toEqual([
      {
        id: decisions[0]?.id,
        organizationId: "default",
        agentId: "shop",
        conversationId,
        turnId: decisions[0]?.turnId,
        toolCallId,
        toolName: "issue_refund",
        argumentsDigest: createHash("sha256").update(args).digest("hex"),
        arguments: args,
        editedArguments: null,
        editedDigest: null,
        grantId: null,
        approved: true,
        decidedBy: "visitor",
        userId: "customer-17",
        sessionId,
        origin: SHOP,
        reason: null,
        decidedAt: decisions[0]?.decidedAt,
        outcome: "succeeded",
        outcomeAt: decisions[0]?.outcomeAt,
      },
    ]);
    expect(Date.now() - Number(decisions[0]?.decidedAt)).toBeLessThan(60_000);
  });

  it("refuses a limit and a cursor that are none", async () => {
    const { agent } = await runningServer();
    await expect(agent.decisions()).resolves.toEqual({ decisions: [], nextCursor: null });
    for (const limit of [0, 501, 1.5, Number.NaN]) {
      await expect(agent.decisions({ limit })).rejects.toThrow("limit must be an integer");
    }
    await expect(agent.decisions({ cursor: "nope" })).rejects.toThrow("cursor must be");
  });
});
