import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { ERROR_CODES, type ErrorCode } from "@smooth-agent/protocol";
import { describe, expect, it } from "vitest";
import { WebSocket, type ClientOptions } from "ws";
import { PRINCIPAL_SECRET } from "./api/api-client.fixture.js";
import { textAt, type Frame } from "./core-client.fixture.js";
import { refused } from "./gateway/model-server.fixture.js";
import { mailServer } from "./auth/otp/mail-server.fixture.js";
import { calls, heldAnswer, says } from "./model-answers.fixture.js";
import { askForRefund, codeShop, JANES } from "./one-time-code.fixture.js";
import {
  openSession,
  runningServer,
  type Opened,
  type RunningServer,
  type RunningServerOptions,
} from "./running-server.fixture.js";
import { writeIn } from "./store/database-file.fixture.js";
import { defineTool } from "./tools/tool.js";

// Every code of the error table, reached from outside, and what is said of it to the byte.

const NEVER = "00000000-0000-4000-8000-000000000000";
const RESTARTING = "The server is restarting. Please try again.";
const refund = defineTool({
  name: "issue_refund",
  description: "Pays.",
  confirm: true,
  execute: () => "paid",
});

/** A server with an open session. */
async function opened(options: RunningServerOptions = {}, fields: Record<string, unknown> = {}) {
  const server = await runningServer({ tools: [refund], ...options });
  return { server, ...(await openSession(server, fields)) };
}

type Scene = Opened & { server: RunningServer };

const send = ({ client, sessionId }: Scene, fields: object = {}): Promise<Frame> =>
  client.ask({ action: "send_message", requestId: "x", sessionId, message: "hi", ...fields });

/** Asks under the requestId `x` on a server with an open session. */
const ask = async (action: string, fields: object, options?: RunningServerOptions) => {
  const { client, sessionId } = await opened(options);
  return client.ask({ action, requestId: "x", sessionId, ...fields });
};

/** A turn that waits for an answer to its question. */
async function parked(): Promise<Scene & { toolCallId: string }> {
  const scene = await opened();
  const { server, client } = scene;
  server.model.script(calls({ name: "issue_refund" }));
  await send(scene, { requestId: "turn" });
  const question = await client.next();
  await client.next();
  return { ...scene, toolCallId: textAt(question, "data.data.toolCallId") };
}

/** The frame of an error, as PROTOCOL.md writes it. */
function frame(code: ErrorCode, message: string, more = "", requestId: string | null = "x") {
  const error = `{"code":"${code}","message":"${message}"${more}}`;
  const id = requestId === null ? "" : `"requestId":"${requestId}",`;
  return `{"type":"error",${id}"error":${error},"data":{${id}"error":${error}},"timestamp":1}`;
}

/** Status and body of a refused handshake, and of the plain GET that a browser asks in its place. */
async function refusals({ url }: RunningServer, options: ClientOptions, query = "") {
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws${query}`, options);
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  const headers = { origin: options.origin ?? "" };
  const page = await fetch(`${url}/ws${query}`, { headers });
  return [`${response.statusCode} ${await text(response)}`, `${page.status} ${await page.text()}`];
}

const handshake = (status: number, code: ErrorCode, message: string) => {
  const refusal = `${status} ${JSON.stringify({ error: { code, message } })}`;
  return [refusal, refusal];
};

const RETRY = `,"retryable":true`;

/** How each code is reached, and what must be heard; one without a scene does not compile. */
const scenes: Record<ErrorCode, () => Promise<void>> = {
  async VALIDATION_ERROR() {
    const { client } = await opened();
    const cases: [unknown, string, string | null][] = [
      ["{", "A frame must be valid JSON.", null],
      ["7", "A frame must be one JSON object.", null],
      [Buffer.from("{}"), "Binary frames are not part of the protocol.", null],
      [{ requestId: "x" }, "action must be a string that names the action.", "x"],
      [{ action: "get_session", requestId: "x" }, "sessionId is required.", "x"],
    ];
    for (const [sent, message, requestId] of cases) {
      if (Buffer.isBuffer(sent)) client.socket.send(sent);
      else client.send(sent);
      expect((await client.next()).text).toBe(frame("VALIDATION_ERROR", message, "", requestId));
    }
  },

  async UNSUPPORTED_ACTION() {
    const answer = await ask("sing", {});
    expect(answer.text).toBe(frame("UNSUPPORTED_ACTION", "This action is not supported."));
  },

  async SESSION_NOT_FOUND() {
    const text = frame("SESSION_NOT_FOUND", "There is no such session here.");
    for (const [action, fields] of Object.entries({
      get_session: {},
      get_conversation_messages: {},
      send_message: { message: "hi" },
      resume_session: { sessionToken: "a token" },
      set_auth_context: { authContext: null },
    })) {
      expect((await ask(action, { ...fields, sessionId: NEVER })).text).toBe(text);
    }
  },

  async CONVERSATION_NOT_FOUND() {
    const answer = await ask("rename_conversation", { conversationId: NEVER, title: "Kettle" });
    const message = "There is no such conversation here.";
    expect(answer.text).toBe(frame("CONVERSATION_NOT_FOUND", message));
  },

  async STORAGE_ERROR() {
    const scene = await opened();
    writeIn(scene.server.file, `ALTER TABLE "Message" RENAME TO "Lost"`);
    const message = "The request could not be stored or read. Please try again.";
    const text = frame("STORAGE_ERROR", message, RETRY);
    expect((await send(scene)).text).toBe(text);
    const { client, sessionId } = scene;
    const history = { action: "get_conversation_messages", requestId: "x", sessionId };
    expect((await client.ask(history)).text, "never taken for not-found").toBe(text);
  },

  async INTERNAL_ERROR() {
    const { server, client, sessionId, toolCallId } = await parked();
    // What no server of ours writes.
    writeIn(server.file, `UPDATE "ToolCall" SET "confirmation" = '{a secret'`);
    const verdict = { action: "confirm_tool_action", requestId: "x", sessionId, approved: true };
    const answer = await client.ask({ ...verdict, toolCallId, arguments: {} });
    expect(answer.text).toBe(frame("INTERNAL_ERROR", "Something went wrong on the server."));
    expect(server.log.join("")).toContain("action failed");
    expect(server.log.join("")).not.toContain("a secret");
    await client.quiet(sessionId);
  },

  async UNAVAILABLE() {
    const scene = await opened();
    const { server, client } = scene;
    const held = heldAnswer();
    server.model.script(held.answer);
    await send(scene, { requestId: "turn" });
    // It drains for as long as the turn takes.
    const drained = server.agent.drain();
    expect((await send(scene)).text).toBe(frame("UNAVAILABLE", RESTARTING, RETRY));
    const told = await refusals(server, { origin: "https://shop.example" });
    expect(told).toEqual(handshake(503, "UNAVAILABLE", RESTARTING));
    await held.finish();
    await client.closed;
    await drained;
  },

  async LLM_UNAVAILABLE() {
    const keyless = await opened({ openai: {} });
    const message = "The assistant is not available right now.";
    expect((await send(keyless)).text).toBe(frame("LLM_UNAVAILABLE", message));
    const gatewayOf = () => Promise.reject(new Error("a secret"));
    const faulty = await opened({ gatewayOf });
    expect((await send(faulty)).text).toBe(frame("LLM_UNAVAILABLE", message, RETRY));
  },

  async AGENT_ERROR() {
    const scene = await opened();
    scene.server.model.script(refused(400, {}, { message: "the key sk-test is no good" }));
    expect((await send(scene)).type).toBe("immediate_response");
    const message = "The answer could not be completed.";
    const end = await scene.client.next();
    expect(end.text).toBe(frame("AGENT_ERROR", message, `,"retryable":false`));
  },

  async SKILL_NOT_FOUND() {
    const answer = await ask("send_message", { message: "hi", skill: "sing" });
    expect(answer.text).toBe(frame("SKILL_NOT_FOUND", "There is no such skill."));
  },

  async TURN_IN_PROGRESS() {
    const message = "Another message of this conversation is still being answered.";
    expect((await send(await parked())).text).toBe(frame("TURN_IN_PROGRESS", message, RETRY));
  },

  async AGENT_NOT_AUTHORIZED() {
    const answer = await ask("create_conversation_session", { agentId: "nobody" });
    expect(answer.text).toBe(frame("AGENT_NOT_AUTHORIZED", "This agent is not available."));
  },

  async ORIGIN_NOT_ALLOWED() {
    const agents = {
      shop: { allowedOrigins: ["https://shop.example"] },
      desk: { allowedOrigins: ["https://desk.example"] },
    };
    const { server, client } = await opened({ agents });
    const create = { action: "create_conversation_session", requestId: "x", agentId: "desk" };
    const message = "This page may not use this agent.";
    expect((await client.ask(create)).text).toBe(frame("ORIGIN_NOT_ALLOWED", message));
    const told = await refusals(server, { origin: "https://evil.example" });
    const page = "This page's origin is not in the allowedOrigins of any agent.";
    expect(told).toEqual(handshake(403, "ORIGIN_NOT_ALLOWED", page));
  },

  async UNAUTHENTICATED() {
    const { server, sessionToken } = await opened({ principals: { secret: PRINCIPAL_SECRET } });
    for (const token of ["forged", sessionToken]) {
      const told = await refusals(server, { origin: "https://shop.example" }, `?token=${token}`);
      expect(told).toEqual(handshake(401, "UNAUTHENTICATED", "The token is not valid."));
    }
    const api = await fetch(`${server.url}/api/agents`);
    expect(api.status).toBe(401);
    expect(await api.json()).toMatchObject({ error: { code: "UNAUTHENTICATED" } });
  },

  async AUTH_CONTEXT_INVALID() {
    const text = frame("AUTH_CONTEXT_INVALID", "The visitor's sign-in could not be verified.");
    const fields = { agentId: "shop", authContext: null };
    expect((await ask("create_conversation_session", fields)).text).toBe(text);
    expect((await ask("set_auth_context", fields)).text).toBe(text);
  },

  async NO_PENDING_CONFIRMATION() {
    const message = "No question is waiting for an answer here.";
    const text = frame("NO_PENDING_CONFIRMATION", message);
    expect((await ask("confirm_tool_action", { approved: true })).text).toBe(text);
  },

  async CONFIRMATION_MISMATCH() {
    const { client, sessionId, toolCallId, server } = await parked();
    const verdict = { action: "confirm_tool_action", requestId: "x", sessionId, approved: true };
    const message = "Another question is waiting than the one that was answered.";
    const answer = await client.ask({ ...verdict, toolCallId: NEVER });
    expect(answer.text).toBe(frame("CONFIRMATION_MISMATCH", message));
    server.model.script(says("Paid."));
    expect((await client.ask({ ...verdict, toolCallId })).type).toBe("immediate_response");
    await client.rest();
  },

  async NO_PENDING_INTERACTION() {
    const answer = await ask("submit_interaction", { interactionId: NEVER, values: {} });
    const message = "No form is waiting for an answer here.";
    expect(answer.text).toBe(frame("NO_PENDING_INTERACTION", message));
  },

  async OTP_SEND_FAILED() {
    const message = "No code could be sent.";
    const text = frame("OTP_SEND_FAILED", message);
    expect((await ask("request_otp", {})).text, "where no turn asked for one").toBe(text);
    const mail = await mailServer();
    mail.answer = (response) => response.writeHead(500).end();
    const { server } = await codeShop({ mail });
    const { client, sessionId } = await openSession(server, JANES);
    const failure = (await askForRefund(server, { client, sessionId }, "x")).at(-2);
    const [, ms] = /"retryAfterMs":(\d+)/.exec(failure?.text ?? "") ?? [];
    expect(failure?.text).toBe(frame("OTP_SEND_FAILED", message, `${RETRY},"retryAfterMs":${ms}`));
  },

  async INTERACTION_MISMATCH() {
    const scene = await opened({}, { supports: ["date_time_picker"] });
    const { client, sessionId, server } = scene;
    server.model.script(calls({ name: "request_date_time", arguments: { prompt: "When?" } }));
    await send(scene, { requestId: "turn" });
    const interactionId = textAt(await client.next(), "data.data.interactionId");
    await client.next();
    const answer = { action: "submit_interaction", requestId: "x", sessionId };
    const message = "Another form is waiting than the one that was answered.";
    const text = frame("INTERACTION_MISMATCH", message);
    for (const other of [{ interactionId: NEVER }, { interactionId, kind: "choices" }]) {
      expect((await client.ask({ ...answer, ...other, declined: true })).text).toBe(text);
    }
    server.model.script(says("Fine."));
    const declined = await client.ask({ ...answer, interactionId, declined: true });
    expect(declined.type).toBe("immediate_response");
    await client.rest();
  },

  async RATE_LIMITED() {
    const message = "That was a lot at once. Please wait a moment and try again.";
    const wait = (answer: Frame) => {
      const [, ms] = /"retryAfterMs":(\d+)/.exec(answer.text) ?? [];
      expect(Number(ms)).toBeGreaterThan(0);
      expect(Number(ms)).toBeLessThanOrEqual(60_000);
      return frame("RATE_LIMITED", message, `${RETRY},"retryAfterMs":${ms}`);
    };
    const scene = await opened({
      limits: { messagesPerMinute: 1, sessionsPerMinutePerAddress: 1 },
    });
    scene.server.model.script(says("Hi."));
    await send(scene, { requestId: "turn" });
    await scene.client.rest();
    const said = await send(scene);
    expect(said.text).toBe(wait(said));
    const create = { action: "create_conversation_session", requestId: "x", agentId: "shop" };
    const made = await scene.client.ask(create);
    expect(made.text).toBe(wait(made));
  },

  async BUDGET_EXCEEDED() {
    const scene = await opened({ budgets: { conversationUsd: 0 } });
    const message = "The assistant has reached its limit and cannot answer here for now.";
    const text = frame("BUDGET_EXCEEDED", message, `,"retryable":false`);
    expect((await send(scene)).text).toBe(text);
  },
};

it("the table has every code", () => {
  expect(Object.keys(scenes).sort()).toEqual([...ERROR_CODES].sort());
});

describe.each(Object.entries(scenes))("%s", (_, scene) => {
  it("is reached, and said to the byte", { timeout: 20_000 }, scene);
});
