import type { Agent } from "../agent/agent.js";
import { toolsOf } from "../agent/tool-setting.js";
import { firstStep, placeIn, type WorkflowPlace } from "../agent/workflow-place.js";
import type { SessionRecord, TurnRecord } from "../store/records.js";
import { UNNAMED, type Store } from "../store/store.js";
import { toolsOfPage } from "../tools/client-tools.js";
import type { Visitor } from "../tools/tool.js";
import type { ToolQuery } from "../tools/tool-source.js";
import type { Tool, Toolbox } from "../tools/toolbox.js";
import type { TurnPorts } from "./ports.js";

/** Who speaks with whom, and with which tools: read once, when a run of the turn begins. */
export interface Scene {
  session: SessionRecord;
  /**
   * Who the visitor is at this moment: as a host vouched, or as a one-time code proved while that counts;
   * null when nobody knows.
   */
  userId(): string | null;
  /** Whether visitors whom nobody knows are asked to prove who they are by a code. */
  asksForCodes: boolean;
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
  const userId = () => knownUser(session, ports.now());
  const query = toolQuery(session, agent, userId());
  const tools = agent.isKnown ? await allTools(session, query, ports, signal) : [];
  const place = await placeOf(session, agent, ports.store);
  const asksForCodes = ports.otp !== undefined;
  return { session, userId, asksForCodes, agent, persona, tools: toolsOf(agent, tools), place };
}

/**
 * What a tool, and whoever provides tools, is told of who speaks with whom.
 *
 * @param userId who the visitor is, if anybody knows
 */
export function toolQuery(
  session: SessionRecord,
  { id, name }: Agent,
  userId: string | null,
): ToolQuery {
  const { organizationId, conversationId } = session;
  return {
    organization: { id: organizationId },
    agent: { id, name },
    conversation: { id: conversationId },
    visitor: userId === null ? null : { userId, ...saidOf(session) },
  };
}

/** What the page of a user said of them; a code proves who they are, not what they typed before. */
function saidOf({ userId, userName, userEmail }: SessionRecord): Omit<Visitor, "userId"> {
  if (userId === null) return {};
  return {
    ...(userName !== UNNAMED && { name: userName }),
    ...(userEmail !== null && { email: userEmail }),
  };
}

function knownUser(
  { userId, authenticatedAs, authenticatedUntil }: SessionRecord,
  now: number,
): string | null {
  if (userId !== null) return userId;
  return authenticatedUntil !== null && authenticatedUntil.getTime() > now ? authenticatedAs : null;
}

async function allTools(
  { clientTools }: SessionRecord,
  query: ToolQuery,
  { tools: fixed, toolSources, confirmTools, log }: TurnPorts,
  signal: AbortSignal,
): Promise<Tool[]> {
  const all = new Map<string, Tool>(fixed);
  const sourced = await Promise.all(toolSources.map((source) => source.tools(query, signal)));
  // The page's come last: what anybody may declare never stands for what the host has.
  for (const tool of [...sourced.flat(), ...toolsOfPage(clientTools, confirmTools)]) {
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
