import type { Agent } from "../agent/agent.js";
import { toolsOf } from "../agent/tool-setting.js";
import { firstStep, placeIn, type WorkflowPlace } from "../agent/workflow-place.js";
import type { SessionRecord, TurnRecord } from "../store/records.js";
import type { Store } from "../store/store.js";
import { toolsOfPage } from "../tools/client-tools.js";
import type { ToolQuery } from "../tools/tool-source.js";
import type { Tool, Toolbox } from "../tools/toolbox.js";
import type { TurnPorts } from "./ports.js";

/** Who speaks with whom, and with which tools: read once, when a run of the turn begins. */
export interface Scene {
  session: SessionRecord;
  agent: Agent;
  /**
   * What there is for the agent, each tool with the level that counts; anything else does not exist for
   * it, whatever its model writes.
   */
  tools: Toolbox;
  /** Where the conversation stands in the agent's workflow; null when it has none. */
  place: WorkflowPlace | null;
  /** The persona of the conversation's organization, else the host's; not read where it does not count. */
  persona: string | undefined;
}

/**
 * @param signal aborted when the turn is
 * @returns null when the session is gone, and its turn with it
 * @throws whatever a source throws: a fault is never taken for nothing
 */
export async function sceneOf(
  { sessionId }: TurnRecord,
  ports: TurnPorts,
  signal: AbortSignal,
): Promise<Scene | null> {
  const session = await ports.store.session(sessionId);
  if (!session) return null;
  const agent = await ports.agents.agent(session.agentId);
  // The conversation's organization, wherever its agent is described.
  const persona = agent.instructions?.trim()
    ? undefined
    : await ports.personas.of(session.organizationId);
  const tools = agent.isKnown ? await allTools(session, agent, ports, signal) : [];
  const place = await placeOf(session, agent, ports.store);
  return { session, agent, persona, tools: toolsOf(agent, tools), place };
}

/** What a tool, and whoever provides tools, is told of who speaks with whom. */
export function toolQuery(session: SessionRecord, { id, name }: Agent): ToolQuery {
  const { organizationId, conversationId, userId, userName, userEmail } = session;
  const isNamed = userName !== UNNAMED;
  return {
    organization: { id: organizationId },
    agent: { id, name },
    conversation: { id: conversationId },
    visitor:
      userId === null
        ? null
        : {
            userId,
            ...(isNamed && { name: userName }),
            ...(userEmail !== null && { email: userEmail }),
          },
  };
}

/** What a visitor is called whose page gave no name. */
const UNNAMED = "Visitor";

async function allTools(
  session: SessionRecord,
  agent: Agent,
  { tools: fixed, toolSources, confirmTools, log }: TurnPorts,
  signal: AbortSignal,
): Promise<Tool[]> {
  const all = new Map<string, Tool>(fixed);
  const query = toolQuery(session, agent);
  const sourced = await Promise.all(toolSources.map((source) => source.tools(query, signal)));
  // The page's come last: what anybody may declare never stands for what the host has.
  for (const tool of [...sourced.flat(), ...toolsOfPage(session.clientTools, confirmTools)]) {
    const { name } = tool.definition;
    if (all.has(name)) log.warn({ tool: name }, "a tool is left out: another one has its name");
    else all.set(name, tool);
  }
  return [...all.values()];
}

async function placeOf(
  { conversationId }: SessionRecord,
  { id, workflow }: Agent,
  store: Store,
): Promise<WorkflowPlace | null> {
  if (!workflow) return null;
  const position = await store.workflowPosition(conversationId, id, firstStep(workflow));
  return placeIn(workflow, position);
}
