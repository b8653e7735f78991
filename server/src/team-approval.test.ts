import { describe, expect, it, vi } from "vitest";
import { ApiClient, PRINCIPAL_SECRET, refusalOf } from "./api/api-client.fixture.js";
import { at, outlines, textAt, type Frame } from "./core-client.fixture.js";
import type { ModelRequest } from "./gateway/model-server.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import type { QuestionNotice } from "./notice/notice.js";
import { openSession, resumed, runningServer } from "./running-server.fixture.js";
import { defineTool, type ToolDefinition } from "./tools/tool.js";

/** A visitor whose refund waits for the team, and a curator of their organization. */
async function waiting(over: Partial<ToolDefinition> = {}) {
  const runs: unknown[] = [];
  const heard: QuestionNotice[] = [];
  const refund: ToolDefinition = {
    ...defineTool({
      name: "refund",
      description: "Pays.",
      confirm: true,
      approver: "team",
      execute: (args) => {
        runs.push(args);
        return "paid";
      },
    }),
    parameters: { type: "object", properties: { amount: { type: "number" } } },
    ...over,
  };
  const server = await runningServer({
    tools: [refund],
    principals: { secret: PRINCIPAL_SECRET },
    onQuestion: (notice) => void heard.push(notice),
    limits: { sweepMs: 20 },
  });
  const visit = await openSession(server);
  const { client, sessionId, sessionToken } = visit;
  server.model.script(calls({ name: "refund", arguments: { amount: 50 } }), says("Well."));
  client.send({ action: "send_message", requestId: "r", sessionId, message: "hi" });
  const question = (await client.until("write_confirmation_required")).at(-1) as Frame;
  await client.next();
  const toolCallId = textAt(question, "data.data.toolCallId");
  const live = await resumed(server, { sessionId, sessionToken }, { supports: ["live"] });
  const curator = await ApiClient.of(server, "default", "curator");
  const decide = (body: Record<string, unknown>, who = curator, id = toolCallId) =>
    who.ask("POST", `/approvals/${id}/decision`, { body });
  const verdict = (approved: boolean) =>
    client.send({
      ...{ action: "confirm_tool_action", requestId: "v", sessionId },
      ...{ toolCallId, approved },
    });
  return {
    server,
    runs,
    heard,
    question,
    toolCallId,
    live: live.client,
    curator,
    decide,
    verdict,
    ...visit,
  };
}

/** What the model was told of the call it made. */
function told({ model }: { model: { requests: readonly ModelRequest[] } }): string {
  const messages = model.requests.at(-1)?.body["messages"] as { role: string; content: string }[];
  return String(messages.findLast(({ role }) => role === "tool")?.content);
}

describe("what a tool leaves to the team", () => {
  it("is shown to the visitor, who cannot approve it, nor by words", async () => {
    const { server, question, client, sessionId, verdict, runs, curator } = await waiting();
    expect(at(question, "data.data.approver")).toBe("team");
    verdict(true);
    expect(at(await client.next(), "error.code")).toBe("NO_PENDING_CONFIRMATION");
    client.send({ action: "send_message", requestId: "yes", sessionId, message: "I approve." });
    expect(at(await client.next(), "error.code")).toBe("TURN_IN_PROGRESS");
    await client.quiet(sessionId);
    expect(runs).toEqual([]);
    expect(server.model.requests).toHaveLength(1);
    const { json } = await curator.get("/approvals");
    expect(json).toMatchObject({ approvals: [{ confirmation: { approver: "team" } }] });
  });

  it("runs when one of them approves: the visitor sees who, and goes on being answered", async () => {
    const { client, live, decide, toolCallId, conversationId, runs, heard, curator } =
      await waiting();
    const answer = await decide({ approved: true, reason: "A good customer." });
    expect(answer.status).toBe(200);
    const { turnId } = answer.json as { turnId: string };
    expect(answer.json).toEqual({
      toolCallId,
      approved: true,
      conversationId,
      turnId,
      requestId: "r",
    });
    expect(outlines(await client.rest())).toEqual([
      "result refund",
      '"Well."',
      "r eventual_response",
    ]);
    const [resolved] = await live.rest();
    expect(resolved?.event).toMatchObject({
      type: "confirmation_resolved",
      data: { requestId: "r", toolCallId, approved: true, by: "team" },
    });
    expect(runs).toEqual([{ amount: 50 }]);
    const { json } = await curator.get("/approvals?state=decided");
    expect(json).toMatchObject({
      approvals: [
        {
          ...{ toolCallId, approved: true, decidedBy: "team", userId: "curator of default" },
          ...{ sessionId: null, origin: null, reason: "A good customer.", outcome: "succeeded" },
        },
      ],
    });
    await vi.waitUntil(() => heard.length === 2);
    expect(heard.map(({ type, approver }) => [type, approver])).toEqual([
      ["question.asked", "team"],
      ["question.answered", "team"],
    ]);
    expect(heard[1]).toMatchObject({ approved: true, by: "team", hasReason: true });
    expect(JSON.stringify(heard)).not.toContain("good customer");
    expect(refusalOf(await decide({ approved: true }))).toBe(
      "409 CONFLICT: The question does not wait for the team.",
    );
    expect(runs).toHaveLength(1);
  });

  it("is not run when one of them declines, and the model is told who did and why", async () => {
    const { server, client, decide, runs } = await waiting();
    expect((await decide({ approved: false, reason: "Used for years." })).status).toBe(200);
    expect(outlines(await client.rest())[0]).toBe("failure refund");
    expect(told(server)).toBe(
      'A person of the team declined this call. It was not run and nothing was changed. Their reason: "Used for years.".',
    );
    expect(runs).toEqual([]);
  });

  it("may be declined by the visitor all the same", async () => {
    const { server, client, verdict, decide, runs } = await waiting();
    verdict(false);
    expect(outlines(await client.rest()).slice(0, 2)).toEqual([
      "v: Tool action rejected",
      "failure refund",
    ]);
    expect(told(server)).toContain("The visitor declined this call.");
    expect(refusalOf(await decide({ approved: true }))).toContain("409 CONFLICT");
    expect(runs).toEqual([]);
  });

  it("expires with words of its own", async () => {
    const { server, client, decide } = await waiting({ confirmationMs: 400 });
    await client.rest();
    expect(told(server)).toContain("Nobody of the team answered in time");
    expect(refusalOf(await decide({ approved: true }))).toContain("409 CONFLICT");
  });

  it("is decided once, whoever is faster", async () => {
    const { client, verdict, decide, runs } = await waiting();
    const decisions = [decide({ approved: true }), decide({ approved: true })];
    verdict(false);
    const made = await Promise.all(decisions);
    const lines = outlines(await client.until("eventual_response"));
    const isRun = lines.includes("result refund");
    const won = made.filter(({ status }) => status === 200);
    expect(won).toHaveLength(isRun ? 1 : 0);
    expect(lines.includes("v: Tool action rejected")).toBe(!isRun);
    expect(runs).toHaveLength(isRun ? 1 : 0);
  });
});

describe("the team", () => {
  it("decides nothing that is the visitor's to decide", async () => {
    const { decide, runs, client, sessionId } = await waiting({ approver: "visitor" });
    for (const approved of [true, false]) {
      expect(refusalOf(await decide({ approved }))).toBe(
        "409 CONFLICT: The question does not wait for the team.",
      );
    }
    await client.quiet(sessionId);
    expect(runs).toEqual([]);
  });

  it("decides nothing of another organization, nor with other arguments than were asked", async () => {
    const { server, decide, runs, curator } = await waiting();
    const stranger = await ApiClient.of(server, "globex");
    const foreign = await decide({ approved: true }, stranger);
    const unknown = await decide({ approved: true }, curator, "nobody's");
    expect([foreign.status, foreign.text]).toEqual([404, unknown.text]);
    expect(refusalOf(await decide({ approved: true, arguments: { amount: 500 } }))).toContain(
      "400 VALIDATION_ERROR: arguments",
    );
    expect(runs).toEqual([]);
    expect((await decide({ approved: true, arguments: { amount: 50 } })).status).toBe(200);
  });
});
