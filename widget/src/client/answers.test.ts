import { errorFrame, interactionInvalid, type Action } from "@smooth-agent/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Client, ClientNotice, ClientOptions } from "./client.js";
import { clientOf, heardFrom } from "./client.fixture.js";
import { CODE, grant } from "./model-asking.fixture.js";
import { startModelServer, type ModelServer } from "./model-server.fixture.js";

let server: ModelServer;
let client: Client;

beforeEach(async () => {
  server = await startModelServer();
});

afterEach(async () => {
  client.close();
  await server.close();
});

/** A client whose turn runs. */
async function asking(options: Partial<ClientOptions> = {}) {
  client = clientOf(server, options);
  const heard = heardFrom(client);
  client.send("refund");
  await server.received(() => server.turn !== undefined);
  return heard;
}

const named = <Name extends Action["action"]>(name: Name) =>
  server.actions.filter((each): each is Extract<Action, { action: Name }> => each.action === name);

/** The kinds of what was told, in order, as far as they matter here. */
const told = (notices: ClientNotice[], ...wanted: string[]) =>
  notices
    .map((notice) => (notice.type === "event" ? notice.event.type : notice.type))
    .filter((type) => wanted.includes(type));

/** The server acts on the frame, but what follows reaches nobody. */
function loseAckOf(name: Action["action"]): void {
  server.intercept = (action, peer) => {
    if (action.action !== name) return false;
    for (const each of server.peers) each.send = () => {};
    queueMicrotask(() => peer.cut());
    return false;
  };
}

/** The connection goes before the server acts on the frame, once. */
function loseFirst(name: Action["action"]): void {
  server.intercept = (action, peer) => {
    if (action.action !== name || named(name).length > 1) return false;
    peer.cut();
    return true;
  };
}

describe("a changed verdict", () => {
  it("carries what is to run, and tells what was approved before anything that follows", async () => {
    const heard = await asking();
    server.ask("t1", { editable: ["amount"], remember: true });
    const given = { orderId: "1234", amount: 20 };
    server.intercept = (action) => {
      if (action.action === "confirm_tool_action") {
        queueMicrotask(() => server.returnTool("t1", "issue_refund", "ok"));
      }
      return false;
    };
    await client.confirm("t1", true, { arguments: given, remember: true });
    const notice = await heard.until(({ type }) => type === "decided");
    expect(named("confirm_tool_action")).toMatchObject([{ arguments: given, remember: true }]);
    expect(notice).toMatchObject({
      confirmation: { arguments: given, fields: [{ label: "Amount", value: "20" }] },
      grants: [{ grantId: "t1" }],
    });
    await heard.until(
      (n) =>
        n.type === "event" &&
        n.event.type === "stream_chunk" &&
        "toolResult" in n.event.data.state.rawResponse,
    );
    expect(told(heard.notices, "decided", "stream_chunk")).toEqual([
      "stream_chunk",
      "decided",
      "stream_chunk",
    ]);
  });

  it("whose answer tells of no readable question is acked all the same", async () => {
    const heard = await asking();
    server.ask("t1");
    server.intercept = (action, peer) => {
      if (action.action !== "confirm_tool_action") return false;
      const data = { confirmation: { title: 1 }, grants: [{ grantId: 7 }] };
      const { requestId } = action;
      const frame = { type: "immediate_response", requestId, status: 200, message: "", data };
      peer.raw(JSON.stringify({ ...frame, timestamp: 1 }));
      return true;
    };
    await client.confirm("t1", true);
    expect(await heard.until(({ type }) => type === "decided")).toEqual({
      type: "decided",
      toolCallId: "t1",
      approved: true,
    });
  });
});

/** The question arrived here. */
const isQuestion = (toolCallId: string) => (notice: ClientNotice) =>
  notice.type === "event" &&
  notice.event.type === "write_confirmation_required" &&
  notice.event.data.data.toolCallId === toolCallId;

describe("a step-up", () => {
  it("asks the host anew for every attempt, after the question, and only to approve", async () => {
    let minted = 0;
    const authContext = () => Promise.resolve({ userId: "ada", minted: ++minted });
    const heard = await asking({ authContext });
    const before = minted;
    server.ask("t1", { stepUp: true });
    await heard.until(isQuestion("t1"));
    loseFirst("confirm_tool_action");
    await client.confirm("t1", true);
    const words = named("confirm_tool_action").map((each) => each.authContext);
    // The resume asks as well: what matters is that no word is used twice, and none is older than the question.
    expect(words).toHaveLength(2);
    const [first, second] = words as { minted: number }[];
    expect(first!.minted).toBeGreaterThan(before);
    expect(second!.minted).toBeGreaterThan(first!.minted);

    server.ask("t2", { stepUp: true });
    await heard.until(isQuestion("t2"));
    await client.confirm("t2", false);
    server.ask("t3");
    await heard.until(isQuestion("t3"));
    await client.confirm("t3", true);
    for (const verdict of named("confirm_tool_action").slice(2)) {
      expect(verdict).not.toHaveProperty("authContext");
    }
  });

  it("sends a value as it is, and knows a question that it was told of on return", async () => {
    const authContext = { userId: "ada", signature: "s", timestamp: 1 };
    const heard = await asking({ authContext });
    server.ask("t1", { stepUp: true });
    server.cut();
    await heard.until((n) => n.type === "session" && n.resumed);
    await client.confirm("t1", true);
    expect(named("confirm_tool_action")).toMatchObject([{ authContext }]);
  });

  it("knows a question that a snapshot told of", async () => {
    const heard = await asking({ authContext: { userId: "ada" } });
    for (const peer of server.peers) peer.admitted = false;
    server.ask("t1", { stepUp: true });
    for (const peer of server.peers) peer.admitted = true;
    server.snapshot();
    await heard.until((n) => n.type === "event" && n.event.type === "turn_snapshot");
    await client.confirm("t1", true);
    expect(named("confirm_tool_action")).toMatchObject([{ authContext: { userId: "ada" } }]);
  });

  it("fails as a refused one where the host cannot say, and may be tried again", async () => {
    let fails = false;
    const heard = await asking({
      authContext: () => (fails ? Promise.reject(new Error("no")) : { userId: "ada" }),
    });
    server.ask("t1", { stepUp: true });
    await heard.until(isQuestion("t1"));
    fails = true;
    await expect(client.confirm("t1", true)).rejects.toMatchObject({
      descriptor: { code: "AUTH_CONTEXT_INVALID" },
      origin: "client",
    });
    expect(named("confirm_tool_action")).toEqual([]);
    fails = false;
    await client.confirm("t1", true);
  });

  it("with another one's word changes nothing of whom the conversation belongs to", async () => {
    let userId = "ada";
    const heard = await asking({ authContext: () => ({ userId }) });
    server.ask("t1", { stepUp: true });
    await heard.until(isQuestion("t1"));
    userId = "eve";
    server.intercept = (action, peer) => {
      if (action.action !== "confirm_tool_action") return false;
      const error = { code: "AUTH_CONTEXT_INVALID", message: "Not you." } as const;
      peer.send(errorFrame(action.requestId, error, 1));
      return true;
    };
    await expect(client.confirm("t1", true)).rejects.toMatchObject({ origin: "server" });
    // Eve is still another visitor than the one whose conversation this is.
    expect(client.setAuthContext({ userId: "eve" })).toBe(false);
  });
});

describe("a form", () => {
  it("is answered with what the server understood, told before anything that follows", async () => {
    const heard = await asking();
    server.askForm("f1");
    const outcome = await client.submitInteraction("f1", { email: " Jo@X.example " });
    expect(outcome).toEqual({ status: "submitted", values: { email: "jo@x.example" } });
    const values = { email: "jo@x.example" };
    expect(await heard.until(({ type }) => type === "answered")).toEqual({
      type: "answered",
      interactionId: "f1",
      values,
    });
    await expect(client.submitInteraction("f1", values)).rejects.toMatchObject({
      descriptor: { code: "NO_PENDING_INTERACTION" },
      origin: "server",
    });
  });

  it("is declined", async () => {
    await asking();
    server.askForm("f1");
    expect(await client.submitInteraction("f1", null)).toEqual({ status: "declined" });
    expect(named("submit_interaction")).toMatchObject([{ interactionId: "f1", declined: true }]);
    expect(named("submit_interaction")[0]).not.toHaveProperty("values");
  });

  it("tells all that is wrong, and may be answered again", async () => {
    const heard = await asking();
    server.askForm("f1");
    const errors = [
      { field: "email", message: "must be a valid email address" },
      { field: "name", message: "this field is required" },
    ];
    server.judge = ({ email }) => (email === "x" ? errors : []);
    const outcome = await client.submitInteraction("f1", { email: "x" });
    expect(outcome).toMatchObject({ status: "invalid", errors });
    expect(told(heard.notices, "answered")).toEqual([]);
    expect(await client.submitInteraction("f1", { email: "j@x.y" })).toMatchObject({
      status: "submitted",
    });
  });

  it("is answered again after a drop while it is pending", async () => {
    await asking();
    server.askForm("f1");
    loseFirst("submit_interaction");
    expect(await client.submitInteraction("f1", null)).toEqual({ status: "declined" });
    expect(named("submit_interaction")).toHaveLength(2);
  });

  it.each([{ email: "j@x.y" }, null])("whose ack was lost stands: %j", async (values) => {
    await asking();
    server.askForm("f1");
    loseAckOf("submit_interaction");
    const status = values ? "submitted" : "declined";
    expect(await client.submitInteraction("f1", values)).toEqual({ status });
    expect(named("submit_interaction")).toHaveLength(1);
  });

  it.each([
    ['{"status":"submitted","values":{"email":"j@x.y"}}', { email: "j@x.y" }, "submitted"],
    ['{"status":"declined","message":"No."}', null, "declined"],
    ['{"status":"declined","message":"No."}', { email: "j@x.y" }, undefined],
    ['{"status":"submitted","values":{}}', null, undefined],
    ['{"status":"no_response","message":"-"}', { email: "j@x.y" }, undefined],
    ['{"status":"submitted","values":{"email":"j@x', { email: "j@x.y" }, "submitted"],
    ["[[[", null, undefined],
  ])("whose turn went on meanwhile is judged by its result %s", async (result, values, status) => {
    await asking();
    server.askForm("f1");
    server.intercept = (action, peer) => {
      if (action.action !== "submit_interaction") return false;
      delete server.turn!.pending;
      server.returnTool("f1", "request_identity_intake", result);
      peer.cut();
      return true;
    };
    const submission = client.submitInteraction("f1", values);
    if (status) expect(await submission).toMatchObject({ status });
    else {
      await expect(submission).rejects.toMatchObject({
        descriptor: { code: "NO_PENDING_INTERACTION" },
        origin: "client",
      });
    }
  });
});

describe("a one-time code", () => {
  it("is right or wrong, by answers of its own", async () => {
    await asking();
    server.askCode();
    expect(await client.requestOtp("sms")).toMatchObject({ channel: "sms", attemptsRemaining: 3 });
    expect(await client.verifyOtp("1")).toMatchObject({
      verified: false,
      error: "INVALID_CODE",
      attemptsRemaining: 2,
    });
    expect(await client.verifyOtp(CODE)).toMatchObject({ verified: true });
  });

  it("rejects on an error, on a drop, and at once when not online", async () => {
    await asking();
    server.intercept = (action, peer) => {
      if (action.action === "request_otp") {
        const error = { code: "OTP_SEND_FAILED", message: "Not sent." } as const;
        peer.send(errorFrame(action.requestId, error, 1));
      } else if (action.action === "verify_otp") peer.cut();
      else return false;
      return true;
    };
    await expect(client.requestOtp()).rejects.toMatchObject({
      descriptor: { code: "OTP_SEND_FAILED" },
    });
    await expect(client.verifyOtp("1")).rejects.toMatchObject({ origin: "lost" });
    await expect(client.verifyOtp("1")).rejects.toMatchObject({ origin: "lost" });
    expect(named("verify_otp")).toHaveLength(1);
  });

  it("is not answered by an event of another type under its requestId", async () => {
    await asking();
    server.intercept = (action, peer) => {
      if (action.action !== "verify_otp") return false;
      const { requestId } = action;
      const about = { interactionId: "f", kind: "k", errors: [], message: "" };
      peer.send(interactionInvalid(requestId, about, 1));
      return false;
    };
    expect(await client.verifyOtp(CODE)).toMatchObject({ verified: true });
  });
});

it("gives a grant up, and is told of grants with the session", async () => {
  server.grants = [grant("g1"), grant("g2")];
  const heard = await asking();
  const session = await heard.until(({ type }) => type === "session");
  expect(session).toMatchObject({ session: { grants: [{ grantId: "g1" }, { grantId: "g2" }] } });
  await client.revokeGrant("g1");
  expect(server.grants).toEqual([grant("g2")]);
});
