import { actionSchemas, type ActionName } from "@smooth-agent/protocol";
import { describe, expect, it } from "vitest";
import { attempted, refused, type Form } from "./access-attempt.fixture.js";
import {
  accessWorld,
  callers,
  isInternal,
  isShutOut,
  last,
  NEVER,
  organizationOf,
  ownersFor,
  SENT,
  type AccessWorld,
  type Person,
  type Target,
} from "./access-world.fixture.js";
import { at, outline, outlines, textAt, type CoreClient } from "./core-client.fixture.js";
import { SIZE } from "./forms.fixture.js";
import { hostSide } from "./host-side.fixture.js";
import { says } from "./model-answers.fixture.js";
import { rowsIn } from "./store/database-file.fixture.js";

// Everybody × everything that is not held on their own connection × every action: what is forbidden gets
// the bytes of an id that never existed and writes no row. Then every action on what is held.

/** Whether an owner is this very caller, when it comes to an agent. */
const isSelf = (owner: Person, caller: Person, agentId = caller.agentId) =>
  owner.userId !== null &&
  owner.userId === caller.userId &&
  owner.agentId === agentId &&
  organizationOf(owner) === organizationOf({ ...caller, agentId });

const nonce = ({ userId, principal }: Person) =>
  userId === null || principal ? "" : "+AuthContextNonce ";
const fresh = (caller: Person) =>
  `a conversation of one's own (${nonce(caller)}+Conversation +Participant +Participant +Session)`;
const continued = (caller: Person) => `continued (${nonce(caller)}+Session)`;

const verdictOf = ({ toolCallId }: Target) => ({ approved: true, toolCallId });
const session = ({ sessionId }: Target) => ({ sessionId });
const answerTo = ({ sessionId, interactionId }: Target["form"]) => ({ sessionId, interactionId });

/** The ways of each action; one without a way does not compile. */
const forms: Record<ActionName, Record<string, Form>> = {
  ping: { "with ids that it does not read": { ask: session, outcome: () => "pong" } },
  create_conversation_session: {
    "with the agent of the conversation": {
      apart: true,
      ask: async ({ agentId, conversationId }, _own, world, caller) => ({
        ...{ agentId, conversationId },
        ...(await world.said(caller, agentId)),
      }),
      outcome(owner, caller) {
        const { agentId } = owner;
        const isHidden = isInternal(agentId) && !caller.principal;
        if (isHidden || isShutOut(caller, agentId)) return refused("AGENT_NOT_AUTHORIZED");
        return isSelf(owner, caller, agentId) ? continued(caller) : fresh(caller);
      },
    },
    "with one's own agent": {
      apart: true,
      ask: async ({ conversationId }, { agentId }, world, caller) => ({
        ...{ agentId, conversationId },
        ...(await world.said(caller)),
      }),
      outcome: (owner, caller) => (isSelf(owner, caller) ? continued(caller) : fresh(caller)),
    },
  },
  resume_session: {
    "with the token of another session": {
      ask: ({ sessionId }, { sessionToken }) => ({ sessionId, sessionToken }),
    },
    "with a token cut short": {
      ask: (target) => ({ ...session(target), sessionToken: target.sessionToken.slice(0, -4) }),
    },
    // The token is what a session is taken up with: only a principal needs to be of the place besides.
    "with its token": {
      apart: true,
      ask: ({ sessionId, sessionToken }) => ({ sessionId, sessionToken }),
      outcome(owner, caller) {
        const isForeign = caller.principal && caller.principal.org !== organizationOf(owner);
        const isAlike = caller.principal?.role === owner.principal?.role;
        // A principal's session is for principals of its role, whoever has its token.
        if (isForeign || (owner.principal && !(caller.principal && isAlike))) {
          return refused("SESSION_NOT_FOUND");
        }
        return "Session resumed (+Session -Session)";
      },
    },
  },
  set_auth_context: {
    "with a sign-in that is good": {
      ask: async (target, _own, world, { userId }) => ({
        ...session(target),
        ...(await world.said({ agentId: target.agentId, userId: userId ?? "newcomer" })),
      }),
    },
  },
  get_session: { "by its id": { ask: session } },
  get_conversation_messages: {
    "by its id": { ask: session },
    "with how they came about": { ask: (target) => ({ ...session(target), include: ["turns"] }) },
    "after one of its messages": {
      ask: ({ sessionId, messageId }) => ({ sessionId, cursor: messageId }),
    },
    "through one's own session": {
      ask: ({ messageId }, { sessionId }) => ({ sessionId, cursor: messageId }),
      outcome: () => refused("VALIDATION_ERROR"),
    },
  },
  list_conversations: {
    "all of them": {
      ask: () => ({ limit: 100 }),
      outcome: (owner, caller) => (isSelf(owner, caller) ? "listed" : "not listed"),
    },
  },
  rename_conversation: {
    "by its id": {
      ask: ({ conversationId }) => ({ conversationId, title: "Kettle" }),
      outcome: (owner, caller) =>
        isSelf(owner, caller)
          ? "Conversation renamed (+Conversation -Conversation)"
          : refused("CONVERSATION_NOT_FOUND"),
    },
  },
  send_message: {
    "as a new message": { ask: (target) => ({ ...session(target), message: "hi" }) },
    "as the message that is being answered": {
      ask: ({ sessionId, requestId }) => ({ sessionId, requestId, message: SENT }),
    },
    "with a model": {
      ask: (target) => ({ ...session(target), message: "hi", model: "another-model" }),
    },
    "with a skill": {
      ask: (target) => ({ ...session(target), message: "hi", skill: "another" }),
      outcome: () => refused("SKILL_NOT_FOUND"),
    },
  },
  confirm_tool_action: {
    "naming its call": { ask: (target) => ({ ...session(target), ...verdictOf(target) }) },
    "naming no call": { ask: (target) => ({ ...session(target), approved: true }) },
    "with a no": {
      ask: ({ sessionId, toolCallId }) => ({
        ...{ sessionId, toolCallId, approved: false },
        ...{ reason: "x", arguments: {} },
      }),
    },
    "through one's own session": {
      ask: (target, own) => ({ ...session(own), ...verdictOf(target) }),
      outcome: () => refused("CONFIRMATION_MISMATCH"),
    },
  },
  cancel: {
    "by its id": { ask: session },
    "by its id and its turn": { ask: ({ sessionId, requestId }) => ({ sessionId, requestId }) },
    "by its turn": { ask: ({ requestId }) => ({ requestId }) },
  },
  submit_interaction: {
    "with values": { ask: ({ form }) => ({ ...answerTo(form), values: SIZE }) },
    "with values that are wrong": { ask: ({ form }) => ({ ...answerTo(form), values: {} }) },
    "with nothing": { ask: ({ form }) => answerTo(form) },
    "with a no": { ask: ({ form }) => ({ ...answerTo(form), declined: true }) },
    "naming the call of a question": {
      ask: ({ sessionId, toolCallId }) => ({
        ...{ sessionId, interactionId: toolCallId, declined: true },
      }),
    },
    "through one's own session": {
      ask: ({ form }, own) => ({ ...answerTo(form), ...session(own), values: SIZE }),
    },
  },
  verify_otp: {
    "with its code": { ask: (target) => ({ ...session(target), code: target.code }) },
    "with another code": { ask: (target) => ({ ...session(target), code: "no code" }) },
  },
  request_otp: {
    "by any channel": { ask: (target) => session(target) },
    "by one of its channels": { ask: (target) => ({ ...session(target), channel: "email" }) },
  },
  revoke_grant: { "by its id": { ask: (target) => ({ ...session(target), grantId: NEVER }) } },
  submit_tool_result: {
    "of its call": {
      ask: ({ sessionId, toolCallId }) => ({ sessionId, toolCallId, result: "done" }),
    },
  },
  send_feedback: {
    "on a message of its own": {
      ask: ({ sessionId, messageId }) => ({ sessionId, messageId, rating: "up" }),
    },
    "through one's own session": {
      ask: ({ messageId }, { sessionId }) => ({ sessionId, messageId, rating: "up" }),
      outcome: () => refused("VALIDATION_ERROR"),
    },
    "taken back through one's own session": {
      ask: ({ messageId }, { sessionId }) => ({ sessionId, messageId, rating: null }),
      outcome: () => refused("VALIDATION_ERROR"),
    },
  },
};

/** What an action answers when it is forbidden, unless one of its ways says otherwise. */
const forbidden: Record<ActionName, string> = {
  ping: "pong",
  create_conversation_session: refused("AGENT_NOT_AUTHORIZED"),
  resume_session: refused("SESSION_NOT_FOUND"),
  set_auth_context: refused("SESSION_NOT_FOUND"),
  get_session: refused("SESSION_NOT_FOUND"),
  get_conversation_messages: refused("SESSION_NOT_FOUND"),
  list_conversations: "not listed",
  rename_conversation: refused("CONVERSATION_NOT_FOUND"),
  send_message: refused("SESSION_NOT_FOUND"),
  confirm_tool_action: refused("NO_PENDING_CONFIRMATION"),
  cancel: "silence",
  submit_interaction: refused("NO_PENDING_INTERACTION"),
  verify_otp: "otp_invalid",
  request_otp: refused("SESSION_NOT_FOUND"),
  revoke_grant: refused("SESSION_NOT_FOUND"),
  submit_tool_result: refused("NO_PENDING_INTERACTION"),
  send_feedback: refused("SESSION_NOT_FOUND"),
};

const SUBMIT = { action: "submit_interaction", requestId: "s", values: SIZE };
const SUBMITTED = "s: Interaction submitted";
const actions = Object.keys(forms) as ActionName[];
const people = Object.entries(callers);

it("has a row for every action there is", () => {
  expect(actions).toEqual(Object.keys(actionSchemas));
  for (const action of actions) expect(Object.keys(forms[action])).not.toEqual([]);
});

describe.each<[string, Person]>(people)("%s", (_, caller) => {
  it("reaches what is theirs, and nothing else", { timeout: 60_000 }, async () => {
    const world = await accessWorld();
    const { server } = world;
    const own = await world.hold(caller);
    const targets = new Map<string, [Person, Target]>();
    for (const [name, owner] of ownersFor(caller)) {
      targets.set(name, [owner, await world.park(owner)]);
    }
    const asked = server.model.requests.length;
    world.written();
    const expected: Record<string, string> = {};
    const observed: Record<string, string> = {};
    for (const action of actions) {
      for (const [way, form] of Object.entries(forms[action])) {
        for (const [name, [owner, target]] of targets) {
          const cell = `${action} ${way}: ${name}`;
          expected[cell] = form.outcome?.(owner, caller) ?? forbidden[action];
          observed[cell] = await attempted({ action, form, target, own, world, caller });
        }
      }
    }
    expect(observed).toEqual(expected);
    // Nobody heard of it, no model was asked, no tool ran; every question waits for who may answer it.
    expect([server.model.requests.length, world.paid()]).toEqual([asked, 0]);
    server.model.script(says("Paid."));
    const parked = [own, ...[...targets.values()].map(([, target]) => target)];
    for (const { client, sessionId, toolCallId, form } of parked) {
      form.client.send({ ...SUBMIT, ...answerTo(form) });
      const heard = await form.client.until("immediate_response", "error");
      // On a slow machine it is long since the form was shown.
      expect(outlines(heard.filter(({ type }) => type !== "keepalive"))).toEqual([SUBMITTED]);
      expect(last(await form.client.rest()).type).toBe("eventual_response");
      await client.quiet(sessionId);
      const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, toolCallId };
      const answer = await client.ask({ ...verdict, approved: true });
      expect(outline(answer)).toBe("v: Tool action approved");
      expect(last(await client.rest()).type).toBe("eventual_response");
    }
    expect(world.paid()).toBe(parked.length);
  });

  it("may do everything with what they hold", { timeout: 60_000 }, async () => {
    const world = await accessWorld();
    for (const action of actions) {
      const own = await world.hold(caller);
      await allowed[action]({ own, world, caller, action });
      await own.caller.close();
      await own.client.close();
    }
  });
});

interface Deed {
  action: ActionName;
  own: Target & { caller: CoreClient };
  world: AccessWorld;
  caller: Person;
}

const ask = ({ own, action }: Deed, fields: object = {}, client = own.caller) =>
  client.ask({ action, requestId: "x", ...fields });

const error = (code: string, message: string, more = "") => {
  const descriptor = `{"code":"${code}","message":"${message}"${more}}`;
  return `{"type":"error","requestId":"x","error":${descriptor},"data":{"requestId":"x","error":${descriptor}},"timestamp":1}`;
};
const done = (status: number, message: string, data: object) =>
  `{"type":"immediate_response","requestId":"x","status":${status},"message":"${message}","data":${JSON.stringify(data)},"timestamp":1}`;
const pending = "data.activeTurn.pending.toolCallId";

/** Does each action to a conversation that the caller's connection holds, and says what must come of it. */
const allowed: Record<ActionName, (deed: Deed) => Promise<void>> = {
  async ping(deed) {
    const pong = `{"type":"pong","requestId":"x","timestamp":1,"data":{"timestamp":1}}`;
    expect((await ask(deed)).text).toBe(pong);
  },

  async create_conversation_session(deed) {
    const { own, world, caller } = deed;
    const { agentId, conversationId } = own;
    const device = await world.connect(caller);
    const fields = { agentId, conversationId, ...(await world.said(caller)) };
    const answer = await ask(deed, fields, device);
    expect(outline(answer)).toBe("x: Session created");
    // What nobody owns is continued by its token alone.
    const isContinued = caller.userId !== null;
    expect(at(answer, "data.conversationId") === conversationId).toBe(isContinued);
    expect(at(answer, pending)).toBe(isContinued ? own.toolCallId : undefined);
    await device.close();
  },

  async resume_session(deed) {
    const { own, world, caller } = deed;
    const { sessionId, sessionToken, conversationId } = own;
    const device = await world.connect(caller);
    const answer = await ask(deed, { sessionId, sessionToken }, device);
    expect(outline(answer)).toBe("x: Session resumed");
    expect(at(answer, "data")).toMatchObject({ sessionId, conversationId });
    expect(at(answer, pending)).toBe(own.toolCallId);
    await device.close();
  },

  async set_auth_context(deed) {
    const { own, world, caller } = deed;
    const isVisitor = !caller.principal;
    const userId = isVisitor && caller.userId !== null ? caller.userId : "newcomer";
    const { authContext } = await world.said({ agentId: caller.agentId, userId });
    const answer = await ask(deed, { ...session(own), authContext });
    expect(outline(answer)).toBe("x: Visitor verified");
    // A principal's session stays the principal's: the visitor gets one of their own in its place.
    expect(at(answer, "data.sessionId") === own.sessionId).toBe(isVisitor);
    expect(at(answer, "data.conversationId") === own.conversationId).toBe(isVisitor);
    expect(at(answer, pending)).toBe(isVisitor ? own.toolCallId : undefined);
  },

  async get_session(deed) {
    const { sessionId, conversationId, agentId, created } = deed.own;
    const [userParticipantId, agentParticipantId] = ["user", "agent"].map((who) =>
      textAt(created, `data.${who}ParticipantId`),
    );
    const ids = { sessionId, conversationId, agentId, agentName: "Mira", userParticipantId };
    const data = { ...ids, agentParticipantId, threadId: conversationId, status: "active" };
    expect((await ask(deed, session(deed.own))).text).toBe(done(200, "Session", data));
  },

  async get_conversation_messages(deed) {
    const { conversationId, messageId: id } = deed.own;
    const answer = await ask(deed, session(deed.own));
    const content = { items: [{ type: "text", text: SENT }], text: SENT };
    const createdAt = textAt(answer, "data.messages.0.createdAt");
    const messages = [{ id, conversationId, direction: "inbound", content, createdAt }];
    const data = { conversationId, messages, nextCursor: null, hasMore: false };
    expect(answer.text).toBe(done(200, "ConversationMessages", data));
  },

  async list_conversations(deed) {
    const answer = await ask(deed, { limit: 1 });
    const { conversationId } = deed.own;
    const updatedAt = textAt(answer, "data.conversations.0.updatedAt");
    const conversations = [{ conversationId, title: SENT, updatedAt, messageCount: 1 }];
    expect(answer.text).toBe(done(200, "Conversations", { conversations }));
  },

  async rename_conversation(deed) {
    const { conversationId } = deed.own;
    const data = { conversationId, title: "Kettle" };
    expect((await ask(deed, data)).text).toBe(done(200, "Conversation renamed", data));
  },

  async send_message(deed) {
    const { own } = deed;
    const busy = "Another message of this conversation is still being answered.";
    const answer = await ask(deed, { ...session(own), message: "hi" });
    expect(answer.text).toBe(error("TURN_IN_PROGRESS", busy, `,"retryable":true`));
    const { requestId } = own;
    const again = await ask(deed, { ...session(own), requestId, message: SENT });
    const accepted = done(202, "Processing your request...", { duplicate: true });
    expect(again.text).toBe(accepted.replace(`"x"`, JSON.stringify(requestId)));
  },

  async confirm_tool_action(deed) {
    const { own, world } = deed;
    const paid = world.paid();
    world.server.model.script(says("Paid."));
    const data = { sessionId: own.sessionId, approved: true };
    const answer = await ask(deed, { ...data, toolCallId: own.toolCallId });
    expect(answer.text).toBe(done(200, "Tool action approved", data));
    const end = `${own.requestId} eventual_response`;
    expect(outlines(await own.caller.rest())).toEqual(["result issue_refund", `"Paid."`, end]);
    expect(world.paid()).toBe(paid + 1);
  },

  async cancel(deed) {
    const { own, world } = deed;
    const paid = world.paid();
    const { requestId, client } = own;
    // Whoever means a session that is not there does not mean the turn that was started last.
    client.send({ action: "cancel", requestId: "x", sessionId: NEVER });
    await client.quiet(NEVER);
    const data = { status: 499, requestId };
    const cancelled = { type: "cancelled", requestId, status: 499, data, timestamp: 1 };
    expect((await ask(deed, session(own))).text).toBe(JSON.stringify(cancelled));
    const verdict = { ...deed, action: "confirm_tool_action" as const };
    const late = await ask(verdict, { ...session(own), ...verdictOf(own) });
    const none = "No question is waiting for an answer here.";
    expect(late.text).toBe(error("NO_PENDING_CONFIRMATION", none));
    expect(world.paid()).toBe(paid);
  },

  async submit_interaction(deed) {
    const { own, world } = deed;
    const none = "No form is waiting for an answer here.";
    const question = { ...session(own), interactionId: own.toolCallId, declined: true };
    expect((await ask(deed, question)).text).toBe(error("NO_PENDING_INTERACTION", none));
    const { form } = own;
    const another = "Another form is waiting than the one that was answered.";
    const { client } = form;
    const stale = await ask(
      deed,
      { ...answerTo(form), interactionId: NEVER, values: SIZE },
      client,
    );
    expect(stale.text).toBe(error("INTERACTION_MISMATCH", another));
    world.server.model.script(says("Fine."));
    const data = { ...answerTo(form), kind: "choices", values: SIZE };
    const answer = await ask(deed, { ...answerTo(form), values: SIZE }, client);
    expect(answer.text).toBe(done(200, "Interaction submitted", data));
    const end = "form eventual_response";
    expect(outlines(await client.rest())).toEqual(["result request_choices", `"Fine."`, end]);
  },

  async verify_otp(deed) {
    const { own, world, caller } = deed;
    const answer = await ask(deed, { ...session(own), code: own.code });
    // Whom a host has vouched for was never sent one.
    expect(answer.type).toBe(caller.userId === null ? "otp_verified" : "otp_invalid");
    const proven = `SELECT "id", "authenticatedAs" FROM "Session" WHERE "authenticatedAs" NOT NULL`;
    const expected = caller.userId === null ? [{ id: own.sessionId, authenticatedAs: "eve" }] : [];
    expect(rowsIn(world.server.file, proven)).toEqual(expected);
  },

  async request_otp(deed) {
    const answer = await ask(deed, session(deed.own));
    if (deed.caller.userId === null) expect(answer.type).toBe("otp_sent");
    else expect(answer.text).toBe(error("OTP_SEND_FAILED", "No code could be sent."));
  },

  async revoke_grant(deed) {
    const answer = await ask(deed, { ...session(deed.own), grantId: NEVER });
    expect(answer.type).toBe("immediate_response");
  },

  async submit_tool_result(deed) {
    const none = "No form is waiting for an answer here.";
    const answer = await ask(deed, { ...session(deed.own), toolCallId: NEVER, result: "done" });
    expect(answer.text).toBe(error("NO_PENDING_INTERACTION", none));
  },

  async send_feedback(deed) {
    const { own, world, caller } = deed;
    const { sessionId, conversationId } = own;
    const host = await hostSide(world.server, organizationOf(caller));
    const said = { from: { name: "Ana" }, text: "I look into it." };
    const { json } = await host(`/conversations/${conversationId}/messages`, said);
    const { id: messageId } = json["message"] as { id: string };
    const data = { sessionId, messageId, rating: "down", comment: "Slow." };
    expect((await ask(deed, data)).text).toBe(done(200, "Feedback received", data));
    const mine = { ...data, messageId: own.messageId };
    const none = "messageId is not an answer of this conversation.";
    expect((await ask(deed, mine)).text).toBe(error("VALIDATION_ERROR", none));
  },
};
