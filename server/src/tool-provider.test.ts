import { describe, expect, it } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import { at, outlines, textAt, type Frame } from "./core-client.fixture.js";
import { besidesForms } from "./form-tools.fixture.js";
import type { ModelRequest } from "./gateway/model-server.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import {
  openSession,
  resumed,
  runningServer,
  SECRET,
  SHOP,
  type RunningServerOptions,
} from "./running-server.fixture.js";
import type { ToolQuery } from "./tools/tool-source.js";
import { defineTool, type ToolDefinition } from "./tools/tool.js";

const agents = {
  shop: { name: "Mira", allowedOrigins: [SHOP], secret: SECRET, organizationId: "acme" },
};
const tool = (name: string, over: Partial<ToolDefinition> = {}) =>
  defineTool({ name, description: "d", execute: () => `ran ${name}`, ...over });

async function visit(options: RunningServerOptions, fields: Record<string, unknown> = {}) {
  const server = await runningServer({ agents, ...options });
  server.model.script(says("Hello."));
  return { server, ...(await openSession(server, fields)) };
}

type Visit = Awaited<ReturnType<typeof visit>>;

function send({ client, sessionId }: Pick<Visit, "client" | "sessionId">, requestId = "r") {
  client.send({ action: "send_message", requestId, sessionId, message: "hi" });
}

async function turn(opened: Pick<Visit, "client" | "sessionId">, requestId?: string) {
  send(opened, requestId);
  return opened.client.until("write_confirmation_required", "eventual_response", "error");
}

const offered = (request: ModelRequest | undefined) =>
  besidesForms(
    ((request?.body["tools"] ?? []) as { function: { name: string } }[]).map(
      (one) => one.function.name,
    ),
  );

describe("the host's toolProvider", () => {
  it("is asked once for each run of a turn, with who speaks with whom", async () => {
    const queries: ToolQuery[] = [];
    const toolProvider = async (query: ToolQuery) => {
      queries.push(query);
      return [tool(`more_${queries.length}`)];
    };
    const authContext = signAuthContext({ userId: "customer-17", secret: SECRET });
    const opened = await visit({ toolProvider, tools: [tool("look")] }, { authContext });
    const { server, conversationId } = opened;
    server.model.script(calls({ name: "more_1" }), says("Done."));
    expect(outlines(await turn(opened))).toContain("result more_1");
    expect(queries).toEqual([
      {
        organization: { id: "acme" },
        agent: { id: "shop", name: "Mira" },
        visitor: { userId: "customer-17" },
        conversation: { id: conversationId },
      },
    ]);
    expect(server.model.requests.map(offered)).toEqual([
      ["look", "more_1"],
      ["look", "more_1"],
    ]);
    await turn(opened, "r2");
    expect(offered(server.model.requests.at(-1))).toEqual(["look", "more_2"]);
    const stranger = await openSession(server);
    await turn(stranger);
    expect(queries.at(-1)?.visitor).toBeNull();
  });

  it("gives tools that are cut by the allow-list and asked for by confirmTools", async () => {
    const restricted = { shop: { ...agents.shop, tools: ["order_*"] } };
    const toolProvider = () => [tool("order_cancel"), tool("order_find"), tool("other")];
    const confirmTools = ["*_cancel"];
    const opened = await visit({ agents: restricted, toolProvider, confirmTools });
    const { server } = opened;
    server.model.script(calls({ name: "order_cancel" }));
    expect((await turn(opened)).at(-1)?.type).toBe("write_confirmation_required");
    expect(offered(server.model.requests[0])).toEqual(["order_cancel", "order_find"]);
  });

  it("gives tools with levels of their own", async () => {
    const toolProvider = () => [tool("mine", { authLevel: "end_user" })];
    const opened = await visit({ toolProvider });
    opened.server.model.script(calls({ name: "mine" }), says("Sign in."));
    expect(outlines(await turn(opened))).toContain("failure mine");
  });

  it("never shadows a static tool, and bad definitions are left out and named", async () => {
    const hostile = [
      tool("look", { execute: () => "shadow" }),
      { ...tool("fine"), execute: "hunter2" },
      tool("a b"),
      tool("odd", { parameters: { type: "string" } }),
      { ...tool("secret"), password: "hunter2" },
      null,
      "hunter2",
      tool("slow", { timeoutMs: 10 ** 9 }),
      tool("good"),
      tool("good", { execute: () => "twice" }),
    ] as ToolDefinition[];
    const opened = await visit({ tools: [tool("look")], toolProvider: () => hostile });
    const { server } = opened;
    server.model.script(calls({ name: "look" }, { name: "good" }), says("Done."));
    await turn(opened);
    expect(offered(server.model.requests[0])).toEqual(["look", "good"]);
    const messages = JSON.stringify(server.model.requests.at(-1)?.body["messages"]);
    expect(messages).toContain("ran look");
    expect(messages).toContain("ran good");
    expect(messages).not.toMatch(/shadow|twice/);
    const log = server.log.join("\n");
    expect(server.log.filter((line) => line.includes("was left out"))).toHaveLength(7);
    expect(server.log.filter((line) => line.includes("another one has its name"))).toHaveLength(2);
    expect(log).not.toContain("hunter2");
  });

  it.each<[string, () => unknown]>([
    ["throws", () => Promise.reject(new Error("hunter2"))],
    [
      "throws at once",
      () => {
        throw new Error("hunter2");
      },
    ],
    ["is late", () => new Promise(() => {})],
    ["answers nothing", () => undefined],
    ["answers no list", () => ({ length: 1 })],
  ])("that %s ends the turn in an error that may be tried again", async (_, fault) => {
    let provide: () => unknown = fault;
    const toolProvider = () => provide() as ToolDefinition[];
    const opened = await visit({
      toolProvider,
      tools: [tool("look")],
      limits: { hostFunctionMs: 50 },
    });
    const { server } = opened;
    const frames = await turn(opened);
    expect(outlines(frames)[0]).toContain("Processing your request");
    expect(at(frames.at(-1) as Frame, "error")).toEqual({
      code: "AGENT_ERROR",
      message: "The answer could not be completed.",
      retryable: true,
    });
    expect(server.model.requests).toHaveLength(0);
    expect(server.log.some((line) => line.includes("toolProvider failed"))).toBe(true);
    expect(server.log.join("\n")).not.toContain("hunter2");
    provide = () => [];
    expect(outlines(await turn(opened, "again")).at(-1)).toBe("again eventual_response");
  });

  it("holds up neither the cancel of a turn nor what comes after it", async () => {
    const asked: (() => void)[] = [];
    const toolProvider = () =>
      new Promise<ToolDefinition[]>((resolve) => {
        if (asked.push(() => resolve([])) > 1) resolve([]);
      });
    const opened = await visit({ toolProvider });
    const { client, sessionId } = opened;
    send(opened);
    await client.next();
    await expect.poll(() => asked.length).toBe(1);
    client.send({ action: "cancel", requestId: "r", sessionId });
    expect((await client.next()).type).toBe("cancelled");
    expect(outlines(await turn(opened, "r2")).at(-1)).toBe("r2 eventual_response");
    expect(opened.server.model.requests).toHaveLength(1);
  });

  it.each([true, false])(
    "is asked anew after a restart and an approval, its tool still there: %s",
    async (isThere) => {
      const runs: string[] = [];
      const pay = tool("pay", { confirm: true, execute: () => runs.push("paid") });
      const first = await visit({ toolProvider: () => [pay] });
      first.server.model.script(calls({ name: "pay" }));
      const question = (await turn(first)).at(-1) as Frame;
      await first.server.stop();
      const second = await runningServer({
        agents,
        file: first.server.file,
        toolProvider: () => (isThere ? [pay] : []),
      });
      second.model.script(says("Well."));
      const { client } = await resumed(second, first);
      const toolCallId = textAt(question, "data.data.toolCallId");
      const { sessionId } = first;
      const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, toolCallId };
      client.send({ ...verdict, approved: true });
      expect(outlines(await client.rest())).toContain(isThere ? "result pay" : "failure pay");
      expect(runs).toEqual(isThere ? ["paid"] : []);
      const told = JSON.stringify(second.model.requests.at(-1)?.body["messages"]);
      if (!isThere) expect(told).toContain("There is no tool named pay.");
    },
  );
});
