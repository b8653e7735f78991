import type { Agent } from "../agent/agent.js";
import { PolicyUnavailable, type AgentPolicy } from "../auth/agent-policy.js";
import { isOriginAllowed } from "../auth/origin.js";
import type { VerifiedVisitor } from "../auth/verified-visitor.js";
import { verifyVisitor } from "../auth/visitor-verification.js";
import type { SessionRecord } from "../store/records.js";
import { ActionError } from "./action-error.js";
import type { Caller } from "./caller.js";
import type { ActionPorts } from "./ports.js";

/**
 * Whether the caller may use an agent now; asked at create and at every resume. A principal may come from
 * every origin, but only to agents of its own organization and of none; an internal agent is for the
 * principals of its organization alone.
 *
 * @returns the agent, and its policy: null when it has none and the deployment is not strict
 * @throws {ActionError} AGENT_NOT_AUTHORIZED or ORIGIN_NOT_ALLOWED
 */
export async function admitOrigin(
  agentId: string,
  { principal, origin }: Pick<Caller, "principal" | "origin">,
  { policies, agents, access }: Pick<ActionPorts, "policies" | "agents" | "access">,
): Promise<Admitted> {
  const policy = await policies.policy(agentId).catch((error: unknown) => {
    if (error instanceof PolicyUnavailable) throw agentNotAuthorized();
    throw error;
  });
  if (!policy && access.strict) throw agentNotAuthorized();
  const agent = await agents.agent(agentId);
  const { defaultOrganizationId } = access;
  const isOwn =
    principal !== null &&
    (principal.organizationId ?? defaultOrganizationId) ===
      (policy?.organizationId ?? defaultOrganizationId);
  if (agent.visibility === "internal" && !isOwn) throw agentNotAuthorized();
  if (principal) {
    if (policy?.organizationId !== undefined && !isOwn) throw agentNotAuthorized();
  } else if (policy && !isOriginAllowed(origin, policy.allowedOrigins)) {
    throw new ActionError("ORIGIN_NOT_ALLOWED", "This page may not use this agent.");
  }
  return { agent, policy };
}

/** The agent that somebody was let in to. */
export interface Admitted {
  agent: Agent;
  policy: AgentPolicy | null;
}

/**
 * Verifies who the visitor is, and counts the use of the auth context.
 *
 * @returns who the host says it is
 * @throws {ActionError} AUTH_CONTEXT_INVALID for whatever is wrong with it, always with one text
 */
export async function admitVisitor(
  agentId: string,
  authContext: unknown,
  policy: AgentPolicy | null,
  caller: Pick<Caller, "origin">,
  { store, access, now }: Pick<ActionPorts, "store" | "access" | "now">,
): Promise<VerifiedVisitor> {
  const visitor = await verifyVisitor(authContext, agentId, policy, new Date(now()));
  const isFresh =
    visitor !== null &&
    (await store.useAuthContext({
      ...visitor.use,
      origin: caller.origin ?? "",
      maxUses: access.signatureUses,
    }));
  if (!isFresh) throw notVerified();
  return visitor;
}

/**
 * Whether the host vouches anew for the visitor of a session, by a word that it minted at or after
 * `since`, in Unix milliseconds; counts the use of the auth context.
 */
export async function isVouchedAnew(
  { agentId, userId }: SessionRecord,
  authContext: unknown,
  since: number,
  caller: Pick<Caller, "origin">,
  ports: Pick<ActionPorts, "policies" | "store" | "access" | "now">,
): Promise<boolean> {
  try {
    const policy = await ports.policies.policy(agentId);
    const visitor = await admitVisitor(agentId, authContext, policy, caller, ports);
    const { mintedAt } = visitor;
    return visitor.userId === userId && mintedAt !== null && mintedAt >= Math.floor(since / 1_000);
  } catch (error) {
    if (error instanceof ActionError || error instanceof PolicyUnavailable) return false;
    throw error;
  }
}

/** What is told of an auth context, whatever is wrong with it. */
export function notVerified(): ActionError {
  return new ActionError("AUTH_CONTEXT_INVALID", "The visitor's sign-in could not be verified.");
}

/** The organization of a new conversation: the agent's, else the principal's, else the default one. */
export function organizationOf(
  policy: AgentPolicy | null,
  { principal }: Pick<Caller, "principal">,
  { access }: Pick<ActionPorts, "access">,
): string {
  const given = policy?.organizationId ?? principal?.organizationId;
  return given ?? access.defaultOrganizationId;
}

/** What an unknown agent, one of others and one that nobody can speak for look like: the same, to the byte. */
function agentNotAuthorized(): ActionError {
  return new ActionError("AGENT_NOT_AUTHORIZED", "This agent is not available.");
}
