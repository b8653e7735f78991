import type { HandOffState, Rating, ToolCallState } from "@smooth-agent/protocol";

export type { HandOffState };

/** An agent as the host keeps it in the database; nothing of its JSON texts was checked. */
export interface AgentRow {
  id: string;
  organizationId: string;
  /** JSON array of origins; null when the row gives no policy. */
  allowedOrigins: string | null;
  /** JSON array of the secrets that sign auth contexts; never handed out. */
  secrets: string;
  /** JSON array of public keys (JWK). */
  publicKeys: string;
  /** JSON object; null when the row gives no behaviour. */
  behaviour: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** A visitor's admission to a conversation, with what every request needs of that conversation. */
export interface SessionRecord {
  id: string;
  conversationId: string;
  organizationId: string;
  agentId: string;
  agentName: string;
  userParticipantId: string;
  agentParticipantId: string;
  /** The verified user the session was opened by. */
  userId: string | null;
  /** What the page said that the visitor is called, and their address; nobody vouched for it. */
  userName: string;
  userEmail: string | null;
  /** The role of the principal it was opened by, empty when it has none; null for a visitor. */
  role: string | null;
  /** What they said that their telephone number is. */
  userPhone: string | null;
  status: "active" | "ended";
  supports: string[];
  /** JSON text of what the agent may call in its page, as it was declared; null for nothing. */
  clientTools: string | null;
  /** The visitor's language as the page said it, a BCP 47 tag; null when it did not. */
  locale: string | null;
  /** Whom a one-time code proved the visitor to be, and until when that counts; it owns nothing. */
  authenticatedAs: string | null;
  authenticatedUntil: Date | null;
}

/** The one-time code that a session was sent last. */
export interface OtpChallengeRecord {
  id: string;
  sessionId: string;
  /** The tool that was refused without it, and what it is called for the visitor. */
  toolName: string;
  toolTitle: string;
  channel: string;
  maskedDestination: string;
  /** SHA-256 of organization and destination, hex. */
  contact: string;
  /** Whom the host says that the contact is of. */
  subject: string;
  /** SHA-256 of the salt and the code, hex; null when it is locked, or could not be sent. */
  codeHash: string | null;
  salt: string;
  attemptsLeft: number;
  sentAt: Date;
  expiresAt: Date;
  /** Until when no other code is sent. */
  lockedUntil: Date | null;
}

export interface MessageRecord {
  id: string;
  conversationId: string;
  direction: "inbound" | "outbound";
  text: string;
  createdAt: Date;
}

/** A message with everything that is known of how it came about. */
export interface PastMessage extends MessageRecord {
  /** How the answer ended; a visitor's message is always completed. */
  status: EndedState;
  from: { type: string; name: string };
  /** The turn it belongs to, when all was asked for; null when it belongs to none. */
  turn: TurnWithSteps | null;
  /** What the visitor thinks of it, when all was asked for. */
  feedback: SaidFeedback | null;
}

/** What a visitor thinks of an answer. */
export interface SaidFeedback {
  rating: Rating;
  comment: string | null;
}

/** The same as the host may read it. */
export interface FeedbackRecord extends SaidFeedback {
  id: string;
  organizationId: string;
  agentId: string;
  conversationId: string;
  messageId: string;
  participantId: string;
  /** The verified visitor who said it; null for an anonymous one. */
  userId: string | null;
  createdAt: Date;
  /** When it was said or changed last. */
  updatedAt: Date;
}

/** What lies behind in a conversation: a turn that has ended, or a message that belongs to none. */
export type PastEntry = PastTurn | PersonMessage;

export interface PastTurn {
  type: "turn";
  /** The seq of the visitor's message. */
  seq: number;
  /** The seq of the answer: what has a lower one was said while the turn ran; `seq` without an answer. */
  until: number;
  turn: TurnWithSteps;
}

/** What a person of the host's wrote. */
export interface PersonMessage {
  type: "message";
  seq: number;
  name: string;
  text: string;
}

export type EndedState = "completed" | "failed" | "cancelled";
export type TurnState = "running" | "parked" | EndedState;

export interface TurnRecord {
  id: string;
  conversationId: string;
  sessionId: string;
  /** The seq of the visitor's message. */
  seq: number;
  requestId: string;
  state: TurnState;
  /** The process that runs it; null unless running, and when its process let go of it. */
  owner: string | null;
  attempts: number;
  model: string | null;
  /** The terminal event as JSON text, once ended. */
  terminal: string | null;
}

export interface ToolCallRecord {
  id: string;
  index: number;
  providerId: string;
  name: string;
  /** What the tool is called for the visitor; null when it does not say. */
  title: string | null;
  /** JSON text as the model wrote it. */
  arguments: string;
  state: ToolCallState;
  digest: string;
  /** JSON text of what the visitor was shown, as it runs; null until it parks. */
  confirmation: string | null;
  /** JSON text of what the visitor changed the arguments to before approving them, and its SHA-256, hex. */
  editedArguments: string | null;
  editedDigest: string | null;
  /** JSON text of what the visitor was shown before they changed it. */
  originalConfirmation: string | null;
  /** JSON text of the form that the call asks by. */
  interaction: string | null;
  /** JSON text of what came back from a form or a page, for the turn to tell as the call's result. */
  answer: string | null;
  /** The grant that let it run unasked. */
  grantId: string | null;
  /** The connection that runs it in its page. */
  claimedBy: string | null;
  expiresAt: Date | null;
  approved: boolean | null;
  decidedBy: string | null;
  decidedAt: Date | null;
  reason: string | null;
  result: string | null;
  isError: boolean | null;
}

export interface StepRecord {
  id: string;
  index: number;
  text: string;
  reasoning: string;
  finishReason: string;
  promptTokens: number | null;
  completionTokens: number | null;
  costUsd: number | null;
  /** In the order the model asked for them. */
  toolCalls: ToolCallRecord[];
}

/** A turn with everything it has persisted, steps in order. */
export interface TurnWithSteps extends TurnRecord {
  userText: string;
  /** JSON text of what the page said for the agent to know, as it was when the turn began; null for nothing. */
  context: string | null;
  steps: StepRecord[];
}

/** A hand-off that is under way. */
export interface HandOffRecord {
  state: HandOffState;
  /** Who has taken over; null unless it is active. */
  name: string | null;
  /** Why a person was asked for. */
  reason: string | null;
  at: Date | null;
}

/** What a visitor need not be asked again in a conversation, unless it has ended. */
export interface GrantRecord {
  id: string;
  conversationId: string;
  /** The session that granted it, and the user, if any, whom a host or a code knew it to be. */
  sessionId: string;
  userId: string | null;
  toolName: string;
  /** The call that was approved with it. */
  toolCallId: string;
  title: string;
  summary: string;
  /** JSON text of the arguments that were approved, as they were shown. */
  arguments: string;
  createdAt: Date;
}

/** One decision about a tool call, as the host may read it. */
export interface DecisionRecord {
  id: string;
  organizationId: string;
  agentId: string;
  conversationId: string;
  turnId: string;
  toolCallId: string;
  toolName: string;
  /** SHA-256 of the arguments that were shown, hex. */
  argumentsDigest: string;
  /** JSON text of the arguments that were shown, and what they were changed to. */
  arguments: string | null;
  editedArguments: string | null;
  editedDigest: string | null;
  /** The grant that decided. */
  grantId: string | null;
  approved: boolean;
  /** `visitor`, `team`, `grant` when the visitor had allowed it before, or `system` when it expired. */
  decidedBy: string;
  /** The verified user who decided or had allowed it; null for an anonymous visitor and for the system. */
  userId: string | null;
  sessionId: string | null;
  /** The `Origin` of the page it was decided on. */
  origin: string | null;
  reason: string | null;
  decidedAt: Date;
  /** The state the call ended in; null while it runs. */
  outcome: string | null;
  outcomeAt: Date | null;
}
