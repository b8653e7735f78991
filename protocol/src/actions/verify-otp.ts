import { z } from "zod";
import { filledText, identifier } from "../field.js";

/** The one-time code that the visitor typed; answered by `otp_verified` or `otp_invalid`. */
export const verifyOtpAction = z.object({
  action: z.literal("verify_otp"),
  requestId: identifier,
  sessionId: identifier,
  code: filledText.max(64, { error: "must be at most 64 characters" }),
});
