import type { OtpChallengeRecord } from "./records.js";

/**
 * The one-time codes: one live code for each session, a few tries for each code, and what was tried in
 * vain for a contact counted over all sessions, so that nothing starts anew with a restart.
 */
export interface OtpStore {
  /** The code that a session was sent last; null when it was sent none, or has used it. */
  otpChallenge(sessionId: string): Promise<OtpChallengeRecord | null>;
  /**
   * Puts a code in place of the session's one before. Written before the code is sent, so that whoever
   * comes back after a crash knows of it.
   */
  openOtp(challenge: NewOtpChallenge): Promise<OtpOpening>;
  /** Takes a code back that could not be sent; its time to wait stays. */
  withdrawOtp(challengeId: string): Promise<void>;
  /**
   * Tries a code: one conditional change, so that parallel guesses never have more tries than there are.
   * The right one is used up with it, and authenticates the session.
   */
  tryOtp(trial: OtpTrial): Promise<OtpVerdict>;
  /** Deletes the counts of contacts that limit nothing any more. */
  deleteLapsedOtpContacts(now: Date): Promise<void>;
}

export interface NewOtpChallenge extends Pick<
  OtpChallengeRecord,
  | "id"
  | "sessionId"
  | "toolName"
  | "toolTitle"
  | "channel"
  | "maskedDestination"
  | "contact"
  | "subject"
  | "salt"
  | "attemptsLeft"
  | "sentAt"
  | "expiresAt"
> {
  codeHash: string;
  /** How long the code before keeps the next one waiting, in milliseconds. */
  resendMs: number;
}

/** What became of a new code: it stands; it is too early for it; or the session has ended, or is a verified user's. */
export type OtpOpening =
  | { outcome: "opened" }
  | { outcome: "early"; retryAt: Date; challenge: OtpChallengeRecord | null }
  | { outcome: "ended" };

export interface OtpTrial {
  sessionId: string;
  /** Compares in constant time. */
  isRight(challenge: { salt: string; codeHash: string }): boolean;
  now: Date;
  /** Until when the session then counts as authenticated. */
  authenticatedUntil: Date;
  /** Until when no other code is sent, when this was the last try. */
  lockedUntil: Date;
  /** Wrong codes of one contact, over all sessions, until `countedUntil`. */
  failures: number;
  /** When the counting begins anew, where this failure is the first. */
  countedUntil: Date;
}

export type OtpVerdict =
  | { outcome: "verified"; subject: string }
  | { outcome: "wrong"; attemptsLeft: number }
  /** Nothing is left to try. */
  | { outcome: "locked" }
  | { outcome: "expired" }
  /** There is no code, or the session has ended. */
  | { outcome: "none" };
