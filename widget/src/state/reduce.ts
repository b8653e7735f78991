import type { ConversationMessages, ErrorDescriptor } from "@smooth-agent/protocol";
import type { ConversationInput } from "./conversation-input.js";
import type { ConversationState, TranscriptEntry, VisitorEntry } from "./conversation-state.js";
import { answered, answering, unanswered } from "./form-part.js";
import { withGrants, withRevoked, withRevoking } from "./grants.js";
import { withNewest, withOlder } from "./history.js";
import { withDraft, withKept } from "./kept-change.js";
import {
  withOtpLost,
  withOtpRequested,
  withOtpUndone,
  withOtpVerifying,
  withoutOtp,
} from "./otp.js";
import { withRated, withRating } from "./rating.js";
import { reduceEvent, withEnd, withSnapshot } from "./reduce-event.js";
import { decided, deciding, settle, undecided } from "./tool-part.js";
import { isLive, isUnsent, replace, visitorEntry } from "./transcript.js";
import { withoutWait, withTool } from "./turn-change.js";
import { withReasons } from "./waiting-reason.js";

/** What is shown before anything was opened. */
export const EMPTY_CONVERSATION: ConversationState = {
  connection: { status: "idle" },
  transcript: [],
  history: { loading: false, hasMore: false },
  grants: [],
};

/** What is shown after `input`; the same state when it changes nothing. Pure. */
export function reduce(state: ConversationState, input: ConversationInput): ConversationState {
  return withReasons(change(state, input));
}

function change(state: ConversationState, input: ConversationInput): ConversationState {
  switch (input.type) {
    case "connection":
      return { ...state, connection: input.state };
    case "session":
      return withSession(state, input);
    case "left":
      return emptied(state);
    case "moving": {
      const { agent, draft, mayList, conversations } = state;
      return {
        ...emptied(state),
        ...(agent && { agent }),
        ...(draft && { draft }),
        ...(mayList && { mayList }),
        ...(conversations && { conversations }),
      };
    }
    case "event":
      return reduceEvent(state, input.event);
    case "written": {
      const { id, text, at } = input;
      const entry: VisitorEntry = { kind: "visitor", id, text, at, delivery: "waiting" };
      const next = withoutOtp({ ...state, transcript: [...state.transcript, entry] });
      return state.draft?.trim() === text.trim() ? withDraft(next, "") : next;
    }
    case "retried": {
      const entry = visitorEntry(state.transcript, input.id);
      if (entry?.delivery !== "refused") return state;
      const { error, ...rest } = entry;
      const others = state.transcript.filter((other) => other !== entry);
      return { ...state, transcript: [...others, { ...rest, delivery: "waiting", at: input.at }] };
    }
    case "unsent": {
      const transcript = state.transcript.filter(({ id }) => id !== input.id);
      return { ...state, transcript };
    }
    case "drafting":
      return withDraft(state, input.text);
    case "kept":
      return withKept(state, input.messages, input.draft);
    case "rating":
      return withRating(state, input.id, input.rating, input.comment);
    case "rated":
      return withRated(state, input);
    case "listing": {
      const { items = [] } = state.conversations ?? {};
      return { ...state, conversations: { loading: true, failed: false, items } };
    }
    case "listed": {
      const { conversations } = state;
      // It was asked for by a visitor who has left.
      if (!conversations) return state;
      const { items = conversations.items } = input;
      return { ...state, conversations: { loading: false, failed: !input.items, items } };
    }
    case "sending": {
      const entry = visitorEntry(state.transcript, input.id);
      const next: VisitorEntry | undefined = entry && { ...entry, delivery: "sending" };
      const transcript = replace(state.transcript, entry, next);
      return withoutOtp({ ...state, transcript }, input.id);
    }
    case "deciding":
      return withTool(state, input.toolCallId, (part) => deciding(part, input.approved));
    case "decided": {
      const { approved, at, reason, confirmation, grants } = input;
      const record = { by: "visitor", ...(reason !== undefined && { reason }) };
      const next = withTool(state, input.toolCallId, (part) =>
        decided(part, { state: "decided", approved, at, here: true, ...record }, confirmation),
      );
      return grants ? withGrants(next, grants) : next;
    }
    case "undecided":
      return withTool(state, input.toolCallId, (part) => undecided(part, input.error));
    case "answering":
      return withTool(state, input.interactionId, (part) => answering(part, input.values));
    case "answered": {
      const { values } = input;
      return withTool(state, input.interactionId, (part) =>
        answered(
          part,
          values ? { state: "submitted", values, here: true } : { state: "declined", here: true },
        ),
      );
    }
    case "unanswered":
      return withTool(state, input.interactionId, (part) => unanswered(part, input.error));
    case "otp-verifying":
      return withOtpVerifying(state);
    case "otp-requested":
      return withOtpRequested(state, input.channel);
    case "otp-undone":
      return withOtpUndone(state, input.status, input.error, input.at);
    case "otp-dismissed":
      return withoutOtp(state);
    case "revoking":
      return withRevoking(state, input.grantId);
    case "revoked":
      return withRevoked(state, input.grantId, input.done);
    case "history-loading":
      return { ...state, history: { ...state.history, loading: true } };
    case "history-page":
      return withPage(state, input.page, input.newest);
    case "history-failed": {
      const next = { ...state, history: { ...state.history, loading: false } };
      // When the connection went, the next session will tell more.
      return state.connection.status === "online" ? withoutMissed(next) : next;
    }
  }
}

/** Nothing of the conversation: it is another one's, or another one. */
function emptied({ connection, whileBusy }: ConversationState): ConversationState {
  return { ...EMPTY_CONVERSATION, connection, ...(whileBusy && { whileBusy }) };
}

function withSession(
  state: ConversationState,
  { session, resumed, verified, at }: Extract<ConversationInput, { type: "session" }>,
): ConversationState {
  const { conversationId, activeTurn, lastTurn, handOff, grants = [] } = session;
  const { name, greeting, starters } = session.agent;
  const { activeTurnId, mayList, ...rest } = state;
  const moved = state.conversationId !== undefined && state.conversationId !== conversationId;
  const next: ConversationState = {
    ...rest,
    agent: { name, greeting, starters },
    conversationId,
    // The former conversation is gone from the server; only what was never accepted is taken along.
    transcript: moved ? state.transcript.filter(isLocal) : state.transcript,
    // A new conversation has no older messages.
    history: resumed ? state.history : { loading: false, hasMore: false, cursor: null },
    missedEnd: lastTurn?.terminal,
    handOff,
    grants,
    revoking: undefined,
    ...(verified && { mayList: true }),
    ...(activeTurnId === lastTurn?.requestId && { activeTurnId }),
  };
  const kept = moved ? withoutOtp(next) : withOtpLost(next);
  // A turn that ended meanwhile shows that its message was accepted, whose ack was lost.
  const told = lastTurn ? withoutWait(kept, lastTurn.requestId) : kept;
  return activeTurn ? withSnapshot(told, activeTurn, at) : told;
}

function withPage(
  state: ConversationState,
  { messages, nextCursor }: ConversationMessages,
  newest: boolean,
): ConversationState {
  const oldestFirst = messages.toReversed();
  const { cursor } = state.history;
  const { transcript, gap } = newest
    ? withNewest(state.transcript, oldestFirst, state.activeTurnId)
    : { transcript: withOlder(state.transcript, oldestFirst), gap: true };
  const upTo = gap || cursor === undefined ? nextCursor : cursor;
  const history = { loading: false, hasMore: upTo !== null, cursor: upTo };
  const { activeTurnId, ...rest } = state;
  const active = transcript.find(({ kind, id }) => kind === "agent" && id === activeTurnId);
  // The page may tell of its end before the terminal event does.
  const next = { ...(isLive(active) ? state : rest), transcript, history };
  return newest ? withoutMissed(next) : next;
}

/** A turn that neither goes on nor has a stored answer ended while nobody here was listening. */
function withoutMissed({ missedEnd, ...rest }: ConversationState): ConversationState {
  const state = missedEnd ? withEnd(rest, missedEnd) : rest;
  let { transcript } = state;
  for (const entry of transcript) {
    if (!isLive(entry) || entry.id === state.activeTurnId) continue;
    const parts = entry.parts.map((part) => (part.type === "tool" ? settle(part) : part));
    transcript = replace(transcript, entry, { ...entry, parts, status: "failed", error: MISSED });
  }
  return transcript === state.transcript ? state : { ...state, transcript };
}

function isLocal(entry: TranscriptEntry): boolean {
  return isUnsent(entry) || (entry.kind === "visitor" && entry.delivery === "refused");
}

const MISSED: ErrorDescriptor = {
  code: "UNAVAILABLE",
  message: "The connection was lost and the end of this answer was missed.",
};
