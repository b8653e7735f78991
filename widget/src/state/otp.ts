import type { ErrorDescriptor, ErrorEvent, ServerEvent } from "@smooth-agent/protocol";
import type { ConversationState, OtpState } from "./conversation-state.js";

type OtpEvent = Extract<
  ServerEvent,
  { type: "otp_verification_required" | "otp_sent" | "otp_verified" | "otp_invalid" }
>;

/** What is shown after an event about a one-time code; nothing where none is asked for here. */
export function reduceOtp(state: ConversationState, event: OtpEvent): ConversationState {
  if (event.type === "otp_verification_required") {
    const { actionDescription, availableChannels: channels } = event.data.data;
    const turnId = event.requestId;
    return { ...state, otp: { turnId, actionDescription, channels, status: "sending" } };
  }
  const { otp } = state;
  if (!otp || otp.status === "verified") return state;
  const { error, attemptsRemaining, ...rest } = otp;
  switch (event.type) {
    case "otp_sent": {
      const {
        channel,
        maskedDestination,
        attemptsRemaining: left,
        resendAt,
        expiresAt,
      } = event.data.data;
      const told = { channel, maskedDestination, attemptsRemaining: left, resendAt, expiresAt };
      return { ...state, otp: { ...rest, ...told, status: "sent" } };
    }
    case "otp_verified":
      return { ...state, otp: { ...rest, status: "verified" } };
    case "otp_invalid": {
      const { error: code, attemptsRemaining: left, message } = event.data.data;
      const isGone = code === "NOT_FOUND" || code === "EXPIRED";
      const isLocked = code === "MAX_ATTEMPTS" || left <= 0;
      const status = isGone ? "failed" : isLocked ? "locked" : "sent";
      return { ...state, otp: { ...rest, status, attemptsRemaining: left, error: message } };
    }
  }
}

/** The code of a turn could not be sent. */
export function withOtpFailure(
  state: ConversationState,
  { requestId, error, timestamp }: ErrorEvent,
): ConversationState {
  const isMeant = error.code === "OTP_SEND_FAILED" && state.otp?.turnId === requestId;
  return isMeant ? withOtpUndone(state, "sending", error, timestamp) : state;
}

/** A code was typed, where one may be. */
export function withOtpVerifying(state: ConversationState): ConversationState {
  if (state.otp?.status !== "sent") return state;
  const { error, ...otp } = state.otp;
  return { ...state, otp: { ...otp, status: "verifying" } };
}

/** Another code is asked for, where it may be: the server says whether it is too early. */
export function withOtpRequested(state: ConversationState, channel?: string): ConversationState {
  const { otp } = state;
  if (!otp || !MAY_REQUEST.includes(otp.status)) return state;
  const { error, ...rest } = otp;
  return { ...state, otp: { ...rest, status: "sending", ...(channel && { channel }) } };
}

/**
 * What was asked of the server came to nothing.
 *
 * @param status that from before: a code that was sent is still good, unless a new one failed on its way
 */
export function withOtpUndone(
  state: ConversationState,
  status: OtpState["status"],
  { code, message, retryAfterMs }: ErrorDescriptor,
  at: number,
): ConversationState {
  const { otp } = state;
  if (otp?.status !== "sending" && otp?.status !== "verifying") return state;
  const next = code === "OTP_SEND_FAILED" || status === "sending" ? "failed" : status;
  const later = retryAfterMs !== undefined && { resendAt: at + retryAfterMs };
  return { ...state, otp: { ...otp, status: next, error: message, ...later } };
}

/** @param turnId a turn whose own code stays */
export function withoutOtp(state: ConversationState, turnId?: string): ConversationState {
  if (!state.otp || state.otp.turnId === turnId) return state;
  const { otp, ...rest } = state;
  return rest;
}

/** The session was taken up anew: whether a code that was on its way was sent is not known. */
export function withOtpLost(state: ConversationState): ConversationState {
  return state.otp?.status === "sending" ? withOtpUndone(state, "sending", UNHEARD, 0) : state;
}

const MAY_REQUEST: readonly OtpState["status"][] = ["sent", "failed", "locked"];

const UNHEARD: ErrorDescriptor = {
  code: "UNAVAILABLE",
  message: "The connection was lost. Please ask for another code.",
};
