import type { AgentRow } from "./records.js";

/** The agents that the host keeps in the database. */
export interface AgentStore {
  /** The whole row of an agent, its secrets included; null when there is none. */
  agentRow(agentId: string): Promise<AgentRow | null>;
}
