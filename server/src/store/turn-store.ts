import type {
  EndedState,
  MessageRecord,
  ToolCallRecord,
  TurnRecord,
  TurnWithSteps,
} from "./records.js";
import type { VerdictSource } from "./decision-store.js";
import type { WorkflowMove } from "./workflow-store.js";

/** The turns and the model steps they persist. */
export interface TurnStore {
  /** Stores a visitor's message and its turn, when the conversation has no other one in progress. */
  beginTurn(input: NewTurn): Promise<BeginTurn>;
  turn(turnId: string): Promise<TurnWithSteps | null>;
  turnOfRequest(conversationId: string, requestId: string): Promise<TurnWithSteps | null>;
  /** The turn that runs or is parked, and the one that ended last. */
  currentTurns(conversationId: string): Promise<CurrentTurns>;
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
  /** Ends a turn once: false when it had already ended or is not in a state to end so. */
  endTurn(end: TurnEnd): Promise<boolean>;
  /** Keeps what was said of a turn that was cancelled: the whole text, and the step under way. */
  keepUnfinished(turnId: string, text: string, partial?: TurnEnd["partial"]): Promise<void>;
}

export interface NewTurn {
  conversationId: string;
  sessionId: string;
  requestId: string;
  text: string;
  model: string;
  owner: string;
  /** JSON text of what the page says for the agent to know, null for nothing; as the session has it when absent. */
  context?: string | null | undefined;
}

export type BeginTurn =
  | { outcome: "started"; turn: TurnRecord; message: MessageRecord }
  /** The same requestId was accepted before. */
  | { outcome: "duplicate" }
  /** Another turn of the conversation runs or is parked. */
  | { outcome: "busy" }
  /** The session has ended. */
  | { outcome: "ended" };

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
  /** Where the conversation goes in its agent's workflow; nowhere when it stands elsewhere by now. */
  workflow?: WorkflowMove;
  /** What is told of calls that were approved and not begun, and of the question that is dropped. */
  notRun: string;
  /** What is told of a form that is dropped. */
  unanswered: string;
  /** Who dropped the question of a parked turn. */
  source?: VerdictSource;
}

/** How many rows one sweep takes up: what is left has its turn at the next. */
export const SWEEP_ROWS = 100;

/** A parked turn whose question nobody answered in time. */
export interface ExpiredTurn {
  turnId: string;
  conversationId: string;
  expiresAt: Date;
}
