import { grantsChanged, immediateResponse, type GrantRevoked } from "@smooth-agent/protocol";
import { wireGrants } from "../turn/grant.js";
import { sessionNotFound } from "./action-error.js";
import type { ActionHandler } from "./action-handler.js";

/** The visitor wants to be asked again; what is unknown or another conversation's looks as what was revoked. */
export const revokeGrant: ActionHandler<"revoke_grant"> = async (action, caller, ports) => {
  const { requestId, sessionId, grantId } = action;
  const session = caller.session(sessionId);
  if (!session) throw sessionNotFound();
  const { conversationId } = session;
  const left = await ports.store.revokeGrant(conversationId, grantId);
  const data: GrantRevoked = { sessionId, grantId };
  caller.reply(immediateResponse(requestId, 200, "Grant revoked", data, ports.now()));
  if (!left) return;
  const event = grantsChanged(wireGrants(left), ports.now());
  ports.backplane.publish(conversationId, { event, cause: caller.id });
};
