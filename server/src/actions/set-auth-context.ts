import { grantsChanged, sessionEnded } from "@smooth-agent/protocol";
import type { VerifiedVisitor } from "../auth/verified-visitor.js";
import type { SessionRecord } from "../store/records.js";
import { CLAIMED } from "../store/session-end-store.js";
import { UNNAMED } from "../store/session-store.js";
import { sessionNotFound } from "./action-error.js";
import type { ActionHandler } from "./action-handler.js";
import { admitOrigin, admitVisitor, organizationOf } from "./admission.js";
import type { ActionPorts } from "./ports.js";
import { sessionAnswer } from "./session-answer.js";

/**
 * The host vouches for the visitor in the middle of a session: it becomes the visitor's with the
 * conversation that nobody owned, or one of their own takes its place.
 */
export const setAuthContext: ActionHandler<"set_auth_context"> = async (action, caller, ports) => {
  const { sessionId, authContext, requestId } = action;
  const held = caller.session(sessionId);
  const stored = held && (await ports.store.session(sessionId));
  if (stored?.status !== "active") throw sessionNotFound();
  const { agent, policy } = await admitOrigin(stored.agentId, caller, ports);
  const visitor = await admitVisitor(stored.agentId, authContext, policy, caller, ports);
  const { userId, name, email } = visitor;
  const hadGrants = (await ports.store.grants(stored.conversationId)).length > 0;
  const claimed = await ports.store.claimSession({
    sessionId,
    userId,
    userName: name,
    userEmail: email,
  });
  // It may have ended while the host was asked.
  if (!claimed && (await ports.store.session(sessionId))?.status !== "active") {
    throw sessionNotFound();
  }
  const session =
    claimed ??
    (await ownSession(
      { ...stored, organizationId: organizationOf(policy, caller, ports) },
      visitor,
      ports,
    ));
  if (claimed && stored.userId === null) {
    const event = sessionEnded({ sessionId, reason: CLAIMED }, ports.now());
    ports.backplane.publish(stored.conversationId, { event, cause: caller.id });
  }
  // What the visitor before had allowed has ended, for whoever is still in the conversation.
  if (hadGrants && stored.userId !== userId) {
    const event = grantsChanged([], ports.now());
    ports.backplane.publish(stored.conversationId, { event, cause: caller.id });
  }
  const admission = await caller.hold(session);
  // Left before the answer: nothing of the other visitor's conversation follows it.
  if (!claimed) caller.leave(sessionId);
  caller.reply(
    await sessionAnswer(requestId, "Visitor verified", session, agent, admission, ports),
  );
  admission.release();
};

/** A session of the visitor's own, in place of one that is another visitor's. */
async function ownSession(
  { organizationId, agentId, agentName, supports, locale }: SessionRecord,
  { userId, name, email }: VerifiedVisitor,
  { store }: ActionPorts,
): Promise<SessionRecord> {
  return store.createSession({
    organizationId,
    agentId,
    agentName,
    userId,
    role: null,
    userName: name ?? UNNAMED,
    userEmail: email,
    supports,
    metadata: undefined,
    locale: locale ?? undefined,
    conversationId: undefined,
  });
}
