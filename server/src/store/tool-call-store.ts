import type { VerdictSource } from "./decision-store.js";
import type { NewGrant } from "./grant-store.js";
import type { GrantRecord, ToolCallRecord } from "./records.js";
import type { TurnEnd } from "./turn-store.js";

/** The tool calls of turns, and the questions about them. */
export interface ToolCallStore {
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
   *
   * @param grantId what lets it run unasked; that it did is recorded as the decision
   * @returns false when the grant has ended: nothing was changed
   * @throws {ConflictError} when `owner` no longer runs the turn or the call is not to be run
   */
  startToolCall(
    turnId: string,
    owner: string,
    toolCallId: string,
    grantId?: string,
  ): Promise<boolean>;
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
}

/** What the visitor is shown, as JSON text: a question, or a form. */
export type NewQuestion = { toolCallId: string; expiresAt: Date } & (
  | { confirmation: string }
  | { interaction: string }
);

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
  /** What was changed before it was approved. */
  edit?: CallEdit;
  /** What need not be asked again after this. */
  grant?: NewGrant;
  now: Date;
  owner: string;
}

/** The change of a call that was approved with it; all JSON text. */
export interface CallEdit {
  /** The arguments that are to run, and their SHA-256, hex. */
  arguments: string;
  digest: string;
  /** The question made anew, and the one that was shown: it counts for that one alone. */
  confirmation: string;
  original: string;
}

/** The turn that a verdict gave to `owner`. */
export interface DecidedTurn {
  turnId: string;
  requestId: string;
  /** All that need not be asked again, when the verdict added to it. */
  grants?: GrantRecord[];
}

/** The question that an expiry ended. */
export interface ExpiredQuestion {
  conversationId: string;
  requestId: string;
  toolCallId: string;
  /** Whether it asked by a form, and not for a verdict. */
  isForm: boolean;
}

/** What an expiry does with the turn: `owner` goes on with it, or it ends. */
export type Expiry =
  | { owner: string }
  | { result: string; end: Pick<TurnEnd, "terminal" | "reply" | "notRun" | "unanswered"> };

export interface ToolOutcome {
  from: ToolCallRecord["state"];
  state: ToolCallRecord["state"];
  result: string;
  isError: boolean;
}
