import type { Agent } from "../agent/agent.js";
import type { SessionRecord, TurnRecord } from "../store/records.js";
import type { Toolbox } from "../tools/toolbox.js";
import type { TurnPorts } from "./ports.js";

/** Who speaks with whom, and with which tools: read once, when a run of the turn begins. */
export interface Scene {
  session: SessionRecord;
  agent: Agent;
  /** What the agent may be offered; anything else does not exist for it, whatever its model writes. */
  tools: Toolbox;
}

/** @returns null when the session is gone, and its turn with it */
export async function sceneOf(
  { sessionId }: TurnRecord,
  { store, agents, tools }: TurnPorts,
): Promise<Scene | null> {
  const session = await store.session(sessionId);
  if (!session) return null;
  const agent = await agents.agent(session.agentId);
  return { session, agent, tools: agent.isKnown ? tools : new Map() };
}
