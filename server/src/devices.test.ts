import { describe, expect, it } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import { at, outlines, textAt, type Frame } from "./core-client.fixture.js";
import { calls, heldAnswer, says } from "./model-answers.fixture.js";
import { openSession, resumed, runningServer, SECRET } from "./running-server.fixture.js";
import { defineTool } from "./tools/tool.js";

/** A signature of its own for each device: one opens five sessions at most. */
const signedIn = (device: number) => {
  const now = new Date(Date.now() - device * 1_000);
  return { authContext: signAuthContext({ userId: "customer-17", secret: SECRET, now }) };
};

describe("several devices of one visitor", () => {
  it("race with fifty sockets for one conversation: one turn begins, all of them hear it", async () => {
    const server = await runningServer();
    const first = await openSession(server, signedIn(0));
    const { conversationId } = first;
    const sockets = [{ client: first.client, sessionId: first.sessionId }];
    for (let device = 1; device <= 9; device += 1) {
      const opened = await openSession(server, { ...signedIn(device), conversationId });
      expect(opened.conversationId).toBe(conversationId);
      sockets.push(opened);
    }
    while (sockets.length < 50) {
      const { client } = await resumed(server, first);
      sockets.push({ client, sessionId: first.sessionId });
    }
    const held = heldAnswer();
    server.model.script(held.answer);
    for (const [number, { client, sessionId }] of sockets.entries()) {
      const requestId = `r${number}`;
      client.send({ action: "send_message", requestId, sessionId, message: `from ${number}` });
    }
    const answers = await Promise.all(sockets.map(({ client }) => client.next()));
    const acked = answers.filter(({ type }) => type === "immediate_response");
    expect(acked).toHaveLength(1);
    const refused = answers.filter((answer) => at(answer, "error.code") === "TURN_IN_PROGRESS");
    expect(refused).toHaveLength(49);
    await held.say("Hello");
    await held.finish();
    const requestId = textAt(acked[0] as Frame, "requestId");
    for (const { client } of sockets) {
      expect(outlines(await client.rest())).toEqual(['"Hello"', `${requestId} eventual_response`]);
    }
    expect(server.model.requests).toHaveLength(1);
  });

  it("see the question that waits on the other one, and may answer it", async () => {
    const paid: unknown[] = [];
    const refund = defineTool({
      name: "issue_refund",
      description: "Pays.",
      confirm: true,
      execute: (args) => paid.push(args),
    });
    const server = await runningServer({ tools: [refund] });
    const phone = await openSession(server, signedIn(0));
    server.model.script(calls({ name: "issue_refund" }), says("Done."));
    const send = { action: "send_message", requestId: "r", message: "refund me" };
    phone.client.send({ ...send, sessionId: phone.sessionId });
    const question = (await phone.client.until("write_confirmation_required")).at(-1) as Frame;
    await phone.client.next();
    const { conversationId } = phone;
    const laptop = await openSession(server, { ...signedIn(1), conversationId });
    expect(at(laptop.created, "data.activeTurn.pending")).toEqual(at(question, "data.data"));
    const { sessionId } = laptop;
    laptop.client.send({
      action: "confirm_tool_action",
      requestId: "v",
      sessionId,
      toolCallId: textAt(question, "data.data.toolCallId"),
      approved: true,
    });
    expect(outlines(await laptop.client.rest()).slice(0, 2)).toEqual([
      "v: Tool action approved",
      "result issue_refund",
    ]);
    expect(outlines(await phone.client.rest()).at(-1)).toBe("r eventual_response");
    expect(paid).toHaveLength(1);
    const { decisions } = await server.agent.decisions({ conversationId });
    expect(decisions).toMatchObject([{ sessionId, userId: "customer-17", approved: true }]);
  });
});
