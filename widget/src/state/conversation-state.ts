import type {
  Citation,
  Confirmation,
  ConversationSummary,
  Decision,
  ErrorDescriptor,
  FieldError,
  Grant,
  HandOffChange,
  Interaction,
  Rating,
  TerminalEvent,
  ToolCallState,
} from "@smooth-agent/protocol";
import type { ConnectionState } from "../client/connection-state.js";
import type { AuthContext } from "../client/host-word.js";
import type { VerdictDetails } from "../client/verdict-details.js";

export type { ConnectionState, VerdictDetails };

/** What the visitor wrote. */
export interface VisitorEntry {
  kind: "visitor";
  /** The requestId where this client or a live event knows it, else the stored message's id. */
  id: string;
  text: string;
  /** Unix milliseconds. */
  at: number;
  /**
   * `waiting`: kept here until there is a connection; `sending`: on the wire, not acked;
   * `sent`: acked, so stored; `refused`: not accepted, `error` says why and `retry` may help.
   */
  delivery: "waiting" | "sending" | "sent" | "refused";
  /**
   * What a waiting message waits for: the connection, the end of the answer that goes on, or the visitor's
   * own answer to what the agent asked. Absent for the moment before it goes.
   */
  waitsFor?: "connection" | "answer" | "question";
  error?: ErrorDescriptor;
  /** The stored message, once it is known. */
  messageId?: string;
}

/** What the visitor thinks of an answer, as this client knows it. */
export interface AnswerFeedback {
  rating: Rating;
  comment?: string;
  /** `failed`: the server did not take the last change; it may be tried again. */
  state: "sending" | "kept" | "failed";
}

export interface TextPart {
  type: "text";
  text: string;
}

export interface ReasoningPart {
  type: "reasoning";
  text: string;
}

/** The visitor's verdict as this client knows it, from the press of the button on. */
export type Verdict =
  /** Pressed here, not acked yet: the card is busy. */
  | { state: "sending"; approved: boolean }
  /** Acked. `here` is false when another tab, device or the system decided. */
  | (VerdictRecord & { state: "decided"; approved: boolean; at: number; here: boolean })
  /** The question is gone (expired, or its turn ended) and no decision is known. */
  | { state: "gone" };

/** What is told of a verdict besides yes or no. */
export interface VerdictRecord {
  /** visitor, team for a person of the host's, grant, system; absent where nobody said. */
  by?: string;
  reason?: string;
  /** What was changed before it was approved, as it was shown. */
  changes?: Decision["changes"];
}

/** A tool call: its activity line, and its card when it asked for a confirmation. */
export interface ToolPart {
  type: "tool";
  toolCallId: string;
  name: string;
  title?: string;
  arguments: Record<string, unknown>;
  status: ToolCallState;
  result?: string;
  decision?: Decision;
  /** Present from the moment the question was asked; stays, so that the decision stays visible. */
  confirmation?: Confirmation;
  /** Present from the visitor's verdict on. */
  verdict?: Verdict;
  /** Why the last verdict was not accepted, in words for the visitor; the card may be tried again. */
  verdictError?: string;
  /** Present from the moment a form was shown; stays, so that its answer stays visible. */
  interaction?: Interaction;
  /** Present from the visitor's answer to the form on. */
  answer?: InteractionAnswer;
  /**
   * All that was wrong with the last answer; the form may be tried again. `field` is `values` for what
   * concerns the whole of it.
   */
  fieldErrors?: FieldError[];
  /** The answer that was not accepted, for the form to be filled with. */
  enteredValues?: Record<string, unknown>;
}

/** The visitor's answer to a form as this client knows it. */
export type InteractionAnswer =
  /** Sent here, not acked yet: the form is busy. `values` is absent when it was declined. */
  | { state: "sending"; values?: Record<string, unknown> }
  /**
   * Acked. `values` is what was understood, where it is known; `here` as of a verdict, absent where only
   * the record tells of it.
   */
  | { state: "submitted"; values?: Record<string, unknown>; here?: boolean }
  | { state: "declined"; here?: boolean }
  /** It expired, or its turn ended. */
  | { state: "gone" };

/** A one-time code that is asked for, so that a tool may know who the visitor is. */
export interface OtpState {
  /** The turn whose tool was refused; its message is sent again once the code was right. */
  turnId: string;
  actionDescription: string;
  channels: string[];
  /**
   * `sending`: a code is on its way to the visitor; `sent`: it may be typed; `verifying`: it is looked at;
   * `failed`: it could not be sent; `locked`: too many were wrong; `verified`: it was right.
   */
  status: "sending" | "sent" | "verifying" | "failed" | "locked" | "verified";
  channel?: string;
  maskedDestination?: string;
  attemptsRemaining?: number;
  /** Unix milliseconds: from when another code may be asked for, and until when this one is good. */
  resendAt?: number;
  expiresAt?: number;
  /** What was wrong last, in words for the visitor. */
  error?: string;
}

export type AgentPart = TextPart | ReasoningPart | ToolPart;

/** What the agent did in one turn, in the order it came. */
export interface AgentEntry {
  kind: "agent";
  /** The turn's requestId where it is known, else the stored message's id. */
  id: string;
  parts: AgentPart[];
  /** Unix milliseconds of its end, or of its start while it goes on. */
  at: number;
  status: "running" | "parked" | "completed" | "cancelled" | "failed";
  /** A line that covers the wait before the answer begins. */
  preamble?: string;
  truncated?: boolean;
  /** What the visitor could say next, at most four. */
  suggestions?: string[];
  error?: ErrorDescriptor;
  citations?: Citation[];
  /** Present once the visitor has said so, here or before. */
  feedback?: AnswerFeedback;
  /** The stored message, once it is known. */
  messageId?: string;
}

/** What a person of the host's wrote. */
export interface PersonEntry {
  kind: "person";
  /** The stored message's id. */
  id: string;
  messageId: string;
  name: string;
  text: string;
  /** Unix milliseconds. */
  at: number;
}

export type TranscriptEntry = VisitorEntry | AgentEntry | PersonEntry;

/** Everything that is shown of a conversation. Never mutated: a change makes new objects on its path. */
export interface ConversationState {
  connection: ConnectionState;
  agent?: { name: string; greeting?: string; starters?: string[] };
  conversationId?: string;
  /** What the visitor is writing; absent where that is nothing. */
  draft?: string;
  /** Whether a message that is sent during an answer is to be held back in the field, or waits behind it. */
  whileBusy?: "wait" | "queue";
  /** Whether earlier conversations can be listed and continued: the host vouches for the visitor. */
  mayList?: boolean;
  /** The visitor's conversations, newest first; absent until they were asked for. */
  conversations?: { loading: boolean; failed: boolean; items: ConversationSummary[] };
  /** Oldest first. An entry whose object is the same as before did not change. */
  transcript: TranscriptEntry[];
  /** The turn that runs or is parked, by its entry's id. */
  activeTurnId?: string;
  /**
   * How far a hand-off to a person has come; while it is `active`, the agent is silent. Its state is null
   * from when the conversation was given back here until the next turn.
   */
  handOff?: HandOffChange;
  /** A one-time code that is asked for; gone once the visitor's message was sent again or it was dismissed. */
  otp?: OtpState;
  /** What the visitor need not be asked again here. */
  grants: Grant[];
  /** Those of them that are being given up: not shown any more, and back if that is refused. */
  revoking?: Grant[];
  /** What the host told this page last; another object for each time. */
  hostEvent?: { name: string; data?: unknown };
  /** How a turn ended while nobody here was listening; it is shown with the newest page, which knows more. */
  missedEnd?: TerminalEvent;
  /** `cursor`: where the next older page begins; absent before the first page, null at the end. */
  history: { loading: boolean; hasMore: boolean; cursor?: string | null };
}

/** A conversation as a user interface drives it; it works without a DOM. */
export interface Conversation {
  readonly state: ConversationState;
  /** Calls `listener` after every change, once per change; returns how to stop. */
  subscribe(listener: (state: ConversationState) => void): () => void;
  /** Opens or takes up the session. Safe to call again; after `refused` it tries anew. */
  open(): void;
  /** Takes over what the visitor is writing, so that it survives a reload. */
  write(text: string): void;
  /**
   * Shows the message at once and sends it, exactly once: now, when the connection is back, or behind the
   * answer that goes on. Until it is accepted it survives a reload. Empties the draft when it was that.
   *
   * @param id its requestId, one that nobody guesses; a new one is made where there is none
   */
  send(text: string, id?: string): void;
  /** Takes back a message that waits or was refused; @returns its text, undefined when it went already. */
  unsend(entryId: string): string | undefined;
  /** Declines what the visitor is asked, then sends the message as soon as the turn has ended. */
  declineAndSend(text: string): void;
  /** Tries a refused message again under its own requestId. */
  retry(entryId: string): void;
  /** Answers the question of this tool call; repeated presses and answered cards change nothing. */
  decide(toolCallId: string, approved: boolean, details?: VerdictDetails): void;
  /** Answers the form with this id; `null` declines it. Repeated presses change nothing. */
  answer(interactionId: string, values: Record<string, unknown> | null): void;
  /** Hands in the one-time code. */
  verifyOtp(code: string): void;
  /** Asks for another one-time code, by another channel when given. */
  requestOtp(channel?: string): void;
  /** Lets go of the one-time code; the message is not sent again. */
  dismissOtp(): void;
  /** From now on the visitor is asked again. */
  revokeGrant(grantId: string): void;
  /**
   * Says what the visitor thinks of a stored answer, null to take that back; the last word counts.
   *
   * @param comment at most 1000 characters, what is longer is cut off
   */
  rate(entryId: string, rating: Rating | null, comment?: string): void;
  /** Ends the running or parked turn. */
  stop(): void;
  /** @returns the text of the visitor's last message, to be edited; undefined when there is none. */
  editLast(): string | undefined;
  /** Ends the turn that goes on, if any, and sends the message then; what was said before stays. */
  resend(text: string): void;
  /** Asks for the visitor's conversations, where `mayList`. */
  list(): void;
  /** Leaves the conversation for a new one. It goes on at the server; what was not sent in it is dropped. */
  startNew(): void;
  /** Leaves it for an earlier one of the visitor's. */
  continue(conversationId: string): void;
  /** Loads the next older page of history, when there is one. */
  loadOlder(): void;
  /**
   * Takes over what the host says of the visitor from now on.
   *
   * @returns whether this conversation goes on, at once where that needs no question. When not, it is
   * closed and another visitor's: nothing of it may be shown any more
   */
  setAuthContext(authContext: AuthContext): boolean | Promise<boolean>;
  /**
   * The visitor is whom the host names. An anonymous conversation becomes theirs; that of another one is
   * gone from here, and where it was open a new one, or the one that is kept for them, takes its place.
   */
  login(authContext: AuthContext): void;
  /** The visitor is nobody whom the host knows; removes what is kept for whom it named, opened or not. */
  logout(): void;
  /** Removes what is kept for any visitor of this agent; begins anew where it was open. */
  forget(): void;
  /** Closes the socket and stops all timers; `open` starts again. */
  close(): void;
}
