import { z } from "zod";
import { behaviourSchema, readBehaviour } from "../agent/behaviour.js";
import { readBehaviourText } from "../agent/read-behaviours.js";
import type { AgentPolicy } from "../auth/agent-policy.js";
import { parsedJson, policyOfRow } from "../auth/database-policies.js";
import type { AgentRow } from "../store/records.js";
import { instant, nextCursor } from "./field.js";
import type { ConfiguredAgent } from "./ports.js";

/** An agent as the API shows it: of its secrets, only how many there are. */
export const agentView = z.object({
  agentId: z.string(),
  source: z.enum(["database", "config"]).meta({
    description: "`config`: nothing was written here, and the config module describes it.",
  }),
  behaviour: behaviourSchema.nullable().meta({ description: "Null when it has none here." }),
  policy: z
    .object({
      allowedOrigins: z.array(z.string()),
      publicKeys: z.array(z.record(z.string(), z.unknown())),
    })
    .nullable()
    .meta({ description: "Null when it has none here." }),
  secretCount: z.int(),
  problems: z
    .array(z.string())
    .meta({ description: "What is malformed in its row and was closed; empty when all is well." }),
  createdAt: instant.nullable(),
  updatedAt: instant.nullable(),
});
export type AgentView = z.infer<typeof agentView>;

export const agentList = z.object({ agents: z.array(agentView), nextCursor });
export type AgentList = z.infer<typeof agentList>;

/** A row, with what is malformed in it named and left out. */
export function storedView(row: AgentRow): AgentView {
  const { behaviour, problems } = storedBehaviour(row);
  const policy = storedPolicy(row);
  return {
    agentId: row.id,
    source: "database",
    behaviour,
    policy: policy.policy,
    secretCount: policy.secretCount,
    problems: [...problems, ...policy.problems],
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/**
 * An agent of the config module for which a row was written: the row's behaviour counts before the config's,
 * its policy where the config gives none.
 */
export function overriddenView(row: AgentRow, agent: ConfiguredAgent): AgentView {
  const configured = configuredView(row.id, agent);
  const stored = storedView(row);
  const behaviour = stored.behaviour ?? configured.behaviour;
  if (!agent.policy) return { ...stored, behaviour };
  const { policy, secretCount } = configured;
  return { ...stored, behaviour, policy, secretCount, problems: storedBehaviour(row).problems };
}

/** An agent of the config module. */
export function configuredView(agentId: string, agent: ConfiguredAgent): AgentView {
  const { behaviour, policy } = agent;
  return {
    agentId,
    source: "config",
    behaviour: readBehaviour(behaviour).behaviour as AgentView["behaviour"],
    policy: policy && policyView(policy),
    secretCount: policy?.secrets.length ?? 0,
    problems: [],
    createdAt: null,
    updatedAt: null,
  };
}

function storedBehaviour({ behaviour }: AgentRow) {
  if (behaviour === null) return { behaviour: null, problems: [] };
  const read = readBehaviourText(behaviour);
  return { ...read, behaviour: read.behaviour as AgentView["behaviour"] };
}

function storedPolicy(row: AgentRow) {
  const secrets = parsedJson(row.secrets);
  const secretCount = Array.isArray(secrets) ? secrets.length : 0;
  const read = policyOfRow(row);
  if (!read) return { policy: null, secretCount, problems: [] };
  if (read.ok) return { policy: policyView(read.policy), secretCount, problems: [] };
  return { policy: { allowedOrigins: [], publicKeys: [] }, secretCount, problems: read.problems };
}

function policyView({ allowedOrigins, publicKeys = [] }: AgentPolicy) {
  return {
    allowedOrigins: [...allowedOrigins],
    publicKeys: publicKeys.map((key) => ({ ...key })),
  };
}
