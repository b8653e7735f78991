import { z } from "zod";
import { behaviourShape, type AgentBehaviour } from "../agent/behaviour.js";
import { policyShape, type PolicySetting } from "../auth/policy-setting.js";

/** One agent: who may embed it and how it behaves. */
export interface AgentConfig extends AgentBehaviour, Partial<PolicySetting> {
  /** `*`, exact origins, or `https://*.example.com`; required unless policies come from elsewhere. */
  allowedOrigins?: string[];
}

export const agentSetting = z.strictObject({ ...policyShape, ...behaviourShape });

/** An agent whose policy is said elsewhere. */
export const behaviourOnlySetting = agentSetting.partial({ allowedOrigins: true });
