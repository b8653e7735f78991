import { timeout, TimeoutStrategy } from "cockatiel";
import type { Logger } from "pino";
import { faultOf } from "../log/fault.js";
import { PolicyUnavailable, type PolicyProvider } from "./agent-policy.js";
import { readPolicy, type PolicySetting } from "./policy-setting.js";

/** A host's own source of policies: null for an agent that has none. */
export type PolicyFunction = (agentId: string) => Promise<PolicySetting | null>;

/** Milliseconds that a host's function may take. */
const FUNCTION_MS = 5_000;

/** Policies from a function of the host; what it throws or gets wrong refuses the agent. */
export function functionPolicies(
  ask: PolicyFunction,
  log: Logger,
  timeoutMs = FUNCTION_MS,
): PolicyProvider {
  const limit = timeout(timeoutMs, TimeoutStrategy.Aggressive);
  return {
    known: () => null,
    async policy(agentId) {
      const value: unknown = await limit
        .execute(async () => ask(agentId))
        .catch((error: unknown) => {
          log.warn({ agentId, ...faultOf(error) }, "agent refused: the policies function failed");
          throw new PolicyUnavailable("The policies function failed.");
        });
      if (value === null) return null;
      const read = readPolicy(value);
      if (read.ok) return read.policy;
      const { problems } = read;
      log.warn({ agentId, problems }, "agent refused: the policies function answered no policy");
      throw new PolicyUnavailable("The policies function answered no policy.");
    },
  };
}
