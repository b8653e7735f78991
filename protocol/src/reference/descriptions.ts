import type { ActionName } from "../action.js";
import type { EventName } from "../event.js";

/** What each action does and what answers it, for the page and the JSON Schema. */
export const actionDescriptions: Record<ActionName, { does: string; answer: string }> = {
  ping: {
    does: "Asks for a sign of life.",
    answer: "`pong`",
  },
  create_conversation_session: {
    does:
      "Opens a session with an agent. With `conversationId` it continues that conversation when " +
      "the visitor may (same agent, organization and owner), else it silently opens a fresh one.",
    answer:
      "`immediate_response` 200 `Session created`; or `error` AGENT_NOT_AUTHORIZED, " +
      "ORIGIN_NOT_ALLOWED, AUTH_CONTEXT_INVALID",
  },
  resume_session: {
    does:
      "Extension. Takes a session up again on a new connection. The answer is queued before the " +
      "tail: later events continue exactly where its snapshot ends.",
    answer:
      "`immediate_response` 200 `Session resumed`; or `error` SESSION_NOT_FOUND, " +
      "ORIGIN_NOT_ALLOWED, AGENT_NOT_AUTHORIZED",
  },
  set_auth_context: {
    does:
      "Extension. The host vouches for the visitor in the middle of a session. A conversation " +
      "that nobody owns becomes the visitor's, once, and the session goes on. Where another " +
      "visitor owns it, a new session in a new conversation takes its place: this connection " +
      "may use the old one no more.",
    answer:
      "`immediate_response` 200 `Visitor verified` with the session that goes on; or `error` " +
      "SESSION_NOT_FOUND, AUTH_CONTEXT_INVALID, ORIGIN_NOT_ALLOWED, AGENT_NOT_AUTHORIZED",
  },
  get_session: {
    does: "Reads a session that this connection holds.",
    answer: "`immediate_response` 200 `Session`; or `error` SESSION_NOT_FOUND",
  },
  get_conversation_messages: {
    does: "Reads a page of the conversation's history, newest first.",
    answer:
      "`immediate_response` 200 `ConversationMessages`; or `error` SESSION_NOT_FOUND, " +
      "VALIDATION_ERROR for an unknown cursor",
  },
  list_conversations: {
    does:
      "Reads which conversations the caller has, newest first: all that a verified visitor owns " +
      "with the agents of this connection's sessions, and those that it opened anonymously.",
    answer: "`immediate_response` 200 `Conversations`",
  },
  rename_conversation: {
    does: "Gives one of the caller's conversations another title.",
    answer: "`immediate_response` 200 `Conversation renamed`; or `error` CONVERSATION_NOT_FOUND",
  },
  send_message: {
    does:
      "Starts a turn. The same `requestId` with the same text never starts a second one: it is " +
      "acknowledged again with `duplicate: true`.",
    answer:
      "`immediate_response` 202 `Processing your request...`, then the turn's events; or `error` " +
      "SESSION_NOT_FOUND, SKILL_NOT_FOUND, UNAVAILABLE, " +
      "TURN_IN_PROGRESS, LLM_UNAVAILABLE",
  },
  confirm_tool_action: {
    does: "Gives the verdict on the tool call that the parked turn waits on.",
    answer:
      "`immediate_response` 200 `Tool action approved` or `Tool action rejected`, then the turn " +
      "goes on under its own requestId; or `error` NO_PENDING_CONFIRMATION, CONFIRMATION_MISMATCH, " +
      "VALIDATION_ERROR for a change that is not allowed or not valid, AUTH_CONTEXT_INVALID where a " +
      "fresh one is needed",
  },
  cancel: {
    does:
      "Stops the running or parked turn: the one its `requestId` names, else the one of its " +
      "`sessionId`, else the last one this connection started.",
    answer: "`cancelled` with the turn's requestId; nothing at all when there is no such turn",
  },
  submit_interaction: {
    does: "Answers the form or the choices that the parked turn waits on.",
    answer:
      "`immediate_response` 200 `Interaction submitted` or `Interaction declined`, then the turn goes " +
      "on; `interaction_invalid` with all that is wrong, and the same id may be tried again; or " +
      "`error` NO_PENDING_INTERACTION, INTERACTION_MISMATCH",
  },
  verify_otp: {
    does: "Hands in the one-time code that the visitor was sent.",
    answer:
      "`otp_verified`, and the session counts as authenticated for a while; or `otp_invalid`, with " +
      "NOT_FOUND where no code was sent",
  },
  request_otp: {
    does: "Extension. Asks for another one-time code, or for one by another channel.",
    answer: "`otp_sent`; or `error` OTP_SEND_FAILED, RATE_LIMITED",
  },
  revoke_grant: {
    does: "Extension. The visitor wants to be asked again.",
    answer:
      "`immediate_response` 200 `Grant revoked`, the same for one that is unknown; or `error` " +
      "SESSION_NOT_FOUND",
  },
  submit_tool_result: {
    does: "Extension. Says what came of a `client_tool_call` that this connection was sent.",
    answer:
      "`immediate_response` 200 `Tool result accepted`, then the turn goes on; or `error` " +
      "NO_PENDING_INTERACTION when nothing waits for it here",
  },
  send_feedback: {
    does:
      "Extension. Says what the visitor thinks of an answer. The last word of each visitor counts: " +
      "sent again it changes what was said before.",
    answer:
      "`immediate_response` 200 `Feedback received`; or `error` SESSION_NOT_FOUND, VALIDATION_ERROR " +
      "for whatever is no outbound message of the conversation",
  },
};

/** What each event says, for the page and the JSON Schema. */
export const eventDescriptions: Record<EventName, string> = {
  immediate_response: "The answer to an action: 200 when it is done, 202 when a turn was accepted.",
  stream_token: "A piece of the answer.",
  stream_reasoning: "A piece of what the model sends as its reasoning; no part of the reply.",
  stream_preamble: "A line that covers the wait; only before the answer begins.",
  stream_chunk: "A tool was called, or returned. `node` is the tool's name.",
  eventual_response:
    "Terminal. The answer is whole and stored; a client replaces what it showed by it. A turn " +
    "without text has no `messageId` and no `responseParts`.",
  write_confirmation_required:
    "The turn parks until a visitor of the conversation approves or declines this one tool call. " +
    "Show what `title`, `summary` and `fields` say: exactly that runs.",
  interaction_required:
    "The turn parks until a visitor of the conversation fills in a form, chooses, or declines to.",
  interaction_invalid:
    "The answer was not valid: all that is wrong with it. The turn stays parked, and the same " +
    "`interactionId` may be tried again.",
  otp_verification_required:
    "A tool needs to know who the visitor is. The turn goes on to its end; the code belongs to the " +
    "session and may be handed in at any time.",
  otp_sent: "A one-time code is on its way.",
  otp_verified:
    "The one-time code was right: the session counts as authenticated for a while. Send the visitor's " +
    "message again.",
  otp_invalid: "The one-time code was not accepted.",
  cancelled: "Terminal. The turn was stopped: no further model call, no further tool.",
  keepalive: "Sent while a turn runs or is parked.",
  pong: "The answer to `ping`.",
  error:
    "Something was refused or failed. Terminal for a turn when it carries the turn's requestId, " +
    "unless its code never ends a turn (see the error codes).",
  turn_started:
    "Extension, for connections that support `live`: another connection of this conversation sent " +
    "a message and its turn began.",
  confirmation_resolved:
    "Extension, for connections that support `live`: the pending question was answered on another " +
    "connection, or expired.",
  turn_snapshot:
    "Extension, for connections that support `live`: replace what is shown of this turn by this.",
  session_ended:
    "Extension, for connections that support `live`: this session is gone from the connection, which " +
    "is closed with 4401 unless it holds another one. Only after `policy` and `expired` may its token " +
    "be good again.",
  message_added:
    "Extension, for connections that support `live`: a message that belongs to no turn was added, as " +
    "of a person of the host's (`from.type` is `human-agent`). It may come while a turn runs, and then " +
    "stands between the visitor's message and the answer.",
  hand_off:
    "Extension, for connections that support `live`: a person is asked for (`requested`), is looked " +
    "for (`waiting`), has taken over (`active`, with the `name`), or the conversation is the agent's " +
    "again (null). While it is `active` the agent is silent: each message is accepted and its turn " +
    'ends at once with `responseParts: []` and `handOff: "active"`.',
  host_event:
    "Extension, for connections that support `live`: the host's own word to its page. Nothing of it is " +
    "stored: who was not connected does not get it.",
  interaction_resolved:
    "Extension, for connections that support `live`: the form was answered on another connection, or " +
    "expired.",
  grants_changed:
    "Extension, for connections that support `live`: all that the visitor need not be asked again in " +
    "this conversation, as it stands now.",
  client_tool_call:
    "Extension, for one connection of a session that declared `clientTools`: its page is to run this " +
    "tool once and to answer with `submit_tool_result`.",
};
