import { NO_ROLE } from "../auth/principal.js";
import { UNNAMED } from "../store/session-store.js";
import { admitOrigin, admitVisitor, organizationOf } from "./admission.js";
import type { ActionHandler } from "./action-handler.js";
import { declaredContext } from "./declared-context.js";
import { declaredTools } from "./declared-tools.js";
import { checkSessionRate } from "./rate-check.js";
import { sessionAnswer } from "./session-answer.js";

/** Rate, policy, origin, visitor; then the session in one transaction. */
export const createConversationSession: ActionHandler<"create_conversation_session"> = async (
  action,
  caller,
  ports,
) => {
  await checkSessionRate(caller, ports);
  const { agentId, conversationId } = action;
  const clientTools = declaredTools(action.clientTools);
  const { agent, policy } = await admitOrigin(agentId, caller, ports);
  const { principal } = caller;
  const verified =
    "authContext" in action
      ? await admitVisitor(agentId, action.authContext, policy, caller, ports)
      : principal;
  const session = await ports.store.createSession({
    organizationId: organizationOf(policy, caller, ports),
    agentId,
    agentName: agent.name,
    userId: verified?.userId ?? null,
    role: principal && (principal.role ?? NO_ROLE),
    // What the host vouches for wins over what the page says.
    userName: verified?.name || action.userName?.trim() || UNNAMED,
    userEmail: verified?.email || action.userEmail?.trim() || null,
    supports: action.supports,
    metadata: action.metadata,
    clientTools,
    context: declaredContext(action.context),
    locale: action.locale,
    conversationId,
  });
  const admission = await caller.hold(session, action.clientTools);
  const isContinued = session.conversationId === conversationId;
  const turns = isContinued ? admission : undefined;
  caller.reply(
    await sessionAnswer(action.requestId, "Session created", session, agent, turns, ports),
  );
  admission.release();
};
