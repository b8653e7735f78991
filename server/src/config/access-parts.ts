import type { Logger } from "pino";
import { configuredPolicies, type PolicyProvider } from "../auth/agent-policy.js";
import { databasePolicies } from "../auth/database-policies.js";
import { functionPolicies } from "../auth/function-policies.js";
import { httpPolicies } from "../auth/http-policies.js";
import { policyOf } from "../auth/policy-setting.js";
import type { PrincipalVerifier } from "../auth/principal.js";
import { principalVerifier } from "../auth/principal-verifier.js";
import type { AgentStore } from "../store/store.js";
import type { Config } from "./config.js";

/** The one source of policies that is configured. */
export function policiesOf(
  { policies = "config", agents = {} }: Config,
  store: AgentStore,
  log: Logger,
): PolicyProvider {
  if (typeof policies === "function") return functionPolicies(policies, log);
  if (typeof policies === "object") return httpPolicies(policies, log);
  if (policies === "database") return databasePolicies((agentId) => store.agentRow(agentId), log);
  const settings = Object.entries(agents).map(
    ([agentId, { allowedOrigins = [], ...agent }]) =>
      [agentId, policyOf({ allowedOrigins, ...agent })] as const,
  );
  return configuredPolicies(new Map(settings));
}

/** Who verifies the tokens of principals; null where none is accepted. */
export function principalsOf({ principals }: Config, log: Logger): PrincipalVerifier | null {
  return principals ? principalVerifier(principals, log) : null;
}
