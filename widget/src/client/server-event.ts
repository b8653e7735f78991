import type {
  ActiveTurn,
  ConversationMessages,
  Conversations,
  ConversationSummary,
  EventName,
  HandOff,
  Message,
  ServerEvent,
  TerminalEvent,
} from "@smooth-agent/protocol";
import {
  isErrorDescriptor,
  isFlag,
  isNumber,
  isRecord,
  isText,
  listOf,
  optional,
  shape,
  tidy,
  type Guard,
} from "./guard.js";
import {
  isConfirmation,
  isGrants,
  isInteraction,
  isPending,
  isTool,
  readPending,
  readTool,
} from "./pending.js";

/**
 * Reads a frame as an event of the contract.
 *
 * @param data what the socket delivered
 * @returns the event, tool arguments always as an object; undefined for anything else, which a client ignores
 */
export function readEvent(data: unknown): ServerEvent | undefined {
  if (typeof data !== "string") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (!isEvent(value)) return undefined;
  readExtension(value);
  return value;
}

/** Reads a page of history, as the answer to `get_conversation_messages` carries it. */
export function readMessagePage(data: unknown): ConversationMessages | undefined {
  if (!isMessagePage(data)) return undefined;
  data.messages.forEach(readMessage);
  return data;
}

/** Reads the answer to `list_conversations`. */
export function readConversations(data: unknown): ConversationSummary[] | undefined {
  return hasConversations(data) ? data.conversations : undefined;
}

/** Reads a turn that goes on. */
export function readActiveTurn(value: unknown): ActiveTurn | null {
  if (!isActiveTurn(value)) return null;
  readTurn(value);
  return value;
}

export function isHandOff(value: unknown): value is HandOff {
  return isChange(value) && isRecord(value) && value.state !== null;
}

export function isTerminalEvent(value: unknown): value is TerminalEvent {
  return (
    isEvent(value) &&
    (value.type === "eventual_response" || value.type === "cancelled" || value.type === "error")
  );
}

// A state that is not known yet shows as one in which a person is waited for.
const isChange = shape({
  state: (value) => value === null || isText(value),
  name: optional(isText),
});

const isOffset = shape({ textOffset: isNumber });

const isSpoken = shape({ text: isText });

const isItem: Guard = (value) =>
  isRecord(value) &&
  (value.type === "tool"
    ? isTool(value)
    : (value.type === "text" || value.type === "reasoning") && isSpoken(value));

const isTurn = shape({
  requestId: isText,
  status: (value) => value === "running" || value === "parked",
  items: listOf(isItem),
  pending: optional(isPending),
});

const isMessage = shape({
  id: isText,
  direction: (value) => value === "inbound" || value === "outbound",
  content: shape({ text: isText }),
  createdAt: isText,
});

const hasPageFields = shape({
  messages: listOf(isMessage),
  nextCursor: (value) => value === null || isText(value),
  hasMore: isFlag,
});

function isMessagePage(value: unknown): value is ConversationMessages {
  return hasPageFields(value);
}

const isConversationList = shape({
  conversations: listOf(
    shape({ conversationId: isText, title: isText, updatedAt: isText, messageCount: isNumber }),
  ),
});

function hasConversations(data: unknown): data is Conversations {
  return isConversationList(data);
}

const isSender = shape({ type: isText, name: optional(isText) });

const isFeedback = shape({
  rating: (value) => value === "up" || value === "down",
  comment: optional(isText),
});

const isCitations = listOf(shape({ id: isText, title: isText, url: optional(isText) }));

/** The extension's fields: one that is not as it must be counts as absent, and so does a tool call. */
function readMessage(message: Message): void {
  const { toolCalls } = message;
  tidy(message, {
    requestId: isText,
    status: (value) => value === "cancelled" || value === "failed" || value === "completed",
    citations: isCitations,
    from: isSender,
    feedback: isFeedback,
  });
  if (!Array.isArray(toolCalls)) delete message.toolCalls;
  else {
    message.toolCalls = toolCalls.filter((call) => isTool(call) && isOffset(call));
    message.toolCalls.forEach(readTool);
  }
}

function readTurn({ items, pending }: ActiveTurn): void {
  for (const item of items) if (item.type === "tool") readTool(item);
  readPending(pending);
}

/** The optional fields of an event: one that is not as it must be counts as absent. */
function readExtension(event: ServerEvent): void {
  switch (event.type) {
    case "stream_chunk": {
      const { rawResponse } = event.data.state;
      if ("toolCall" in rawResponse) {
        rawResponse.toolCall.arguments = readArguments(rawResponse.toolCall.arguments);
      }
      return;
    }
    case "turn_started":
    case "message_added":
      return readMessage(event.data.message);
    case "turn_snapshot":
      return readTurn(event.data);
    case "eventual_response":
      return tidy(event.data.data, { citations: isCitations });
    case "write_confirmation_required":
    case "interaction_required":
      return readPending(event.data.data);
    case "confirmation_resolved": {
      tidy(event.data, { confirmation: isConfirmation });
      return readPending(event.data.confirmation);
    }
    case "otp_sent":
      return tidy(event.data.data, {
        expiresAt: isNumber,
        resendAt: isNumber,
        attemptsRemaining: isNumber,
      });
    case "otp_verified":
      return tidy(event.data.data, { expiresAt: isNumber });
    default:
  }
}

const isReply = shape({
  messageId: optional(isText),
  response: shape({ responseParts: listOf(isText) }),
});

const isToolCall = shape({
  toolCallId: optional(isText),
  name: isText,
  arguments: (value) => isRecord(value) || isText(value),
});

const isToolResult = shape({
  toolCallId: optional(isText),
  name: isText,
  isError: isFlag,
  result: isText,
  status: optional(isText),
});

const isRawResponse: Guard = (value) =>
  isRecord(value) &&
  ("toolCall" in value ? isToolCall(value.toolCall) : isToolResult(value.toolResult));

const ofTurn = (fields: Record<string, Guard>) => shape({ requestId: isText, ...fields });
const isToken = ofTurn({ token: isText });

const guards: Record<EventName, Guard> = {
  immediate_response: shape({ requestId: optional(isText), status: isNumber, data: isRecord }),
  stream_token: isToken,
  stream_reasoning: isToken,
  stream_preamble: isToken,
  stream_chunk: ofTurn({ data: shape({ state: shape({ rawResponse: isRawResponse }) }) }),
  eventual_response: ofTurn({ data: shape({ data: isReply }) }),
  write_confirmation_required: ofTurn({ data: shape({ data: isConfirmation }) }),
  interaction_required: ofTurn({ data: shape({ data: isInteraction }) }),
  interaction_invalid: ofTurn({
    data: shape({
      data: shape({
        interactionId: isText,
        errors: listOf(shape({ field: isText, message: isText })),
      }),
    }),
  }),
  otp_verification_required: ofTurn({
    data: shape({
      data: shape({
        toolId: isText,
        actionDescription: isText,
        availableChannels: listOf(isText),
      }),
    }),
  }),
  otp_sent: ofTurn({
    data: shape({ data: shape({ channel: isText, maskedDestination: isText }) }),
  }),
  otp_verified: ofTurn({ data: shape({ data: shape({ message: isText }) }) }),
  otp_invalid: ofTurn({
    data: shape({ data: shape({ attemptsRemaining: isNumber, message: isText }) }),
  }),
  cancelled: ofTurn({}),
  keepalive: ofTurn({}),
  pong: shape({ requestId: optional(isText) }),
  error: shape({ requestId: optional(isText), error: isErrorDescriptor }),
  turn_started: ofTurn({ data: shape({ message: isMessage }) }),
  confirmation_resolved: ofTurn({
    data: shape({ toolCallId: isText, approved: isFlag, by: isText }),
  }),
  turn_snapshot: ofTurn({ data: isTurn }),
  session_ended: shape({ data: shape({ sessionId: isText, reason: isText }) }),
  message_added: shape({ data: shape({ message: isMessage }) }),
  hand_off: shape({ data: isChange }),
  host_event: shape({ data: shape({ name: isText }) }),
  interaction_resolved: ofTurn({ data: shape({ interactionId: isText, status: isText }) }),
  grants_changed: shape({ data: shape({ grants: isGrants }) }),
  client_tool_call: ofTurn({
    data: shape({ toolCallId: isText, name: isText, arguments: isRecord, expiresAt: isNumber }),
  }),
};

function isActiveTurn(value: unknown): value is ActiveTurn {
  return isTurn(value);
}

function isEvent(value: unknown): value is ServerEvent {
  if (!isRecord(value) || !isNumber(value.timestamp)) return false;
  const { type } = value;
  return (
    typeof type === "string" && Object.hasOwn(guards, type) && guards[type as EventName](value)
  );
}

function readArguments(value: unknown): Record<string, unknown> {
  if (isRecord(value)) return value;
  try {
    const parsed: unknown = JSON.parse(String(value));
    return isRecord(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
