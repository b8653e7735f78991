import { otpInvalid } from "@smooth-agent/protocol";
import type { ActionHandler } from "./action-handler.js";

/** Without a service that sends codes there is none to verify, whoever asks. */
export const verifyOtp: ActionHandler<"verify_otp"> = async ({ requestId }, caller, { now }) => {
  const message = "There is no code to verify. Please ask for a new one.";
  caller.reply(otpInvalid(requestId, { error: "NOT_FOUND", attemptsRemaining: 0, message }, now()));
};
