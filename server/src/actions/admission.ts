import type { AgentPolicy } from "../auth/agent-policy.js";
import { authContextId, AUTH_CONTEXT_WINDOW_S, verifyAuthContext } from "../auth/auth-context.js";
import { isOriginAllowed } from "../auth/origin.js";
import { ActionError } from "./action-error.js";
import type { Caller } from "./caller.js";
import type { ActionPorts } from "./ports.js";

/**
 * Whether a page of the caller's origin may use an agent now; asked at create and at every resume.
 *
 * @returns the agent's policy; null when it has none and the deployment is not strict
 * @throws {ActionError} AGENT_NOT_AUTHORIZED or ORIGIN_NOT_ALLOWED
 */
export async function admitOrigin(
  agentId: string,
  caller: Caller,
  { policies, access }: ActionPorts,
): Promise<AgentPolicy | null> {
  const policy = await policies.policy(agentId);
  if (!policy) {
    if (!access.strict) return null;
    throw new ActionError("AGENT_NOT_AUTHORIZED", "This agent is not available.");
  }
  if (!isOriginAllowed(caller.origin, policy.allowedOrigins)) {
    throw new ActionError("ORIGIN_NOT_ALLOWED", "This page may not use this agent.");
  }
  return policy;
}

/**
 * Verifies who the visitor is, and counts the use of the signature.
 *
 * @returns the verified user id
 * @throws {ActionError} AUTH_CONTEXT_INVALID for whatever is wrong with it, always with one text
 */
export async function admitVisitor(
  agentId: string,
  authContext: unknown,
  policy: AgentPolicy | null,
  caller: Caller,
  { store, access, now }: ActionPorts,
): Promise<string> {
  const context = verifyAuthContext(authContext, policy?.secrets ?? [], new Date(now()));
  const isFresh =
    context !== null &&
    (await store.useAuthContext({
      id: authContextId(agentId, context),
      origin: caller.origin ?? "",
      // One second more than the window on either side, so that a count never ends before its signature.
      expiresAt: new Date((context.timestamp + AUTH_CONTEXT_WINDOW_S + 1) * 1_000),
      maxUses: access.signatureUses,
    }));
  if (!isFresh) {
    throw new ActionError("AUTH_CONTEXT_INVALID", "The visitor's sign-in could not be verified.");
  }
  return context.userId;
}
