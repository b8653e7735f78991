import type { ErrorEvent, Message, ServerEvent, TerminalEvent } from "@smooth-agent/protocol";
import { NON_TERMINAL_ERROR_CODES } from "@smooth-agent/protocol/codes";
import { ended, fromSnapshot, spoken, startedEntry, withSuggestions } from "./agent-entry.js";
import type {
  AgentEntry,
  ConversationState,
  ToolPart,
  TranscriptEntry,
  VisitorEntry,
} from "./conversation-state.js";
import { entryFrom } from "./stored-entry.js";
import { decided, expired, withCall, withQuestion, withResult } from "./tool-part.js";
import {
  agentEntry,
  append,
  insertMessage,
  insertTurn,
  isLive,
  replace,
  visitorEntry,
} from "./transcript.js";

/** What is shown after an event of the server; the same state when the event changes nothing. */
export function reduceEvent(state: ConversationState, event: ServerEvent): ConversationState {
  const { timestamp: at } = event;
  switch (event.type) {
    case "immediate_response":
      return event.status === 202 && event.requestId !== undefined
        ? withAck(state, event.requestId, at)
        : state;
    case "turn_started":
      return withTurn(withMessage(state, event.requestId, event.data.message), event.requestId, at);
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
      return withTurn(state, event.requestId, at, (entry) => ({
        ...entry,
        parts: withQuestion(entry.parts, event.data.data),
        status: "parked",
      }));
    case "confirmation_resolved": {
      const { toolCallId, approved, by } = event.data;
      return withTool(state, toolCallId, (part) =>
        by === "system"
          ? expired(part)
          : decided(part, { state: "decided", approved, at, here: false }),
      );
    }
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
    case "interaction_required":
    case "interaction_invalid":
    case "interaction_resolved":
    case "otp_verification_required":
    case "otp_sent":
    case "otp_verified":
    case "grants_changed":
    case "client_tool_call":
    case "otp_invalid":
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
  return { ...withoutWait({ ...shown, transcript }, id), activeTurnId: id };
}

/** Changes the tool call with this id, wherever it stands. */
export function withTool(
  state: ConversationState,
  toolCallId: string,
  change: (part: ToolPart) => ToolPart,
): ConversationState {
  for (const entry of state.transcript.toReversed()) {
    if (entry.kind !== "agent") continue;
    const index = entry.parts.findIndex(
      (part) => part.type === "tool" && part.toolCallId === toolCallId,
    );
    const part = entry.parts[index];
    if (part?.type !== "tool") continue;
    const next = change(part);
    if (next === part) return state;
    const parts = entry.parts.with(index, next);
    const answered = entry.status === "parked" && next.verdict?.state === "decided";
    const status = answered ? "running" : entry.status;
    return { ...state, transcript: replace(state.transcript, entry, { ...entry, parts, status }) };
  }
  return state;
}

/** Changes a turn that goes on, adding its entry when it has none; ended turns stay as they are. */
function withTurn(
  state: ConversationState,
  id: string,
  at: number,
  change: (entry: AgentEntry) => AgentEntry = (entry) => entry,
): ConversationState {
  const former = agentEntry(state.transcript, id);
  if (former && !isLive(former)) return state;
  const next = change(former ?? startedEntry(id, at));
  const transcript = former
    ? replace(state.transcript, former, next)
    : insertTurn(state.transcript, next);
  if (transcript === state.transcript && state.activeTurnId === id) return withoutWait(state, id);
  const { handOff, ...rest } = withoutWait({ ...state, transcript }, id);
  // That the agent is back needs no telling once it was asked something.
  const isOver = !former && handOff?.state === null;
  return { ...rest, ...(handOff && !isOver && { handOff }), activeTurnId: id };
}

function withAck(state: ConversationState, id: string, at: number): ConversationState {
  return visitorEntry(state.transcript, id) ? withTurn(withoutWait(state, id), id, at) : state;
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
  if (NON_TERMINAL_ERROR_CODES.includes(error.code)) return state;
  const entry = agentEntry(state.transcript, id);
  // A page of history may have told that it failed, but not why.
  const mayFail = entry?.status === "failed" || isLive(entry);
  return mayFail ? withEnd(state, event) : state;
}

/** Whatever is heard of a turn shows that its message was accepted. */
function withoutWait(state: ConversationState, id: string): ConversationState {
  const message = visitorEntry(state.transcript, id);
  if (!message || message.delivery === "sent") return state;
  const { error, ...rest } = message;
  const next: VisitorEntry = { ...rest, delivery: "sent" };
  return { ...state, transcript: replace<TranscriptEntry>(state.transcript, message, next) };
}

function released(state: ConversationState, id: string): ConversationState {
  if (state.activeTurnId !== id) return state;
  const { activeTurnId, ...rest } = state;
  return rest;
}

function messageIdOf(terminal: TerminalEvent): string | undefined {
  return terminal.type === "eventual_response" ? terminal.data.data.messageId : undefined;
}
