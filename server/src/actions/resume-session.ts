import { NO_ROLE } from "../auth/principal.js";
import { isOwners } from "../auth/session-token.js";
import { sessionNotFound } from "./action-error.js";
import { admitOrigin } from "./admission.js";
import type { ActionHandler } from "./action-handler.js";
import type { Caller } from "./caller.js";
import { declaredContext } from "./declared-context.js";
import { declaredTools } from "./declared-tools.js";
import type { ActionPorts } from "./ports.js";
import { sessionAnswer } from "./session-answer.js";
import type { SessionRecord } from "../store/records.js";

/** Takes a session up again: token, session, principal, policy and origin, then snapshot and tail. */
export const resumeSession: ActionHandler<"resume_session"> = async (action, caller, ports) => {
  const { sessionId, sessionToken, supports, locale, requestId } = action;
  const owner = await ports.tokens.verify(sessionToken, sessionId);
  if (!owner) throw sessionNotFound();
  const stored = await ports.store.session(sessionId);
  if (stored?.status !== "active" || !isOwners(owner, stored)) throw sessionNotFound();
  // Before anything is said of the agent: another organization's session looks like an unknown one.
  if (!mayTakeUp(stored, caller, ports)) throw sessionNotFound();
  const { agent } = await admitOrigin(stored.agentId, caller, ports);
  const clientTools = declaredTools(action.clientTools);
  const context = declaredContext(action.context);
  const declared = { supports, clientTools, context, locale };
  if (!(await ports.store.resumeSession(sessionId, declared))) throw sessionNotFound();
  const session = { ...stored, supports: supports ?? stored.supports };
  const admission = await caller.hold(session, action.clientTools);
  caller.reply(await sessionAnswer(requestId, "Session resumed", session, agent, admission, ports));
  admission.release();
};

/** A principal's session is for principals of its role, and none takes up one of another organization. */
function mayTakeUp(
  { role, organizationId }: SessionRecord,
  { principal }: Caller,
  { access }: ActionPorts,
): boolean {
  if (!principal) return role === null;
  const isOwn = (principal.organizationId ?? access.defaultOrganizationId) === organizationId;
  return isOwn && (role === null || role === (principal.role ?? NO_ROLE));
}
