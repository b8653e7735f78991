import { otpInvalid, otpVerified, type ServerEvent } from "@smooth-agent/protocol";
import type { OtpDesk } from "../auth/otp/otp-desk.js";
import { isCode } from "../auth/otp/otp-code.js";
import type { OtpTrial, OtpVerdict } from "../store/store.js";
import type { ActionHandler } from "./action-handler.js";

/**
 * Tries a code that the visitor typed. Where there is none, no service, or no such session here, all
 * looks the same, to the byte.
 */
export const verifyOtp: ActionHandler<"verify_otp"> = async (action, caller, ports) => {
  const { requestId, sessionId, code } = action;
  const { store, otp, now } = ports;
  if (!otp || !caller.session(sessionId)) {
    caller.reply(refusal(requestId, { outcome: "none" }, now()));
    return;
  }
  const trial = { ...boundsOf(otp, now()), sessionId };
  const isRight: OtpTrial["isRight"] = (challenge) => isCode(code, challenge);
  const verdict = await store.tryOtp({ ...trial, isRight });
  if (verdict.outcome !== "verified") {
    caller.reply(refusal(requestId, verdict, now()));
    return;
  }
  const message = "Thank you. It is now known who you are.";
  const expiresAt = trial.authenticatedUntil.getTime();
  caller.reply(otpVerified(requestId, { message, expiresAt }, now()));
};

const DAY_MS = 24 * 3_600_000;

function boundsOf({ limits }: OtpDesk, now: number): Omit<OtpTrial, "sessionId" | "isRight"> {
  return {
    now: new Date(now),
    authenticatedUntil: new Date(now + limits.otpAuthenticatedMs),
    lockedUntil: new Date(now + limits.otpLockMs),
    failures: limits.otpFailuresPerDay,
    countedUntil: new Date(now + DAY_MS),
  };
}

function refusal(
  requestId: string,
  verdict: Exclude<OtpVerdict, { outcome: "verified" }>,
  now: number,
): ServerEvent {
  const told = (
    error: "INVALID_CODE" | "MAX_ATTEMPTS" | "EXPIRED" | "NOT_FOUND",
    message: string,
    attemptsRemaining = 0,
  ) => otpInvalid(requestId, { error, attemptsRemaining, message }, now);
  switch (verdict.outcome) {
    case "wrong":
      return told("INVALID_CODE", "The code is not right. Please try again.", verdict.attemptsLeft);
    case "locked":
      return told("MAX_ATTEMPTS", "That was tried too often. Please ask for a new code later.");
    case "expired":
      return told("EXPIRED", "The code has expired. Please ask for a new one.");
    case "none":
      return told("NOT_FOUND", "There is no code to verify. Please ask for a new one.");
  }
}
