import type {
  DecisionRecord,
  EndedState,
  MessageRecord,
  PastMessage,
  SessionRecord,
  ToolCallRecord,
  TurnRecord,
  TurnWithSteps,
} from "./records.js";

/**
 * Everything that outlives the process. Each method is one transaction; each change of a turn or a
 * tool call is one conditional update, so that two writers can never both win.
 *
 * Every method but `open` throws {@link StorageError} when the database fails.
 */
export interface Store {
  /** Whether other processes may have the database open as well. */
  readonly isShared: boolean;
  /**
   * Connects and brings the schema up to date; called once, before anything else.
   * @throws {StoreOpenError} when another server has the database, or it cannot be migrated
   */
  open(): Promise<void>;
  /** Opens a session, with its conversation and participants unless an own one is continued. */
  createSession(input: NewSession): Promise<SessionRecord>;
  session(sessionId: string): Promise<SessionRecord | null>;
  /** Notes that a session was taken up again; `supports` replaces what it declared, when given. */
  resumeSession(sessionId: string, supports: string[] | undefined): Promise<void>;
  /** Counts one use of a signature. False when it was used up, or first used from another origin. */
  useAuthContext(use: AuthContextUse): Promise<boolean>;

  /** A page of history, newest first. Null when the cursor is not one of this conversation. */
  messages(query: MessageQuery): Promise<MessagePage | null>;
  /** The newest turns of a conversation that have ended, newest first, at most `limit`. */
  pastTurns(conversationId: string, limit: number): Promise<TurnWithSteps[]>;

  /** Stores a visitor's message and its turn, when the conversation has no other one in progress. */
  beginTurn(input: NewTurn): Promise<BeginTurn>;
  turn(turnId: string): Promise<TurnWithSteps | null>;
  turnOfRequest(conversationId: string, requestId: string): Promise<TurnWithSteps | null>;
  /** The turn that runs or is parked, and the one that ended last. */
  currentTurns(conversationId: string): Promise<CurrentTurns>;

  /** Enters a process among those that may run turns, for as long as its lease is renewed. */
  enterProcess(owner: string, leaseMs: number): Promise<void>;
  /** Extends a lease; false when it was dropped, and the turns of its process may be another's. */
  renewLease(owner: string, leaseMs: number): Promise<boolean>;
  /** Ends a lease at once. */
  leaveProcess(owner: string): Promise<void>;

  /** Takes over a running turn whose process has no lease any more. False when there is nothing to take. */
  claimTurn(turnId: string, owner: string): Promise<boolean>;
  /** Lets go of a running turn on purpose: the next process takes it up as if it had not been tried. */
  releaseTurn(turnId: string, owner: string): Promise<void>;
  /**
   * Ids of running turns whose process has no lease, oldest first, at most {@link SWEEP_ROWS}. Leases
   * that ran out are dropped first, but for the one of `owner`, who asks and so is alive.
   */
  abandonedTurns(owner: string): Promise<string[]>;
  /** Ids of the running turns that `owner` runs, at most {@link SWEEP_ROWS}. */
  ownedTurns(owner: string): Promise<string[]>;
  /** Those of these turns that were cancelled, or are run by another process than `owner`. */
  lostTurns(turnIds: readonly string[], owner: string): Promise<TurnRecord[]>;
  /** Parked turns whose question expired before `now`, at most {@link SWEEP_ROWS}. */
  expiredTurns(now: Date): Promise<ExpiredTurn[]>;

  /**
   * Persists one answer of the model with the tool calls it asks for.
   * @throws {ConflictError} when `owner` no longer runs the turn
   */
  addStep(turnId: string, owner: string, step: NewStep): Promise<void>;
  /**
   * Parks the turn on one tool call.
   * @throws {ConflictError} when `owner` no longer runs the turn
   */
  parkTurn(turnId: string, owner: string, question: NewQuestion): Promise<void>;
  /** Binds a verdict to its tool call and gives the turn to `owner`; null when nothing was changed. */
  decide(verdict: Verdict): Promise<DecidedTurn | null>;
  /**
   * Ends a question that nobody answered in time; null when there is none.
   *
   * @param then the process that goes on with the turn, or how the turn ends with its question
   */
  expire(turnId: string, now: Date, then: Expiry): Promise<ExpiredQuestion | null>;
  /**
   * Marks a tool call as executing, before its tool runs.
   * @throws {ConflictError} when `owner` no longer runs the turn or the call is not to be run
   */
  startToolCall(turnId: string, owner: string, toolCallId: string): Promise<void>;
  /**
   * Stores what became of a tool call; also after its turn ended, so that the next one knows.
   * @throws {ConflictError} when another process runs the turn, or the outcome is known already
   */
  finishToolCall(
    turnId: string,
    owner: string,
    toolCallId: string,
    outcome: ToolOutcome,
  ): Promise<void>;
  /**
   * Gives an outcome to calls of ended turns that began before `startedBefore` and that nobody told of
   * since: the process that ran them is dead. At most {@link SWEEP_ROWS}.
   */
  closeLostCalls(startedBefore: Date, outcome: Omit<ToolOutcome, "from">): Promise<void>;
  /** Ends a turn once: false when it had already ended or is not in a state to end so. */
  endTurn(end: TurnEnd): Promise<boolean>;

  /** Keeps what was said of a turn that was cancelled: the whole text, and the step under way. */
  keepUnfinished(turnId: string, text: string, partial?: TurnEnd["partial"]): Promise<void>;

  /** A page of the decisions about tool calls, newest first. Null for an unknown cursor. */
  decisions(query: DecisionQuery): Promise<DecisionPage | null>;

  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface NewSession {
  organizationId: string;
  agentId: string;
  agentName: string;
  userId: string | null;
  userName: string;
  userEmail: string | null;
  supports: string[] | undefined;
  metadata: Record<string, unknown> | undefined;
  /** Continued when it is the verified user's own, with the same agent and organization. */
  conversationId: string | undefined;
}

export interface AuthContextUse {
  /** Identifies agent and signature; never the signature itself. */
  id: string;
  origin: string;
  expiresAt: Date;
  maxUses: number;
}

export interface MessageQuery {
  conversationId: string;
  limit: number;
  /** The id of the last message of the page before. */
  cursor?: string;
  /** Whether answers that were cancelled or failed, and those without a text, are wanted too. */
  all: boolean;
}

export interface MessagePage {
  messages: PastMessage[];
  nextCursor: string | null;
}

export interface NewTurn {
  conversationId: string;
  sessionId: string;
  requestId: string;
  text: string;
  model: string;
  owner: string;
}

export type BeginTurn =
  | { outcome: "started"; turn: TurnRecord; message: MessageRecord }
  /** The same requestId was accepted before. */
  | { outcome: "duplicate" }
  /** Another turn of the conversation runs or is parked. */
  | { outcome: "busy" };

export interface CurrentTurns {
  active: TurnWithSteps | null;
  last: TurnRecord | null;
}

export interface NewStep {
  index: number;
  text: string;
  reasoning: string;
  finishReason: string;
  usage: { promptTokens: number; completionTokens: number; costUsd: number } | undefined;
  toolCalls: NewToolCall[];
}

export type NewToolCall = Pick<
  ToolCallRecord,
  "id" | "index" | "providerId" | "name" | "title" | "arguments" | "digest"
>;

export interface NewQuestion {
  toolCallId: string;
  /** JSON text. */
  confirmation: string;
  expiresAt: Date;
}

export interface Verdict {
  conversationId: string;
  /** The one call that was shown. */
  toolCallId: string;
  /** SHA-256 of the arguments that were shown, hex. */
  digest: string;
  approved: boolean;
  by: string;
  source: VerdictSource;
  reason: string | undefined;
  now: Date;
  owner: string;
}

/** Where a verdict came from, for the audit. */
export interface VerdictSource {
  sessionId: string | null;
  userId: string | null;
  origin: string | null;
}

/** The turn that a verdict gave to `owner`. */
export interface DecidedTurn {
  turnId: string;
  requestId: string;
}

/** A parked turn whose question nobody answered in time. */
export interface ExpiredTurn {
  turnId: string;
  conversationId: string;
  expiresAt: Date;
}

/** The question that an expiry ended. */
export interface ExpiredQuestion {
  conversationId: string;
  requestId: string;
  toolCallId: string;
}

/** What an expiry does with the turn: `owner` goes on with it, or it ends. */
export type Expiry =
  | { owner: string }
  | { result: string; end: Pick<TurnEnd, "terminal" | "reply" | "notRun"> };

export interface ToolOutcome {
  from: ToolCallRecord["state"];
  state: ToolCallRecord["state"];
  result: string;
  isError: boolean;
}

export interface TurnEnd {
  turnId: string;
  /** Who runs it; null for an end from outside (a cancel), which any state but an ended one allows. */
  owner: string | null;
  state: EndedState;
  /** JSON text. */
  terminal: string;
  /** What was said of a step that did not come to its end; dropped when the step was stored after all. */
  partial?: Pick<NewStep, "index" | "text" | "reasoning">;
  /** The answer to store; absent when a whole answer had nothing to see. */
  reply?: { id: string; participantId: string; text: string };
  /** What is told of calls that were approved and not begun, and of the question that is dropped. */
  notRun: string;
  /** Who dropped the question of a parked turn. */
  source?: VerdictSource;
}

export interface DecisionQuery {
  organizationId?: string;
  conversationId?: string;
  /** 1..500 */
  limit: number;
  /** The `nextCursor` of the page before. */
  cursor?: string;
}

export interface DecisionPage {
  decisions: DecisionRecord[];
  nextCursor: string | null;
}

/** How many rows one sweep takes up: what is left has its turn at the next. */
export const SWEEP_ROWS = 100;
