import { describe, expect, it } from "vitest";
import type { AgentConfig } from "./config/agent-setting.js";
import { at, outlines, type Frame } from "./core-client.fixture.js";
import { FORM_TOOLS } from "./form-tools.fixture.js";
import { calls, endsWith, says, saysAndCalls } from "./model-answers.fixture.js";
import {
  openSession,
  resumed,
  runningServer,
  SECRET,
  SHOP,
  type Opened,
  type RunningServer,
} from "./running-server.fixture.js";
import { createSmoothAgent } from "./smooth-agent.js";
import { databaseContents } from "./store/database-contents.fixture.js";
import { defineTool } from "./tools/tool.js";

// What the model says of the outcome reaches the host and never the visitor's eyes.

const look = defineTool({ name: "look", description: "Looks.", execute: () => "seen" });
const report = (args: unknown) => ({ name: "report_outcome", arguments: args });
const RESOLVED = report({ resolutionStatus: "resolved", summary: "Wanted a refund;\ngot it." });

async function shop(behaviour: Partial<AgentConfig> = { reportOutcome: true }) {
  const agent = { name: "Mira", allowedOrigins: [SHOP], secret: SECRET, ...behaviour };
  const server = await runningServer({
    agents: { shop: agent },
    tools: [look],
    confirmTools: ["*"],
  });
  return { server, ...(await openSession(server)) };
}

async function turn({ client, sessionId }: Opened, requestId = "r"): Promise<Frame[]> {
  await client.ask({ action: "send_message", requestId, sessionId, message: "hi" });
  const frames = await client.rest();
  await client.quiet(sessionId);
  return frames;
}

const reply = (frames: readonly Frame[]) =>
  at(frames.at(-1) as Frame, "data.data") as {
    needsEscalation: boolean;
    response: Record<string, unknown>;
  };
const conversation = ({ file }: RunningServer) => databaseContents(file).get("Conversation")?.[0];
const offered = (server: RunningServer, request: number) =>
  (
    server.model.requests[request]?.body["tools"] as { function: { name: string } }[] | undefined
  )?.map((tool) => tool.function.name);
const messagesOf = (server: RunningServer, request: number) =>
  server.model.requests[request]?.body["messages"] as { role: string; content: string }[];

describe("report_outcome", () => {
  it("sets the terminal event and the conversation, ends the turn with its text, and shows nowhere", async () => {
    const opened = await shop();
    const { server, client, sessionId } = opened;
    server.model.script(saysAndCalls(["All ", "done."], RESOLVED), says("unasked"));
    const frames = await turn(opened);
    expect(outlines(frames)).toEqual(['"All "', '"done."', "r eventual_response"]);
    expect(reply(frames)).toMatchObject({
      needsEscalation: false,
      response: {
        responseParts: ["All done."],
        requestSummary: "Wanted a refund; got it.",
        resolutionStatus: "resolved",
      },
    });
    expect(server.model.requests).toHaveLength(1);
    expect(offered(server, 0)).toEqual(["look", "report_outcome", ...FORM_TOOLS]);
    expect(conversation(server)).toMatchObject({ resolution: "resolved", needsEscalation: 0 });
    const ask = { action: "get_conversation_messages", sessionId, include: ["turns"] };
    expect((await client.ask(ask)).text).not.toContain("report_outcome");
    expect(client.frames.map(({ text }) => text).join("\n")).not.toContain("report_outcome");
  });

  it("is part of what the model is told of the turn afterwards", async () => {
    const opened = await shop();
    const { server } = opened;
    server.model.script(saysAndCalls(["Done."], RESOLVED), says("Bye."));
    await turn(opened);
    const frames = await turn(opened, "r2");
    expect(messagesOf(server, 1).map(({ role }) => role)).toEqual([
      ...["system", "user", "assistant", "tool", "user"],
    ]);
    // A turn that says nothing of it has no outcome of its own; the conversation's stands.
    expect(reply(frames).response).toMatchObject({ resolutionStatus: "in_progress" });
    expect(conversation(server)).toMatchObject({ resolution: "resolved" });
  });

  it("goes on when it was called without a text, and the last word counts", async () => {
    const opened = await shop();
    const { server } = opened;
    const worse = { resolutionStatus: "escalated", needsEscalation: true };
    server.model.script(calls(RESOLVED), saysAndCalls(["A person will call."], report(worse)));
    const frames = await turn(opened);
    expect(outlines(frames)).toEqual(['"A person will call."', "r eventual_response"]);
    expect(reply(frames)).toMatchObject({
      needsEscalation: true,
      response: { resolutionStatus: "escalated", requestSummary: "" },
    });
    expect(conversation(server)).toMatchObject({ resolution: "escalated", needsEscalation: 1 });
  });

  it("beside another tool the turn goes on, and only the other one shows", async () => {
    const opened = await shop();
    const { server, client, sessionId } = opened;
    server.model.script(saysAndCalls(["Let me look."], RESOLVED, { name: "look" }), says("Seen."));
    client.send({ action: "send_message", requestId: "r", sessionId, message: "hi" });
    const asked = await client.until("stream_chunk");
    expect(outlines(asked).slice(1)).toEqual(['"Let me look."', "question look", "call look"]);
    const answer = (await resumed(server, opened)).answer;
    expect(answer.text).not.toContain("report_outcome");
    expect(at(answer, "data.activeTurn.items")).toMatchObject([{ type: "text" }, { name: "look" }]);
    const toolCallId = at(asked.at(-1) as Frame, "data.state.rawResponse.toolCall.toolCallId");
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, toolCallId };
    client.send({ ...verdict, approved: true });
    const frames = await client.rest();
    expect(outlines(frames)).toEqual([
      "v: Tool action approved",
      "result look",
      String.raw`"\n\n"`,
      '"Seen."',
      "r eventual_response",
    ]);
    expect(reply(frames).response).toMatchObject({ resolutionStatus: "resolved" });
  });

  it.each([
    ["an unknown status", { resolutionStatus: "great" }],
    ["no status", { summary: "x" }],
    ["a wrong type", { resolutionStatus: "resolved", needsEscalation: "no" }],
    ["an unknown key", { resolutionStatus: "resolved", happiness: 1 }],
    ["a long summary", { resolutionStatus: "resolved", summary: "x".repeat(501) }],
    ["no object", "[1]"],
    ["broken JSON", '{"resolutionStatus": "res'],
    ["depth", `${"[".repeat(30_000)}${"]".repeat(30_000)}`],
  ])("tells the model what is wrong with %s, and sets nothing", async (_, args) => {
    const opened = await shop();
    const { server } = opened;
    server.model.script(calls(report(args)), says("Hm."));
    const frames = await turn(opened);
    expect(outlines(frames)).toEqual(['"Hm."', "r eventual_response"]);
    expect(messagesOf(server, 1).at(-1)).toMatchObject({ role: "tool" });
    expect(messagesOf(server, 1).at(-1)?.content).toContain("arguments are not valid");
    expect(reply(frames)).toMatchObject({
      needsEscalation: false,
      response: { resolutionStatus: "in_progress", requestSummary: "" },
    });
    expect(conversation(server)).toMatchObject({ resolution: null, needsEscalation: null });
  });

  it("is no tool where the agent does not enable it, whatever its model writes", async () => {
    const opened = await shop({});
    const { server } = opened;
    server.model.script(calls(RESOLVED), says("Hm."));
    const frames = await turn(opened);
    expect(offered(server, 0)).toEqual(["look", ...FORM_TOOLS]);
    expect(messagesOf(server, 1).at(-1)?.content).toBe("There is no tool named report_outcome.");
    expect(reply(frames).response).toMatchObject({ resolutionStatus: "in_progress" });
    expect(conversation(server)).toMatchObject({ resolution: null });
  });

  it("is not offered at the last step, and a model that calls it for ever is stopped there", async () => {
    const opened = await shop({ reportOutcome: true, maxIterations: 3 });
    const { server } = opened;
    server.model.script(calls(RESOLVED));
    const frames = await turn(opened);
    expect(outlines(frames)).toEqual(["r error AGENT_ERROR"]);
    expect(server.model.requests).toHaveLength(3);
    expect(offered(server, 2)).toBeUndefined();
  });

  it("counts for nothing when its step broke off", async () => {
    const opened = await shop();
    opened.server.model.script(endsWith("length", "Half"));
    expect(reply(await turn(opened)).response).toMatchObject({ resolutionStatus: "in_progress" });
  });

  it("is a name that no tool of a host may have", () => {
    const own = defineTool({ name: "report_outcome", description: "Mine.", execute: () => "" });
    const create = () => createSmoothAgent({ tools: [own, look, look] });
    expect(create).toThrow("tools: report_outcome is a tool of the server's own");
    expect(create).toThrow("tools: two tools are named look");
  });
});
