import { z } from "zod";
import { timestamp } from "../field.js";

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
