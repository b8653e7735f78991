import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import type { AgentBehaviour } from "./agent/behaviour.js";
import { signAuthContext } from "./auth/auth-context.js";
import { at, outlines, textAt, type CoreClient, type Frame } from "./core-client.fixture.js";
import { FORM_TOOLS } from "./form-tools.fixture.js";
import type { ModelRequest } from "./gateway/model-server.fixture.js";
import { hostRows } from "./host-rows.fixture.js";
import { calls, says, type WrittenCall } from "./model-answers.fixture.js";
import {
  openSession,
  resumed,
  runningServer,
  SECRET,
  SHOP,
  UNHURRIED,
} from "./running-server.fixture.js";
import type { AuthLevel } from "./tools/auth-level.js";
import { defineTool, type ToolContext, type ToolDefinition } from "./tools/tool.js";

const vouched = () => ({ authContext: signAuthContext({ userId: "customer-17", secret: SECRET }) });
const KEY = "the secret of the host's dashboards";
const tokenOf = (role: string) =>
  new SignJWT({ sub: role, role, exp: Math.floor(Date.now() / 1_000) + 300 })
    .setProtectedHeader({ alg: "HS256" })
    .sign(Buffer.from(KEY));
const parameters = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };

interface Visit {
  behaviour?: AgentBehaviour;
  tools?: ToolDefinition[];
  fields?: Record<string, unknown>;
  calling?: WrittenCall;
}

/** A tool that writes down what it was run with. */
function recorder(over: Partial<ToolDefinition> = {}) {
  const runs: ToolContext[] = [];
  const tool = defineTool({
    name: "refund",
    description: "Pays.",
    parameters,
    execute: (_, context) => {
      runs.push(context);
      return "paid";
    },
    ...over,
  });
  return { tool, runs };
}

/** A visitor asks once, and the model calls a tool once. */
async function ask({ behaviour = {}, tools = [], fields = {}, calling }: Visit) {
  const agents = { shop: { name: "Mira", allowedOrigins: [SHOP], secret: SECRET, ...behaviour } };
  const server = await runningServer({ agents, tools });
  server.model.script(calls(calling ?? { name: "refund", arguments: { n: 1 } }), says("Well."));
  const opened = await openSession(server, fields);
  const rows = hostRows(server.file);
  const { client, sessionId } = opened;
  client.send({ action: "send_message", requestId: "r", sessionId, message: "hi" });
  const frames = await client.until("write_confirmation_required", "eventual_response", "error");
  return { server, rows, ...opened, frames };
}

const offered = (request: ModelRequest | undefined) =>
  ((request?.body["tools"] ?? []) as { function: { name: string } }[]).map(
    (tool) => tool.function.name,
  );

/** What the model was told of the call it made. */
function told({ model }: { model: { requests: readonly ModelRequest[] } }): string {
  const messages = model.requests.at(-1)?.body["messages"] as { role: string; content: string }[];
  return String(messages.findLast(({ role }) => role === "tool")?.content);
}

describe("the tools of an agent", () => {
  const named = ["find_order", "find_item", "refund", "undelete_hint"].map((name) =>
    defineTool({ name, description: "d", execute: () => "ran" }),
  );

  it.each<[string, AgentBehaviour, string[]]>([
    [
      "all without a list",
      {},
      ["find_order", "find_item", "refund", "undelete_hint", ...FORM_TOOLS],
    ],
    ["none of an empty list", { tools: [] }, []],
    ["those that are named", { tools: ["refund"] }, ["refund"]],
    ["those that a pattern means", { tools: ["find_*"] }, ["find_order", "find_item"]],
    ["never those that only contain a name", { tools: ["delete", "find"] }, []],
  ])("are %s", async (_, behaviour, expected) => {
    const { server } = await ask({ behaviour, tools: named });
    expect(offered(server.model.requests[0])).toEqual(expected);
  });

  it("do not exist beyond the list, whatever the model calls", async () => {
    const { tool, runs } = recorder();
    const visit = await ask({
      behaviour: { tools: ["find_*"] },
      tools: [tool, ...named.slice(0, 2)],
    });
    expect(outlines(visit.frames)).toContain("failure refund");
    expect(told(visit.server)).toBe("There is no tool named refund.");
    expect(runs).toHaveLength(0);
  });
});

describe("who may have a tool run", () => {
  const levels: AuthLevel[] = ["none", "end_user", "admin"];
  const rank = (level?: AuthLevel) => (level === undefined ? 0 : levels.indexOf(level));
  const visitors = [
    { who: "a stranger", role: undefined, signedIn: false },
    { who: "a signed-in visitor", role: undefined, signedIn: true },
    { who: "a curator", role: "curator", signedIn: true },
    { who: "an admin", role: "admin", signedIn: true },
  ];
  // To an internal agent nobody comes but principals.
  const cases = visitors.flatMap((visitor) =>
    (visitor.role ? (["public", "internal"] as const) : (["public"] as const)).flatMap(
      (visibility) =>
        levels.flatMap((own) =>
          ([undefined, ...levels] as const).map((set) => ({ ...visitor, visibility, own, set })),
        ),
    ),
  );

  it("is decided by the stricter of the tool's level and the agent's, for every visitor", async () => {
    // One server serves all of them: an agent and a tool for each.
    const tried = cases.map((given, index) => {
      const { tool, runs } = recorder({ name: `refund_${index}`, authLevel: given.own });
      const { visibility, set } = given;
      const toolSettings = { [tool.name]: { authLevel: set } };
      const agent = { allowedOrigins: [SHOP], secret: SECRET, visibility, tools: [tool.name] };
      return { ...given, tool, runs, agentId: `agent-${index}`, agent: { ...agent, toolSettings } };
    });
    const agents = Object.fromEntries(tried.map(({ agentId, agent }) => [agentId, agent]));
    const server = await runningServer({
      agents,
      tools: tried.map(({ tool }) => tool),
      limits: UNHURRIED,
      principals: { secret: KEY },
    });
    const clients = new Map<string | undefined, CoreClient>([[undefined, await server.connect()]]);
    for (const role of ["curator", "admin"]) {
      const headers = { authorization: `Bearer ${await tokenOf(role)}` };
      clients.set(role, await server.connect({ headers }));
    }
    const found: unknown[] = [];
    const expected: unknown[] = [];
    for (const { tool, runs, agentId, ...given } of tried) {
      const about = [given.who, given.visibility, given.own, given.set];
      const level = Math.max(rank(given.own), rank(given.set));
      const isAdmin = given.visibility === "internal" && given.role === "admin";
      const isRun = level === 0 || (level === 1 ? given.signedIn : isAdmin);
      const isOffered = level < 2 || given.visibility === "internal";
      const words = level === 1 ? "sign in on the site" : "administrator";
      expected.push({ about, isRun, isOffered, chunk: true, words: isRun ? "paid" : words });

      const client = clients.get(given.role) as CoreClient;
      const isVisitor = given.signedIn && given.role === undefined;
      const fields = isVisitor && {
        authContext: signAuthContext({ userId: agentId, secret: SECRET }),
      };
      const create = { action: "create_conversation_session", requestId: "c", agentId };
      const sessionId = textAt(await client.ask({ ...create, ...fields }), "data.sessionId");
      const before = server.model.requests.length;
      server.model.script(calls({ name: tool.name, arguments: { n: 1 } }), says("Well."));
      client.send({ action: "send_message", requestId: "r", sessionId, message: "hi" });
      const shown = outlines(await client.rest());
      const answer = told(server);
      found.push({
        about,
        isRun: runs.length === 1,
        isOffered: offered(server.model.requests[before]).length === 1,
        chunk: shown.includes(`${isRun ? "result" : "failure"} ${tool.name}`),
        words: [words, "paid"].find((text) => answer.includes(text)),
      });
    }
    expect(found).toEqual(expected);
    expect(found).toHaveLength(72);
  }, 120_000);

  it("is asked before the arguments are looked at, and the visitor last of all", async () => {
    const { tool, runs } = recorder({ authLevel: "end_user", confirm: true });
    const bad = { name: "refund", arguments: { n: "one" } };
    const stranger = await ask({ tools: [tool], calling: bad });
    expect(stranger.frames.map(({ type }) => type)).not.toContain("write_confirmation_required");
    expect(told(stranger.server)).toContain("needs a signed-in visitor");
    const careless = await ask({ tools: [tool], calling: bad, fields: vouched() });
    expect(careless.frames.map(({ type }) => type)).not.toContain("write_confirmation_required");
    expect(told(careless.server)).toContain("arguments are not valid");
    const visitor = await ask({ tools: [tool], fields: vouched() });
    expect(visitor.frames.at(-1)?.type).toBe("write_confirmation_required");
    expect(runs).toHaveLength(0);
  });

  it("is a failed call that parks nothing, shown to the visitor as such", async () => {
    const { tool } = recorder({ authLevel: "end_user", confirm: true, title: "Refund" });
    const { client, sessionId, frames } = await ask({ tools: [tool] });
    expect(outlines(frames).slice(0, 3)).toEqual([
      "r: Processing your request...",
      "call refund",
      "failure refund",
    ]);
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, approved: true };
    expect(at(await client.ask(verdict), "error.code")).toBe("NO_PENDING_CONFIRMATION");
  });
});

describe("a call that was approved", () => {
  it.each<[string, AgentBehaviour, string]>([
    ["left the allow-list", { tools: ["find_*"] }, "no tool named refund"],
    ["got stricter", { toolSettings: { refund: { authLevel: "admin" } } }, "administrators"],
    ["cannot be read any more", { tools: "refund" as never }, "no tool named refund"],
  ])("is refused with the reason when its tool %s meanwhile", async (_, changed, reason) => {
    const { tool, runs } = recorder({ confirm: true });
    const visit = await ask({ tools: [tool], fields: vouched() });
    const { server, rows, client, sessionId, frames } = visit;
    const toolCallId = textAt(frames.at(-1) as Frame, "data.data.toolCallId");
    rows.agent("shop", changed);
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, toolCallId };
    client.send({ ...verdict, approved: true });
    expect(outlines(await client.rest())).toContain("failure refund");
    expect(told(server)).toContain("was changed after the visitor had been asked");
    expect(told(server)).toContain(reason);
    expect(runs).toHaveLength(0);
  });

  it("runs when it still may", async () => {
    const { tool, runs } = recorder({ confirm: true, authLevel: "end_user" });
    const { client, sessionId, sessionToken, frames, server } = await ask({
      tools: [tool],
      fields: vouched(),
    });
    const toolCallId = textAt(frames.at(-1) as Frame, "data.data.toolCallId");
    await client.close();
    const again = await resumed(server, { sessionId, sessionToken });
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, toolCallId };
    again.client.send({ ...verdict, approved: true });
    expect(outlines(await again.client.rest())).toContain("result refund");
    expect(runs).toHaveLength(1);
  });
});

describe("what a tool knows", () => {
  it("is the agent, the organization, the visitor and the agent's own config for it, unchangeable", async () => {
    const config = { shop: { id: 7, tags: ["a"] } };
    const { tool, runs } = recorder();
    const behaviour = { toolSettings: { refund: { config }, other: { config: { secret: 1 } } } };
    const fields = { ...vouched(), userName: "Ada", userEmail: "ada@example.com" };
    await ask({ behaviour, tools: [tool], fields });
    const [context] = runs;
    expect(context).toMatchObject({
      agent: { id: "shop", name: "Mira" },
      organization: { id: "default" },
      visitor: { userId: "customer-17", name: "Ada", email: "ada@example.com" },
      conversation: { agentId: "shop", organizationId: "default" },
    });
    expect(context?.config).toEqual(config);
    expect(context?.config).not.toBe(config);
    const inner = context?.config["shop"] as { id: number; tags: string[] };
    expect(() => (inner.id = 8)).toThrow(TypeError);
    expect(() => inner.tags.push("b")).toThrow(TypeError);
    expect(config.shop.id).toBe(7);
  });

  it("is nothing of a visitor for whom nobody vouched, and an empty config without settings", async () => {
    const { tool, runs } = recorder();
    await ask({ tools: [tool], fields: { userName: "Ada", userEmail: "ada@example.com" } });
    expect(runs[0]).toMatchObject({ visitor: null, config: {} });
  });

  it("is no name when the page gave none", async () => {
    const { tool, runs } = recorder();
    await ask({ tools: [tool], fields: vouched() });
    expect(runs[0]?.visitor).toEqual({ userId: "customer-17" });
  });
});

it("says at the start which settings mean no tool, and not where tools are still to come", async () => {
  const { tool } = recorder();
  const toolSettings = { refunt: { authLevel: "admin" as const }, refund: {} };
  const tools = ["*", "refund", "refnd", "report_outcome", "find_*"];
  const agents = { shop: { allowedOrigins: [SHOP], toolSettings, tools } };
  const warned = (log: string[]) =>
    log.filter((line) => /toolSettings names|that no tool matches/.test(line));
  const { log } = await runningServer({ agents, tools: [tool] });
  expect(warned(log)).toHaveLength(3);
  for (const name of ["refunt", "refnd", "find_*"]) {
    expect(warned(log).some((line) => line.includes(`"${name}"`))).toBe(true);
  }
  const later = await runningServer({ agents, tools: [tool], toolProvider: () => [] });
  expect(warned(later.log)).toHaveLength(0);
});
