import type { ActionInput, ActionName } from "../action.js";
import type { EventName, EventOf } from "../event.js";
import {
  sessionId,
  conversationId,
  toolCallId,
  timestamp,
  ids,
  message,
  confirmation,
  activeTurn,
  answerMessage,
  descriptor,
} from "./example-conversation.js";
import { askingEventExamples, grantId, interactionId } from "./asking-examples.js";
import { hostEventExamples, type Examples } from "./host-examples.js";

/** At least one frame of every action, as a client writes it. */
export const actionExamples: {
  [Name in ActionName]: Examples<Extract<ActionInput, { action: Name }>>;
} = {
  ping: [{ action: "ping", requestId: "p1" }],
  create_conversation_session: [
    {
      action: "create_conversation_session",
      requestId: "c1",
      agentId: "shop",
      userName: "Ada",
      supports: ["live"],
      authContext: { userId: "customer-17", signature: "<64 hex digits>", timestamp: 1763870400 },
      context: { page: "/orders/1234", cart: { items: 2 } },
      locale: "fr-CA",
    },
  ],
  resume_session: [
    {
      action: "resume_session",
      requestId: "c2",
      sessionId,
      sessionToken: "<opaque>",
      supports: ["live"],
    },
  ],
  set_auth_context: [
    {
      action: "set_auth_context",
      requestId: "c3",
      sessionId,
      authContext: { userId: "customer-17", signature: "<64 hex digits>", timestamp: 1763870400 },
    },
  ],
  get_session: [{ action: "get_session", requestId: "g1", sessionId }],
  get_conversation_messages: [
    {
      action: "get_conversation_messages",
      requestId: "h1",
      sessionId,
      limit: 20,
      include: ["turns"],
    },
  ],
  list_conversations: [{ action: "list_conversations", requestId: "l1", limit: 20 }],
  rename_conversation: [
    {
      action: "rename_conversation",
      requestId: "n1",
      conversationId,
      title: "Refund of order 1234",
    },
  ],
  send_message: [
    { action: "send_message", requestId: "r2", sessionId, message: "Please refund order 1234" },
  ],
  confirm_tool_action: [
    { action: "confirm_tool_action", requestId: "v1", sessionId, approved: true, toolCallId },
  ],
  cancel: [{ action: "cancel", requestId: "r2", sessionId }],
  submit_interaction: [
    {
      action: "submit_interaction",
      requestId: "i1",
      sessionId,
      interactionId,
      kind: "choices",
      values: { answers: [{ header: "Size", options: ["M"] }] },
    },
  ],
  verify_otp: [{ action: "verify_otp", requestId: "o1", sessionId, code: "123456" }],
  request_otp: [{ action: "request_otp", requestId: "o2", sessionId, channel: "sms" }],
  revoke_grant: [{ action: "revoke_grant", requestId: "k1", sessionId, grantId }],
  submit_tool_result: [
    {
      action: "submit_tool_result",
      requestId: "t1",
      sessionId,
      toolCallId,
      result: '{"page":"/orders/1234"}',
    },
  ],
  send_feedback: [
    {
      action: "send_feedback",
      requestId: "f1",
      sessionId,
      messageId: answerMessage.id,
      rating: "down",
      comment: "I wanted a voucher.",
    },
    {
      action: "send_feedback",
      requestId: "f2",
      sessionId,
      messageId: answerMessage.id,
      rating: null,
    },
  ],
};

/** The `data` of the answer to every action that is answered by an `immediate_response`. */
export const answerExamples = {
  create_conversation_session: answer("c1", 200, "Session created", descriptor),
  resume_session: answer("c2", 200, "Session resumed", {
    ...descriptor,
    activeTurn,
    lastTurn: null,
    handOff: { state: "waiting" },
  }),
  set_auth_context: answer("c3", 200, "Visitor verified", {
    ...descriptor,
    activeTurn: null,
    lastTurn: null,
  }),
  get_session: answer("g1", 200, "Session", { ...ids, threadId: conversationId, status: "active" }),
  get_conversation_messages: answer("h1", 200, "ConversationMessages", {
    conversationId,
    messages: [answerMessage, { ...message, requestId: "r2", from: { type: "user", name: "Ada" } }],
    nextCursor: null,
    hasMore: false,
  }),
  list_conversations: answer("l1", 200, "Conversations", {
    conversations: [
      {
        conversationId,
        title: "Please refund order 1234",
        updatedAt: "2025-11-23T04:01:00.000Z",
        messageCount: 2,
      },
    ],
  }),
  rename_conversation: answer("n1", 200, "Conversation renamed", {
    conversationId,
    title: "Refund of order 1234",
  }),
  send_message: answer("r2", 202, "Processing your request...", {}),
  confirm_tool_action: answer("v1", 200, "Tool action approved", { sessionId, approved: true }),
  submit_interaction: answer("i1", 200, "Interaction submitted", {
    sessionId,
    interactionId,
    kind: "choices",
    values: { answers: [{ header: "Size", options: ["M"] }] },
  }),
  revoke_grant: answer("k1", 200, "Grant revoked", { sessionId, grantId }),
  submit_tool_result: answer("t1", 200, "Tool result accepted", { sessionId, toolCallId }),
  send_feedback: answer("f1", 200, "Feedback received", {
    sessionId,
    messageId: answerMessage.id,
    rating: "down",
    comment: "I wanted a voucher.",
  }),
} as const;

/** At least one frame of every event, as the server sends it. */
export const eventExamples: { [Name in EventName]: Examples<EventOf<Name>> } = {
  immediate_response: [answerExamples.send_message],
  stream_token: [spoken("stream_token", "Hel")],
  stream_reasoning: [spoken("stream_reasoning", "The order is within 30 days.")],
  stream_preamble: [spoken("stream_preamble", "Let me check.")],
  stream_chunk: [
    chunk("lookup_order", {
      toolCall: { toolCallId: "call_3Kd9", name: "lookup_order", arguments: { orderId: "1234" } },
    }),
    chunk("lookup_order", {
      toolResult: {
        toolCallId: "call_3Kd9",
        name: "lookup_order",
        isError: false,
        result: '{"status":"delivered","total":20}',
      },
    }),
  ],
  eventual_response: [
    {
      type: "eventual_response",
      requestId: "r2",
      status: 200,
      data: {
        requestId: "r2",
        status: 200,
        data: {
          messageId: "0198f1c4-7f00-7b02-9e1f-2a3b4c5d6e7f",
          needsEscalation: false,
          response: {
            responseParts: ["I can do that.\n\nDone: $20.00 are on their way."],
            customerHappinessScore: 0.5,
            needsSatisfactionScore: 0.5,
            requestSummary: "",
            resolutionStatus: "in_progress",
            suggestedNextActions: [],
          },
          usage: { costUsd: 0, promptTokens: 412, completionTokens: 38 },
        },
      },
      timestamp,
    },
  ],
  write_confirmation_required: [
    {
      type: "write_confirmation_required",
      requestId: "r2",
      data: { requestId: "r2", data: confirmation },
      timestamp,
    },
  ],
  ...askingEventExamples,
  otp_invalid: [
    {
      type: "otp_invalid",
      requestId: "o1",
      data: {
        requestId: "o1",
        data: {
          error: "NOT_FOUND",
          attemptsRemaining: 0,
          message: "There is no code to verify. Please ask for a new one.",
        },
      },
      timestamp,
    },
  ],
  cancelled: [
    {
      type: "cancelled",
      requestId: "r2",
      status: 499,
      data: { status: 499, requestId: "r2" },
      timestamp,
    },
  ],
  keepalive: [{ type: "keepalive", requestId: "r2", data: { requestId: "r2" }, timestamp }],
  pong: [{ type: "pong", requestId: "p1", timestamp, data: { timestamp } }],
  error: [refusal("g1", "SESSION_NOT_FOUND", "This session does not exist.")],
  turn_started: [
    { type: "turn_started", requestId: "r2", data: { requestId: "r2", message }, timestamp },
  ],
  confirmation_resolved: [
    {
      type: "confirmation_resolved",
      requestId: "r2",
      data: { requestId: "r2", toolCallId, approved: true, by: "visitor" },
      timestamp,
    },
  ],
  turn_snapshot: [{ type: "turn_snapshot", requestId: "r2", data: activeTurn, timestamp }],
  session_ended: [{ type: "session_ended", data: { sessionId, reason: "revoked" }, timestamp }],
  ...hostEventExamples,
};

function answer(
  requestId: string,
  status: 200 | 202,
  message: string,
  data: Record<string, unknown>,
): EventOf<"immediate_response"> {
  return { type: "immediate_response", requestId, status, message, data, timestamp };
}

function spoken<Type extends "stream_token" | "stream_reasoning" | "stream_preamble">(
  type: Type,
  token: string,
) {
  return { type, requestId: "r2", token, data: { requestId: "r2", token }, timestamp };
}

function chunk(
  node: string,
  rawResponse: EventOf<"stream_chunk">["data"]["state"]["rawResponse"],
): EventOf<"stream_chunk"> {
  const data = { requestId: "r2", node, state: { rawResponse } };
  return { type: "stream_chunk", requestId: "r2", node, data, timestamp };
}

function refusal(
  requestId: string,
  code: EventOf<"error">["error"]["code"],
  message: string,
): EventOf<"error"> {
  const error = { code, message };
  return { type: "error", requestId, error, data: { requestId, error }, timestamp };
}
