import { z } from "zod";
import { timestamp } from "../field.js";

const otpQuestion = z.object({
  toolId: z.string(),
  actionDescription: z.string(),
  availableChannels: z.array(z.string()),
  authLevel: z.string(),
});
export type OtpQuestion = z.infer<typeof otpQuestion>;

/** A tool needs to know who the visitor is: a code is sent by one of the channels. */
export const otpVerificationRequiredEvent = z.object({
  type: z.literal("otp_verification_required"),
  requestId: z.string(),
  data: z.object({ requestId: z.string(), data: otpQuestion }),
  timestamp,
});
export type OtpVerificationRequired = z.infer<typeof otpVerificationRequiredEvent>;

export function otpVerificationRequired(
  requestId: string,
  data: OtpQuestion,
  timestamp: number,
): OtpVerificationRequired {
  return { type: "otp_verification_required", requestId, data: { requestId, data }, timestamp };
}

const otpDelivery = z.object({
  channel: z.string(),
  maskedDestination: z.string(),
  expiresAt: timestamp
    .optional()
    .meta({ description: "Extension: when the code is good no more." }),
  resendAt: timestamp.optional().meta({ description: "Extension: from when another may be sent." }),
  attemptsRemaining: z.int().optional().meta({ description: "Extension." }),
});
export type OtpDelivery = z.infer<typeof otpDelivery>;

/** A code is on its way. */
export const otpSentEvent = z.object({
  type: z.literal("otp_sent"),
  requestId: z.string(),
  data: z.object({ requestId: z.string(), data: otpDelivery }),
  timestamp,
});
export type OtpSent = z.infer<typeof otpSentEvent>;

export function otpSent(requestId: string, data: OtpDelivery, timestamp: number): OtpSent {
  return { type: "otp_sent", requestId, data: { requestId, data }, timestamp };
}

const otpSuccess = z.object({
  message: z.string(),
  expiresAt: timestamp
    .optional()
    .meta({ description: "Extension: until when the session counts as authenticated." }),
});
export type OtpSuccess = z.infer<typeof otpSuccess>;

/** The session counts as authenticated for a while: the visitor's message may be sent again. */
export const otpVerifiedEvent = z.object({
  type: z.literal("otp_verified"),
  requestId: z.string(),
  data: z.object({ requestId: z.string(), data: otpSuccess }),
  timestamp,
});
export type OtpVerified = z.infer<typeof otpVerifiedEvent>;

export function otpVerified(requestId: string, data: OtpSuccess, timestamp: number): OtpVerified {
  return { type: "otp_verified", requestId, data: { requestId, data }, timestamp };
}

const otpFailure = z.object({
  error: z.enum(["INVALID_CODE", "MAX_ATTEMPTS", "NOT_FOUND", "EXPIRED"]).optional(),
  attemptsRemaining: z.int(),
  message: z.string(),
});
export type OtpFailure = z.infer<typeof otpFailure>;

/** The code was not accepted; with 0 attempts left another one has to be asked for. */
export const otpInvalidEvent = z.object({
  type: z.literal("otp_invalid"),
  requestId: z.string(),
  data: z.object({ requestId: z.string(), data: otpFailure }),
  timestamp,
});
export type OtpInvalid = z.infer<typeof otpInvalidEvent>;

export function otpInvalid(requestId: string, data: OtpFailure, timestamp: number): OtpInvalid {
  return { type: "otp_invalid", requestId, data: { requestId, data }, timestamp };
}
