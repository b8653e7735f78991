import type { PublicKey } from "./public-key.js";

/** Who may embed an agent, and how its host vouches for visitors. */
export interface AgentPolicy {
  allowedOrigins: readonly string[];
  /** Keys that sign auth contexts; several while they are rotated, none when the host signs nothing. */
  secrets: readonly string[];
  /** Public keys that auth contexts in the form of a JWT are verified with. */
  publicKeys?: readonly PublicKey[];
  /** The organization that new conversations belong to. */
  organizationId?: string;
}

/** Where policies come from: one provider per deployment. */
export interface PolicyProvider {
  /**
   * The policy of an agent; null when there is none.
   *
   * @param maxAgeMs how old an answer may be, where answers are kept; as the provider has it when absent
   * @throws {PolicyUnavailable} when nobody can say: the agent is then refused
   * @throws {StorageError} when the database that keeps policies fails
   */
  policy(agentId: string, maxAgeMs?: number): Promise<AgentPolicy | null>;
  /** Every policy, when they are known beforehand; null when they have to be asked for. */
  known(): readonly AgentPolicy[] | null;
  /** Whether the row of an agent in the database is its policy: whoever has the row has the agent. */
  areRows?: boolean;
}

/** Nobody can say what the policy of an agent is. Never taken for "no policy". */
export class PolicyUnavailable extends Error {
  override readonly name = "PolicyUnavailable";
}

/** Policies from configuration. */
export function configuredPolicies(policies: ReadonlyMap<string, AgentPolicy>): PolicyProvider {
  const all = [...policies.values()];
  return {
    policy: async (agentId) => policies.get(agentId) ?? null,
    known: () => all,
  };
}
