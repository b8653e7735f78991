import type { ToolCallRecord } from "./records.js";
import type { DecidedTurn, ExpiredQuestion, Expiry, ToolOutcome } from "./tool-call-store.js";
import type { ExpiredTurn } from "./turn-store.js";

/**
 * The tool calls that a visitor's page runs: each executes while its turn is parked, waits for the one
 * page that claims it, and then for what that page says came of it.
 */
export interface ClientCallStore {
  /**
   * Parks the turn on a call that a page is to run.
   *
   * @param until when a page must have claimed it
   * @throws {ConflictError} when `owner` no longer runs the turn or the call is not to be run
   */
  parkForPage(turnId: string, owner: string, toolCallId: string, until: Date): Promise<void>;
  /** The call that a page of this session is to run, or runs; null when there is none. */
  clientCall(sessionId: string): Promise<ClientCall | null>;
  /**
   * Gives a call to one page of the session whose turn it is; null when another one has it, or nobody
   * waits for it any more.
   */
  claimClientCall(claim: ClientClaim): Promise<ClientCall | null>;
  /** Waits no longer than `until` for the page that claimed a call on this connection: it has gone. */
  hurryClientCall(toolCallId: string, connectionId: string, until: Date): Promise<void>;
  /**
   * Waits for the page that claimed the session's call as long as it has from its claim: its session was
   * taken up again, and the end of no connection means any more that it has gone.
   */
  keepClientCall(sessionId: string, timeMs: number): Promise<void>;
  /** Takes what a page says came of its call, once; null when nothing was changed. */
  answerClientCall(answer: ClientAnswer): Promise<AnsweredTurn | null>;
  /** Parked turns whose call no page claimed, or told of, before `now`; at most {@link SWEEP_ROWS}. */
  expiredClientCalls(now: Date): Promise<ExpiredTurn[]>;
  /**
   * Ends the waiting for a page whose time is up; null when there is none.
   *
   * @param untold what is told of a call that no page claimed, and of one that a page may have run
   * @param then the process that goes on with the turn, or how the turn ends with its call
   */
  expireClientCall(
    turnId: string,
    now: Date,
    untold: { unclaimed: ToolAnswer; claimed: ToolAnswer },
    then: { owner: string } | Pick<Extract<Expiry, { end: unknown }>, "end">,
  ): Promise<Omit<ExpiredQuestion, "isForm"> | null>;
}

/** What came of a call before its turn has told it: the turn tells it as it is. */
export type ToolAnswer = Omit<ToolOutcome, "from">;

/** The call that a session's page runs, and the turn it is of. */
export type ClientCall = Pick<
  ToolCallRecord,
  "id" | "name" | "arguments" | "editedArguments" | "claimedBy"
> & { conversationId: string; requestId: string; expiresAt: Date };

export interface ClientClaim {
  toolCallId: string;
  sessionId: string;
  connectionId: string;
  now: Date;
  /** When the page must have said what came of it. */
  until: Date;
}

export interface ClientAnswer {
  conversationId: string;
  sessionId: string;
  toolCallId: string;
  answer: ToolAnswer;
  now: Date;
  owner: string;
}

/** The turn of a call that was answered; `isOver` when it had ended before, and only the call was closed. */
export interface AnsweredTurn extends DecidedTurn {
  isOver: boolean;
}
