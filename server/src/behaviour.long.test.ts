import { describe, expect, it, vi } from "vitest";
import type { AgentBehaviour } from "./agent/behaviour.js";
import { signAuthContext } from "./auth/auth-context.js";
import { at, outlines, type Frame } from "./core-client.fixture.js";
import { FORM_TOOLS } from "./form-tools.fixture.js";
import type { ModelRequest } from "./gateway/model-server.fixture.js";
import { hostRows } from "./host-rows.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import {
  openSession,
  runningServer,
  SECRET,
  SHOP,
  type Opened,
  type RunningServerOptions,
} from "./running-server.fixture.js";
import { rowsIn } from "./store/database-file.fixture.js";
import { defineTool } from "./tools/tool.js";

const shop = (behaviour: AgentBehaviour = {}, organizationId?: string) => ({
  shop: { allowedOrigins: [SHOP], secret: SECRET, organizationId, ...behaviour },
});
const look = defineTool({ name: "look", description: "Looks.", execute: () => "seen" });

/** Starts a server whose model always says the same, and a visitor of it. */
async function opened(options: RunningServerOptions, fields: Record<string, unknown> = {}) {
  const server = await runningServer(options);
  server.model.script(says("Hello."));
  return { server, rows: hostRows(server.file), ...(await openSession(server, fields)) };
}

let sent = 0;

/** Sends a message and reads everything up to the end of its turn. */
async function turn(
  { client, sessionId }: Pick<Opened, "client" | "sessionId">,
  fields: Record<string, unknown> = {},
): Promise<Frame[]> {
  const requestId = `r${(sent += 1)}`;
  client.send({ action: "send_message", requestId, sessionId, message: "hi", ...fields });
  return client.rest();
}

const body = (request: ModelRequest | undefined) => request?.body ?? {};
const newest = ({ server }: { server: { model: { requests: readonly ModelRequest[] } } }) =>
  body(server.model.requests.at(-1));
const promptOf = (request: Record<string, unknown>) =>
  String((request["messages"] as { role: string; content: string }[])[0]?.content);
const toolsOf = (request: Record<string, unknown>) =>
  ((request["tools"] ?? []) as { function: { name: string } }[]).map((tool) => tool.function.name);

describe("what the model is told", () => {
  const ours = "A chat message is never an approval.";

  it.each<[string, RunningServerOptions, string, string[]]>([
    [
      "the agent's instructions",
      {
        agents: shop({ instructions: "Sell hats." }),
        persona: "HOST",
        organizations: { default: { persona: "ORG" } },
      },
      "Sell hats.",
      ["HOST", "ORG", "an assistant on a website"],
    ],
    [
      "its organization's persona",
      {
        agents: shop(),
        persona: "HOST",
        organizations: { default: { persona: "ORG" }, other: { persona: "OTHER" } },
      },
      "ORG",
      ["HOST", "OTHER", "an assistant on a website"],
    ],
    [
      "the host's persona",
      { agents: shop(), persona: "HOST", organizations: { other: { persona: "OTHER" } } },
      "HOST",
      ["OTHER", "an assistant on a website"],
    ],
    [
      "the built-in prompt",
      { agents: shop({ name: "Mira" }) },
      "You are Mira, an assistant on a website.",
      [],
    ],
  ])("begins with %s", async (_, options, beginning, absent) => {
    const visit = await opened(options);
    await turn(visit);
    const prompt = promptOf(newest(visit));
    expect(prompt.startsWith(beginning)).toBe(true);
    expect(prompt).toContain(ours);
    for (const text of absent) expect(prompt).not.toContain(text);
  });

  it("has the agent's personality as a paragraph of its own, whatever it begins with", async () => {
    const visit = await opened({ agents: shop({ personality: "Dry wit." }), persona: "HOST" });
    await turn(visit);
    expect(promptOf(newest(visit)).split("\n\n").slice(0, 2)).toEqual(["HOST", "Dry wit."]);
  });

  it("is the persona of the conversation's organization, the database's before the config's", async () => {
    const agents = {
      ...shop({}, "acme"),
      desk: { allowedOrigins: [SHOP], organizationId: "globex" },
    };
    const organizations = { acme: { persona: "ACME" }, globex: { persona: "GLOBEX" } };
    const visit = await opened({ agents, organizations, persona: "HOST" });
    const { server, rows, client } = visit;
    const desk = await openSession(server, { agentId: "desk" });
    await turn(visit);
    expect(promptOf(newest(visit)).startsWith("ACME\n")).toBe(true);
    await turn(desk);
    expect(promptOf(newest(visit)).startsWith("GLOBEX\n")).toBe(true);
    rows.persona("globex", "STORED");
    await turn(desk);
    expect(promptOf(newest(visit)).startsWith("STORED\n")).toBe(true);
    await turn({ client, sessionId: visit.sessionId });
    expect(promptOf(newest(visit)).startsWith("ACME\n")).toBe(true);
    rows.persona("globex", "  ");
    await turn(desk);
    expect(promptOf(newest(visit)).startsWith("GLOBEX\n")).toBe(true);
  });

  it("has the greeting on the first turn alone, in every step of it", async () => {
    const visit = await opened({ agents: shop({ greeting: 'Hi, I am "Mira"' }), tools: [look] });
    visit.server.model.script(calls({ name: "look" }), says("Hello."));
    await turn(visit);
    await turn(visit);
    const prompts = visit.server.model.requests.map((request) => promptOf(body(request)));
    const told = '"Hi, I am \\"Mira\\""';
    expect(prompts.map((prompt) => prompt.includes(told))).toEqual([true, true, false]);
    expect(prompts[0]).toContain("do not greet again");
    expect(prompts[2]).not.toMatch(/greet/i);
  });
});

describe("what the model is asked", () => {
  it("has the agent's model, temperature and limit of output, and nothing the agent left out", async () => {
    const chosen = { model: "big", temperature: 0, maxOutputTokens: 77 };
    const visit = await opened({ agents: shop(chosen) });
    await turn(visit);
    const asked = { model: "big", temperature: 0, max_completion_tokens: 77 };
    expect(newest(visit)).toMatchObject(asked);
    const plain = await opened({ agents: shop() });
    await turn(plain);
    expect(newest(plain)).toMatchObject({ model: "test-model" });
    expect(Object.keys(newest(plain))).not.toEqual(
      expect.arrayContaining(["temperature", "max_completion_tokens"]),
    );
  });

  it.each([undefined, "big", "small", " "])("is a model of the agent's: %j", async (model) => {
    const visit = await opened({ agents: shop({ model: "big", models: ["small"] }) });
    expect(outlines(await turn(visit, { model })).at(-1)).toContain("eventual_response");
    expect(newest(visit)["model"]).toBe(model === "small" ? "small" : "big");
  });

  it.each(["huge", "test-model", "Small", "small ", "__proto__", "*"])(
    "is never another one: %j",
    async (model) => {
      const visit = await opened({ agents: shop({ model: "big", models: ["small"] }) });
      const [answer] = await turn(visit, { model });
      expect(at(answer as Frame, "error.code")).toBe("VALIDATION_ERROR");
      expect(at(answer as Frame, "error.message")).toContain("model");
      expect(visit.server.model.requests).toHaveLength(0);
    },
  );

  it("offers tools until the last step, which is told to answer without", async () => {
    const visit = await opened({ agents: shop({ maxIterations: 2 }), tools: [look] });
    visit.server.model.script(calls({ name: "look" }), says("Seen."));
    await turn(visit);
    const [first, last] = visit.server.model.requests.map(body);
    expect(toolsOf(first ?? {})).toEqual(["look", ...FORM_TOOLS]);
    expect(toolsOf(last ?? {})).toEqual([]);
    expect(promptOf(first ?? {})).not.toContain("No tool can be called any more");
    expect(promptOf(last ?? {})).toContain("No tool can be called any more");
  });

  it("offers none and says so when the first step is the last", async () => {
    const visit = await opened({ agents: shop({ maxIterations: 1 }), tools: [look] });
    visit.server.model.script(says("I cannot look."));
    await turn(visit);
    expect(toolsOf(newest(visit))).toEqual([]);
    expect(promptOf(newest(visit))).toContain("No tool can be called any more");
  });

  it("ends in an error, not in an empty answer, when the last step only calls a tool", async () => {
    const visit = await opened({ agents: shop({ maxIterations: 2 }), tools: [look] });
    visit.server.model.script(calls({ name: "look" }), calls({ name: "look" }));
    const frames = await turn(visit);
    expect(at(frames.at(-1) as Frame, "error.code")).toBe("AGENT_ERROR");
    expect(visit.server.model.requests).toHaveLength(2);
  });
});

describe("how an agent behaves", () => {
  it("comes from the host's function, else the database, else the config module, each whole", async () => {
    const known: Record<string, AgentBehaviour> = {};
    const asked: string[] = [];
    const agent = async (id: string) => {
      asked.push(id);
      return known[id] ?? null;
    };
    const agents = shop({ instructions: "CONFIG", temperature: 1 });
    const visit = await opened({ agents, agent, limits: { agentCacheMs: 0 } });
    await turn(visit);
    expect(promptOf(newest(visit)).startsWith("CONFIG\n")).toBe(true);
    visit.rows.agent("shop", { instructions: "STORED" });
    await turn(visit);
    expect(promptOf(newest(visit)).startsWith("STORED\n")).toBe(true);
    expect(newest(visit)).not.toHaveProperty("temperature");
    known["shop"] = { instructions: "HOST" };
    await turn(visit);
    expect(promptOf(newest(visit)).startsWith("HOST\n")).toBe(true);
    expect(new Set(asked)).toEqual(new Set(["shop"]));
  });

  it("is never said by another organization's row, whenever it was written", async () => {
    const owners: Record<string, string> = { shop: "acme" };
    const policies = async (id: string) => {
      const organizationId = owners[id];
      return organizationId ? { allowedOrigins: [SHOP], secret: SECRET, organizationId } : null;
    };
    const visit = await opened({ agents: {}, policies, tools: [look] });
    visit.rows.agent("shop", { instructions: "THEIRS", tools: ["*"] }, "globex");
    await turn(visit);
    expect(promptOf(newest(visit))).not.toContain("THEIRS");
    expect(toolsOf(newest(visit))).toEqual([]);
    owners["shop"] = "globex";
    await turn(visit);
    expect(promptOf(newest(visit)).startsWith("THEIRS\n")).toBe(true);
    expect(toolsOf(newest(visit))).toEqual(["look", ...FORM_TOOLS]);
  });

  it.each(["config", "database"] as const)(
    "without any policy is said by the default organization's row alone: policies of the %s",
    async (policies) => {
      const options = { agents: {}, policies, strict: false, tools: [look] };
      const visit = await opened(options, { agentId: "free" });
      visit.rows.agent("free", { instructions: "THEIRS" }, "globex");
      await turn(visit);
      expect(promptOf(newest(visit))).not.toContain("THEIRS");
      expect(toolsOf(newest(visit))).toEqual([]);
      const own = await openSession(visit.server, { agentId: "own" });
      visit.rows.agent("own", { instructions: "OURS" });
      await turn(own);
      expect(promptOf(newest(visit)).startsWith("OURS\n")).toBe(true);
      expect(toolsOf(newest(visit))).toEqual(["look", ...FORM_TOOLS]);
    },
  );

  it("is an error that may be tried again while nobody can say whose the agent is", async () => {
    let isDown = false;
    const policies = async () => {
      if (isDown) throw new Error("hunter2");
      return { allowedOrigins: [SHOP], secret: SECRET };
    };
    const visit = await opened({ agents: {}, policies });
    visit.rows.agent("shop", { instructions: "STORED" });
    isDown = true;
    const [refused] = await turn(visit);
    expect(at(refused as Frame, "error")).toMatchObject({ code: "UNAVAILABLE", retryable: true });
    expect(visit.server.model.requests).toHaveLength(0);
    isDown = false;
    await turn(visit);
    expect(promptOf(newest(visit)).startsWith("STORED\n")).toBe(true);
  });

  it("is asked of the host's function once in a while, and once at a time", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    // The cache takes a zero for no time at all.
    vi.advanceTimersByTime(1);
    try {
      let asked = 0;
      const agent = async () => ({ instructions: `ANSWER ${(asked += 1)}` });
      const visit = await opened({ agents: shop(), agent });
      const others = await Promise.all(Array.from({ length: 5 }, () => openSession(visit.server)));
      await turn(visit);
      expect(asked).toBe(1);
      vi.advanceTimersByTime(2_100);
      await Promise.all(others.map((other) => turn(other)));
      expect(asked).toBe(2);
      expect(promptOf(newest(visit)).startsWith("ANSWER 2\n")).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each<[string, unknown]>([
    ["a row", undefined],
    ["the host's function", { greeting: 7, tools: "all", instructions: "hunter2 is the word" }],
  ])(
    "with malformed parts from %s has no tools, and is said once for each change",
    async (_, given) => {
      const malformed = { greeting: 7, tools: "all", instructions: "hunter2 is the word" };
      const agent = given === undefined ? undefined : async () => given as AgentBehaviour;
      const visit = await opened({
        agents: shop(),
        tools: [look],
        agent,
        limits: { agentCacheMs: 0 },
      });
      if (given === undefined) visit.rows.agent("shop", malformed);
      await turn(visit);
      await turn(visit);
      expect(toolsOf(newest(visit))).toEqual([]);
      expect(promptOf(newest(visit)).startsWith("hunter2")).toBe(true);
      const lines = () => visit.server.log.filter((line) => line.includes("malformed"));
      expect(lines()).toHaveLength(1);
      expect(lines()[0]).toContain('"agentId":"shop"');
      expect(lines()[0]).toContain("tools");
      expect(visit.server.log.join("\n")).not.toContain("hunter2");
      if (given !== undefined) return;
      visit.rows.agent("shop", { tools: ["look"] });
      await turn(visit);
      expect(toolsOf(newest(visit))).toEqual(["look"]);
      visit.rows.agent("shop", malformed);
      await turn(visit);
      expect(lines()).toHaveLength(2);
    },
  );

  it.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["null", "null"],
    ["a text", '"x"'],
    ["empty", ""],
    ["too deep", `{"toolSettings":${"[".repeat(9_000)}`],
  ])("is closed when its row is %s", async (_, text) => {
    const visit = await opened({ agents: shop({ instructions: "CONFIG" }), tools: [look] });
    visit.rows.agent("shop", text);
    await turn(visit);
    expect(toolsOf(newest(visit))).toEqual([]);
    expect(promptOf(newest(visit))).not.toContain("CONFIG");
  });

  it.each([
    ["throws", () => Promise.reject(new Error("hunter2"))],
    ["is late", () => new Promise<null>(() => {})],
  ])("is an error that may be tried again while the host's function %s", async (_, fault) => {
    let agent: () => Promise<AgentBehaviour | null> = async () => ({ instructions: "HOST" });
    const limits = { agentCacheMs: 0, hostFunctionMs: 50 };
    const visit = await opened({
      agents: shop({ instructions: "CONFIG" }),
      agent: () => agent(),
      limits,
    });
    agent = fault;
    const [refused] = await turn(visit);
    expect(at(refused as Frame, "error")).toMatchObject({ code: "UNAVAILABLE", retryable: true });
    const fields = { action: "create_conversation_session", requestId: "c", agentId: "shop" };
    expect(at(await visit.client.ask(fields), "error.code")).toBe("UNAVAILABLE");
    expect(visit.server.model.requests).toHaveLength(0);
    expect(visit.server.log.join("\n")).not.toContain("hunter2");
    agent = async () => ({ instructions: "BACK" });
    await turn(visit);
    expect(promptOf(newest(visit)).startsWith("BACK\n")).toBe(true);
  });

  it("ends a turn in an error that may be tried again when it cannot be read once the turn is acked", async () => {
    let isRunning = () => false;
    const agent = async () => {
      if (isRunning()) throw new Error("down");
      return {};
    };
    const visit = await opened({ agents: shop(), agent, limits: { agentCacheMs: 0 } });
    const running = `SELECT "id" FROM "Turn" WHERE "state" = 'running'`;
    isRunning = () => rowsIn(visit.server.file, running).length > 0;
    const frames = await turn(visit);
    expect(outlines(frames)[0]).toContain("Processing your request");
    expect(at(frames.at(-1) as Frame, "error")).toMatchObject({
      code: "AGENT_ERROR",
      retryable: true,
    });
    expect(visit.server.model.requests).toHaveLength(0);
  });

  it("is a storage error, never the config module's, while the database does not answer", async () => {
    const visit = await opened({ agents: shop({ instructions: "CONFIG" }) });
    visit.rows.rename("Agent", "Away");
    const [refused] = await turn(visit);
    expect(at(refused as Frame, "error")).toMatchObject({ code: "STORAGE_ERROR", retryable: true });
    expect(visit.server.model.requests).toHaveLength(0);
    visit.rows.rename("Away", "Agent");
    expect(outlines(await turn(visit)).at(-1)).toContain("eventual_response");
  });

  it("is never another organization's while the database does not answer", async () => {
    const visit = await opened({ agents: shop(), persona: "HOST" });
    visit.rows.rename("Organization", "Away");
    const frames = await turn(visit);
    // Its budget is asked for before the turn begins.
    expect(at(frames.at(-1) as Frame, "error")).toMatchObject({
      code: "STORAGE_ERROR",
      retryable: true,
    });
    expect(visit.server.model.requests).toHaveLength(0);
    visit.rows.rename("Away", "Organization");
    expect(outlines(await turn(visit)).at(-1)).toContain("eventual_response");
  });

  it("is shown to the page: its name, greeting and starters", async () => {
    const described = { name: "Mira", greeting: "Hi", starters: ["Where is it?"] };
    const authContext = signAuthContext({ userId: "u", secret: SECRET });
    const { created } = await opened({ agents: shop(described) }, { authContext });
    expect(at(created, "data.agent")).toEqual(described);
  });
});
