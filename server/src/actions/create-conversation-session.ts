import { admitOrigin, admitVisitor } from "./admission.js";
import type { ActionHandler } from "./action-handler.js";
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
  const policy = await admitOrigin(agentId, caller, ports);
  const userId =
    "authContext" in action
      ? await admitVisitor(agentId, action.authContext, policy, caller, ports)
      : null;
  const session = await ports.store.createSession({
    organizationId: policy?.organizationId ?? ports.access.defaultOrganizationId,
    agentId,
    agentName: (await ports.agents.agent(agentId)).name,
    userId,
    role: null,
    userName: action.userName?.trim() || "Visitor",
    userEmail: action.userEmail?.trim() || null,
    supports: action.supports,
    metadata: action.metadata,
    conversationId,
  });
  const admission = await caller.hold(session);
  const isContinued = session.conversationId === conversationId;
  const turns = isContinued ? admission : undefined;
  caller.reply(await sessionAnswer(action.requestId, "Session created", session, turns, ports));
  admission.release();
};
