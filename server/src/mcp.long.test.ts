import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { at, outlines, textAt, type Frame } from "./core-client.fixture.js";
import { besidesForms } from "./form-tools.fixture.js";
import type { ModelRequest } from "./gateway/model-server.fixture.js";
import { calls, says, type WrittenCall } from "./model-answers.fixture.js";
import {
  openSession,
  runningServer,
  SECRET,
  SHOP,
  type RunningServerOptions,
  UNHURRIED,
} from "./running-server.fixture.js";
import { mcpServer } from "./tools/mcp/mcp-server.fixture.js";
import { defineTool } from "./tools/tool.js";

const agents = { shop: { name: "Mira", allowedOrigins: [SHOP], secret: SECRET } };
const text = (said: string) => ({ content: [{ type: "text" as const, text: said }] });

/** A server with a tool of every kind. */
async function shelf() {
  const called: unknown[] = [];
  /** Tools wait for this before they answer. */
  const state = { hold: Promise.resolve() };
  const server = await mcpServer((session) => {
    const inputSchema = z.object({ q: z.string() });
    const readOnlyHint = true;
    const destructiveHint = true;
    const run = (name: string) => async (args: unknown) => {
      called.push([name, args]);
      await state.hold;
      return text(`${name} done`);
    };
    const described = { description: "d", inputSchema };
    session.registerTool("search", { ...described, title: "Search it" }, run("search"));
    session.registerTool("hinted", { ...described, annotations: { readOnlyHint } }, run("hinted"));
    session.registerTool("wipe", { ...described, annotations: { destructiveHint } }, run("wipe"));
    session.registerTool("odd.name", described, run("odd"));
    session.registerTool(`long_${"x".repeat(80)}`, described, run("long"));
    session.registerTool("fails", described, () => ({ ...text("no such shelf"), isError: true }));
    session.registerTool("throws", described, () => {
      throw new Error("broken inside");
    });
    session.registerTool("mixed", described, () => ({
      content: [
        { type: "text", text: "one" },
        { type: "image", data: "aGk=", mimeType: "image/png" },
        { type: "text", text: "x".repeat(100_000) },
      ],
    }));
  });
  return { server, called, state, url: server.url };
}

async function visit(options: RunningServerOptions) {
  const limits = { ...UNHURRIED, ...options.limits };
  const server = await runningServer({ agents, ...options, limits });
  server.model.script(says("Hello."));
  return { server, ...(await openSession(server)) };
}

type Visit = Awaited<ReturnType<typeof visit>>;
let sent = 0;

async function turn({ client, sessionId, server }: Visit, call?: WrittenCall): Promise<Frame[]> {
  if (call) server.model.script(calls(call), says("Well."));
  const requestId = `r${(sent += 1)}`;
  client.send({ action: "send_message", requestId, sessionId, message: "hi" });
  return client.until("write_confirmation_required", "eventual_response", "error");
}

const ask = (name: string) => ({ name, arguments: { q: "hats" } });

const offered = (request: ModelRequest | undefined) =>
  ((request?.body["tools"] ?? []) as { function: { name: string; parameters: unknown } }[]).map(
    (one) => one.function,
  );
const newest = ({ server }: Visit) => server.model.requests.at(-1);
const names = (opened: Visit) => besidesForms(offered(newest(opened)).map(({ name }) => name));

function told(opened: Visit): string {
  const messages = newest(opened)?.body["messages"] as { role: string; content: string }[];
  return String(messages.findLast(({ role }) => role === "tool")?.content);
}

describe("the tools of an MCP server over HTTP", { timeout: 60_000 }, () => {
  it("are offered by fitting names with their schemas, beside the host's own, and run", async () => {
    const books = await shelf();
    const headers = { authorization: "Bearer hunter2" };
    const mcpServers = { books: { url: books.url, headers, readOnly: ["search"] } };
    const look = defineTool({ name: "look", description: "d", execute: () => "seen" });
    const opened = await visit({ mcpServers, tools: [look] });
    const frames = await turn(opened, ask("books_search"));
    expect(outlines(frames)).toContain("result books_search");
    expect(told(opened)).toBe("search done");
    expect(books.called).toEqual([["search", { q: "hats" }]]);
    expect(names(opened).slice(0, 4)).toEqual([
      "look",
      "books_search",
      "books_hinted",
      "books_wipe",
    ]);
    for (const name of names(opened)) expect(name).toMatch(/^[\w-]{1,64}$/);
    expect(new Set(names(opened)).size).toBe(9);
    const schema = offered(newest(opened)).find(({ name }) => name === "books_search")?.parameters;
    expect(schema).toMatchObject({ type: "object", required: ["q"] });
    expect(
      books.server.requests.every((one) => one.headers.authorization === "Bearer hunter2"),
    ).toBe(true);
    expect(opened.server.log.join("\n")).not.toContain("hunter2");
  });

  it("ask first unless the host said that they read, whatever the server says of itself", async () => {
    const books = await shelf();
    const mcpServers = { books: { url: books.url, readOnly: ["search", "wipe", "odd*"] } };
    const confirmTools = ["books_odd*"];
    const opened = await visit({ mcpServers, confirmTools });
    await turn(opened);
    const odd = names(opened).find((name) => name.startsWith("books_odd")) ?? "";
    for (const [name, isAsked] of [
      ["books_search", false],
      ["books_hinted", true],
      ["books_wipe", true],
      [odd, true],
    ] as const) {
      const last = (await turn(opened, ask(name))).at(-1) as Frame;
      expect([name, last.type === "write_confirmation_required"]).toEqual([name, isAsked]);
      if (!isAsked) continue;
      expect(at(last, "data.data.arguments")).toEqual({ q: "hats" });
      expect(at(last, "data.data.fields")).toEqual([{ label: "Q", value: "hats" }]);
      const { client, sessionId } = opened;
      await client.next();
      const verdict = { action: "confirm_tool_action", requestId: "v", sessionId };
      const toolCallId = textAt(last, "data.data.toolCallId");
      client.send({ ...verdict, toolCallId, approved: name === "books_wipe" });
      await client.rest();
    }
    expect(books.called.map((call) => (call as string[])[0])).toEqual(["search", "wipe"]);
  });

  it("are cut by the allow-list and gated by the levels of the agent", async () => {
    const books = await shelf();
    const toolSettings = { books_search: { authLevel: "end_user" as const } };
    const shop = { ...agents.shop, tools: ["books_search", "books_fails"], toolSettings };
    const mcpServers = { books: { url: books.url, readOnly: ["*"] } };
    const opened = await visit({ agents: { shop }, mcpServers });
    expect(outlines(await turn(opened, ask("books_search")))).toContain("failure books_search");
    expect(told(opened)).toContain("signed-in visitor");
    expect(names(opened)).toEqual(["books_search", "books_fails"]);
    await turn(opened, ask("books_hinted"));
    expect(told(opened)).toBe("There is no tool named books_hinted.");
    expect(books.called).toEqual([]);
  });

  it("fail as tools do, and their results are text that is cut", async () => {
    const books = await shelf();
    const opened = await visit({ mcpServers: { books: { url: books.url, readOnly: ["*"] } } });
    expect(outlines(await turn(opened, ask("books_fails")))).toContain("failure books_fails");
    expect(told(opened)).toBe("no such shelf");
    expect(outlines(await turn(opened, ask("books_throws")))).toContain("failure books_throws");
    await turn(opened, { name: "books_search", arguments: { q: 7 } });
    expect(told(opened)).toContain("arguments are not valid");
    expect(outlines(await turn(opened, ask("books_mixed")))).toContain("result books_mixed");
    expect(told(opened)).toMatch(/^one\n\{"type":"image".*\}\nxxx/);
    expect(told(opened).length).toBe(64_000);
    expect(books.called).toEqual([]);
  });

  it("are new when the server says that they changed", async () => {
    const books = await shelf();
    const opened = await visit({ mcpServers: { books: { url: books.url } } });
    await turn(opened);
    expect(names(opened)).not.toContain("books_extra");
    books.server.sessions.at(-1)?.registerTool("extra", { description: "d" }, () => text("extra"));
    await expect
      .poll(async () => (await turn(opened), names(opened)), { timeout: 8_000 })
      .toContain("books_extra");
  });
});

describe("an MCP server that is down", { timeout: 60_000 }, () => {
  const refused = { url: "http://127.0.0.1:9/mcp" };

  it("leaves its tools out, with a line in the log, and holds nobody up", async () => {
    const silent = await mcpServer(() => undefined);
    const hanging = { url: silent.url.replace("/mcp", "/hang") };
    const books = await shelf();
    const opened = await visit({
      mcpServers: {
        gone: refused,
        missing: { command: "/no/such/program" },
        mute: { command: process.execPath, args: ["-e", "setInterval(() => {}, 1000)"] },
        hanging,
        books: { url: books.url },
      },
      limits: { mcpWaitMs: 1_500 },
    });
    const started = performance.now();
    expect(outlines(await turn(opened)).at(-1)).toContain("eventual_response");
    // Less than any of them may take to greet us.
    expect(performance.now() - started).toBeLessThan(9_000);
    expect(names(opened)).toContain("books_search");
    expect(names(opened).every((name) => name.startsWith("books_"))).toBe(true);
    for (const name of ["gone", "missing", "mute"]) {
      const line = opened.server.log.find(
        (one) => one.includes(`"server":"${name}"`) && one.includes("left out"),
      );
      expect([name, line === undefined]).toEqual([name, false]);
    }
  });

  it("is connected again once it is back, and forgets nothing that it should not", async () => {
    const books = await shelf();
    const opened = await visit({ mcpServers: { books: { url: books.url, readOnly: ["*"] } } });
    await turn(opened, ask("books_search"));
    await books.server.stop();
    expect(outlines(await turn(opened, ask("books_search")))).toContain("failure books_search");
    expect(told(opened)).toMatch(/cannot be reached|There is no tool/);
    await books.server.start();
    await expect
      .poll(
        async () => {
          await turn(opened, ask("books_search"));
          return told(opened);
        },
        { timeout: 15_000, interval: 200 },
      )
      .toBe("search done");
  });

  it("that has forgotten our session is greeted anew, and the call is made once", async () => {
    const books = await shelf();
    const opened = await visit({ mcpServers: { books: { url: books.url, readOnly: ["*"] } } });
    await turn(opened);
    books.server.forget();
    expect(outlines(await turn(opened, ask("books_search")))).toContain("result books_search");
    expect(books.called).toHaveLength(1);
  });

  it("in the middle of a call leaves an outcome that nobody knows, and the call is not repeated", async () => {
    const books = await shelf();
    const mcpServers = { books: { url: books.url, timeoutMs: 1_000 } };
    const opened = await visit({ mcpServers });
    const { client, sessionId } = opened;
    const question = (await turn(opened, ask("books_search"))).at(-1) as Frame;
    await client.next();
    books.state.hold = new Promise(() => {});
    const toolCallId = textAt(question, "data.data.toolCallId");
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, toolCallId };
    client.send({ ...verdict, approved: true });
    await expect.poll(() => books.called.length).toBe(1);
    await books.server.stop();
    await client.rest();
    expect(told(opened)).toContain("outcome is unknown");
    expect(books.called).toHaveLength(1);
  });
});

describe("an MCP server that is a process", { timeout: 60_000 }, () => {
  const program = new URL("../dist/tools/mcp/mcp-process.fixture.js", import.meta.url);
  const mine = {
    command: process.execPath,
    args: [fileURLToPath(program), "an argument"],
    env: { FIXTURE_TOKEN: "hunter2" },
  };
  const limits = { mcpWaitMs: 20_000 };

  it("is started when its tools are first wanted, gets what it is given, and ends with the server", async () => {
    const mcpServers = { mine: { ...mine, readOnly: ["whoami"] } };
    const opened = await visit({ mcpServers, limits });
    await turn(opened, { name: "mine_whoami" });
    const said = JSON.parse(told(opened)) as { pid: number; given: string; variables: string[] };
    expect(said.given).toBe("an argument");
    expect(said.variables).toContain("FIXTURE_TOKEN");
    expect(said.variables).not.toContain("VITEST");
    expect(opened.server.log.join("\n")).not.toContain("hunter2");
    expect(isAlive(said.pid)).toBe(true);
    await opened.server.stop();
    await expect.poll(() => isAlive(said.pid), { timeout: 10_000 }).toBe(false);
  });

  it("that dies in the middle of a call leaves an outcome that nobody knows, and is started anew", async () => {
    const opened = await visit({ mcpServers: { mine }, limits });
    const question = (await turn(opened, { name: "mine_die" })).at(-1) as Frame;
    const { client, sessionId } = opened;
    await client.next();
    const toolCallId = textAt(question, "data.data.toolCallId");
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, toolCallId };
    client.send({ ...verdict, approved: true });
    await client.rest();
    expect(told(opened)).toContain("outcome is unknown");
    await turn(opened);
    expect(names(opened)).toEqual(["mine_whoami", "mine_die"]);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
