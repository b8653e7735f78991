import { ActionError, sessionNotFound } from "./action-error.js";
import type { ActionHandler } from "./action-handler.js";

/** Without a service that sends codes there is none to send. */
export const requestOtp: ActionHandler<"request_otp"> = async ({ sessionId }, caller) => {
  if (!caller.session(sessionId)) throw sessionNotFound();
  throw new ActionError("OTP_SEND_FAILED", "No code could be sent.");
};
