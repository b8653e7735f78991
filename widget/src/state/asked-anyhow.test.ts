import {
  cancelled,
  confirmationResolved,
  errorFrame,
  eventualResponse,
  interactionInvalid,
  interactionRequired,
  interactionResolved,
  otpInvalid,
  otpSent,
  otpVerificationRequired,
  otpVerified,
  streamToken,
  streamToolCall,
  streamToolResult,
  turnSnapshot,
  writeConfirmationRequired,
  type ActiveTurn,
  type Confirmation,
  type ErrorCode,
  type Interaction,
  type ServerEvent,
} from "@smooth-agent/protocol";
import fc from "fast-check";
import { expect, it } from "vitest";
import { form } from "../client/model-asking.fixture.js";
import { confirmation, reply } from "../client/model-server.fixture.js";
import { idOf } from "../client/pending.js";
import type { ConversationInput } from "./conversation-input.js";
import type { ConversationState, ToolPart, VerdictRecord } from "./conversation-state.js";
import { isFormOpen } from "./form-part.js";
import { EMPTY_CONVERSATION, reduce } from "./reduce.js";
import { isOpen } from "./tool-part.js";
import { waitingQuestions } from "./waiting-questions.js";

// Whatever is heard and pressed, in whatever order: a question that was answered stays answered, one at
// most waits, and what is said to be wrong is only said where it can be put right.

const turnId = fc.constantFrom("r1", "r2");
// An id begins with that of the turn it belongs to.
const callId = fc.constantFrom("r1 t1", "r1 t2", "r2 t1");
const formId = fc.constantFrom("r1 f1", "r1 f2", "r2 f1");
const turnOf = (id: string) => id.slice(0, 2);
const approved = fc.boolean();
const values = fc.option(fc.constantFrom({ email: "a" }, { email: "b" }));
const code = fc.constantFrom<ErrorCode>(
  "NO_PENDING_CONFIRMATION",
  "NO_PENDING_INTERACTION",
  "VALIDATION_ERROR",
  "OTP_SEND_FAILED",
);
const error = code.map((known) => ({ code: known, message: "No.", retryAfterMs: 5 }));
const result = fc.constantFrom(
  ...['{"status":"submitted","values":{"email":"a"}}', '{"status":"declined","message":""}'],
  ...['{"status":"no_response","message":""}', '{"status":"submitted","values":{"em', "[1", "ok"],
);
const status = fc.constantFrom(
  ...(["awaiting", "executing", "succeeded", "denied", "expired", "unknown"] as const),
);

const decision = fc.option(
  fc.record({ approved, by: fc.constantFrom("visitor", "team", "grant"), at: fc.constant(5) }),
  { nil: undefined },
);
const call = fc
  .tuple(callId, status, decision, fc.option(result, { nil: undefined }), fc.boolean())
  .map(([toolCallId, state, decided, returned, told]) => ({
    toolCallId,
    name: "issue_refund",
    arguments: {},
    status: state,
    decision: decided,
    result: returned,
    ...(told && { confirmation: confirmation(toolCallId) }),
  }));
const formCall = fc
  .tuple(formId, status, fc.option(result, { nil: undefined }), fc.boolean())
  .map(([toolCallId, state, returned, told]) => ({
    toolCallId,
    name: "request_identity_intake",
    arguments: {},
    status: state,
    result: returned,
    ...(told && { interaction: form(toolCallId) }),
  }));
const item = fc.oneof(call, formCall).map((known) => ({ type: "tool" as const, ...known }));
const pending = fc.option(
  fc.oneof<fc.Arbitrary<Confirmation | Interaction>[]>(
    callId.map((id) => confirmation(id)),
    formId.map((id) => form(id)),
  ),
  { nil: undefined },
);
const turn: fc.Arbitrary<ActiveTurn> = fc
  .tuple(turnId, fc.uniqueArray(item, { selector: (each) => each.toolCallId }), pending)
  .map(([requestId, known, waits]) => {
    const asked = turnOf(idOf(waits) ?? "") === requestId ? waits : undefined;
    return {
      requestId,
      status: asked ? "parked" : "running",
      items: known.filter(({ toolCallId }) => turnOf(toolCallId) === requestId),
      ...(asked && { pending: asked }),
    };
  });

const event: fc.Arbitrary<ServerEvent> = fc.oneof(
  callId.map((id) => writeConfirmationRequired(turnOf(id), confirmation(id), 1)),
  formId.map((id) => interactionRequired(turnOf(id), form(id), 1)),
  fc.oneof(call, formCall).map((each) => streamToolCall(turnOf(each.toolCallId), each, 1)),
  fc
    .tuple(fc.oneof(call, formCall), result, fc.boolean())
    .map(([each, text, isError]) =>
      streamToolResult(turnOf(each.toolCallId), { ...each, result: text, isError }, 1),
    ),
  fc
    .tuple(callId, approved, fc.constantFrom("visitor", "team", "system"), fc.boolean())
    .map(([toolCallId, yes, by, changed]) =>
      confirmationResolved(
        {
          requestId: turnOf(toolCallId),
          toolCallId,
          approved: yes,
          by,
          ...(changed && { confirmation: confirmation(toolCallId) }),
        },
        2,
      ),
    ),
  fc
    .tuple(formId, fc.constantFrom("submitted", "declined", "expired"))
    .map(([interactionId, state]) =>
      interactionResolved({ requestId: turnOf(interactionId), interactionId, status: state }, 2),
    ),
  formId.map((interactionId) =>
    interactionInvalid(
      "i",
      { interactionId, kind: "k", errors: [{ field: "email", message: "No." }], message: "" },
      2,
    ),
  ),
  turn.map((each) => turnSnapshot(each, 3)),
  turnId.map((r) => streamToken(r, "x", 3)),
  fc.oneof(
    turnId.map((r) => cancelled(r, 9)),
    turnId.map((r) => eventualResponse(r, reply("x", `m ${r}`), 9)),
    turnId.map((r) => errorFrame(r, { code: "AGENT_ERROR", message: "No." }, 9)),
  ),
  fc.oneof(
    turnId.map((r) =>
      otpVerificationRequired(
        r,
        {
          toolId: "t",
          actionDescription: "a",
          availableChannels: ["email"],
          authLevel: "end_user",
        },
        4,
      ),
    ),
    turnId.map((r) => otpSent(r, { channel: "email", maskedDestination: "j" }, 4)),
    turnId.map((r) => otpVerified(r, { message: "" }, 4)),
    fc
      .tuple(turnId, fc.constantFrom("INVALID_CODE", "MAX_ATTEMPTS", "NOT_FOUND"), fc.nat(2))
      .map(([r, why, left]) =>
        otpInvalid(r, { error: why, attemptsRemaining: left, message: "" }, 4),
      ),
    fc.tuple(turnId, error).map(([r, known]) => errorFrame(r, known, 4)),
  ),
);

const page: fc.Arbitrary<ConversationInput> = fc
  .tuple(turnId, fc.uniqueArray(fc.oneof(call, formCall), { selector: (each) => each.toolCallId }))
  .map(([requestId, calls]) => ({
    type: "history-page",
    newest: true,
    page: {
      conversationId: "c1",
      nextCursor: null,
      hasMore: false,
      messages: [
        {
          id: `m ${requestId}`,
          conversationId: "c1",
          direction: "outbound",
          content: { items: [], text: "x" },
          createdAt: "2026-01-01T00:00:00Z",
          requestId,
          status: "completed",
          toolCalls: calls
            .filter(({ toolCallId }) => turnOf(toolCallId) === requestId)
            .map((each) => ({ ...each, textOffset: 0 })),
        },
      ],
    },
  }));

const session: fc.Arbitrary<ConversationInput> = fc.option(turn).map((activeTurn) => ({
  type: "session",
  resumed: true,
  at: 3,
  session: {
    sessionId: "s",
    conversationId: "c1",
    agentId: "a",
    agentName: "A",
    userParticipantId: "u",
    agentParticipantId: "p",
    sessionToken: "t",
    expiresAt: 1,
    agent: { name: "A" },
    activeTurn,
  },
}));

const input: fc.Arbitrary<ConversationInput> = fc.oneof(
  { weight: 8, arbitrary: event.map((each) => ({ type: "event" as const, event: each })) },
  fc.tuple(callId, approved).map(([toolCallId, yes]) => ({
    type: "deciding" as const,
    toolCallId,
    approved: yes,
  })),
  fc.tuple(callId, approved).map(([toolCallId, yes]) => ({
    type: "decided" as const,
    toolCallId,
    approved: yes,
    at: 5,
  })),
  fc.tuple(callId, error).map(([toolCallId, known]) => ({
    type: "undecided" as const,
    toolCallId,
    error: known,
  })),
  fc.tuple(formId, values).map(([interactionId, given]) => ({
    type: "answering" as const,
    interactionId,
    values: given,
  })),
  fc.tuple(formId, values).map(([interactionId, given]) => ({
    type: "answered" as const,
    interactionId,
    values: given,
  })),
  fc.tuple(formId, error).map(([interactionId, known]) => ({
    type: "unanswered" as const,
    interactionId,
    error: known,
  })),
  fc.constantFrom<ConversationInput[]>(
    { type: "otp-verifying" },
    { type: "otp-requested" },
    { type: "otp-dismissed" },
    { type: "written", id: "w", text: "w", at: 1 },
  ),
  page,
  session,
);

/** What usually follows on each other, so that it happens often enough. */
const flow: fc.Arbitrary<ConversationInput[]> = fc.oneof(
  input.map((each) => [each]),
  fc
    .tuple(formId, values)
    .map(([interactionId, given]) => [
      heard(interactionRequired(turnOf(interactionId), form(interactionId), 1)),
      pressed({ type: "answering", interactionId, values: given }),
      heard(
        interactionInvalid(
          "i",
          { interactionId, kind: "k", errors: [{ field: "email", message: "No." }], message: "" },
          2,
        ),
      ),
    ]),
  fc
    .tuple(callId, approved, error)
    .map(([toolCallId, yes, known]) => [
      heard(writeConfirmationRequired(turnOf(toolCallId), confirmation(toolCallId), 1)),
      pressed({ type: "deciding", toolCallId, approved: yes }),
      pressed({ type: "undecided", toolCallId, error: known }),
    ]),
);

it("keeps every promise about what is asked, whatever is heard in whatever order", () => {
  let answered = 0;
  let refused = 0;
  fc.assert(
    fc.property(fc.array(flow, { minLength: 1, maxLength: 25 }), (flows) => {
      let state = EMPTY_CONVERSATION;
      for (const each of flows.flat()) {
        const next = reduce(deepFrozen(state), each);
        expect(waitingQuestions(next).length).toBeLessThanOrEqual(1);
        const before = new Map(toolsIn(state).map((part) => [part.toolCallId, part]));
        for (const part of toolsIn(next)) {
          const former = before.get(part.toolCallId);
          if (former && isAnswered(former)) {
            answered += 1;
            expect(isAnswered(part) || part.decision !== undefined).toBe(true);
          }
          if (former && isAnswered(former) && isAnswered(part)) {
            const { changes, reason, by, ...verdict } = { ...former.verdict } as VerdictRecord;
            expect({ ...part.verdict }).toMatchObject(verdict);
            expect(part.answer?.state).toBe(former.answer?.state);
          }
          if (isAnswered(part)) expect(isOpen(part) || isFormOpen(part)).toBe(false);
          if (part.fieldErrors || part.enteredValues) {
            refused += 1;
            expect(isFormOpen(part)).toBe(true);
          }
          if (part.verdictError) expect(isOpen(part)).toBe(true);
        }
        for (const entry of next.transcript) {
          if (entry.kind !== "agent" || entry.status === "running" || entry.status === "parked")
            continue;
          const tools = entry.parts.filter((part) => part.type === "tool");
          expect(tools.filter((part) => isOpen(part) || isFormOpen(part))).toEqual([]);
        }
        state = next;
      }
    }),
    { numRuns: 1_000 },
  );
  // It was looked at.
  expect(answered).toBeGreaterThan(500);
  expect(refused).toBeGreaterThan(20);
});

function pressed(given: ConversationInput): ConversationInput {
  return given;
}

function heard(told: ServerEvent): ConversationInput {
  return { type: "event", event: told };
}

function toolsIn({ transcript }: ConversationState): ToolPart[] {
  return transcript.flatMap((entry) =>
    entry.kind === "agent" ? entry.parts.filter((part) => part.type === "tool") : [],
  );
}

function isAnswered({ verdict, answer }: ToolPart): boolean {
  const states = ["decided", "submitted", "declined"];
  return states.includes(verdict?.state ?? "") || states.includes(answer?.state ?? "");
}

function deepFrozen<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const each of Object.values(value)) deepFrozen(each);
  }
  return value;
}
