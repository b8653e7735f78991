import {
  confirmationResolved,
  errorFrame,
  interactionRequired,
  interactionResolved,
  writeConfirmationRequired,
  type ServerEvent,
} from "@smooth-agent/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clientOf, memoryStore } from "../client/client.fixture.js";
import { CODE, form, grant } from "../client/model-asking.fixture.js";
import {
  confirmation,
  startModelServer,
  type ModelServer,
} from "../client/model-server.fixture.js";
import type { SessionStore } from "../client/session-store.js";
import { createConversation } from "./conversation.js";
import type { ConversationInput } from "./conversation-input.js";
import type { Conversation, OtpState, ToolPart } from "./conversation-state.js";
import { lines, until } from "./conversation.fixture.js";
import { toolParts } from "./part-list.js";
import { EMPTY_CONVERSATION, reduce } from "./reduce.js";
import { waitingQuestions } from "./waiting-questions.js";

let server: ModelServer;
let storage: SessionStore;
let conversation: Conversation;
const opened: Conversation[] = [];

beforeEach(async () => {
  server = await startModelServer();
  storage = memoryStore();
  conversation = page();
});

afterEach(async () => {
  for (const each of opened.splice(0)) each.close();
  await server.close();
});

/** A page, or another tab, of the same browser. */
function page(): Conversation {
  const fresh = createConversation(clientOf(server, { storage }), { busyMs: 10, reloadMs: 10 });
  opened.push(fresh);
  fresh.open();
  return fresh;
}

const card = ({ state }: Conversation): ToolPart | undefined =>
  state.transcript
    .flatMap((entry) => (entry.kind === "agent" ? toolParts(entry.parts) : []))
    .at(-1);
const framesOf = (name: string) => server.actions.filter(({ action }) => action === name);
const ended = (c: Conversation) => until(c, ({ activeTurnId }) => activeTurnId === undefined);
const answers = (c: Conversation, state: string) =>
  until(c, () => card(c)?.answer?.state === state);

async function asked(ask: () => void): Promise<void> {
  conversation.send("refund");
  await server.received(() => server.turn !== undefined);
  ask();
  await until(conversation, (state) => waitingQuestions(state).length === 1);
}

/** Every distinct value that was ever shown. */
function shown<Value>(look: (c: Conversation) => Value): Value[] {
  const seen: Value[] = [];
  conversation.subscribe(() => {
    const value = look(conversation);
    if (JSON.stringify(value) !== JSON.stringify(seen.at(-1))) seen.push(value);
  });
  return seen;
}

describe("a changed question", () => {
  it("shows what was approved, with what was changed, in both tabs and from the record", async () => {
    await asked(() => server.ask("t1", { editable: ["amount"] }));
    const other = page();
    await until(other, (state) => waitingQuestions(state).length === 1);
    const given = { orderId: "1234", amount: 5 };
    conversation.decide("t1", true, { arguments: given });
    await until(conversation, () => card(conversation)?.verdict?.state === "decided");
    await until(other, () => card(other)?.verdict?.state === "decided");
    const changes = [{ label: "Amount", from: "$20.00", to: "5" }];
    for (const [each, here] of [
      [conversation, true],
      [other, false],
    ] as const) {
      expect(card(each)).toMatchObject({
        arguments: given,
        confirmation: { arguments: given, fields: [{ label: "Amount", value: "5" }] },
        verdict: { state: "decided", approved: true, here, by: "visitor", changes },
      });
    }
    server.returnTool("t1", "issue_refund", "ok");
    server.say("Done.");
    server.finish();
    await ended(conversation);
    const later = page();
    await until(later, () => card(later) !== undefined);
    expect(card(later)).toMatchObject({ arguments: given, confirmation: { arguments: given } });
  });

  it("that is not valid says why, and may be tried again", async () => {
    await asked(() => server.ask("t1", { editable: ["amount"] }));
    server.intercept = (action, peer) => {
      if (action.action !== "confirm_tool_action" || framesOf(action.action).length > 1)
        return false;
      const message = "Amount must be at most 20.";
      peer.send(errorFrame(action.requestId, { code: "VALIDATION_ERROR", message }, 1));
      return true;
    };
    conversation.decide("t1", true, { arguments: { amount: 50 } });
    await until(conversation, () => card(conversation)?.verdictError !== undefined);
    expect(card(conversation)?.verdictError).toBe("Amount must be at most 20.");
    expect(waitingQuestions(conversation.state)).toHaveLength(1);
    conversation.decide("t1", true, { arguments: { amount: 20 } });
    await until(conversation, () => card(conversation)?.verdict?.state === "decided");
    expect(card(conversation)).not.toHaveProperty("verdictError");
  });

  it("keeps the reason of a refusal", async () => {
    await asked(() => server.ask("t1"));
    conversation.decide("t1", false, { reason: "Too much." });
    await until(conversation, () => card(conversation)?.verdict?.state === "decided");
    expect(card(conversation)?.verdict).toMatchObject({ approved: false, reason: "Too much." });
  });

  it("that the host's team approves is not asked here", async () => {
    conversation.send("refund");
    await server.received(() => server.turn !== undefined);
    server.ask("t1", { approver: "team" });
    await until(conversation, () => card(conversation)?.confirmation !== undefined);
    conversation.decide("t1", true);
    expect(waitingQuestions(conversation.state)).toEqual([]);
    expect(card(conversation)).not.toHaveProperty("verdict");
    expect(framesOf("confirm_tool_action")).toEqual([]);
  });
});

it.each([true, false])("counts as given here what was on its way from here: %s", (isSame) => {
  const heard = (event: ServerEvent) => ({ type: "event", event }) as const;
  const values = { email: "j@x.y" };
  const status = isSame ? "submitted" : "declined";
  const resolution = { requestId: "r", toolCallId: "t1", approved: isSame, by: "visitor" };
  const inputs: ConversationInput[] = [
    heard(writeConfirmationRequired("r", confirmation("t1"), 1)),
    { type: "deciding", toolCallId: "t1", approved: true },
    heard(confirmationResolved(resolution, 2)),
    heard(interactionRequired("r", form("f1"), 3)),
    { type: "answering", interactionId: "f1", values },
    heard(interactionResolved({ requestId: "r", interactionId: "f1", status }, 4)),
  ];
  const [entry] = inputs.reduce(reduce, EMPTY_CONVERSATION).transcript;
  expect(entry?.kind === "agent" && toolParts(entry.parts)).toMatchObject([
    { verdict: { state: "decided", approved: isSame, here: isSame } },
    { answer: { state: status, here: isSame } },
  ]);
});

describe("a form", () => {
  beforeEach(() => asked(() => server.askForm("f1")));

  it("parks the turn and is answered once, however often it is pressed", async () => {
    const seen = shown((c) => card(c)?.answer);
    expect(lines(conversation.state)[1]).toBe("agent parked: [request_identity_intake awaiting]");
    expect(card(conversation)?.interaction).toMatchObject({ kind: "identity_intake" });
    conversation.answer("f1", { email: " Jo@X.example" });
    conversation.answer("f1", null);
    await answers(conversation, "submitted");
    conversation.answer("f1", { email: "other" });
    server.returnTool(
      "f1",
      "request_identity_intake",
      '{"status":"submitted","values":{"email":"jo@x.example"}}',
    );
    server.say("Found it.");
    server.finish();
    await ended(conversation);
    expect(framesOf("submit_interaction")).toHaveLength(1);
    expect(seen).toEqual([
      { state: "sending", values: { email: " Jo@X.example" } },
      { state: "submitted", values: { email: "jo@x.example" }, here: true },
    ]);
    expect(waitingQuestions(conversation.state)).toEqual([]);
  });

  it("keeps what was entered beside all that is wrong with it", async () => {
    const errors = [
      { field: "email", message: "must be a valid email address" },
      { field: "name", message: "this field is required" },
    ];
    server.judge = ({ email }) => (email === "x" ? errors : []);
    conversation.answer("f1", { email: "x" });
    await until(conversation, () => card(conversation)?.fieldErrors !== undefined);
    expect(card(conversation)).toMatchObject({
      fieldErrors: errors,
      enteredValues: { email: "x" },
    });
    expect(card(conversation)).not.toHaveProperty("answer");
    // They survive the way back of a lost connection.
    const before = framesOf("resume_session").length;
    server.cut();
    await server.received(() => framesOf("resume_session").length > before);
    await until(conversation, ({ connection }) => connection.status === "online");
    expect(card(conversation)).toMatchObject({
      fieldErrors: errors,
      enteredValues: { email: "x" },
    });
    conversation.answer("f1", { email: "j@x.y" });
    expect(card(conversation)).not.toHaveProperty("fieldErrors");
    await answers(conversation, "submitted");
    expect(card(conversation)).not.toHaveProperty("enteredValues");
  });

  it("may be tried again after a fault, and is gone when the server says so", async () => {
    const codes = ["STORAGE_ERROR", "NO_PENDING_INTERACTION"] as const;
    server.intercept = (action, peer) => {
      if (action.action !== "submit_interaction") return false;
      const code = codes[framesOf("submit_interaction").length - 1]!;
      peer.send(errorFrame(action.requestId, { code, message: "Try again." }, 1));
      return true;
    };
    conversation.answer("f1", { email: "j@x.y" });
    await until(conversation, () => card(conversation)?.fieldErrors !== undefined);
    expect(card(conversation)?.fieldErrors).toEqual([{ field: "values", message: "Try again." }]);
    conversation.answer("f1", null);
    await answers(conversation, "gone");
  });

  it.each([
    [{ email: "j@x.y" }, { state: "submitted", here: false }],
    [null, { state: "declined", here: false }],
  ])("is answered in another tab, which saw it too: %j", async (values, answer) => {
    const other = page();
    await until(other, (state) => waitingQuestions(state).length === 1);
    other.answer("f1", values);
    await until(conversation, () => card(conversation)?.answer !== undefined);
    expect(card(conversation)?.answer).toEqual(answer);
    expect(lines(conversation.state)[1]).toContain("agent running");
    conversation.answer("f1", null);
    expect(framesOf("submit_interaction")).toHaveLength(1);
  });

  it("shows its answer after a reload, in mid-turn and from the record", async () => {
    conversation.answer("f1", { email: "j@x.y" });
    await answers(conversation, "submitted");
    const result = '{"status":"submitted","values":{"email":"j@x.y"}}';
    server.returnTool("f1", "request_identity_intake", result);
    const soon = page();
    await answers(soon, "submitted");
    expect(card(soon)?.answer).toEqual({ state: "submitted", values: { email: "j@x.y" } });
    server.say("Found it.");
    server.finish();
    await ended(soon);
    const later = page();
    await answers(later, "submitted");
    expect(card(later)?.answer).toEqual({ state: "submitted", values: { email: "j@x.y" } });
    expect(card(later)?.interaction).toMatchObject({ kind: "identity_intake" });
  });

  it("survives a drop with its answer when the ack was lost", async () => {
    server.intercept = (action, peer) => {
      if (action.action !== "submit_interaction") return false;
      for (const each of server.peers) each.send = () => {};
      queueMicrotask(() => peer.cut());
      return false;
    };
    const seen = shown((c) => card(c)?.answer?.state);
    conversation.answer("f1", null);
    await server.received(() => framesOf("resume_session").length > 0);
    await until(conversation, ({ connection }) => connection.status === "online");
    server.returnTool("f1", "request_identity_intake", '{"status":"declined","message":"No."}');
    await answers(conversation, "declined");
    expect(card(conversation)?.answer).toEqual({ state: "declined", here: true });
    expect(seen).toEqual(["sending", "declined"]);
    expect(framesOf("submit_interaction")).toHaveLength(1);
  });

  it("is gone when nobody answered, and when its turn is stopped", async () => {
    conversation.stop();
    await ended(conversation);
    expect(card(conversation)).toMatchObject({ status: "expired", answer: { state: "gone" } });
    await asked(() => server.askForm("f2"));
    server.returnTool("f2", "request_identity_intake", '{"status":"no_response","message":"-"}');
    await answers(conversation, "gone");
  });
});

describe("declining and sending", () => {
  it.each([
    ["a question", () => server.ask("t1"), { action: "confirm_tool_action", approved: false }],
    ["a form", () => server.askForm("t1"), { action: "submit_interaction", declined: true }],
  ])("declines %s and sends when the turn has ended", async (_, ask, frame) => {
    await asked(ask);
    conversation.declineAndSend("  ");
    expect(server.actions.filter(({ action }) => action === frame.action)).toEqual([]);
    conversation.declineAndSend("Rather tell me where it is.");
    await server.received(({ action }) => action === frame.action);
    expect(framesOf(frame.action)).toMatchObject([frame]);
    expect(lines(conversation.state).at(-1)).toBe("visitor waiting: Rather tell me where it is.");
    expect(framesOf("send_message")).toHaveLength(1);
    server.returnTool("t1", "issue_refund", "{}", true);
    server.finish();
    await server.received(() => framesOf("send_message").length === 2);
  });

  it("only sends where nothing is asked", async () => {
    conversation.declineAndSend("hello");
    await server.received(({ action }) => action === "send_message");
    expect(framesOf("confirm_tool_action")).toEqual([]);
  });
});

describe("a one-time code", () => {
  const is = (status: OtpState["status"]) =>
    until(conversation, ({ otp }) => otp?.status === status);

  beforeEach(async () => {
    conversation.send("refund");
    await server.received(() => server.turn !== undefined);
    server.askCode();
    await is("sending");
  });

  const sentAndDone = async () => {
    server.sendCode();
    await is("sent");
    server.finish();
    await ended(conversation);
  };

  it("is typed, and the visitor's message goes out again by itself", async () => {
    const seen = shown(({ state }) => state.otp?.status);
    await sentAndDone();
    expect(conversation.state.otp).toMatchObject({
      actionDescription: "Refund $20.00",
      channels: ["email", "sms"],
      maskedDestination: "j***@example.com",
      resendAt: 5,
    });
    conversation.verifyOtp("  ");
    conversation.verifyOtp("1");
    conversation.verifyOtp(CODE);
    await until(conversation, ({ otp }) => otp?.error !== undefined);
    expect(conversation.state.otp).toMatchObject({ status: "sent", attemptsRemaining: 2 });
    conversation.verifyOtp(` ${CODE} `);
    await server.received(() => framesOf("send_message").length === 2);
    expect(framesOf("send_message")).toMatchObject([{ message: "refund" }, { message: "refund" }]);
    expect(new Set(framesOf("send_message").map(({ requestId }) => requestId)).size).toBe(2);
    expect(framesOf("verify_otp")).toHaveLength(2);
    expect(seen).toEqual(["sent", "verifying", "sent", "verifying", "verified", undefined]);
    await until(conversation, ({ transcript }) => transcript.length === 3);
  });

  it("is locked after too many, and another one may be asked for by another channel", async () => {
    await sentAndDone();
    for (const left of [2, 1]) {
      conversation.verifyOtp("1");
      await until(conversation, ({ otp }) => otp?.attemptsRemaining === left);
    }
    conversation.verifyOtp("1");
    await is("locked");
    conversation.verifyOtp(CODE);
    conversation.requestOtp("sms");
    expect(conversation.state.otp).toMatchObject({ status: "sending", channel: "sms" });
    conversation.requestOtp();
    await is("sent");
    expect(conversation.state.otp).toMatchObject({ channel: "sms", attemptsRemaining: 3 });
    expect(conversation.state.otp).not.toHaveProperty("error");
    expect(framesOf("request_otp")).toHaveLength(1);
    expect(framesOf("verify_otp")).toHaveLength(3);
  });

  it("that could not be sent may be asked for again, and not too early", async () => {
    const requestId = conversation.state.activeTurnId;
    const failed = { code: "OTP_SEND_FAILED", message: "Not sent." } as const;
    for (const peer of server.peers) peer.send(errorFrame(requestId, failed, 1));
    await is("failed");
    expect(conversation.state.activeTurnId).toBe(requestId);
    conversation.requestOtp();
    await is("sent");
    server.intercept = (action, peer) => {
      if (action.action !== "request_otp") return false;
      const error = { code: "RATE_LIMITED", message: "Too early.", retryAfterMs: 9_000 } as const;
      peer.send(errorFrame(action.requestId, error, 1));
      return true;
    };
    const before = Date.now();
    conversation.requestOtp();
    await until(conversation, ({ otp }) => otp?.error === "Too early.");
    // The one that was sent is still good.
    expect(conversation.state.otp?.status).toBe("sent");
    expect(conversation.state.otp?.resendAt).toBeGreaterThanOrEqual(before + 9_000);
  });

  it("may be typed again after a lost connection, and asked for again when none is known", async () => {
    const back = () => until(conversation, ({ connection }) => connection.status === "online");
    server.cut();
    await is("failed");
    await back();
    conversation.requestOtp();
    await is("sent");
    server.intercept = (action, peer) => {
      if (action.action !== "verify_otp") return false;
      peer.cut();
      return true;
    };
    conversation.verifyOtp(CODE);
    await until(conversation, ({ otp }) => otp?.status === "sent" && otp.error !== undefined);
    await back();
    server.intercept = () => false;
    conversation.verifyOtp(CODE);
    await is("verified");
  });

  it("goes when it is dismissed, and the message is not sent again", async () => {
    await sentAndDone();
    conversation.verifyOtp(CODE);
    conversation.dismissOtp();
    expect(conversation.state).not.toHaveProperty("otp");
    await server.received(({ action }) => action === "verify_otp");
    conversation.send("hello");
    await server.received(() => framesOf("send_message").length === 2);
    // What comes by a later frame comes after all that followed from the code.
    for (const text of ["Well", "Well, well"]) {
      server.say(text.split(/(?=,)/).at(-1)!);
      await until(conversation, (state) => lines(state).includes(`agent running: ${text}`));
    }
    expect(lines(conversation.state).filter((line) => line.startsWith("visitor"))).toEqual([
      "visitor sent: refund",
      "visitor sent: hello",
    ]);
  });

  it("goes as soon as something else is written", async () => {
    server.sendCode();
    await is("sent");
    conversation.send("Never mind.");
    expect(conversation.state).not.toHaveProperty("otp");
    expect(framesOf("send_message")).toHaveLength(1);
  });

  it("goes with the next message of another tab", async () => {
    await sentAndDone();
    const other = page();
    await until(other, ({ connection }) => connection.status === "online");
    other.send("theirs");
    await until(conversation, ({ otp }) => otp === undefined);
  });
});

describe("what need not be asked again", () => {
  it("comes with the session, with a verdict and live, and is given up at once", async () => {
    server.grants = [grant("g1")];
    const other = page();
    await until(other, ({ grants }) => grants.length === 1);
    await asked(() => server.ask("t1", { remember: true }));
    conversation.decide("t1", true, { remember: true });
    await until(conversation, ({ grants }) => grants.length === 2);
    conversation.revokeGrant("g1");
    conversation.revokeGrant("g1");
    expect(conversation.state.grants).toEqual([grant("t1")]);
    await until(other, ({ grants }) => grants[0]?.grantId === "t1");
    expect(framesOf("revoke_grant")).toMatchObject([{ grantId: "g1" }]);
  });

  it("comes back when it could not be given up", async () => {
    server.grants = [grant("g1"), grant("g2")];
    const late = page();
    await until(late, ({ grants }) => grants.length === 2);
    server.intercept = (action, peer) => {
      if (action.action !== "revoke_grant") return false;
      const error = { code: "STORAGE_ERROR", message: "Not now." } as const;
      peer.send(errorFrame(action.requestId, error, 1));
      return true;
    };
    late.revokeGrant("g1");
    expect(late.state.grants).toEqual([grant("g2")]);
    await until(late, ({ grants }) => grants.length === 2);
    late.close();
    late.revokeGrant("g2");
    await until(late, ({ grants, revoking }) => grants.length === 2 && revoking?.length === 0);
    expect(framesOf("revoke_grant")).toHaveLength(1);
  });
});
