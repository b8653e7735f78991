import type { ActionPorts } from "../actions/ports.js";
import type { AgentBehaviour } from "../agent/behaviour.js";
import type { AgentPolicy } from "../auth/agent-policy.js";
import type { PrincipalVerifier } from "../auth/principal.js";

/** Everything the routes of the host API share: what the actions have, and who may call. */
export interface ApiPorts extends ActionPorts {
  principals: PrincipalVerifier;
  /** What the config module says of agents; a row that is written here counts before its behaviour. */
  configuredAgents: ConfiguredAgents;
  /** Days after which a conversation in which nothing happened is deleted; none is when absent. */
  retentionDays: number | undefined;
  /** True while the server starts or drains. */
  isAway: () => boolean;
  limits: ActionPorts["limits"] & ApiLimits;
}

export interface ApiLimits {
  /** Requests of one principal in a minute; more are refused with RATE_LIMITED. */
  apiRequestsPerMinute: number;
}

/** The agents of the config module, by their ids. */
export type ConfiguredAgents = ReadonlyMap<string, ConfiguredAgent>;

export interface ConfiguredAgent {
  organizationId: string;
  behaviour: AgentBehaviour;
  /** Null where policies come from elsewhere. */
  policy: AgentPolicy | null;
}
