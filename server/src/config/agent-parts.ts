import type { Logger } from "pino";
import { configuredBehaviours, type BehaviourSource } from "../agent/agent.js";
import { layeredPersonas, type Personas } from "../agent/persona.js";
import { hostBehaviours, storedBehaviours } from "../agent/read-behaviours.js";
import { SourceFault } from "../agent/source-fault.js";
import { PolicyUnavailable, type PolicyProvider } from "../auth/agent-policy.js";
import type { ServerLimits } from "../server-limits.js";
import type { AgentRow } from "../store/records.js";
import type { AgentStore, OrganizationStore } from "../store/store.js";
import { mcpTools } from "../tools/mcp/mcp-tools.js";
import { providedTools } from "../tools/provided-tools.js";
import type { ToolSource } from "../tools/tool-source.js";
import { unmatchedPatterns } from "../tools/toolbox.js";
import { isOwnTool, meansOwnTool } from "../turn/own-tool.js";
import type { Config } from "./config.js";

interface Shared {
  limits: ServerLimits;
  log: Logger;
}

/** Who says which organization an agent belongs to. */
interface Ownership {
  policies: PolicyProvider;
  /** Whose the agents are that no policy gives to anybody. */
  defaultOrganizationId: string;
}

/**
 * Where an agent's behaviour is looked for, first to last. A row counts only when it is of the organization
 * that the agent belongs to.
 */
export function behaviourSources(
  { agent, agents = {} }: Config,
  store: AgentStore,
  { limits, log, ...ownership }: Shared & Ownership,
): BehaviourSource[] {
  const { agentCacheMs: cacheMs, hostFunctionMs: timeoutMs } = limits;
  const behaviourOf = async (id: string) => {
    const row = await store.agentRow(id);
    if (!row || row.behaviour === null) return null;
    return row.organizationId === (await ownerOf(row, ownership)) ? row.behaviour : null;
  };
  return [
    ...(agent ? [hostBehaviours(agent, { cacheMs, timeoutMs, log })] : []),
    storedBehaviours(behaviourOf, log),
    configuredBehaviours(new Map(Object.entries(agents))),
  ];
}

/** The personas of organizations: the database's, else the config module's, else the host's for all. */
export function personasOf(
  { persona, organizations = {} }: Config,
  store: OrganizationStore,
): Personas {
  const configured = Object.entries(organizations).flatMap(([id, { persona: own }]) =>
    own === undefined ? [] : [[id, own] as const],
  );
  const stored = async (id: string) => (await store.organization(id))?.persona;
  return layeredPersonas(stored, new Map(configured), persona);
}

/** Where tools come from besides the static list, in the order in which a name counts. */
export function toolSourcesOf(
  { toolProvider, mcpServers, confirmTools = [] }: Config,
  { limits, log }: Shared,
): ToolSource[] {
  const { hostFunctionMs: timeoutMs, mcpWaitMs: waitMs } = limits;
  return [
    ...(toolProvider ? [providedTools(toolProvider, { confirmTools, timeoutMs, log })] : []),
    ...(mcpServers ? [mcpTools(mcpServers, { confirmTools, waitMs, log })] : []),
  ];
}

/**
 * Names that mean no tool are most likely slips: a write that would run unasked, or a tool that an agent
 * was meant to have. Where tools come only when a turn runs, nobody can tell yet.
 */
export function warnOfSlips(config: Config, log: Logger): void {
  const { agents = {}, tools = [], confirmTools = [], toolProvider, mcpServers } = config;
  if (toolProvider || mcpServers) return;
  for (const pattern of unmatchedPatterns(tools, confirmTools)) {
    log.warn({ pattern }, "confirmTools has a pattern that no tool matches");
  }
  for (const [agentId, { tools: patterns = [], toolSettings = {} }] of Object.entries(agents)) {
    for (const pattern of unmatchedPatterns(tools, patterns)) {
      if (meansOwnTool(pattern)) continue;
      log.warn({ agentId, pattern }, "an agent's tools have a pattern that no tool matches");
    }
    for (const name of Object.keys(toolSettings)) {
      if (isOwnTool(name) || tools.some((tool) => tool.name === name)) continue;
      log.warn({ agentId, tool: name }, "toolSettings names a tool that there is not");
    }
  }
}

/** @throws {SourceFault} when nobody can say: a row is never taken for the owner's then */
async function ownerOf(
  row: AgentRow,
  { policies, defaultOrganizationId }: Ownership,
): Promise<string> {
  if (policies.areRows) {
    return row.allowedOrigins === null ? defaultOrganizationId : row.organizationId;
  }
  try {
    return (await policies.policy(row.id))?.organizationId ?? defaultOrganizationId;
  } catch (error) {
    throw error instanceof PolicyUnavailable ? new SourceFault(error) : error;
  }
}
