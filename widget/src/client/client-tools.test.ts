import {
  cancelled,
  clientToolCall,
  errorFrame,
  immediateResponse,
  type Action,
  type ErrorCode,
} from "@smooth-agent/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Client } from "./client.js";
import { clientOf, heardFrom, isStatus, quickly } from "./client.fixture.js";
import { ClientToolError } from "./client-tool-error.js";
import type { ClientTool, ClientTools } from "./client-tools.js";
import { startModelServer, type ModelServer, type Peer } from "./model-server.fixture.js";

const PATIENCE = { timeout: 8_000, interval: 5 };
type Submission = Extract<Action, { action: "submit_tool_result" }>;

let server: ModelServer;
const clients: Client[] = [];
/** What was submitted, and how each is answered: nothing is when this says so. */
let submitted: Submission[];
let answers: ("ack" | "silence" | ErrorCode)[];

beforeEach(async () => {
  server = await startModelServer();
  submitted = [];
  answers = [];
  server.intercept = (action, peer) => {
    if (action.action !== "submit_tool_result") return false;
    submitted.push(action);
    answer(action, peer, answers.shift() ?? "ack");
    return true;
  };
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.close();
});

function answer(action: Submission, peer: Peer, how: (typeof answers)[number]): void {
  const { requestId, sessionId, toolCallId } = action;
  if (how === "silence") return;
  if (how === "ack") {
    const data = { sessionId, toolCallId };
    peer.send(immediateResponse(requestId, 200, "Tool result accepted", data, 1));
    return;
  }
  const retryable = how === "STORAGE_ERROR";
  peer.send(errorFrame(requestId, { code: how, message: "No.", retryable }, 1));
}

const tool = (run: ClientTool["run"], over: Partial<ClientTool> = {}): ClientTool => ({
  description: "Opens a page.",
  run,
  ...over,
});

/** A client whose turn waits for the page. */
async function asking(clientTools: ClientTools, timing = {}) {
  const client = clientOf(server, { clientTools, timing });
  clients.push(client);
  const heard = heardFrom(client);
  client.send("my cart", "r1");
  await server.received(({ action }) => action === "send_message");
  return { client, heard };
}

function call(toolCallId = "c1", name = "navigate", args: Record<string, unknown> = {}): void {
  const data = { requestId: "r1", toolCallId, name, arguments: args, expiresAt: 2e12 };
  for (const peer of server.peers) peer.send(clientToolCall(data, 1));
}

const submission = (n = 0): Promise<Submission> =>
  vi.waitUntil(() => submitted[n] ?? false, PATIENCE);

describe("the functions of a page", () => {
  it("are declared at create and at every resume, without the functions themselves", async () => {
    const parameters = { type: "object" };
    const run = () => "";
    const { client, heard } = await asking({
      navigate: tool(run, { parameters, confirm: true }),
      highlight: tool(run),
    });
    const declared = [
      { name: "navigate", description: "Opens a page.", parameters, confirm: true },
      { name: "highlight", description: "Opens a page." },
    ];
    server.cut();
    await heard.until(isStatus("reconnecting"));
    await client.connect();
    for (const name of ["create_conversation_session", "resume_session"]) {
      expect(server.actions.find(({ action }) => action === name)).toMatchObject({
        clientTools: declared,
      });
    }
  });

  it("are not spoken of where there are none", async () => {
    const client = clientOf(server);
    clients.push(client);
    await client.connect();
    expect(server.actions[0]).not.toHaveProperty("clientTools");
  });

  it.each<[string, ClientTool["run"], Partial<Submission>]>([
    ["text", ({ path }) => `opened ${String(path)}`, { result: "opened /cart" }],
    ["anything JSON", async () => ({ ok: true }), { result: '{"ok":true}' }],
    ["nothing", () => undefined, { result: "" }],
    ["what is no JSON", () => 1n, { result: "The page's function failed.", isError: true }],
    ["half a character", () => "\ud800\0x", { result: "  x" }],
    [
      "an error, of which nothing is told",
      () => Promise.reject(new Error("secret")),
      { result: "The page's function failed.", isError: true },
    ],
    [
      "an error that is to be told",
      () => {
        throw new ClientToolError("There is no such page.");
      },
      { result: "There is no such page.", isError: true },
    ],
  ])("may answer %s", async (_, run, expected) => {
    await asking({ navigate: tool(run) });
    call("c1", "navigate", { path: "/cart" });
    const { requestId: _id, ...said } = await submission();
    const action = { action: "submit_tool_result", sessionId: "s1", toolCallId: "c1" };
    expect(said).toEqual({ ...action, ...expected });
  });

  it("may answer more than is kept: it fits into a frame all the same", async () => {
    await asking({ navigate: tool(() => "\u0001".repeat(100_000)) });
    call();
    expect((await submission()).result).toHaveLength(16_001);
  });

  it.each(["highlight", "toString", "__proto__"])("are not called as %s", async (name) => {
    await asking({ navigate: tool(() => "") });
    call("c1", name);
    expect(await submission()).toMatchObject({ isError: true });
  });

  it("run once for a call, however often it is heard of", async () => {
    let runs = 0;
    const { client, heard } = await asking({ navigate: tool(() => `${(runs += 1)}`) });
    call();
    call();
    await submission();
    server.cut();
    await heard.until(isStatus("reconnecting"));
    await client.connect();
    call();
    call("c2");
    expect(await submission(1)).toMatchObject({ toolCallId: "c2", result: "2" });
    expect(submitted).toHaveLength(2);
  });

  it("are not run by what a snapshot shows", async () => {
    let runs = 0;
    const { client, heard } = await asking({ client_navigate: tool(() => (runs += 1)) });
    server.callTool("c1", "client_navigate");
    server.snapshot();
    server.cut();
    await heard.until(isStatus("reconnecting"));
    await client.connect();
    call("c2", "client_navigate");
    expect(await submission()).toMatchObject({ toolCallId: "c2" });
    expect(runs).toBe(1);
  });
});

describe("a result", () => {
  it("is submitted when the connection is back", async () => {
    let done = (_: string) => {};
    const { client, heard } = await asking({
      navigate: tool(() => new Promise<string>((resolve) => (done = resolve))),
    });
    call();
    await heard.until(({ type }) => type === "event");
    server.cut();
    await heard.until(isStatus("reconnecting"));
    done("opened");
    await client.connect();
    expect(await submission()).toMatchObject({ result: "opened" });
  });

  it("is submitted again when its ack was lost with the connection", async () => {
    answers = ["silence"];
    const { heard } = await asking({ navigate: tool(() => "opened") });
    call();
    await submission();
    server.cut();
    await heard.until(isStatus("reconnecting"));
    expect(await submission(1)).toMatchObject({ toolCallId: "c1", result: "opened" });
  });

  it.each([
    ["was not answered in time", "silence"],
    ["could not be stored", "STORAGE_ERROR"],
  ] as const)("that %s is submitted again", async (_, how) => {
    answers = [how];
    await asking({ navigate: tool(() => "opened") }, { ...quickly, answerMs: 100 });
    call();
    expect((await submission(1)).toolCallId).toBe("c1");
  });

  it.each(["ack", "NO_PENDING_INTERACTION"] as const)("is submitted once for %s", async (how) => {
    answers = [how];
    const { client, heard } = await asking({ navigate: tool(() => "opened") });
    call();
    await submission();
    await heard.until((notice) => notice.type === "event");
    server.cut();
    await heard.until(isStatus("reconnecting"));
    await client.connect();
    await client.listConversations();
    expect(submitted).toHaveLength(1);
  });
});

describe("the signal of a run", () => {
  async function running() {
    const signals: AbortSignal[] = [];
    const rig = await asking({
      navigate: tool((_, { signal }) => {
        signals.push(signal);
        return new Promise(() => {});
      }),
    });
    call();
    const signal = await vi.waitUntil(() => signals[0], PATIENCE);
    return { ...rig, signal };
  }

  it("is aborted when the turn is cancelled", async () => {
    const { client, signal } = await running();
    expect(signal.aborted).toBe(false);
    client.cancel("r1");
    await vi.waitUntil(() => signal.aborted, PATIENCE);
  });

  it("is aborted when the turn is over by the time the session is taken up", async () => {
    const { signal } = await running();
    server.finish();
    await vi.waitUntil(() => signal.aborted, PATIENCE);
  });

  it("is not aborted by a reconnect, nor by another turn", async () => {
    const { client, heard, signal } = await running();
    server.cut();
    await heard.until(isStatus("reconnecting"));
    await client.connect();
    for (const peer of server.peers) peer.send(cancelled("r2", 1));
    await client.listConversations();
    expect(signal.aborted).toBe(false);
  });
});
