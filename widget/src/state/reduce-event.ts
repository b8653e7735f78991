import type { ErrorEvent, Message, ServerEvent, TerminalEvent } from "@smooth-agent/protocol";
import { NON_TERMINAL_ERROR_CODES } from "@smooth-agent/protocol/codes";
import { ended, fromSnapshot, spoken, startedEntry, withSuggestions } from "./agent-entry.js";
import type {
  AgentEntry,
  ConversationState,
  TranscriptEntry,
  VisitorEntry,
} from "./conversation-state.js";
import { entryFrom } from "./stored-entry.js";
import { idOf } from "../client/pending.js";
import { withGrants } from "./grants.js";
import { reduceOtp, withoutOtp, withOtpFailure } from "./otp.js";
import { reduceQuestion, withoutOthers } from "./reduce-question.js";
import { withCall, withResult } from "./tool-part.js";
import {
  agentEntry,
  append,
  insertMessage,
  insertTurn,
  isLive,
  replace,
  visitorEntry,
} from "./transcript.js";
import { withoutWait, withTurn } from "./turn-change.js";

/** What is shown after an event of the server; the same state when the event changes nothing. */
export function reduceEvent(state: ConversationState, event: ServerEvent): ConversationState {
  const { timestamp: at } = event;
  switch (event.type) {
    case "immediate_response":
      return event.status === 202 && event.requestId !== undefined
        ? withAck(state, event.requestId, at)
        : state;
    case "turn_started":
      return withStarted(state, event.requestId, event.data.message, at);
    case "stream_token":
      return withTurn(state, event.requestId, at, (entry) => spoken(entry, "text", event.token));
    case "stream_reasoning":
      return withTurn(state, event.requestId, at, (entry) =>
        spoken(entry, "reasoning", event.token),
      );
    case "stream_preamble":
      return withTurn(state, event.requestId, at, (entry) => ({
        ...entry,
        preamble: (entry.preamble ?? "") + event.token,
      }));
    case "stream_chunk":
      return withTurn(state, event.requestId, at, (entry) => {
        const { rawResponse } = event.data.state;
        return "toolCall" in rawResponse
          ? // The call of a gated tool follows its question: the turn stays parked.
            { ...entry, parts: withCall(entry.parts, rawResponse.toolCall) }
          : { ...entry, parts: withResult(entry.parts, rawResponse.toolResult), status: "running" };
      });
    case "write_confirmation_required":
    case "interaction_required":
    case "confirmation_resolved":
    case "interaction_invalid":
    case "interaction_resolved":
      return reduceQuestion(state, event);
    case "otp_verification_required":
    case "otp_sent":
    case "otp_verified":
    case "otp_invalid":
      return reduceOtp(state, event);
    case "grants_changed":
      return withGrants(state, event.data.grants);
    case "message_added":
      return withAdded(state, event.data.message);
    case "hand_off":
      return { ...state, handOff: event.data };
    case "host_event":
      return { ...state, hostEvent: event.data };
    case "turn_snapshot":
      return withSnapshot(state, event.data, at);
    case "eventual_response":
    case "cancelled":
      return withEnd(state, event);
    case "error":
      return withError(state, event);
    case "keepalive":
    case "pong":
    case "client_tool_call":
    case "session_ended":
      return state;
  }
}

/** Ends a turn. One that is not shown is added, unless its stored answer is. */
export function withEnd(state: ConversationState, terminal: TerminalEvent): ConversationState {
  const { requestId: id } = terminal;
  if (id === undefined) return state;
  const messageId = messageIdOf(terminal);
  const stored = state.transcript.find(
    (entry): entry is AgentEntry =>
      messageId !== undefined && entry.kind === "agent" && entry.messageId === messageId,
  );
  const entry = agentEntry(state.transcript, id);
  if (stored && (!entry || stored === entry)) {
    const told = withSuggestions(stored, terminal);
    const transcript = replace<TranscriptEntry>(state.transcript, stored, told);
    return released(withoutWait({ ...state, transcript }, id), id);
  }
  const known = entry?.status === "completed" || entry?.status === "cancelled";
  if (known && terminal.type !== "eventual_response") return released(state, id);
  const end = ended(entry ?? startedEntry(id, terminal.timestamp), terminal);
  const transcript = entry
    ? replace<TranscriptEntry>(state.transcript, entry, end)
    : insertTurn(state.transcript, end);
  const others = transcript.filter((other) => other !== stored);
  return released(withoutWait({ ...state, transcript: others }, id), id);
}

/** Replaces what is shown of a turn, also of one that was thought to have ended. */
export function withSnapshot(
  state: ConversationState,
  turn: Extract<ServerEvent, { type: "turn_snapshot" }>["data"],
  at: number,
): ConversationState {
  const id = turn.requestId;
  const former = agentEntry(state.transcript, id);
  const shown = former ? state : withTurn(state, id, at);
  const entry = former ?? agentEntry(shown.transcript, id);
  const transcript = replace(shown.transcript, entry, entry && fromSnapshot(entry, turn));
  const next = { ...withoutWait({ ...shown, transcript }, id), activeTurnId: id };
  return withoutOthers(next, idOf(turn.pending));
}

function withAck(state: ConversationState, id: string, at: number): ConversationState {
  return visitorEntry(state.transcript, id) ? withTurn(withoutWait(state, id), id, at) : state;
}

/** Shows a turn that another connection started; it takes the place of a code that was asked for. */
function withStarted(
  state: ConversationState,
  id: string,
  message: Message,
  at: number,
): ConversationState {
  return withoutOtp(withTurn(withMessage(state, id, message), id, at), id);
}

/** Shows a message that another connection sent. */
function withMessage(state: ConversationState, id: string, message: Message): ConversationState {
  const known = state.transcript.some(
    (entry) => entry.kind === "visitor" && (entry.id === id || entry.messageId === message.id),
  );
  if (known) return state;
  return { ...state, transcript: append(state.transcript, { ...entryFrom(message), id }) };
}

/** Shows a message that belongs to no turn. */
function withAdded(state: ConversationState, message: Message): ConversationState {
  const { transcript, activeTurnId } = state;
  if (transcript.some(({ messageId }) => messageId === message.id)) return state;
  return { ...state, transcript: insertMessage(transcript, entryFrom(message), activeTurnId) };
}

function withError(state: ConversationState, event: ErrorEvent): ConversationState {
  const { requestId: id, error } = event;
  if (id === undefined) return state;
  const message = visitorEntry(state.transcript, id);
  if (message?.delivery === "sending") {
    // Another tab was faster: this message waits for that turn's end.
    const next: VisitorEntry =
      error.code === "TURN_IN_PROGRESS"
        ? { ...message, delivery: "waiting" }
        : { ...message, delivery: "refused", error };
    return { ...state, transcript: replace<TranscriptEntry>(state.transcript, message, next) };
  }
  if (NON_TERMINAL_ERROR_CODES.includes(error.code)) return withOtpFailure(state, event);
  const entry = agentEntry(state.transcript, id);
  // A page of history may have told that it failed, but not why.
  const mayFail = entry?.status === "failed" || isLive(entry);
  return mayFail ? withEnd(state, event) : state;
}

function released(state: ConversationState, id: string): ConversationState {
  if (state.activeTurnId !== id) return state;
  const { activeTurnId, ...rest } = state;
  return rest;
}

function messageIdOf(terminal: TerminalEvent): string | undefined {
  return terminal.type === "eventual_response" ? terminal.data.data.messageId : undefined;
}
