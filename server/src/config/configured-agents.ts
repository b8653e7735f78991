import { behaviourShape, type AgentBehaviour } from "../agent/behaviour.js";
import type { ConfiguredAgents } from "../api/ports.js";
import { policyOf } from "../auth/policy-setting.js";
import type { AgentConfig } from "./agent-setting.js";
import type { PoliciesSetting } from "./policies-setting.js";

/**
 * What the host API shows of the config module.
 *
 * @param policies where policies come from; those of the config module count nowhere else
 * @param organizationId whose the agents are that name no organization
 */
export function configuredAgents(
  agents: Readonly<Record<string, AgentConfig>>,
  policies: PoliciesSetting | undefined,
  organizationId: string,
): ConfiguredAgents {
  return new Map(
    Object.entries(agents).map(([agentId, agent]) => {
      const { allowedOrigins, ...rest } = agent;
      const policy =
        allowedOrigins && (policies ?? "config") === "config"
          ? policyOf({ ...rest, allowedOrigins })
          : null;
      const whose = agent.organizationId ?? organizationId;
      return [agentId, { organizationId: whose, behaviour: behaviourOf(agent), policy }];
    }),
  );
}

function behaviourOf(agent: AgentConfig): AgentBehaviour {
  const parts = Object.entries(agent).filter(([key]) => Object.hasOwn(behaviourShape, key));
  return Object.fromEntries(parts);
}
