import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { sessionTokens } from "./auth/session-token.js";
import { at, outlines, textAt } from "./core-client.fixture.js";
import { says } from "./model-answers.fixture.js";
import {
  resumed,
  runningServer,
  SESSION_SECRET,
  temporaryFolder,
} from "./running-server.fixture.js";
import { rowsIn, writeIn } from "./store/database-file.fixture.js";
import { defineTool, type ToolDefinition } from "./tools/tool.js";

// Databases as released versions left them when they were killed, with a turn in every state. A new
// release adds its own; none is ever changed.
const released = fileURLToPath(new URL("../../prisma/released/", import.meta.url));
const dumps = readdirSync(released).filter((name) => name.endsWith(".sqlite.sql"));

interface Left {
  sessionId: string;
  conversationId: string;
}

/** A database file of an old version, and what its turns were doing. */
async function oldDatabase(dump: string) {
  const file = join(await temporaryFolder(), "old.db");
  writeIn(file, readFileSync(join(released, dump), "utf8"));
  // The question was asked for a day, which may be over by now.
  writeIn(file, `UPDATE ToolCall SET expiresAt = '2099-01-01T00:00:00.000+00:00'`);
  const left = (state: string, calls: string): Left => {
    const [row] = rowsIn(
      file,
      `SELECT t.sessionId, t.conversationId FROM Turn t LEFT JOIN TurnStep s ON s.turnId = t.id
       LEFT JOIN ToolCall c ON c.stepId = s.id WHERE t.state = '${state}' AND ${calls}`,
    );
    return row as Left;
  };
  return {
    file,
    parked: left("parked", "c.state = 'awaiting'"),
    streaming: left("running", "c.id IS NULL"),
    executing: left("running", "c.state = 'executing'"),
    ended: left("completed", "c.state = 'denied'"),
  };
}

const paid: unknown[] = [];
const refund = defineTool({
  name: "issue_refund",
  description: "Pays.",
  parameters: {
    type: "object",
    properties: { orderId: { type: "string" }, amount: { type: "number" } },
    required: ["orderId", "amount"],
  },
  confirm: true,
  execute: (args) => {
    paid.push(args);
    return "refunded";
  },
});
/** Takes the same arguments, and would pay another amount than was shown. */
const inCents = defineTool({
  name: "issue_refund",
  description: "Pays.",
  parameters: z.object({ orderId: z.string(), amount: z.number().transform((n) => n * 100) }),
  confirm: true,
  execute: (args) => paid.push(args),
});
const look = defineTool({ name: "look", description: "Looks.", execute: () => "seen" });
const slowWrite = defineTool({
  name: "slow_write",
  description: "Writes.",
  execute: () => "again",
});

async function upgraded(dump: string, tools: ToolDefinition[]) {
  paid.length = 0;
  const old = await oldDatabase(dump);
  const server = await runningServer({
    file: old.file,
    tools,
    model: (model) => model.script(says("As you wish.")),
  });
  const takeUp = async ({ sessionId }: Left) => {
    const { sessionToken } = await sessionTokens(SESSION_SECRET).mint({
      id: sessionId,
      userId: null,
    });
    return resumed(server, { sessionId, sessionToken });
  };
  return { old, server, takeUp };
}

it("there is a database of every released version", () => {
  expect(dumps).toContain("0.1.0.sqlite.sql");
});

describe.each(dumps)("a database as %s left it", (dump) => {
  it("has its parked turn go on: what was shown then is what runs now, once", async () => {
    const { old, takeUp } = await upgraded(dump, [refund, look, slowWrite]);
    const { client, answer } = await takeUp(old.parked);
    const pending = at(answer, "data.activeTurn.pending");
    expect(pending).toMatchObject({ title: "Refund", arguments: { orderId: "1234", amount: 20 } });
    const toolCallId = textAt(answer, "data.activeTurn.pending.toolCallId");
    const { sessionId } = old.parked;
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, toolCallId };
    client.send({ ...verdict, approved: true });
    expect(outlines(await client.rest())).toEqual([
      "v: Tool action approved",
      "result issue_refund",
      '"\\n\\n"',
      '"As you wish."',
      "r1 eventual_response",
    ]);
    expect(paid).toEqual([{ orderId: "1234", amount: 20 }]);
  });

  it.each<[string, ToolDefinition[]]>([
    ["was changed", [{ ...refund, parameters: { type: "object", required: ["orderNumber"] } }]],
    ["reads its arguments in another way", [inCents]],
    ["is gone", []],
  ])("has its approval refused cleanly when the tool %s", async (_, tools) => {
    const { old, server, takeUp } = await upgraded(dump, tools);
    const { client, answer } = await takeUp(old.parked);
    const toolCallId = textAt(answer, "data.activeTurn.pending.toolCallId");
    const { sessionId } = old.parked;
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, toolCallId };
    client.send({ ...verdict, approved: true });
    expect(outlines(await client.rest())).toEqual([
      "v: Tool action approved",
      "failure issue_refund",
      '"\\n\\n"',
      '"As you wish."',
      "r1 eventual_response",
    ]);
    expect(paid).toEqual([]);
    const told = server.model.requests.at(-1)?.body["messages"] as { content: string }[];
    expect(told.at(-1)?.content).toContain("changed after the visitor had been asked");
  });

  it("has its running turns go on by themselves, and tells of the write that nobody knows about", async () => {
    const { old, server, takeUp } = await upgraded(dump, [refund, look, slowWrite]);
    await server.model.request(1);
    for (const left of [old.streaming, old.executing]) {
      const { client, answer } = await takeUp(left);
      if (at(answer, "data.lastTurn") === null) await client.rest();
      const history = { action: "get_conversation_messages", sessionId: left.sessionId };
      const page = await client.ask({ ...history, include: ["turns"] });
      expect(at(page, "data.messages.0.content.text")).toBe("As you wish.");
      if (left === old.executing) {
        expect(at(page, "data.messages.0.toolCalls.0.status")).toBe("unknown");
      }
    }
  });

  it("shows its history, cards included", async () => {
    const { old, takeUp } = await upgraded(dump, [refund, look, slowWrite]);
    const { client } = await takeUp(old.ended);
    const history = { action: "get_conversation_messages", sessionId: old.ended.sessionId };
    const page = await client.ask({ ...history, include: ["turns"] });
    const messages = at(page, "data.messages") as {
      toolCalls?: { name: string; status: string; decision?: { approved: boolean } }[];
    }[];
    const called = messages.flatMap(({ toolCalls = [] }) => toolCalls);
    expect(called.map(({ name, status, decision }) => [name, status, decision?.approved])).toEqual([
      ["issue_refund", "denied", false],
      ["issue_refund", "succeeded", true],
      ["look", "succeeded", undefined],
    ]);
  });
});
