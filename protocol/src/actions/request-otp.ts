import { z } from "zod";
import { filledText, identifier } from "../field.js";

/** Extension: asks for another one-time code, or for one by another channel. */
export const requestOtpAction = z.object({
  action: z.literal("request_otp"),
  requestId: identifier,
  sessionId: identifier,
  channel: filledText
    .max(64, { error: "must be at most 64 characters" })
    .optional()
    .meta({ description: "One of `availableChannels`; the one before when absent." }),
});
