/** How codes are sent and tried. */
export interface OtpLimits {
  /** Milliseconds that a code is good. */
  otpMs: number;
  /** Tries of one code. */
  otpAttempts: number;
  /** Wrong codes of one contact in a day, over all sessions; then it is sent none until the day is over. */
  otpFailuresPerDay: number;
  /** Milliseconds before a session is sent another code. */
  otpResendMs: number;
  /** Codes in an hour: for one session, to one contact, and for one user. */
  otpSendsPerHour: number;
  /** Milliseconds without another code after the last try of one was wrong, for the session and the contact. */
  otpLockMs: number;
  /** Milliseconds that a session counts as authenticated by a code. */
  otpAuthenticatedMs: number;
}

export const OTP_LIMITS: OtpLimits = {
  otpMs: 10 * 60_000,
  otpAttempts: 5,
  otpFailuresPerDay: 20,
  otpResendMs: 30_000,
  otpSendsPerHour: 5,
  otpLockMs: 15 * 60_000,
  otpAuthenticatedMs: 30 * 60_000,
};
