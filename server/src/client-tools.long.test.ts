import { describe, expect, it } from "vitest";
import type { AgentBehaviour } from "./agent/behaviour.js";
import {
  ask,
  called,
  callId,
  callIn,
  NAVIGATE,
  offered,
  openPage,
  storedCall,
  submission,
  TO_CART,
  told,
} from "./client-page.fixture.js";
import { at, outlines, textAt, type Frame } from "./core-client.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import {
  createSession,
  openSession,
  resumed,
  runningServer,
  SECRET,
  SHOP,
} from "./running-server.fixture.js";
import { defineTool } from "./tools/tool.js";

describe("a tool of the page", () => {
  it("is run by the page: the chunk before it, the ack before the result, then the answer", async () => {
    const page = await openPage();
    const { client, sessionId, server } = page;
    const call = await called(page);
    expect(at(call, "requestId")).toBe("r");
    expect(at(call, "data")).toMatchObject({ name: "navigate", arguments: { path: "/cart" } });
    const left = Number(at(call, "data.expiresAt")) - Date.now();
    expect(left).toBeGreaterThan(20_000);
    expect(left).toBeLessThanOrEqual(30_000);
    client.send(submission(sessionId, callId(call)));
    await client.rest();
    expect(outlines(client.frames.slice(1))).toEqual([
      "r: Processing your request...",
      "call client_navigate",
      "r client_tool_call",
      "s: Tool result accepted",
      "result client_navigate",
      '"Done."',
      "r eventual_response",
    ]);
    expect(told(server)).toBe('{"from":"page","result":"opened"}');
    expect(await storedCall(client, sessionId)).toMatchObject({
      name: "client_navigate",
      title: "Navigate",
      status: "succeeded",
    });
  });

  it("is told to the model as the page describes it, marked as the page's", async () => {
    const page = await openPage();
    await called(page);
    expect(offered(page.server.model.requests[0])[0]).toMatchObject({
      name: "client_navigate",
      description: expect.stringMatching(/^\[Acts in the page.+\] Opens a page of the shop\.$/),
      parameters: NAVIGATE.parameters,
    });
  });

  it("that fails is told as a failure in the page's words", async () => {
    const page = await openPage();
    const { client, sessionId, server } = page;
    const call = await called(page);
    client.send(submission(sessionId, callId(call), { result: "no such page", isError: true }));
    expect(outlines(await client.rest())).toContain("failure client_navigate");
    expect(told(server)).toBe('{"from":"page","error":"no such page"}');
    expect(await storedCall(client, sessionId)).toMatchObject({ status: "failed" });
  });

  it("says when its words were cut", async () => {
    const page = await openPage();
    const call = await called(page);
    const result = `${"x".repeat(15_999)}😀`;
    page.client.send(submission(page.sessionId, callId(call), { result }));
    await page.client.rest();
    expect(JSON.parse(told(page.server))).toEqual({
      from: "page",
      result: "x".repeat(15_999),
      cut: true,
    });
  });

  it("with wrong arguments is not run", async () => {
    const page = await openPage();
    page.server.model.script(calls({ name: "client_navigate", arguments: {} }), says("Hm."));
    ask(page);
    expect(outlines(await page.client.rest())).not.toContain("r client_tool_call");
    expect(told(page.server)).toContain("must have required property 'path'");
  });

  it("is of the session that declared it, and replaced when it is taken up", async () => {
    const page = await openPage();
    const { server, sessionId } = page;
    const other = await openSession(server);
    server.model.script(says("Hi."));
    ask(other);
    await other.client.rest();
    const highlight = { name: "highlight", description: "Marks something." };
    const { client } = await resumed(server, page, { clientTools: [highlight] });
    ask({ client, sessionId }, "again");
    await client.rest();
    expect(
      server.model.requests.map((request) => offered(request).map(({ name }) => name)),
    ).toEqual([[], ["client_highlight"]]);
  });

  it("stays declared when the session is taken up without a word of it", async () => {
    const page = await openPage();
    const { client } = await resumed(page.server, page);
    ask({ client, sessionId: page.sessionId });
    const call = await callIn(page.client);
    expect(at(call, "data.name"), "only who declared it here may be asked").toBe("navigate");
    await client.until("stream_chunk");
    await client.quiet();
  });

  it("of a session that knows nothing of it leaves an older client in peace", async () => {
    const page = await openPage();
    await resumed(page.server, page, { clientTools: [] });
    page.server.model.script(says("Hi."));
    ask(page);
    expect(outlines(await page.client.rest())).toEqual([
      "r: Processing your request...",
      '"Hi."',
      "r eventual_response",
    ]);
  });
});

describe("what an agent may call in a page", () => {
  it.each<[string, AgentBehaviour, boolean]>([
    ["everything without a list", {}, true],
    ["nothing of an empty list", { tools: [] }, false],
    ["nothing by the page's own name", { tools: ["navigate"] }, false],
    ["what the list names", { tools: ["client_navigate"] }, true],
    ["what a pattern means", { tools: ["client_*"] }, true],
    [
      "nothing that needs a visitor nobody vouched for",
      { toolSettings: { client_navigate: { authLevel: "end_user" } } },
      false,
    ],
  ])("is %s", async (_, behaviour, runs) => {
    const agents = { shop: { name: "M", allowedOrigins: [SHOP], secret: SECRET, ...behaviour } };
    const page = await openPage({ agents });
    ask(page);
    const frames = await page.client.until("client_tool_call", "eventual_response");
    expect(frames.at(-1)?.type).toBe(runs ? "client_tool_call" : "eventual_response");
  });

  it("is nothing for an agent that nobody described", async () => {
    const page = await openPage({ strict: false }, { agentId: "unknown" });
    ask(page);
    expect(outlines(await page.client.rest())).toContain("failure client_navigate");
    expect(told(page.server)).toBe("There is no tool named client_navigate.");
  });

  it("never shadows a tool of the host's", async () => {
    const ran: unknown[] = [];
    const own = defineTool({
      name: "client_navigate",
      description: "The host's own.",
      execute: (args) => ran.push(args),
    });
    const provided = defineTool({ ...own, name: "client_provided" });
    const page = await openPage(
      { tools: [own], toolProvider: () => [provided] },
      { clientTools: [NAVIGATE, { ...NAVIGATE, name: "provided" }] },
    );
    page.server.model.script(calls(TO_CART, { name: "client_provided" }), says("Done."));
    ask(page);
    expect(outlines(await page.client.rest())).not.toContain("r client_tool_call");
    expect(ran).toHaveLength(2);
    expect(offered(page.server.model.requests[0]).map(({ description }) => description)).toEqual([
      "The host's own.",
      "The host's own.",
    ]);
  });
});

describe("a tool of the page that asks first", () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ["by itself", { confirm: true }, []],
    ["by the deployment's pattern", {}, ["client_*"]],
  ])("%s runs with what was approved, and only then", async (_, over, confirmTools) => {
    const page = await openPage({ confirmTools }, { clientTools: [{ ...NAVIGATE, ...over }] });
    const { client, sessionId } = page;
    ask(page);
    const question = (await client.until("write_confirmation_required")).at(-1) as Frame;
    expect(at(question, "data.data")).toMatchObject({
      title: "Navigate",
      arguments: { path: "/cart" },
      fields: [{ label: "Path", value: "/cart" }],
    });
    const toolCallId = textAt(question, "data.data.toolCallId");
    const early = await sent(client, submission(sessionId, toolCallId));
    expect(outlines(early)).toContain("s error NO_PENDING_INTERACTION");
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, approved: true };
    client.send({ ...verdict, toolCallId });
    const frames = await client.until("client_tool_call");
    expect(outlines(frames)).toEqual(["v: Tool action approved", "r client_tool_call"]);
    expect(at(frames.at(-1) as Frame, "data.arguments")).toEqual({ path: "/cart" });
    client.send(submission(sessionId, toolCallId));
    expect(outlines(await client.rest())).toEqual([
      "s: Tool result accepted",
      "result client_navigate",
      '"Done."',
      "r eventual_response",
    ]);
    const { decisions } = await page.server.agent.decisions();
    expect(decisions).toMatchObject([{ approved: true, outcome: "succeeded" }]);
  });

  it("is not run when it was declined", async () => {
    const page = await openPage({}, { clientTools: [{ ...NAVIGATE, confirm: true }] });
    const { client, sessionId } = page;
    ask(page);
    await client.until("write_confirmation_required");
    client.send({ action: "confirm_tool_action", requestId: "v", sessionId, approved: false });
    expect(outlines(await client.rest())).not.toContain("r client_tool_call");
  });
});

describe("what a page may not declare", () => {
  const deep = (levels: number): Record<string, unknown> =>
    levels === 0 ? { type: "string" } : { type: "object", properties: { a: deep(levels - 1) } };
  it.each<[string, unknown, string]>([
    ["no object", { type: "string" }, 'must be a JSON Schema with type "object"'],
    ["nothing", {}, 'must be a JSON Schema with type "object"'],
    ["no schema", { type: "object", properties: 7 }, "must be a JSON Schema"],
    ["a pattern", property({ type: "string", pattern: "(a+)+$" }), "must not use pattern"],
    [
      "patterns of names",
      { type: "object", patternProperties: {} },
      "must not use patternProperties",
    ],
    ["a reference", property({ $ref: "https://evil.example/s.json" }), "must not use $ref"],
    ["a bomb of references", { type: "object", $defs: { a: { $ref: "#" } } }, "must not use $ref"],
    ["an asynchronous one", { type: "object", $async: true }, "must not use $async"],
    ["another identity", { type: "object", $id: "x" }, "must not use $id"],
    ["an old identity", { type: "object", id: "x" }, "must not use id"],
    ["pairs to compare", property({ uniqueItems: true }), "must not use uniqueItems"],
    ["nothing to choose from", property({ enum: [] }), "must not use an empty enum"],
    ["what is too deep", deep(8), "nested"],
    [
      "what is too big",
      { type: "object", title: "x".repeat(16_384) },
      "must take at most 16384 bytes",
    ],
  ])("is %s", async (_, parameters, complaint) => {
    const server = await runningServer();
    const client = await server.connect();
    const good = { ...NAVIGATE, name: "good" };
    const action = "create_conversation_session";
    const clientTools = [good, { ...NAVIGATE, parameters }];
    const answer = await client.ask({ action, requestId: "c", agentId: "shop", clientTools });
    expect(at(answer, "error.code")).toBe("VALIDATION_ERROR");
    expect(textAt(answer, "error.message")).toContain(complaint);
    if (complaint.startsWith("must not use")) {
      expect(at(answer, "error.message")).toBe(`clientTools.1.parameters ${complaint}.`);
    }
    const session = await createSession(client, { clientTools: [good] });
    const taken = await resumed(server, session, { clientTools });
    expect(taken.answer.type, "nor when it is taken up").toBe("error");
  });

  it("is no argument that is called as a refused word of a schema is", async () => {
    const page = await openPage(
      {},
      {
        clientTools: [{ ...NAVIGATE, parameters: property({ type: "string" }, "pattern", "id") }],
      },
    );
    page.server.model.script(calls({ ...TO_CART, arguments: { pattern: "p", id: "i" } }));
    const call = await called(page);
    expect(at(call, "data.arguments")).toEqual({ pattern: "p", id: "i" });
  });
});

function property(schema: unknown, ...names: string[]) {
  const keys = names.length > 0 ? names : ["a"];
  return { type: "object", properties: Object.fromEntries(keys.map((key) => [key, schema])) };
}

/** Sends one action, and answers with all frames up to what answers it. */
async function sent(
  client: { send(frame: unknown): void; next(): Promise<Frame> },
  action: Record<string, unknown>,
): Promise<Frame[]> {
  client.send(action);
  const frames: Frame[] = [];
  for (;;) {
    const frame = await client.next();
    frames.push(frame);
    if (frame.event["requestId"] === action["requestId"]) return frames;
  }
}
