import type { AgentPolicy } from "./agent-policy.js";
import { AUTH_CONTEXT_WINDOW_S, authContextId, verifyAuthContext } from "./auth-context.js";
import { verifyAuthToken } from "./auth-token.js";
import type { VerifiedVisitor } from "./verified-visitor.js";

/**
 * Verifies an auth context from a frame: `{userId, signature, timestamp}` or `{token}`, never both.
 *
 * @param policy the agent's; null when it has none, and nothing verifies
 * @returns who it is; null when anything about it is wrong
 */
export async function verifyVisitor(
  value: unknown,
  agentId: string,
  policy: AgentPolicy | null,
  now: Date,
): Promise<VerifiedVisitor | null> {
  if (typeof value !== "object" || value === null || !policy) return null;
  if ("token" in value) {
    const isMixed = ["userId", "signature", "timestamp"].some((key) => key in value);
    if (isMixed || typeof value.token !== "string") return null;
    return verifyAuthToken(value.token, agentId, policy, now);
  }
  const context = verifyAuthContext(value, policy.secrets, now);
  if (!context) return null;
  return {
    userId: context.userId,
    email: null,
    name: null,
    mintedAt: context.timestamp,
    use: {
      id: authContextId(agentId, context),
      // One second more than the window on either side, so that a count never ends before its signature.
      expiresAt: new Date((context.timestamp + AUTH_CONTEXT_WINDOW_S + 1) * 1_000),
    },
  };
}
