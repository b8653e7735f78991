import type { SessionRecord, TurnRecord } from "./records.js";

/** The end of sessions, and what it leaves without anybody. */
export interface SessionEndStore {
  /**
   * Ends the active sessions that are meant, in one transaction: their tokens open nothing any more.
   *
   * @param reason kept with them, as their clients are told
   * @returns those that this call ended, and none that had ended before
   */
  endSessions(which: SessionSelection, reason: string): Promise<EndedSession[]>;
  /**
   * Which of these sessions are not active any more, with why. One that is gone was deleted, and one that
   * is another user's than here was {@link CLAIMED}.
   */
  endedAmong<Held extends HeldSession>(
    held: readonly Held[],
  ): Promise<{ session: Held; reason: string }[]>;
  /**
   * Turns that run or are parked in the name of a visitor who has no active session left there, at most
   * {@link SWEEP_ROWS}; of all conversations when none are named.
   */
  unattendedTurns(conversationIds?: readonly string[]): Promise<TurnRecord[]>;
}

/**
 * Why connections let go of a session that another one made a verified visitor's: they have to take it up
 * anew, with the token that came with that. No client is told this reason.
 */
export const CLAIMED = "claimed";

/** A session, and whose it is for whoever holds it. */
export type HeldSession = Pick<SessionRecord, "id" | "userId">;

/** Which sessions are meant; always of one organization. */
export type SessionSelection =
  | { kind: "session"; organizationId: string; sessionId: string }
  | { kind: "conversation"; organizationId: string; conversationId: string }
  /** Whatever a verified visitor opened, and what was opened in conversations that are theirs. */
  | { kind: "visitor"; organizationId: string; userId: string }
  | { kind: "organization"; organizationId: string };

export interface EndedSession {
  id: string;
  conversationId: string;
}
