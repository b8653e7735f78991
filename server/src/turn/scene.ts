import type { Agent } from "../agent/agent.js";
import { firstStep, placeIn, type WorkflowPlace } from "../agent/workflow-place.js";
import type { SessionRecord, TurnRecord } from "../store/records.js";
import type { Store } from "../store/store.js";
import type { Toolbox } from "../tools/toolbox.js";
import type { TurnPorts } from "./ports.js";

/** Who speaks with whom, and with which tools: read once, when a run of the turn begins. */
export interface Scene {
  session: SessionRecord;
  agent: Agent;
  /** What the agent may be offered; anything else does not exist for it, whatever its model writes. */
  tools: Toolbox;
  /** Where the conversation stands in the agent's workflow; null when it has none. */
  place: WorkflowPlace | null;
}

/** @returns null when the session is gone, and its turn with it */
export async function sceneOf(
  { sessionId }: TurnRecord,
  { store, agents, tools }: TurnPorts,
): Promise<Scene | null> {
  const session = await store.session(sessionId);
  if (!session) return null;
  const agent = await agents.agent(session.agentId);
  const place = await placeOf(session, agent, store);
  return { session, agent, tools: agent.isKnown ? tools : new Map(), place };
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
