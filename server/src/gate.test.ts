import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { AgentBehaviour } from "./agent/behaviour.js";
import { signAuthContext } from "./auth/auth-context.js";
import { at, outlines, type Frame } from "./core-client.fixture.js";
import type { ModelRequest } from "./gateway/model-server.fixture.js";
import { calls, says, type WrittenCall } from "./model-answers.fixture.js";
import {
  openSession,
  runningServer,
  SECRET,
  SHOP,
  type RunningServerOptions,
} from "./running-server.fixture.js";
import { mcpServer } from "./tools/mcp/mcp-server.fixture.js";
import type { ToolPolicyCall } from "./tools/tool-policy.js";
import { defineTool, type ConfirmationContext, type ToolDefinition } from "./tools/tool.js";

const signedIn = () => ({ authContext: signAuthContext({ userId: "ada", secret: SECRET }) });

interface Visit extends RunningServerOptions {
  behaviour?: AgentBehaviour;
  fields?: Record<string, unknown>;
  calling: WrittenCall[];
}

/** A visitor asks once, and the model calls these tools in one step. */
async function ask({ behaviour = {}, fields = {}, calling, ...options }: Visit) {
  const agents = { shop: { name: "Mira", allowedOrigins: [SHOP], secret: SECRET, ...behaviour } };
  const server = await runningServer({ agents, ...options });
  server.model.script(calls(...calling), says("Well."));
  const opened = await openSession(server, fields);
  const { client, sessionId } = opened;
  client.send({ action: "send_message", requestId: "r", sessionId, message: "hi" });
  const frames = await client.until("write_confirmation_required", "eventual_response", "error");
  const last = frames.at(-1) as Frame;
  const isAsked = last.type === "write_confirmation_required";
  const question = isAsked ? (at(last, "data.data") as Record<string, unknown>) : undefined;
  return { server, ...opened, frames, question };
}

/** What the model was told of the call it made. */
function told({ model }: { model: { requests: readonly ModelRequest[] } }): string {
  const messages = model.requests.at(-1)?.body["messages"] as { role: string; content: string }[];
  return String(messages.findLast(({ role }) => role === "tool")?.content);
}

const parameters = z.object({
  orderId: z.string(),
  amount: z.number().min(0.5).max(500).meta({ title: "Amount in dollars" }),
  reason: z.enum(["broken", "late"]).optional(),
});

function refundTool(over: Partial<ToolDefinition> = {}) {
  const runs: unknown[] = [];
  const tool: ToolDefinition = {
    ...defineTool({
      name: "refund",
      description: "Pays.",
      parameters,
      execute: (args) => {
        runs.push(args);
        return "paid";
      },
    }),
    ...over,
  };
  return { runs, tool };
}

const refundOf = (amount: number): WrittenCall => ({
  name: "refund",
  arguments: { orderId: "17", amount },
});

describe("what a tool decides", () => {
  it("may be by the arguments, the visitor, the conversation and the agent's config", async () => {
    const heard: [Record<string, unknown>, ConfirmationContext][] = [];
    const confirm: ToolDefinition["confirm"] = async (args, context) => {
      heard.push([args, context]);
      return Number(args["amount"]) > Number(context.config["upTo"]);
    };
    const { tool, runs } = refundTool({ confirm });
    const behaviour = { toolSettings: { refund: { config: { upTo: 20 } } } };
    const small = { tools: [tool], behaviour, fields: signedIn(), calling: [refundOf(20)] };
    expect((await ask(small)).question).toBeUndefined();
    const large = await ask({ ...small, fields: signedIn(), calling: [refundOf(20.01)] });
    expect(large.question).toMatchObject({ title: "Refund", arguments: { amount: 20.01 } });
    expect(runs).toEqual([{ orderId: "17", amount: 20 }]);
    expect(heard[1]?.[1]).toEqual({
      conversation: { id: large.conversationId, agentId: "shop", organizationId: "default" },
      agent: { id: "shop", name: "Mira" },
      organization: { id: "default" },
      visitor: { userId: "ada" },
      config: { upTo: 20 },
    });
  });

  it("is asked about a copy: what runs is what was checked", async () => {
    const confirm: ToolDefinition["confirm"] = (args) => {
      args["amount"] = 499;
      return false;
    };
    const { tool, runs } = refundTool({ confirm });
    const { server } = await ask({ tools: [tool], calling: [refundOf(20)] });
    expect(told(server)).toContain("could not be decided");
    expect(runs).toEqual([]);
  });

  it("is asked nevertheless when the agent's settings say so, and nobody may say the contrary", async () => {
    const { tool } = refundTool({ confirm: () => false });
    const behaviour: AgentBehaviour = { toolSettings: { refund: { confirm: true } } };
    const { question } = await ask({ tools: [tool], behaviour, calling: [refundOf(20)] });
    expect(question).toMatchObject({ title: "Refund", fields: [{ value: "17" }, { value: "20" }] });
    const loose = { toolSettings: { refund: { confirm: false } } } as unknown as AgentBehaviour;
    const agent = { allowedOrigins: [SHOP], ...loose };
    await expect(runningServer({ agents: { shop: agent } })).rejects.toThrow(
      "agents.shop.toolSettings.refund.confirm must be true",
    );
  });

  it("comes too late once the turn was cancelled", async () => {
    let decide: (asks: boolean) => void = () => {};
    let begun: () => void = () => {};
    const asked = new Promise<void>((resolve) => (begun = resolve));
    const confirm = () => {
      begun();
      return new Promise<boolean>((resolve) => (decide = resolve));
    };
    const { tool, runs } = refundTool({ confirm });
    const server = await runningServer({ tools: [tool] });
    server.model.script(calls(refundOf(20)), says("Well."));
    const { client, sessionId } = await openSession(server);
    client.send({ action: "send_message", requestId: "r", sessionId, message: "hi" });
    await asked;
    client.send({ action: "cancel", sessionId });
    expect(outlines(await client.rest()).at(-1)).toBe("r cancelled");
    decide(false);
    await client.quiet(sessionId);
    expect(runs).toEqual([]);
  });
});

describe("a question", () => {
  it("of a plain tool has nothing that does not apply", async () => {
    const { tool } = refundTool({ confirm: true });
    const { question } = await ask({ tools: [tool], calling: [refundOf(20)] });
    expect(Object.keys(question ?? {})).toEqual([
      ...["toolId", "actionDescription", "toolCallId", "toolName", "title", "summary", "fields"],
      ...["arguments", "risk", "askedAt", "expiresAt"],
    ]);
  });

  it("says what may be changed and how, what the model said, and that it may be remembered", async () => {
    const { tool } = refundTool({
      confirm: () => ({ title: "Refund", summary: "Pays back.", note: "He seems upset." }),
      editable: ["amount", "reason", "orderId"],
      remember: "conversation",
    });
    const before = Date.now();
    const { question } = await ask({ tools: [tool], calling: [refundOf(20)] });
    expect(question).toMatchObject({
      note: "He seems upset.",
      risk: "low",
      editable: ["amount", "reason", "orderId"],
      inputs: [
        {
          argument: "amount",
          label: "Amount in dollars",
          type: "number",
          required: true,
          minimum: 0.5,
          maximum: 500,
        },
        {
          argument: "reason",
          label: "Reason",
          type: "select",
          required: false,
          options: ["broken", "late"],
        },
        { argument: "orderId", label: "Order id", type: "text", required: true },
      ],
      remember: true,
    });
    expect(question?.["askedAt"]).toBeGreaterThanOrEqual(before);
    expect(question).not.toHaveProperty("stepUp");
  });

  it("of high risk says so, and is for a visitor who can step up", async () => {
    const { tool, runs } = refundTool({ risk: "high", stepUp: true });
    const calling = [refundOf(20)];
    const { question } = await ask({ tools: [tool], fields: signedIn(), calling });
    expect(question).toMatchObject({ risk: "high", stepUp: true });
    expect(question).not.toHaveProperty("remember");
    const stranger = await ask({ tools: [tool], calling });
    expect(stranger.question).toBeUndefined();
    expect(told(stranger.server)).toContain("needs a signed-in visitor");
    expect(runs).toEqual([]);
  });

  it("for the team names it, and is never to be remembered", async () => {
    const { tool } = refundTool({ confirm: true, approver: "team" });
    const { question } = await ask({ tools: [tool], calling: [refundOf(20)] });
    expect(question).toMatchObject({ approver: "team" });
  });

  it("counts the calls of its step that may ask after it", async () => {
    const { tool } = refundTool({ confirm: true });
    const look = { name: "look", description: "d", execute: () => "seen" };
    const calling = [refundOf(1), { name: "look" }, refundOf(2), refundOf(3), { name: "nothing" }];
    const visit = await ask({ tools: [tool, look], calling });
    expect(visit.question).toMatchObject({ queued: 2 });
    const { client, sessionId } = visit;
    const queued: unknown[] = [];
    for (const requestId of ["v1", "v2"]) {
      client.send({ action: "confirm_tool_action", requestId, sessionId, approved: true });
      const question = (await client.until("write_confirmation_required")).at(-1) as Frame;
      queued.push(at(question, "data.data.queued"));
    }
    expect(queued).toEqual([1, undefined]);
  });
});

describe("a policy", () => {
  it("hears of a call what there is to know, and cannot change it", async () => {
    const heard: ToolPolicyCall[] = [];
    const { tool, runs } = refundTool({ confirm: true, title: "Refund it" });
    const { conversationId } = await ask({
      tools: [tool],
      toolPolicy: (call) => {
        heard.push(call);
        expect(() => Object.assign(call.args, { amount: 499 })).toThrow(TypeError);
        return "run";
      },
      fields: signedIn(),
      calling: [refundOf(20)],
    });
    expect(heard).toEqual([
      {
        tool: { name: "refund", title: "Refund it", risk: "low", isGated: true },
        args: { orderId: "17", amount: 20 },
        visitor: { userId: "ada" },
        conversation: { id: conversationId, agentId: "shop", organizationId: "default" },
        agent: { id: "shop", name: "Mira" },
        organization: { id: "default" },
      },
    ]);
    expect(runs).toEqual([{ orderId: "17", amount: 20 }]);
  });

  it("is asked of tools from everywhere but the server's own, and after the permission", async () => {
    const asked: string[] = [];
    const look = (name: string): ToolDefinition => ({
      name,
      description: "d",
      execute: () => "seen",
    });
    const shelf = await mcpServer((session) => {
      const inputSchema = z.object({ q: z.string() });
      session.registerTool("search", { description: "d", inputSchema }, () => ({
        content: [{ type: "text", text: "found" }],
      }));
    });
    const { server } = await ask({
      tools: [look("own_list"), { ...look("for_members"), authLevel: "end_user" }],
      toolProvider: () => [look("provided")],
      mcpServers: { shelf: { url: shelf.url } },
      limits: { mcpWaitMs: 20_000 },
      behaviour: { suggestReplies: true },
      toolPolicy: ({ tool: { name, isGated } }) => {
        asked.push(`${name} ${isGated ? "asks" : "runs"}`);
        return { refuse: `Not ${name}.` };
      },
      calling: [
        ...["own_list", "for_members", "provided"].map((name) => ({ name })),
        { name: "shelf_search", arguments: { q: "x" } },
        { name: "suggest_replies", arguments: { replies: ["Yes"] } },
      ],
    });
    expect(asked).toEqual(["own_list runs", "provided runs", "shelf_search asks"]);
    const messages = server.model.requests[1]?.body["messages"] as { content: string }[];
    const contents = messages.map(({ content }) => content);
    expect(contents).toEqual(expect.arrayContaining(["Not own_list.", "Not shelf_search."]));
  });
});
