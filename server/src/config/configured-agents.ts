import { behaviourShape, type AgentBehaviour } from "../agent/behaviour.js";
import type { ConfiguredAgents } from "../api/ports.js";
import { policyOf } from "../auth/policy-setting.js";
import type { AgentConfig } from "./agent-setting.js";

/**
 * What the host API shows of the config module.
 *
 * @param organizationId whose the agents are that name no organization
 */
export function configuredAgents(
  agents: Readonly<Record<string, AgentConfig>>,
  organizationId: string,
): ConfiguredAgents {
  return new Map(
    Object.entries(agents).map(([agentId, agent]) => {
      const { allowedOrigins, ...rest } = agent;
      const policy = allowedOrigins ? policyOf({ ...rest, allowedOrigins }) : null;
      const whose = agent.organizationId ?? organizationId;
      return [agentId, { organizationId: whose, behaviour: behaviourOf(agent), policy }];
    }),
  );
}

function behaviourOf(agent: AgentConfig): AgentBehaviour {
  const parts = Object.entries(agent).filter(([key]) => Object.hasOwn(behaviourShape, key));
  return Object.fromEntries(parts);
}
