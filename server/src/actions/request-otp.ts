import { otpSent } from "@smooth-agent/protocol";
import { OtpFault } from "../auth/otp/otp-desk.js";
import type { OtpContact } from "../auth/otp/otp-service.js";
import { otpSendFailed } from "../turn/otp-challenge.js";
import { channelsOf, otpContacts, sendCode, type OtpErrand } from "../turn/otp-delivery.js";
import { ActionError, sessionNotFound } from "./action-error.js";
import type { ActionHandler } from "./action-handler.js";
import { checkMessageRate } from "./rate-check.js";

/** Sends another code, for the tool that a turn asked for one before; without that there is none to send. */
export const requestOtp: ActionHandler<"request_otp"> = async (action, caller, ports) => {
  const { requestId, sessionId } = action;
  const held = caller.session(sessionId);
  if (!held) throw sessionNotFound();
  const { store, otp: desk, now } = ports;
  const before = await store.otpChallenge(sessionId);
  if (!desk || !before) throw sendFailed();
  // The host is asked below, however often it is only for a channel that there is not.
  await checkMessageRate(held, caller, ports);
  const wait = Math.max(
    before.sentAt.getTime() + desk.limits.otpResendMs - now(),
    (before.lockedUntil?.getTime() ?? 0) - now(),
  );
  if (wait > 0) throw tooEarly(wait);
  // Read anew: the visitor may have said more of themselves meanwhile.
  const session = await store.session(sessionId);
  if (!session) throw sessionNotFound();
  const tool = { name: before.toolName, title: before.toolTitle };
  const errand = { desk, session, tool, until: desk.deadline() };
  const contact = await chosenContact(errand, action.channel, before.channel);
  const dispatch = await sendCode(errand, contact, ports);
  switch (dispatch.outcome) {
    case "sent":
      caller.reply(otpSent(requestId, dispatch.delivery, now()));
      return;
    case "early":
      throw tooEarly(dispatch.retryAfterMs);
    case "failed":
      throw sendFailed(dispatch.retryAfterMs);
    case "ended":
      throw sendFailed();
  }
};

/** The contact of the channel that the visitor chose; without a choice the one before, while there is it. */
async function chosenContact(
  errand: OtpErrand,
  chosen: string | undefined,
  before: string,
): Promise<OtpContact> {
  const contacts = await otpContacts(errand).catch((error: unknown) => {
    throw error instanceof OtpFault ? sendFailed() : error;
  });
  const [first] = contacts;
  if (!first) throw sendFailed();
  if (chosen !== undefined && !channelsOf(contacts).includes(chosen)) {
    throw new ActionError("VALIDATION_ERROR", "channel is not one of those that there are.");
  }
  return contacts.find(({ channel }) => channel === (chosen ?? before)) ?? first;
}

function sendFailed(retryAfterMs?: number): ActionError {
  const { code, message, retryable } = otpSendFailed(retryAfterMs);
  return new ActionError(code, message, retryable, retryAfterMs);
}

function tooEarly(retryAfterMs: number): ActionError {
  const message = "Please wait a moment before another code is sent.";
  return new ActionError("RATE_LIMITED", message, true, retryAfterMs);
}
