import { immediateResponse, type GrantRevoked } from "@smooth-agent/protocol";
import { sessionNotFound } from "./action-error.js";
import type { ActionHandler } from "./action-handler.js";

/** The visitor wants to be asked again; what is unknown looks as what was revoked. */
export const revokeGrant: ActionHandler<"revoke_grant"> = async (action, caller, { now }) => {
  const { requestId, sessionId, grantId } = action;
  if (!caller.session(sessionId)) throw sessionNotFound();
  const data: GrantRevoked = { sessionId, grantId };
  caller.reply(immediateResponse(requestId, 200, "Grant revoked", data, now()));
};
