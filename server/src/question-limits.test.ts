import { describe, expect, it } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import { outlines, textAt, type Frame } from "./core-client.fixture.js";
import type { ModelRequest } from "./gateway/model-server.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import {
  openSession,
  runningServer,
  SECRET,
  type Opened,
  type RunningServer,
} from "./running-server.fixture.js";
import type { ServerLimits } from "./server-limits.js";
import { defineTool } from "./tools/tool.js";

const refund = defineTool({
  name: "refund",
  description: "Pays.",
  confirm: true,
  execute: () => "paid",
});

const signedIn = (userId: string) => ({
  authContext: signAuthContext({ userId, secret: SECRET }),
});

const serverWith = (limits: Partial<ServerLimits>) => runningServer({ tools: [refund], limits });

/** A visitor has the model call a tool that asks: `asked`, or what the model is told instead. */
async function outcome(server: RunningServer, { client, sessionId }: Opened, requestId = "r") {
  server.model.script(calls({ name: "refund" }), says("Well."));
  client.send({ action: "send_message", requestId, sessionId, message: "hi" });
  const frames = await client.until("write_confirmation_required", "eventual_response", "error");
  const last = frames.at(-1) as Frame;
  if (last.type === "write_confirmation_required") {
    await client.next();
    return { said: "asked", toolCallId: textAt(last, "data.data.toolCallId") };
  }
  expect(outlines(frames).slice(-2)).toEqual(['"Well."', `${requestId} eventual_response`]);
  const requests: readonly ModelRequest[] = server.model.requests;
  const messages = requests.at(-1)?.body["messages"] as { role: string; content: string }[];
  return { said: String(messages.findLast(({ role }) => role === "tool")?.content) };
}

async function answer({ client, sessionId }: Opened, toolCallId: string | undefined) {
  const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, toolCallId };
  client.send({ ...verdict, approved: false });
  await client.rest();
}

const MANY_WAIT = expect.stringContaining("Too many questions wait");
const MANY_ASKED = expect.stringContaining("Too many questions were asked");

describe("questions that wait", () => {
  it("are bounded for a verified visitor over all their conversations, and for nobody else", async () => {
    const server = await serverWith({ pendingQuestions: 2 });
    const visits: Opened[] = [];
    for (let n = 0; n < 3; n += 1) visits.push(await openSession(server, signedIn("ada")));
    const [first, second, third] = visits as [Opened, Opened, Opened];
    const { toolCallId } = await outcome(server, first);
    expect((await outcome(server, second)).said).toBe("asked");
    expect((await outcome(server, third)).said).toEqual(MANY_WAIT);
    const bob = await openSession(server, signedIn("bob"));
    expect((await outcome(server, bob)).said).toBe("asked");
    for (let n = 0; n < 3; n += 1) {
      const stranger = await openSession(server);
      expect((await outcome(server, stranger)).said).toBe("asked");
    }
    await answer(first, toolCallId);
    expect((await outcome(server, third, "again")).said).toBe("asked");
  });
});

describe("questions in an hour", () => {
  it("are bounded for a verified visitor over all their conversations with an agent", async () => {
    const server = await serverWith({ gatedCallsPerHour: 2 });
    const told: unknown[] = [];
    for (let n = 0; n < 3; n += 1) {
      const visit = await openSession(server, signedIn("ada"));
      const { said, toolCallId } = await outcome(server, visit);
      told.push(said);
      if (said === "asked") await answer(visit, toolCallId);
    }
    expect(told).toEqual(["asked", "asked", MANY_ASKED]);
    const bob = await openSession(server, signedIn("bob"));
    expect((await outcome(server, bob)).said).toBe("asked");
  });

  it("are bounded for an anonymous one in a conversation", async () => {
    const server = await serverWith({ gatedCallsPerHour: 1 });
    const visit = await openSession(server);
    const { said, toolCallId } = await outcome(server, visit);
    expect(said).toBe("asked");
    await answer(visit, toolCallId);
    expect((await outcome(server, visit, "again")).said).toEqual(MANY_ASKED);
    expect((await outcome(server, await openSession(server))).said).toBe("asked");
  });
});
