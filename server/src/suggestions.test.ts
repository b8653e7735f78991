import { describe, expect, it } from "vitest";
import { at, outlines, type Frame } from "./core-client.fixture.js";
import { FORM_TOOLS } from "./form-tools.fixture.js";
import { calls, says, saysAndCalls } from "./model-answers.fixture.js";
import { openSession, runningServer, SECRET, SHOP } from "./running-server.fixture.js";

// What the visitor could say next, asked of the model beside its answer.

const suggest = (replies: unknown) => ({ name: "suggest_replies", arguments: { replies } });

async function shop(suggestReplies = true) {
  const agent = { allowedOrigins: [SHOP], secret: SECRET, suggestReplies };
  const server = await runningServer({ agents: { shop: agent } });
  const { client, sessionId } = await openSession(server);
  return {
    server,
    async say(requestId = "r") {
      await client.ask({ action: "send_message", requestId, sessionId, message: "hi" });
      const frames = await client.rest();
      await client.quiet(sessionId);
      return frames;
    },
  };
}

const suggested = (frames: readonly Frame[]) =>
  at(frames.at(-1) as Frame, "data.data.response.suggestedNextActions");

describe("suggest_replies", () => {
  it("comes with the terminal event and nowhere else", async () => {
    const { server, say } = await shop();
    server.model.script(saysAndCalls(["Shall I?"], suggest(["Yes, do", "No, thanks"])), says("?"));
    const frames = await say();
    expect(outlines(frames)).toEqual(['"Shall I?"', "r eventual_response"]);
    expect(suggested(frames)).toEqual(["Yes, do", "No, thanks"]);
    expect(
      frames
        .slice(0, -1)
        .map(({ text }) => text)
        .join(""),
    ).not.toContain("Yes, do");
    expect(at(frames.at(-1) as Frame, "data.data.response.responseParts")).toEqual(["Shall I?"]);
    expect(server.model.requests).toHaveLength(1);
  });

  it("is of one turn alone", async () => {
    const { server, say } = await shop();
    server.model.script(saysAndCalls(["Shall I?"], suggest(["Yes"])), says("Done."));
    await say();
    expect(suggested(await say("r2"))).toEqual([]);
  });

  it("of several calls takes the last one", async () => {
    const { server, say } = await shop();
    server.model.script(calls(suggest(["One"])), saysAndCalls(["Well."], suggest(["Two"])));
    expect(suggested(await say())).toEqual(["Two"]);
  });

  it.each([
    ["more than four", ["1", "2", "3", "4", "5", "6"], ["1", "2", "3", "4"]],
    ["repeated ones", ["Yes", " Yes ", "No"], ["Yes", "No"]],
    ["blank ones", ["", "  ", "\u200B", "Yes"], ["Yes"]],
    ["long ones", ["x".repeat(201), "y".repeat(200)], ["y".repeat(200)]],
    ["lines", ["Yes,\r\n\tplease\u2028now"], ["Yes, please now"]],
    ["hidden characters", ["Yes\u202E\u0000\u0007\u2066 no\uFEFF"], ["Yes no"]],
    ["half a character", ["Yes \uD83D"], ["Yes \uFFFD"]],
    ["markup, as it is", ["<b>Yes</b> [x](javascript:1)"], ["<b>Yes</b> [x](javascript:1)"]],
  ])("shows of %s what may be shown", async (_, replies, shown) => {
    const { server, say } = await shop();
    server.model.script(saysAndCalls(["Well."], suggest(replies)));
    expect(suggested(await say())).toEqual(shown);
  });

  it.each([
    ["no list", suggest("Yes")],
    ["an empty list", suggest([])],
    ["other than texts", suggest([1, { a: 1 }])],
    ["only what cannot be shown", suggest([" ", "x".repeat(201)])],
    ["a key too many", { name: "suggest_replies", arguments: { replies: ["Yes"], now: true } }],
    ["no JSON", { name: "suggest_replies", arguments: '{"replies":["Ye' }],
  ])("tells the model of %s, which may go on", async (_, call) => {
    const { server, say } = await shop();
    server.model.script(calls(call), says("Well."));
    const frames = await say();
    expect(outlines(frames)).toEqual(['"Well."', "r eventual_response"]);
    expect(suggested(frames)).toEqual([]);
    const messages = server.model.requests[1]?.body["messages"] as { role: string }[];
    expect(messages.at(-1)).toMatchObject({ role: "tool" });
  });

  it("is no tool where the agent does not enable it", async () => {
    const { server, say } = await shop(false);
    server.model.script(saysAndCalls(["Well."], suggest(["Yes"])));
    const frames = await say();
    expect(suggested(frames)).toEqual([]);
    const offered = server.model.requests[0]?.body["tools"] as { function: { name: string } }[];
    expect(offered.map((tool) => tool.function.name)).toEqual(FORM_TOOLS);
  });
});
